"""kill -9 at every step of a send: nothing is lost, and nothing sent twice where the platform gives a way to know."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from crm_backend.conversations.model import OutboxItem
from crm_backend.database import Sessions
from server.loops import alive
from server.loops.outbox import OutboxLoop
from server.reporting import reporter
from tests.support.channels import Notes
from tests.support.outbox import ready, replies, seen_as
from tests.support.sender import STEPS, Nursery, nursery, platform, sending

WAYS_TO_KNOW = ("asked", "keyed", "echoing", "overtaking")
TWICE = {"took 1": "un", "took 2": "deux", "settling": "deux"}
"""What a customer gets twice from a platform that takes messages and forgets: the part that nobody noted."""


@pytest.fixture(scope="module")
async def forking() -> AsyncIterator[Nursery]:
    async with nursery() as made:
        yield made


async def everything_sent(sessions: Sessions) -> bool:
    async with sessions() as session:
        return set(await session.scalars(select(OutboxItem.state))) == {"sent"}


async def at_rest(loop: OutboxLoop) -> None:
    """Returns once nothing is under way: the leases that `ready` ends are not those of the living."""
    while under_way := [task for tasks in loop._under_way.values() for task in tasks]:
        await asyncio.wait(under_way)


@pytest.mark.parametrize("kind", ["blind", *WAYS_TO_KNOW])
@pytest.mark.parametrize("step", STEPS)
async def test_killed_there_nothing_is_lost_and_only_a_blind_platform_gets_one_part_twice(
    sessions: Sessions, database_url: str, forking: Nursery, kind: str, step: str
) -> None:
    marie = await replies(sessions, "un|deux", "trois")
    async with platform(kind) as there:
        there.tell = reporter(sessions, Notes())
        status = await forking.die_at(step, database_url=database_url, address=there.address, kind=kind)
        assert status == -signal.SIGKILL
        await there.tell_all()
        paul = await replies(sessions, "autre", visitor="paul")
        async with sending(database_url, there.address, kind, lambda _: None) as loop, asyncio.timeout(20):
            # Others need not wait for the lease of the dead.
            while ("paul", "autre") not in there.got:
                await loop.work()
            while not await everything_sent(sessions):
                await at_rest(loop)
                await ready(sessions)
                await loop.work()
            await loop.close()
        await there.tell_all()
        texts = [text for chat, text in there.got if chat == "marie"]
    expected = ["un", "deux", "trois"]
    if kind == "blind" and step in TWICE:
        expected.insert(expected.index(TWICE[step]), TWICE[step])
    assert texts == expected
    final = "delivered" if kind in ("echoing", "overtaking") else "sent"
    assert await seen_as(sessions, marie) == [final] * 2
    assert await seen_as(sessions, paul) == [final]


@pytest.mark.parametrize(("step", "expected"), [("claimed", ["un", "deux"]), ("took 1", ["un", "un", "deux"])])
async def test_what_a_dead_process_left_is_sent_though_its_lease_goes_on(
    sessions: Sessions,
    database_url: str,
    forking: Nursery,
    monkeypatch: pytest.MonkeyPatch,
    step: str,
    expected: list[str],
) -> None:
    monkeypatch.setattr(alive, "EVERY", 0.05)
    monkeypatch.setattr(alive, "SURELY", 0.1)
    monkeypatch.setattr(alive, "SENDERS_SURELY", 0.1)
    await replies(sessions, "un|deux")
    async with platform("blind") as there:
        await forking.die_at(step, database_url=database_url, address=there.address, kind="blind")
        async with sessions() as session:
            [left] = await session.scalars(select(OutboxItem))
        assert left.state == "sending" and left.lease is not None and left.lease.version == 8
        assert left.lease_until is not None
        async with sessions.begin() as session:
            await session.execute(update(OutboxItem).values(lease_until=left.lease_until + timedelta(days=1)))
        async with sending(database_url, there.address, "blind", lambda _: None) as loop, asyncio.timeout(20):
            while not await everything_sent(sessions):
                await loop.work()
                await asyncio.sleep(0.02)
            await loop.close()
        assert [text for _, text in there.got] == expected
