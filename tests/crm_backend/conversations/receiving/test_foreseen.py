"""The short way in, and everything that must take the longer one: both end the same."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, text, update

from crm_backend.conversations import stream, taking_in
from crm_backend.conversations.model import Conversation, Turn
from crm_backend.conversations.reading.messages import plain
from crm_backend.conversations.reading.queries import messages_after
from crm_backend.conversations.receiving.foreseen import foreseen
from crm_backend.conversations.receiving.receive import MoreToAsk, receive
from crm_backend.conversations.schema import BotAnswer, InboundMessage
from crm_backend.conversations.taking_in import Lease
from crm_backend.conversations.thinking.answering import at_once
from crm_backend.conversations.thinking.claiming import Claimed
from crm_backend.customers.model import Identity
from crm_backend.database import Sessions, new_id, one_by_one, utc_now
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
        kept = [await taking_in.take_in_unchanged(session, conversation, ahead.identity, said, ahead.marks)]
        await other.commit()
        kept += [await taking_in.take_in_unchanged(session, conversation, ahead.identity, said, ahead.marks)]
        assert kept == [None, None]
    assert [view.text for view in await core.transcript(sessions, UUID(first))] == ["un", "deux", "Un instant."]


async def test_the_writer_is_locked_before_the_conversation(sessions: Sessions) -> None:
    await accept(sessions, message("un"))
    async with one_by_one(sessions) as session:
        ahead = await foreseen(session, message("deux"), unlocked=True)
    assert ahead is not None
    conversation = ahead.belongs.conversation
    said = stream.following(conversation, author="customer", text="deux", now=utc_now())
    # Stored in a transaction that goes on: what it holds when it gives up is what it locked first.
    async with sessions.begin() as erasing, sessions.begin() as storing, sessions.begin() as third:
        await erasing.execute(select(Identity.id).with_for_update())
        await storing.execute(text("set local lock_timeout = '5s'"))
        assert not await taking_in.take_in_unchanged(storing, conversation, ahead.identity, said, ahead.marks)
        assert await third.scalar(select(Conversation.id).with_for_update(nowait=True)) == conversation.id


class Here:
    """A process that thinks about all it takes in."""

    def __init__(self) -> None:
        self.taken: list[Claimed] = []

    def lease(self) -> Lease:
        return Lease(new_id(), utc_now() + timedelta(seconds=30))

    def take(self, claimed: Claimed) -> None:
        self.taken.append(claimed)

    def queued(self) -> None:
        raise AssertionError("told by who stores it")


async def test_the_turn_of_what_comes_is_taken_with_it_once_nothing_is_before(sessions: Sessions) -> None:
    here = Here()
    await accept(sessions, message("un"))
    for name, taken in (("deux", False), ("trois", True)):
        async with one_by_one(sessions) as session:
            received = await receive(session, message(name), unlocked=True, hand=here)
        assert received.taken is taken
        async with sessions.begin() as session:
            # Thought about: what was queued, and what was taken.
            await session.execute(update(Turn).values(state="done"))
    (claimed,) = here.taken
    assert (claimed.turn.text, claimed.turn.seq, claimed.turn.attempts) == ("trois", 3, 1)
    async with sessions.begin() as session:
        await session.execute(update(Turn).where(Turn.seq == 3).values(state="running"))
        held = await session.scalar(select(Turn).where(Turn.seq == 3))
        assert held is not None
        assert (held.id, held.lease, held.lease_until) == (claimed.turn.id, claimed.turn.lease, claimed.until)
    said = {"replies": [{"text": "Bonjour !"}], "commands": [], "state": {}, "language": "fr"}
    answer = BotAnswer.model_validate({**said, "understanding": {"intent": "greet"}})
    async with one_by_one(sessions) as session:
        stored = await at_once(session, claimed.turn, answer, as_claimed=claimed.conversation, shown_in=["telegram"])
    assert stored is not None
    assert stored.said is not None, "the mark that came with the turn is the conversation's"
    assert claimed.message is not None
    told = plain([claimed.message, *stored.said])
    async with sessions() as session:
        read = await messages_after(session, conversation_id=claimed.turn.conversation_id, after=2)
    words = {"company": "Lumora", "mine": "customer", "link": str}
    assert [each.outward(**words) for each in told or []] == [each.outward(**words) for each in read]


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
