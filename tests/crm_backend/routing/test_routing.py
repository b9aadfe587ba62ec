"""Waiting for a person: who is ahead, how long it takes, and who is there."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import update

from crm_backend.agents.model import AgentSession
from crm_backend.database import Sessions, utc_now
from crm_backend.routing import services
from crm_backend.routing.model import QueueEntry
from crm_backend.routing.services import WaitEstimate
from tests.support import core


async def estimate(sessions: Sessions, conversation=None) -> WaitEstimate:
    async with sessions() as session:
        return await services.wait_estimate(session, conversation_id=conversation)


async def waiting(sessions: Sessions, visitor: str):
    received = await core.write(sessions, visitor=visitor)
    await core.answered(sessions, core.saying("un instant", do="hand_over"))
    return received.conversation_id


async def test_those_who_came_before_are_ahead(sessions: Sessions) -> None:
    first, second = await waiting(sessions, "a"), await waiting(sessions, "b")
    assert (await estimate(sessions, first)).ahead == 0
    assert (await estimate(sessions, second)).ahead == 1
    assert (await estimate(sessions)).ahead == 2
    await core.change(sessions, "take", first, await core.agent(sessions))
    assert (await estimate(sessions, second)).ahead == 0


async def test_minutes_are_unknown_until_three_waits_were_seen_and_then_their_median(sessions: Sessions) -> None:
    claire = await core.agent(sessions)
    for number, minutes in enumerate((1, 30, 4.2)):
        assert (await estimate(sessions)).minutes is None
        conversation = await waiting(sessions, str(number))
        await core.change(sessions, "take", conversation, claire)
        async with sessions() as session, session.begin():
            entered = QueueEntry.taken_at - timedelta(minutes=minutes)
            mine = QueueEntry.conversation_id == conversation
            await session.execute(update(QueueEntry).where(mine).values(entered_at=entered))
    assert (await estimate(sessions)).minutes == 5


async def test_a_wait_ends_when_the_conversation_does(sessions: Sessions) -> None:
    conversation = await waiting(sessions, "a")
    claire = await core.agent(sessions)
    await core.change(sessions, "take", conversation, claire)
    await core.change(sessions, "close", conversation, claire)
    assert (await estimate(sessions)).ahead == 0
    await core.write(sessions, visitor="a", conversation_id=conversation)
    await core.answered(sessions, core.saying("un instant", do="hand_over"))
    assert (await estimate(sessions)).ahead == 1


async def test_an_agent_is_present_while_the_desk_was_heard_from(sessions: Sessions) -> None:
    claire = await core.agent(sessions)
    now = utc_now()
    async with sessions() as session, session.begin():
        for number in range(2):
            times = {"created_at": now, "expires_at": now + timedelta(hours=1), "seen_at": now}
            session.add(AgentSession(token_hash=str(number), agent_id=claire.id, csrf="x", **times))
    assert (await estimate(sessions)).agents_present == 1
    async with sessions() as session, session.begin():
        await session.execute(update(AgentSession).values(seen_at=now - timedelta(minutes=2)))
    assert (await estimate(sessions)).agents_present == 0
