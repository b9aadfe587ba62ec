"""Turns taken in one statement: the same turns as step by step, and whatever is not simple left to that way."""

from __future__ import annotations

import asyncio

from sqlalchemy import func, select, update

from crm_backend.conversations import stream
from crm_backend.conversations.handing_over import owners
from crm_backend.conversations.model import Conversation, OutboxItem, Turn
from crm_backend.conversations.thinking import answering, claiming
from crm_backend.conversations.thinking.claiming import Claimed
from crm_backend.database import Sessions, one_by_one, utc_now
from tests.support import core


async def taken(sessions: Sessions, lease_seconds: float = 30) -> Claimed | None:
    return await claiming.next_turn(sessions, lease_seconds=lease_seconds)


async def test_a_turn_is_taken_as_step_by_step(sessions: Sessions) -> None:
    await core.write(sessions, "où est mon colis ?")
    quick = await taken(sessions, lease_seconds=0.0)
    await asyncio.sleep(0.01)
    slow = await core.claim(sessions, lease_seconds=30)
    assert quick is not None and quick.conversation is not None and slow is not None
    assert quick.turn == slow.model_copy(update={"lease": quick.turn.lease, "attempts": 1})
    assert slow.attempts == 2 and quick.turn.lease != slow.lease
    assert await taken(sessions) is None


async def test_each_turn_is_taken_once_and_those_of_a_conversation_one_after_the_other(sessions: Sessions) -> None:
    for number in range(6):
        await core.write(sessions, visitor=str(number))
    await core.write(sessions, "et encore", visitor="0")
    found = [each for each in await asyncio.gather(*(taken(sessions) for _ in range(9))) if each]
    again = [each for each in await asyncio.gather(*(taken(sessions) for _ in range(6))) if each]
    turns = [each.turn for each in (*found, *again)]
    assert len({turn.id for turn in turns}) == len(turns) == 6 and {turn.text for turn in turns} == {"bonjour"}


async def test_what_a_person_answers_is_left_to_them(sessions: Sessions) -> None:
    received = await core.write(sessions, "quelqu’un ?")
    agent = await core.agent(sessions)
    async with sessions() as session, session.begin():
        conversation = await stream.locked(session, received.conversation_id)
        await owners.hand_over(session, conversation, reason="asked", topic=None, now=utc_now())
        await owners.give(session, conversation, agent=agent, now=utc_now())
    assert await taken(sessions) is None
    async with sessions() as session:
        assert await session.scalar(select(Turn.state)) == "skipped"


async def test_where_answers_are_read_in_place_they_are_sent_once_stored(sessions: Sessions) -> None:
    await core.write(sessions, external_id="first")
    claimed = await taken(sessions)
    assert claimed is not None
    async with one_by_one(sessions) as session:
        stored = await answering.at_once(
            session, claimed.turn, core.saying("Voilà."), as_claimed=claimed.conversation, shown_in=["webchat"]
        )
    assert stored is not None and stored.sent
    async with sessions() as session:
        state = (await session.execute(select(OutboxItem.state, OutboxItem.sent_at.is_not(None)))).one()
        assert tuple(state) == ("sent", True)
    assert (await core.transcript(sessions, claimed.turn.conversation_id))[-1].delivery == "sent"


async def test_what_was_read_when_the_turn_was_taken_is_read_again_once_it_has_changed(sessions: Sessions) -> None:
    await core.write(sessions, external_id="first")
    claimed = await taken(sessions)
    assert claimed is not None
    await core.write(sessions, "et aussi")
    async with sessions() as session, session.begin():
        await session.execute(update(Conversation).values(subject="Autre chose"))
    async with one_by_one(sessions) as session:
        assert await answering.at_once(session, claimed.turn, core.saying("Voilà."), as_claimed=claimed.conversation)
    told = await core.transcript(sessions, claimed.turn.conversation_id)
    assert [each.text for each in told] == ["bonjour", "et aussi", "Voilà."] and told[-1].content["answers"] == "first"
    async with sessions() as session:
        assert await session.scalar(select(Conversation.subject)) == "Autre chose"
        assert await session.scalar(select(func.count()).where(Turn.state == "done")) == 1
