"""The outbox: in order within a conversation, fair between accounts, retried, never lost."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select

from crm_backend.attachments.model import Attachment
from crm_backend.conversations import services
from crm_backend.conversations.model import Message, OutboxItem
from crm_backend.conversations.sending.deliveries import GIVE_UP_AFTER, MAX_FAULTS
from crm_backend.customers.model import Identity
from crm_backend.database import Sessions, utc_now
from tests.support import core
from tests.support.outbox import claim, item, made_older, one, ready, replies, seen_as, settle


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


async def test_a_message_that_wakes_a_bug_is_given_up_and_the_next_one_goes(sessions: Sessions) -> None:
    conversation = await replies(sessions, "un", "deux")
    async with sessions() as session, session.begin():
        first = (await session.scalars(select(OutboxItem).order_by(OutboxItem.seq))).first()
        assert first is not None
        first.faults = MAX_FAULTS - 1
    assert not await settle(sessions, "retry", await one(sessions), error="KeyError", foreseen=False)
    assert await seen_as(sessions, conversation) == ["failed", "queued"]
    assert (await one(sessions)).reply.text == "deux"


async def test_a_bug_is_counted_apart_from_the_platforms_trouble(sessions: Sessions) -> None:
    conversation = await replies(sessions, "un")
    for _ in range(2 * MAX_FAULTS):
        assert await settle(sessions, "retry", await one(sessions), error="HTTP 503")
        await ready(sessions)
    for fault in range(1, MAX_FAULTS):
        assert await settle(sessions, "retry", await one(sessions), error="KeyError", foreseen=False)
        await ready(sessions)
        assert (await settle(sessions, "retry", await one(sessions), error="HTTP 503")) is True
        await ready(sessions)
        delivery = await one(sessions)
        assert delivery.faults == fault
        assert await settle(sessions, "retry", delivery, error="HTTP 503")
        await ready(sessions)
    last = await one(sessions)
    assert not await settle(sessions, "retry", last, error="KeyError", foreseen=False)
    assert await seen_as(sessions, conversation) == ["failed"]
    assert (await item(sessions, last)).reason == "fault"


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
    assert again.again and not crashed.again


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
    async with sessions() as session, session.begin():
        assert await services.seen_by_customer(session, conversation_id=conversation, seq=2) == [2]
    await settle(sessions, "sent", delivery, platform_id="p")
    assert await seen_as(sessions, conversation) == ["read"]


async def test_a_platform_in_trouble_is_tried_for_a_day_and_no_longer(sessions: Sessions) -> None:
    conversation = await replies(sessions, "un")
    async with sessions() as session, session.begin():
        (await session.scalars(select(OutboxItem))).one().attempts = 300
    delivery = await one(sessions)
    assert await settle(sessions, "retry", delivery, error="down")
    assert 150 <= (await item(sessions, delivery)).available_at.timestamp() - utc_now().timestamp() <= 300
    await made_older(sessions, GIVE_UP_AFTER)
    assert not await settle(sessions, "retry", await one(sessions), error="down")
    assert await seen_as(sessions, conversation) == ["failed"]
    failed = await item(sessions, delivery)
    assert failed.state == "failed" and failed.failed_at is not None and failed.last_error == "down"
    assert failed.reason == "late"


async def test_what_waits_for_credentials_is_kept_however_long(sessions: Sessions) -> None:
    await replies(sessions, "un")
    await made_older(sessions, GIVE_UP_AFTER)
    delivery = await one(sessions)
    assert await settle(sessions, "retry", delivery, error="401", patient=True, counted=False, after=0)
    assert (await one(sessions)).attempts == delivery.attempts


async def test_an_attempt_that_nobody_knows_the_end_of_is_told_to_every_later_one(sessions: Sessions) -> None:
    await replies(sessions, "un")
    for unsure, told in ((False, False), (True, False), (False, True), (False, True)):
        delivery = await one(sessions)
        assert delivery.again is told
        await settle(sessions, "retry", delivery, error="x", unsure=unsure, after=30)
        assert await claim(sessions) == []
        await ready(sessions)


async def test_parts_that_the_platform_has_are_told_to_the_next_attempt(sessions: Sessions) -> None:
    await replies(sessions, "un")
    delivery = await one(sessions, lease_seconds=0.0)
    assert delivery.parts == ()
    for name in ("a", "b", "a"):
        await settle(sessions, "part_sent", delivery, platform_id=name)
    again = await one(sessions)
    assert again.parts == ("a", "b")
    await settle(sessions, "sent", again, platform_id="c")
    assert (await item(sessions, again)).platform_id == "c"


async def test_the_word_of_the_platform_holds_even_when_the_lease_was_lost(sessions: Sessions) -> None:
    conversation = await replies(sessions, "un")
    slow = await one(sessions, lease_seconds=0.0)
    other = await one(sessions)
    await settle(sessions, "sent", slow, platform_id="p")
    assert await settle(sessions, "retry", other, error="Timeout")
    assert await seen_as(sessions, conversation) == ["sent"]
    assert await claim(sessions) == []


async def test_a_delivery_that_takes_long_keeps_its_lease(sessions: Sessions) -> None:
    await replies(sessions, "un")
    delivery = await one(sessions, lease_seconds=0.0)
    assert await settle(sessions, "hold", delivery, lease_seconds=60)
    assert await claim(sessions) == []


async def test_files_go_with_the_message_in_their_order(sessions: Sessions) -> None:
    conversation = await replies(sessions, "un")
    async with sessions() as session, session.begin():
        message = (await session.scalars(select(Message).where(Message.conversation_id == conversation))).all()[-1]
        for position, name in ((1, "b.pdf"), (0, "a.png"), (2, "lost.pdf")):
            state = "lost" if name == "lost.pdf" else "kept"
            session.add(Attachment(message_id=message.id, position=position, name=name, state=state))
    assert [file.name for file in (await one(sessions)).reply.files] == ["a.png", "b.pdf"]


async def test_nothing_is_sent_to_who_cannot_be_reached_until_they_write(sessions: Sessions) -> None:
    await replies(sessions, "un", "deux")
    await replies(sessions, "autre", visitor="paul")
    first, other = await claim(sessions)
    assert await settle(sessions, "rejected", first, error="blocked", reason="unreachable")
    async with sessions() as session:
        marked = await session.scalars(select(Identity.value).where(Identity.unreachable_since.is_not(None)))
        assert list(marked) == ["marie"]
    assert not other.unreachable and (await one(sessions)).unreachable
    await core.write(sessions, visitor="marie")
    await ready(sessions)
    assert not [delivery for delivery in await claim(sessions) if delivery.unreachable]


async def test_a_batch_is_shared_between_accounts(sessions: Sessions) -> None:
    for number in range(8):
        await replies(sessions, f"many {number}", visitor=f"a{number}")
    await replies(sessions, "few", visitor="b", account="second")
    assert {d.account for d in await claim(sessions, limit=2)} == {"main", "second"}


async def test_an_account_that_is_full_leaves_the_batch_to_others(sessions: Sessions) -> None:
    await replies(sessions, "one", visitor="a")
    await replies(sessions, "two", visitor="b", account="second")
    claimed = await claim(sessions, besides=[("webchat", "main")])
    assert [delivery.reply.text for delivery in claimed] == ["two"]
