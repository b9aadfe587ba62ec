"""The short way in, and everything that must take the longer one: both end the same."""

from __future__ import annotations

import asyncio
from uuid import UUID

import pytest
from sqlalchemy import select, update

from crm_backend.conversations import stream
from crm_backend.conversations.model import Conversation
from crm_backend.conversations.receiving.foreseen import foreseen
from crm_backend.conversations.receiving.receive import MoreToAsk, receive
from crm_backend.conversations.schema import InboundMessage
from crm_backend.customers.model import Identity
from crm_backend.database import Sessions, one_by_one, utc_now
from tests.support import core


def message(name: str, **more: object) -> InboundMessage:
    values = {"channel": "telegram", "identity_kind": "telegram", "identity_value": "7", "address": "7", "text": name}
    return InboundMessage.model_validate({**values, "external_id": name, **more})


async def accept(sessions: Sessions, inbound: InboundMessage) -> tuple[str, int, bool]:
    async with sessions.begin() as session:
        received = await receive(session, inbound)
    return str(received.conversation_id), received.seq, received.duplicate


async def is_foreseen(sessions: Sessions, inbound: InboundMessage) -> bool:
    async with sessions.begin() as session:
        return await foreseen(session, inbound) is not None


async def test_what_goes_on_is_foreseen_and_what_begins_is_not(sessions: Sessions) -> None:
    assert not await is_foreseen(sessions, message("un"))
    await accept(sessions, message("un"))
    assert await is_foreseen(sessions, message("deux"))
    assert not await is_foreseen(sessions, message("deux", start_new=True))
    assert not await is_foreseen(sessions, message("deux", event="edited", target="un"))


async def test_both_ways_store_the_same(sessions: Sessions, monkeypatch: pytest.MonkeyPatch) -> None:
    said = [message("un", order=1), message("trois", order=3), message("deux", order=2, sender_name="Marie")]
    for inbound in said:
        await accept(sessions, inbound)

    async def never(*_: object, **_more: object) -> None:
        return None

    with monkeypatch.context() as patched:
        patched.setattr("crm_backend.conversations.receiving.receive.foreseen", never)
        for inbound in said:
            other = {"identity_value": "8", "address": "8", "external_id": f"8 {inbound.external_id}"}
            await accept(sessions, inbound.model_copy(update=other))
    short, long = [await _stored(sessions, value) for value in ("7", "8")]
    assert short == long
    assert sorted(str(text) for _, text, *_ in short[1]) == ["deux", "trois", "un"]


async def test_what_is_read_without_a_lock_is_stored_in_one_statement_or_not_at_all(sessions: Sessions) -> None:
    first, _, _ = await accept(sessions, message("un"))
    async with one_by_one(sessions) as session:
        received = await receive(session, message("deux"), unlocked=True)
    assert (str(received.conversation_id), received.seq, received.owner) == (first, 2, "bot")
    for more in ({"sender_name": "Marie"}, {"account": "autre"}, {"start_new": True}, {"external_id": "un"}):
        async with one_by_one(sessions) as session:
            with pytest.raises(MoreToAsk):
                await receive(session, message("trois", **more), unlocked=True)
    async with one_by_one(sessions) as session, sessions.begin() as erasing:
        await erasing.execute(select(Identity.id).with_for_update())
        with pytest.raises(MoreToAsk):
            # Who waited for the writer with the conversation locked would be waited for in turn.
            await receive(session, message("trois"), unlocked=True)
    async with one_by_one(sessions) as session, sessions.begin() as other:
        ahead = await foreseen(session, message("trois"), unlocked=True)
        assert ahead is not None
        stream.append(other, await stream.locked(other, UUID(first)), author="agent", text="Un instant.", now=utc_now())
        conversation = ahead.belongs.conversation
        said = stream.following(conversation, author="customer", text="trois", now=utc_now())
        kept = [await stream.take_in_unchanged(session, conversation, ahead.identity, said, ahead.marks)]
        await other.commit()
        kept += [await stream.take_in_unchanged(session, conversation, ahead.identity, said, ahead.marks)]
        assert kept == [False, False]
    assert [view.text for view in await core.transcript(sessions, UUID(first))] == ["un", "deux", "Un instant."]


async def _stored(sessions: Sessions, value: str) -> tuple[str | None, list[tuple[object, ...]]]:
    async with sessions() as session:
        identity = await session.scalar(select(Identity).where(Identity.value == value))
        assert identity is not None
        found = await session.scalar(select(Conversation).where(Conversation.identity_id == identity.id))
        assert found is not None
    views = await core.transcript(sessions, found.id)
    return identity.shown_name, [(view.seq, view.text, view.author, view.content) for view in views]


async def test_while_an_agent_writes_the_message_waits_and_comes_after(sessions: Sessions) -> None:
    conversation, _, _ = await accept(sessions, message("un"))
    async with sessions.begin() as session:
        held = await stream.locked(session, UUID(conversation))
        waiting = asyncio.create_task(accept(sessions, message("deux")))
        await asyncio.sleep(0.05)
        assert not waiting.done()
        stream.append(session, held, author="system", text="entre-temps", now=utc_now())
    assert await waiting == (conversation, 3, False)


async def test_while_the_newest_conversation_is_held_no_older_one_is_taken(sessions: Sessions) -> None:
    await accept(sessions, message("un"))
    newest, _, _ = await accept(sessions, message("deux", start_new=True))
    async with sessions.begin() as session:
        await stream.locked(session, UUID(newest))
        assert not await is_foreseen(sessions, message("trois"))
    assert (await accept(sessions, message("trois")))[0] == newest


async def test_a_message_that_is_sent_again_later_is_known(sessions: Sessions) -> None:
    first = await accept(sessions, message("un"))
    await accept(sessions, message("deux"))
    assert await accept(sessions, message("un")) == (first[0], first[1], True)


async def test_who_writes_again_is_reachable_again(sessions: Sessions) -> None:
    await accept(sessions, message("un"))
    async with sessions.begin() as session:
        await session.execute(update(Identity).values(unreachable_since=utc_now()))
    await accept(sessions, message("deux"))
    async with sessions() as session:
        assert await session.scalar(select(Identity.unreachable_since)) is None
