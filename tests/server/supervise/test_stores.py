import asyncio
import os
import signal
import stat
from pathlib import Path

import asyncpg
import psutil

from crm_backend.database import connect
from server.settings import Settings
from server.supervise import stores
from server.supervise.children import Supervisor
from server.supervise.processes import spawn


async def test_private_stores_answer_on_sockets_and_on_no_port(settings: Settings) -> None:
    supervisor = Supervisor(settings.var / "log", lambda _: None)
    try:
        assert await stores.initialise(settings, settings.var / "log" / "initdb.log")
        await supervisor.start(stores.postgres(settings), within=30)
        await supervisor.start(stores.valkey(settings), within=30)
        assert await stores.make_database(settings)
        assert not await stores.make_database(settings)
        engine = connect(stores.database_url(settings))
        async with engine.connect() as connection:
            version = await connection.exec_driver_sql("select installed_version is null, name from "
                "pg_available_extensions where name = 'vector'")  # fmt: skip
            assert version.one()[1] == "vector"
        await engine.dispose()
        assert await stores.pongs(stores.redis_url(settings))
        for name in ("postgres", "valkey"):
            process = psutil.Process(supervisor.pid_of(name))
            assert process.net_connections("inet") == []
            assert process.uids().real != 0
        assert stat.S_IMODE((settings.var / "run").stat().st_mode) == 0o700
    finally:
        await supervisor.stop()
    assert not await stores.initialise(settings, settings.var / "log" / "initdb.log")


async def test_an_orphaned_postgres_is_found_and_stopped(settings: Settings) -> None:
    await stores.initialise(settings, settings.var / "initdb.log")
    child = stores.postgres(settings)
    process = await spawn(child.argv, log=settings.var / "postgres.log", folder=child.folder, owner=child.owner)
    while not await child.ready():
        await asyncio.sleep(0.05)
    orphan = stores.leftover(settings)
    assert orphan is not None
    assert orphan.pid == process.pid
    await stores.stop_leftover(orphan)
    await process.wait()
    assert stores.leftover(settings) is None


async def test_a_stale_pid_file_is_not_taken_for_an_orphan(settings: Settings) -> None:
    (settings.var / "postgres").mkdir()
    (settings.var / "postgres" / "postmaster.pid").write_text(f"{os.getpid()}\n{settings.var}/postgres\n")
    assert stores.leftover(settings) is None


async def test_a_killed_postgres_recovers_what_was_committed(settings: Settings) -> None:
    said: list[str] = []
    supervisor = Supervisor(settings.var / "log", said.append)
    try:
        await stores.initialise(settings, settings.var / "initdb.log")
        await supervisor.start(stores.postgres(settings), within=30)
        await stores.make_database(settings)
        url = stores.database_url(settings)
        connection = await asyncpg.connect(url)
        await connection.execute("create table kept (n int); insert into kept values (7)")
        os.kill(supervisor.pid_of("postgres"), signal.SIGKILL)
        while len(said) < 2:
            await asyncio.sleep(0.1)
        connection = await asyncpg.connect(url)
        assert await connection.fetchval("select n from kept") == 7
        await connection.close()
    finally:
        await supervisor.stop()


def test_given_addresses_are_used(var: Path) -> None:
    settings = Settings(var=var, database_url="postgresql://db/relais", redis_url="redis://cache/1")
    assert stores.database_url(settings) == "postgresql://db/relais"
    assert stores.redis_url(settings) == "redis://cache/1"


def test_a_folder_too_deep_for_a_socket_gets_a_short_one_that_is_remembered(var: Path) -> None:
    deep = var / ("d" * 60) / ("e" * 60)
    deep.mkdir(parents=True)
    first = stores.sockets_of(deep)
    try:
        assert len(bytes(first / ".s.PGSQL.5432")) < stores.LONGEST_SOCKET
        assert stores.sockets_of(deep) == first
        assert stat.S_IMODE(first.stat().st_mode) == 0o700
    finally:
        first.rmdir()


def test_folders_closed_to_others_are_named(var: Path) -> None:
    closed = var / "home"
    closed.mkdir(mode=0o700)
    (closed / "relais").mkdir()
    assert stores.closed_above([closed / "relais" / "postgres"]) == [closed]
