"""Turns of dead processes, and those that nobody knows to have taken: given back, and no others."""

from __future__ import annotations

from contextlib import AsyncExitStack
from uuid import UUID

import asyncpg
import pytest
from sqlalchemy import text

from crm_backend.conversations import processes
from crm_backend.conversations.schema import ClaimedTurn
from crm_backend.conversations.thinking import deserted, turns
from crm_backend.database import Sessions, new_id
from tests.support import core

DEAD, LIVING, ASKING = 7, 2**31 - 2, 11


@pytest.fixture
async def asking(database_url: str, stack: AsyncExitStack) -> asyncpg.Connection:
    """The connection of the process that asks."""
    connection = await asyncpg.connect(database_url)
    stack.push_async_callback(connection.close)
    await connection.execute("select pg_advisory_lock($1, $2)", processes.SPACE, ASKING)
    return connection


async def taken(sessions: Sessions, visitor: str, lease: UUID) -> ClaimedTurn:
    await core.write(sessions, visitor=visitor)
    async with sessions() as session, session.begin():
        claimed = await turns.claim(session, lease_seconds=60, lease=lease)
    assert claimed is not None and claimed.lease == lease
    return claimed


async def test_what_a_dead_process_had_may_run_once_it_is_known_to_be_dead(
    sessions: Sessions, database_url: str, asking: asyncpg.Connection
) -> None:
    of_the_dead = await taken(sessions, "marie", processes.lease_of(DEAD))
    for visitor, lease in (
        ("paul", processes.lease_of(LIVING)),
        ("lea", processes.lease_of(ASKING)),
        ("emma", new_id()),
    ):
        await taken(sessions, visitor, lease)
    living = await asyncpg.connect(database_url)
    try:
        await living.execute("select pg_advisory_lock($1, $2)", processes.SPACE, LIVING)
        name = processes.name_of(DEAD)
        first = await deserted.give_back(asking, process=ASKING, dead=(), lost=())
        assert first == ({name}, set()) and await core.claim(sessions) is None
        second = await deserted.give_back(asking, process=ASKING, dead=first.dead, lost=())
        assert second.ended == {of_the_dead.lease}
        again = await core.claim(sessions)
        assert again is not None and again.id == of_the_dead.id
        # Whose name it is now is not dead, whatever was thought before.
        assert await deserted.give_back(asking, process=ASKING, dead=[name], lost=()) == (set(), set())
    finally:
        await living.close()
    assert not await core.finish(sessions, of_the_dead, core.saying("Trop tard."))


async def test_what_is_lost_may_run_unless_somebody_is_storing_the_answer(
    sessions: Sessions, asking: asyncpg.Connection
) -> None:
    claimed = await taken(sessions, "marie", new_id())
    lost = [claimed.lease, new_id()]
    async with sessions() as session, session.begin():
        await session.execute(text("select 1 from turns for update"))
        assert not (await deserted.give_back(asking, process=ASKING, dead=(), lost=lost)).ended
    assert (await deserted.give_back(asking, process=ASKING, dead=(), lost=lost)).ended == {claimed.lease}
    again = await core.claim(sessions)
    assert again is not None and again.id == claimed.id
