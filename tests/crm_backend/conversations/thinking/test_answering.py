"""Answers stored in one statement: all of it or nothing, and never over what was said or decided meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from sqlalchemy import func, select

from crm_backend.conversations import stream
from crm_backend.conversations.handing_over import owners
from crm_backend.conversations.model import Conversation, Message, OutboxItem, Turn
from crm_backend.conversations.schema import BotAnswer, ClaimedTurn
from crm_backend.conversations.thinking import answering
from crm_backend.conversations.thinking.answering import Stored
from crm_backend.database import Sessions, one_by_one
from tests.support import core


async def claimed_turn(sessions: Sessions, **more: Any) -> ClaimedTurn:
    await core.write(sessions, **more)
    claimed = await core.claim(sessions)
    assert claimed is not None
    return claimed


async def at_once(sessions: Sessions, claimed: ClaimedTurn, answer: BotAnswer, **more: Any) -> Stored | None:
    async with one_by_one(sessions) as session:
        return await answering.at_once(session, claimed, answer, **more)


def before_each_write(monkeypatch: pytest.MonkeyPatch, happens: Callable[[], Awaitable[object]], times: int) -> None:
    """Something happens after the conversation was read and before the answer to it is written."""
    put_together, left = answering._put_together, [times]

    async def with_it(*given: Any) -> Any:
        values = await put_together(*given)
        if left[0]:
            left[0] -= 1
            await happens()
        return values

    monkeypatch.setattr(answering, "_put_together", with_it)


async def test_one_statement_stores_replies_state_understanding_and_the_end_of_the_turn(sessions: Sessions) -> None:
    claimed = await claimed_turn(sessions, text="c'est nul")
    said = core.saying(
        "Je comprends.",
        "On regarde ?",
        buttons={"Oui": "/affirm"},
        state={"slots": {"topic": "orders"}},
        intent="complaint",
        language="en",
    )
    assert await at_once(sessions, claimed, said)
    async with sessions() as session:
        asked, first, second = await core.transcript(sessions, claimed.conversation_id)
        assert (first.text, second.text, second.seq, second.place) == ("Je comprends.", "On regarde ?", 3, 3)
        assert [each["title"] for each in second.content["buttons"]] == ["Oui"]
        assert (asked.language, (asked.understanding or {})["intent"]) == ("en", "complaint")
        conversation = await session.get_one(Conversation, claimed.conversation_id)
        assert (conversation.last_seq, conversation.topic, conversation.mood) == (3, "orders", "upset")
        assert conversation.language == "en" and conversation.dialogue_state == {"slots": {"topic": "orders"}}
        turn = await session.get_one(Turn, claimed.id)
        assert (turn.state, turn.lease) == ("done", None) and turn.finished_at is not None
        waiting = (await session.scalars(select(OutboxItem).order_by(OutboxItem.seq))).all()
        assert [(each.message_id, each.address, each.state) for each in waiting] == [
            (message.id, conversation.address, "queued") for message in (first, second)
        ]


async def test_a_message_that_comes_in_between_is_kept_and_the_answer_points_at_its_question(
    sessions: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    claimed = await claimed_turn(sessions, external_id="first")
    before_each_write(monkeypatch, lambda: core.write(sessions, "et aussi"), times=1)
    assert await at_once(sessions, claimed, core.saying("Voilà."))
    told = await core.transcript(sessions, claimed.conversation_id)
    assert [each.text for each in told] == ["bonjour", "et aussi", "Voilà."]
    assert told[-1].content["answers"] == "first"


async def test_what_changes_again_and_again_is_left_to_the_longer_way_with_nothing_written(
    sessions: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    claimed = await claimed_turn(sessions)
    before_each_write(monkeypatch, lambda: core.write(sessions, "encore"), times=answering.TRIES)
    assert not await at_once(sessions, claimed, core.saying("Voilà."))
    assert {each.author for each in await core.transcript(sessions, claimed.conversation_id)} == {"customer"}
    assert await core.finish(sessions, claimed, core.saying("Voilà."))


async def test_nothing_is_written_when_a_person_takes_over_in_between(
    sessions: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    claimed = await claimed_turn(sessions)

    async def handed_over() -> None:
        async with sessions() as session, session.begin():
            conversation = await stream.locked(session, claimed.conversation_id)
            await owners.hand_over(session, conversation, reason="asked", topic=None, now=claimed.created_at)

    before_each_write(monkeypatch, handed_over, times=1)
    assert not await at_once(sessions, claimed, core.saying("Trop tard."))
    assert not await core.finish(sessions, claimed, core.saying("Trop tard."))
    assert "Trop tard." not in [each.text for each in await core.transcript(sessions, claimed.conversation_id)]


async def test_nothing_is_written_under_a_lost_lease(sessions: Sessions) -> None:
    await core.write(sessions)
    slow = await core.claim(sessions, lease_seconds=0.0)
    await asyncio.sleep(0.01)
    other = await core.claim(sessions)
    assert slow is not None and other is not None
    assert not await at_once(sessions, slow, core.saying("trop tard"))
    async with sessions() as session:
        assert await session.scalar(select(func.count()).select_from(Message)) == 1


@pytest.mark.parametrize("answer", [core.saying("Au revoir.", do="close"), core.saying(), core.saying(*"abcdefghi")])
async def test_commands_silence_and_many_replies_are_left_to_the_longer_way(
    sessions: Sessions, answer: BotAnswer
) -> None:
    claimed = await claimed_turn(sessions)
    assert not await at_once(sessions, claimed, answer)
    async with sessions() as session:
        assert await session.scalar(select(Turn.state)) == "running"


async def test_a_customer_does_not_wait_for_what_the_assistant_has_read(sessions: Sessions) -> None:
    claimed = await claimed_turn(sessions)
    async with one_by_one(sessions) as session:
        assert (known := await answering._read(session, claimed))
        assert await answering._put_together(session, claimed, core.saying("Voilà."), known, False)
        async with asyncio.timeout(5):
            received = await core.write(sessions, "et aussi")
    assert received.seq == 2
