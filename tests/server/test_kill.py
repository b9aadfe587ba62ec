"""Killed without warning: server, database, assistant. Exactly one answer to each message, and none lost."""

from __future__ import annotations

import asyncio
import os
import random
import shutil
import signal
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest

from crm_backend import migrate
from crm_backend.database import connect
from server.settings import Settings
from server.supervise import stores as private
from server.supervise.children import Supervisor
from tests.support.assistant import ScriptedBot
from tests.support.killing import Patient, ServerProcess, patient, process
from tests.support.stores import Stores

CUT = """
    select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and application_name like 'relais%' and random() < 0.3
"""


@pytest.fixture
async def database_url(stores: Stores) -> AsyncIterator[str]:
    """A database that goes with the test: whatever of a killed server still holds on to it, nobody else has it."""
    async with stores.copy("template_empty") as url:
        yield url


@pytest.fixture
async def server_process(
    database_url: str, stores: Stores, scripted: ScriptedBot, tmp_path: Path
) -> AsyncIterator[ServerProcess]:
    await stores.forget()
    async with process(database_url, stores.redis_url, scripted, tmp_path / "server.log") as running:
        yield running


def complete(customer: Patient, texts: list[str]) -> None:
    """Everything is there once, in order."""
    assert [m["seq"] for m in customer.messages] == list(range(1, 2 * len(texts) + 1))
    assert [m["text"] for m in customer.messages if m["from"] == "customer"] == texts
    assert customer.heard() == [f"echo: {text}" for text in texts]


async def test_killed_in_the_middle_of_a_turn_it_is_answered_once(
    server_process: ServerProcess, scripted: ScriptedBot
) -> None:
    async with patient(server_process.address) as marie:
        scripted.delay = 0.8
        await marie.insist("bonjour")
        async with asyncio.timeout(10):
            while not scripted.asked:
                await asyncio.sleep(0.02)
        await server_process.kill()
        await server_process.start()
        assert await marie.answered(1) == ["echo: bonjour"]
        complete(marie, ["bonjour"])
        assert len(scripted.asked) == 2 and len({turn["turn"] for turn in scripted.asked}) == 1
        assert all(turn["state"] is None for turn in scripted.asked)


async def test_killed_at_random_moments_between_many_messages_nothing_is_lost_or_twice(
    server_process: ServerProcess, scripted: ScriptedBot
) -> None:
    scripted.delay = 0.05
    chance = random.Random(20261122)
    texts = [f"n° {number}" for number in range(40)]
    async with patient(server_process.address) as marie, patient(server_process.address) as paul:

        async def write(customer: Patient) -> None:
            for text in texts:
                await customer.insist(text)
                await asyncio.sleep(chance.uniform(0, 0.15))

        writing = [asyncio.create_task(write(customer)) for customer in (marie, paul)]
        for _ in range(5):
            await asyncio.sleep(chance.uniform(0.2, 1.2))
            await server_process.kill()
            await server_process.start()
        await asyncio.gather(*writing)
        for customer in (marie, paul):
            await nothing_lost_or_doubled(customer, texts)


async def test_connections_to_the_database_cut_at_random_moments_lose_nothing_and_double_nothing(
    server_process: ServerProcess, database_url: str, scripted: ScriptedBot
) -> None:
    texts = [f"n° {number}" for number in range(40)]
    async with patient(server_process.address) as marie, patient(server_process.address) as paul:
        writing = [asyncio.create_task(write(customer, texts)) for customer in (marie, paul)]
        cutting = await asyncpg.connect(database_url)
        while not all(task.done() for task in writing):
            await cutting.execute(CUT)
            await asyncio.sleep(0.03)
        await cutting.close()
        await asyncio.gather(*writing)
        for customer in (marie, paul):
            await nothing_lost_or_doubled(customer, texts)


async def nothing_lost_or_doubled(customer: Patient, texts: list[str]) -> None:
    await customer.answered(len(texts))
    customer.messages.sort(key=lambda message: message["seq"])
    assert sorted(m["seq"] for m in customer.messages) == list(range(1, 2 * len(texts) + 1))
    assert [m["text"] for m in customer.messages if m["from"] == "customer"] == texts
    assert customer.heard() == [f"echo: {text}" for text in texts]


async def write(customer: Patient, texts: list[str]) -> None:
    for text in texts:
        await customer.insist(text)


@pytest.fixture
async def private_database() -> AsyncIterator[tuple[str, Supervisor]]:
    """A PostgreSQL of this test alone, as `./relais up` runs it: started again when it dies."""
    folder = Path(tempfile.mkdtemp(prefix="relais-kill-", dir="/tmp"))
    folder.chmod(0o711)
    settings = Settings(var=folder, database_url=None, redis_url=None, _env_file=None)
    settings = settings.model_copy(update={"database_url": None, "redis_url": None})
    supervisor = Supervisor(folder / "log", tell=lambda _: None)
    try:
        private.make_passable(settings)
        await private.initialise(settings, folder / "initdb.log")
        await supervisor.start(private.postgres(settings), within=30)
        await private.make_database(settings)
        url = private.database_url(settings)
        engine = connect(url, pool_size=1)
        await migrate.upgrade(engine)
        await engine.dispose()
        yield url, supervisor
    finally:
        await supervisor.stop()
        shutil.rmtree(folder, ignore_errors=True)


async def test_a_killed_database_is_told_as_unavailable_and_nothing_is_lost_or_twice(
    private_database: tuple[str, Supervisor], stores: Stores, scripted: ScriptedBot, tmp_path: Path
) -> None:
    url, supervisor = private_database
    texts = [f"n° {number}" for number in range(30)]
    async with (
        process(url, stores.redis_url, scripted, tmp_path / "server.log") as running,
        patient(running.address) as marie,
    ):
        await marie.insist(texts[0])

        async def write() -> None:
            for text in texts[1:]:
                await marie.insist(text)
                await asyncio.sleep(0.05)

        writing = asyncio.create_task(write())
        await asyncio.sleep(0.6)
        killed = supervisor.pid_of("postgres")
        assert killed is not None
        os.kill(killed, signal.SIGKILL)
        await writing
        await marie.answered(len(texts))
        complete(marie, texts)
        assert supervisor.pid_of("postgres") not in (None, killed)
        assert marie.refusals and {refusal["code"] for refusal in marie.refusals} == {"unavailable"}
        assert all("momentanément indisponible" in refusal["message"] for refusal in marie.refusals)


async def test_an_assistant_that_dies_and_returns_goes_on_from_the_same_state(
    server_process: ServerProcess, scripted: ScriptedBot
) -> None:
    async with patient(server_process.address) as marie:
        await marie.insist("un")
        await marie.answered(1)
        scripted.delay = 5.0
        await marie.insist("deux")
        async with asyncio.timeout(10):
            while len(scripted.asked) < 2:
                await asyncio.sleep(0.02)
        await scripted.stop()
        scripted.delay = 0.0
        await asyncio.sleep(1)
        await scripted.start()
        await marie.answered(2)
        complete(marie, ["un", "deux"])
        assert [turn["state"] for turn in scripted.asked[1:]] == [{"slots": {}}] * 2
