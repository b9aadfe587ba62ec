"""The outbox: in order within a conversation, retried, never lost, and a late worker changes nothing."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from crm_backend.conversations import outbox
from crm_backend.conversations.model import OutboxItem
from crm_backend.conversations.outbox import MAX_ATTEMPTS, Delivery
from crm_backend.database import Sessions, utc_now
from tests.support import core


async def replies(sessions: Sessions, *texts: str, visitor: str = "marie") -> UUID:
    """A conversation with these replies on their way; its identifier."""
    received = await core.write(sessions, visitor=visitor)
    await core.answered(sessions, core.saying(*texts))
    return received.conversation_id


async def claim(sessions: Sessions, *, lease_seconds: float = 60, limit: int = 10) -> list[Delivery]:
    async with sessions() as session, session.begin():
        return await outbox.claim(session, lease_seconds=lease_seconds, limit=limit)


async def one(sessions: Sessions, lease_seconds: float = 60) -> Delivery:
    (delivery,) = await claim(sessions, lease_seconds=lease_seconds)
    return delivery


async def settle(sessions: Sessions, what: str, delivery: Delivery, **more: object) -> object:
    async with sessions() as session, session.begin():
        return await getattr(outbox, what)(session, delivery, **more)


async def item(sessions: Sessions, delivery: Delivery) -> OutboxItem:
    async with sessions() as session:
        return await session.get_one(OutboxItem, delivery.id)


async def seen_as(sessions: Sessions, conversation: UUID) -> list[str | None]:
    return [m.delivery for m in await core.transcript(sessions, conversation) if m.author != "customer"]


async def test_replies_of_a_conversation_go_one_after_the_other(sessions: Sessions) -> None:
    conversation = await replies(sessions, "un", "deux", "trois")
    for text in ("un", "deux", "trois"):
        delivery = await one(sessions)
        assert delivery.reply.text == text
        assert await claim(sessions) == []
        await settle(sessions, "sent", delivery, platform_id="p")
    assert await seen_as(sessions, conversation) == ["sent"] * 3


async def test_one_conversation_that_waits_holds_up_no_other(sessions: Sessions) -> None:
    await replies(sessions, "a1", "a2")
    await replies(sessions, "b1", visitor="paul")
    assert [delivery.reply.text for delivery in await claim(sessions)] == ["a1", "b1"]
    await replies(sessions, "c1", visitor="zoe")
    assert [delivery.reply.text for delivery in await claim(sessions)] == ["c1"]


async def test_ten_workers_at_once_send_each_reply_once(sessions: Sessions) -> None:
    for visitor in "abcd":
        await replies(sessions, "un", "deux", visitor=visitor)
    claimed = [d for found in await asyncio.gather(*(claim(sessions, limit=2) for _ in range(10))) for d in found]
    assert [delivery.reply.text for delivery in claimed] == ["un"] * len(claimed)
    assert len({delivery.conversation_id for delivery in claimed}) == len(claimed) <= 4


async def test_a_failed_delivery_is_tried_later_and_later_and_keeps_its_place(sessions: Sessions) -> None:
    await replies(sessions, "un", "deux")
    pauses = []
    for attempt in range(1, 5):
        delivery = await one(sessions)
        assert (delivery.reply.text, delivery.attempts) == ("un", attempt)
        before = utc_now()
        assert await settle(sessions, "retry", delivery, error="Timeout")
        assert await claim(sessions) == []
        pauses.append(((await item(sessions, delivery)).available_at - before).total_seconds())
        async with sessions() as session, session.begin():
            (await session.get_one(OutboxItem, delivery.id)).available_at = before
    for attempt, pause in enumerate(pauses):
        assert 0.5 * 2**attempt <= pause <= 2**attempt + 0.5


async def test_the_platforms_own_pause_is_kept(sessions: Sessions) -> None:
    await replies(sessions, "un")
    delivery = await one(sessions)
    before = utc_now()
    await settle(sessions, "retry", delivery, error="Retry", after=42.0)
    due = (await item(sessions, delivery)).available_at
    assert timedelta(seconds=42) <= due - before < timedelta(seconds=44)


async def test_after_the_last_attempt_it_has_failed_and_the_next_one_goes(sessions: Sessions) -> None:
    conversation = await replies(sessions, "un", "deux")
    async with sessions() as session, session.begin():
        first = (await session.scalars(select(OutboxItem).order_by(OutboxItem.seq))).first()
        assert first is not None
        first.attempts = MAX_ATTEMPTS - 1
    assert not await settle(sessions, "retry", await one(sessions), error="Timeout")
    assert await seen_as(sessions, conversation) == ["failed", "queued"]
    assert (await one(sessions)).reply.text == "deux"


async def test_a_rejected_reply_has_failed_and_the_next_one_goes(sessions: Sessions) -> None:
    conversation = await replies(sessions, "un", "deux")
    await settle(sessions, "rejected", await one(sessions), error="blocked")
    assert await seen_as(sessions, conversation) == ["failed", "queued"]
    assert (await one(sessions)).reply.text == "deux"


async def test_a_crash_after_sending_repeats_only_when_the_lease_is_over(sessions: Sessions) -> None:
    await replies(sessions, "un")
    crashed = await one(sessions, lease_seconds=0.3)
    assert await claim(sessions) == []
    await asyncio.sleep(0.35)
    again = await one(sessions)
    assert (again.id, again.attempts) == (crashed.id, 2) and again.lease != crashed.lease


@pytest.mark.parametrize("late", ["rejected", "retry"])
async def test_a_worker_that_lost_its_lease_changes_nothing(sessions: Sessions, late: str) -> None:
    conversation = await replies(sessions, "un")
    slow = await one(sessions, lease_seconds=0.0)
    await asyncio.sleep(0.01)
    await settle(sessions, "sent", await one(sessions), platform_id="p")
    await settle(sessions, late, slow, error="late")
    assert await seen_as(sessions, conversation) == ["sent"]
    assert (await item(sessions, slow)).state == "sent"


async def test_what_was_read_before_it_was_noted_as_sent_stays_read(sessions: Sessions) -> None:
    conversation = await replies(sessions, "un")
    delivery = await one(sessions)
    from crm_backend.conversations import services

    async with sessions() as session, session.begin():
        assert await services.seen_by_customer(session, conversation_id=conversation, seq=2) == [2]
    await settle(sessions, "sent", delivery, platform_id="p")
    assert await seen_as(sessions, conversation) == ["read"]
