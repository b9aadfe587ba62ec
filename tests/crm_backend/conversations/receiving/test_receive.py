"""Taking in messages: once each, in order, in the right conversation."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import func, select

from crm_backend.conversations.model import Conversation, Message, Turn
from crm_backend.customers import people
from crm_backend.database import Sessions, utc_now
from crm_backend.errors import BadInput, Empty, NotFound
from tests.support import core


async def how_many(sessions: Sessions, table: type) -> int:
    async with sessions() as session:
        return await session.scalar(select(func.count()).select_from(table)) or 0


async def test_second_delivery_of_the_same_message_is_ignored(sessions: Sessions) -> None:
    first = await core.write(sessions, "bonjour", external_id="a")
    again = await core.write(sessions, "bonjour", external_id="a")
    assert not first.duplicate and again.duplicate
    assert (again.message_id, again.seq) == (first.message_id, 1)
    assert await how_many(sessions, Message) == await how_many(sessions, Turn) == 1


async def test_ten_deliveries_at_once_store_one(sessions: Sessions) -> None:
    received = await asyncio.gather(*(core.write(sessions, external_id="a") for _ in range(10)))
    assert sorted(one.duplicate for one in received) == [False] + [True] * 9
    assert len({one.message_id for one in received}) == 1
    assert await how_many(sessions, Message) == await how_many(sessions, Turn) == 1


async def test_two_first_messages_at_once_make_one_conversation(sessions: Sessions) -> None:
    received = await asyncio.gather(*(core.write(sessions, text) for text in ("un", "deux")))
    assert len({one.conversation_id for one in received}) == 1
    assert sorted(one.seq for one in received) == [1, 2]


async def test_a_redelivery_that_asked_for_a_new_conversation_opens_none(sessions: Sessions) -> None:
    await core.write(sessions, external_id="a", start_new=True)
    assert (await core.write(sessions, external_id="a", start_new=True)).duplicate
    assert await how_many(sessions, Conversation) == 1


async def test_another_visitors_conversation_is_refused_and_stays_as_it_was(sessions: Sessions) -> None:
    maries = await core.write(sessions, "bonjour")
    with pytest.raises(NotFound):
        await core.write(sessions, "et moi ?", visitor="paul", conversation_id=maries.conversation_id)
    assert [message.text for message in await core.transcript(sessions, maries.conversation_id)] == ["bonjour"]


async def test_the_same_identifier_from_two_channels_is_two_messages(sessions: Sessions) -> None:
    await core.write(sessions, external_id="webchat-1")
    await core.write(sessions, external_id="webchat-2")
    assert await how_many(sessions, Message) == 2


async def test_sequence_numbers_have_no_gap_under_twenty_messages_at_once(sessions: Sessions) -> None:
    first = await core.write(sessions, "0")
    received = await asyncio.gather(*(core.write(sessions, str(n)) for n in range(1, 21)))
    assert sorted(one.seq for one in received) == list(range(2, 22))
    stored = await core.transcript(sessions, first.conversation_id)
    assert [message.seq for message in stored] == list(range(1, 22))
    assert (await core.conversation(sessions, first.conversation_id)).last_seq == 21


async def test_a_refused_message_leaves_no_gap(sessions: Sessions) -> None:
    first = await core.write(sessions)
    with pytest.raises(BadInput):
        await core.write(sessions, "Oui", press={"seq": 1, "index": 0})
    with pytest.raises(Empty):
        await core.write(sessions, "\u200b")
    assert (await core.write(sessions)).seq == first.seq + 1


async def test_a_closed_conversation_reopens_with_the_assistant_and_a_fresh_state(sessions: Sessions) -> None:
    first = await core.write(sessions)
    await core.answered(sessions, core.saying("bonjour", state={"slots": {"order_number": "10234"}}))
    claire = await core.agent(sessions)
    await core.change(sessions, "take", first.conversation_id, claire)
    closed = await core.change(sessions, "close", first.conversation_id, claire)
    assert closed.owner == "nobody" and closed.closed_at is not None
    again = await core.write(sessions, "encore moi", conversation_id=first.conversation_id)
    found = await core.conversation(sessions, first.conversation_id)
    assert (again.owner, found.owner, found.closed_at, found.dialogue_state) == ("bot", "bot", None, None)
    assert found.version == closed.version + 1
    claimed = await core.claim(sessions)
    assert claimed is not None and claimed.text == "encore moi" and claimed.state is None


async def test_after_a_closed_conversation_a_message_without_one_opens_another(sessions: Sessions) -> None:
    first = await core.write(sessions)
    claire = await core.agent(sessions)
    await core.change(sessions, "take", first.conversation_id, claire)
    await core.change(sessions, "close", first.conversation_id, claire)
    assert (await core.write(sessions)).conversation_id != first.conversation_id


async def test_a_message_while_a_person_owns_starts_the_wait_for_them(sessions: Sessions) -> None:
    first = await core.write(sessions)
    claire = await core.agent(sessions)
    await core.change(sessions, "take", first.conversation_id, claire)
    received = await core.write(sessions, "vous êtes là ?")
    assert received.owner == f"agent:{claire.id}"
    assert (await core.conversation(sessions, first.conversation_id)).waiting_since is not None
    await core.reply_as(sessions, first.conversation_id, claire, "Oui !")
    assert (await core.conversation(sessions, first.conversation_id)).waiting_since is None


async def test_taking_and_writing_at_once_never_wait_for_each_other(sessions: Sessions) -> None:
    first = await core.write(sessions)
    claire = await core.agent(sessions)
    async with sessions() as writing:
        # A message is on its way: the person behind it is locked, the conversation not yet.
        await people.writer(writing, kind="browser", value="marie", now=utc_now())
        async with asyncio.timeout(3):
            await core.change(sessions, "take", first.conversation_id, claire)
