"""What platforms tell of messages: never backwards, in any order, even before we know that they took them."""

from __future__ import annotations

import asyncio
import itertools
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from crm_backend.conversations.model import OutboxItem, SentPart
from crm_backend.conversations.schema import Receipt
from crm_backend.conversations.sending import receipts
from crm_backend.conversations.sending.outbox import Delivery
from crm_backend.conversations.sending.receipts import Standing
from crm_backend.customers.model import Identity
from crm_backend.database import Sessions
from server.reporting import reporter
from tests.support.channels import Notes
from tests.support.outbox import claim, item, one, ready, replies, seen_as, settle


async def told(sessions: Sessions, state: str, platform_id: str | None = "p", **more: Any) -> Standing | None:
    async with sessions() as session, session.begin():
        receipt = Receipt(channel="webchat", platform_id=platform_id, state=state, **more)
        return await receipts.apply(session, receipt)


async def sent(sessions: Sessions, text: str = "un", platform_id: str = "p") -> tuple[UUID, Delivery]:
    conversation = await replies(sessions, text)
    delivery = await one(sessions)
    await settle(sessions, "sent", delivery, platform_id=platform_id)
    return conversation, delivery


@pytest.mark.parametrize("order", list(itertools.permutations(["sent", "delivered", "read"])))
async def test_in_whatever_order_they_come_a_message_only_goes_forward(
    sessions: Sessions, order: tuple[str, ...]
) -> None:
    conversation, _ = await sent(sessions)
    rank = ["sent", "delivered", "read"]
    furthest = "sent"
    for state in order:
        before, furthest = furthest, max(furthest, state, key=rank.index)
        standing = await told(sessions, state)
        assert standing is not None and standing.conversation_id == conversation and standing.seq == 2
        assert (standing.delivery, standing.changed) == (furthest, furthest != before)
        assert await seen_as(sessions, conversation) == [furthest]


@pytest.mark.parametrize(("before", "after"), [("sent", "failed"), ("delivered", "failed"), ("read", "read")])
async def test_it_may_fail_until_it_was_read(sessions: Sessions, before: str, after: str) -> None:
    conversation, delivery = await sent(sessions)
    await told(sessions, before)
    await told(sessions, "failed", cause="undeliverable")
    assert await seen_as(sessions, conversation) == [after]
    stored = await item(sessions, delivery)
    failed = ("failed", "undeliverable", "content")
    assert (stored.state, stored.last_error, stored.reason) == (failed if after == "failed" else ("sent", None, None))


async def test_what_has_failed_at_the_platform_stays_failed(sessions: Sessions) -> None:
    conversation, _ = await sent(sessions)
    await told(sessions, "failed", cause="x")
    await told(sessions, "delivered")
    assert await seen_as(sessions, conversation) == ["failed"]


async def test_names_that_nobody_knows_are_ignored(sessions: Sessions) -> None:
    conversation, delivery = await sent(sessions)
    assert await told(sessions, "read", "other") is None
    assert await told(sessions, "read", None, message_id=uuid4()) is None
    assert await told(sessions, "read", "p", account="second") is None
    assert await told(sessions, "read", None, message_id=delivery.message_id, account="second") is None
    assert await seen_as(sessions, conversation) == ["sent"]


async def test_our_own_name_given_back_settles_what_a_crashed_sender_left(sessions: Sessions) -> None:
    conversation = await replies(sessions, "un", "deux")
    crashed = await one(sessions, lease_seconds=0.0)
    standing = await told(sessions, "delivered", "wamid", message_id=crashed.message_id)
    assert standing is not None and standing.changed
    assert await seen_as(sessions, conversation) == ["delivered", "queued"]
    assert (await one(sessions)).reply.text == "deux"


async def test_a_receipt_that_overtakes_its_senders_own_note_is_kept(sessions: Sessions) -> None:
    conversation = await replies(sessions, "un")
    delivery = await one(sessions)
    await told(sessions, "read", "wamid", message_id=delivery.message_id)
    assert await settle(sessions, "sent", delivery, platform_id="wamid") is None
    assert await seen_as(sessions, conversation) == ["read"]
    async with sessions() as session:
        assert [part.platform_id for part in await session.scalars(select(SentPart))] == ["wamid"]


async def test_a_receipt_of_the_first_part_does_not_settle_the_others(sessions: Sessions) -> None:
    conversation = await replies(sessions, "un")
    delivery = await one(sessions, lease_seconds=0.0)
    await told(sessions, "delivered", "a", message_id=delivery.message_id, last=False)
    assert await seen_as(sessions, conversation) == ["queued"]
    again = await one(sessions)
    assert again.parts == ("a",) and again.again
    await settle(sessions, "sent", again, platform_id="b")
    assert await seen_as(sessions, conversation) == ["sent"]
    await told(sessions, "read", "b")
    assert await seen_as(sessions, conversation) == ["delivered"]
    await told(sessions, "read", "a")
    assert await seen_as(sessions, conversation) == ["read"]


async def test_a_receipt_by_our_name_alone_is_about_the_whole_message(sessions: Sessions) -> None:
    conversation = await replies(sessions, "un")
    delivery = await one(sessions)
    await settle(sessions, "part_sent", delivery, platform_id="a")
    await settle(sessions, "sent", delivery, platform_id="b")
    await told(sessions, "delivered", None, message_id=delivery.message_id)
    assert await seen_as(sessions, conversation) == ["delivered"]


async def test_what_was_given_up_and_arrived_after_all_is_no_dead_letter(sessions: Sessions) -> None:
    conversation = await replies(sessions, "un")
    delivery = await one(sessions)
    await settle(sessions, "rejected", delivery, error="down", unsure=True)
    await told(sessions, "delivered", "wamid", message_id=delivery.message_id)
    assert await seen_as(sessions, conversation) == ["delivered"]
    assert (await item(sessions, delivery)).state == "sent"


async def test_an_address_that_bounces_is_marked_and_nobody_elses(sessions: Sessions) -> None:
    await sent(sessions)
    await told(sessions, "failed", cause="no such mailbox", unreachable=True)
    async with sessions() as session:
        assert (await session.scalars(select(Identity))).one().unreachable_since is not None
    await replies(sessions, "autre", visitor="paul")
    (other,) = await claim(sessions)
    assert not other.unreachable


async def test_a_receipt_that_names_what_is_only_now_being_noted_waits_for_it(sessions: Sessions) -> None:
    conversation = await replies(sessions, "un")
    delivery = await one(sessions)
    live = Notes()
    report = reporter(sessions, live)
    early = asyncio.create_task(report(Receipt(channel="webchat", platform_id="p", state="delivered")))
    await asyncio.sleep(0.05)
    assert not early.done()
    await settle(sessions, "sent", delivery, platform_id="p")
    assert await early
    assert await seen_as(sessions, conversation) == ["delivered"]
    note = {"kind": "delivery", "conversation": conversation, "seq": 2, "delivery": "delivered"}
    shown = {"kind": "delivery", "seq": 2, "delivery": "delivered"}
    assert live.published == [("desk", note), (f"conversation:{conversation}", shown)]
    assert await report(Receipt(channel="webchat", platform_id="p", state="delivered"))
    assert len(live.published) == 2


async def test_a_name_that_nobody_knows_is_not_waited_for_when_nothing_is_on_its_way(sessions: Sessions) -> None:
    await sent(sessions)
    assert not await reporter(sessions, Notes())(Receipt(channel="webchat", platform_id="x", state="read"))


async def test_receipts_and_their_sender_do_not_get_in_each_others_way(sessions: Sessions) -> None:
    for number in range(10):
        await replies(sessions, f"n{number}", visitor=f"v{number}")
    claimed = await claim(sessions)

    async def all_of(delivery: Delivery) -> None:
        name = str(delivery.message_id)
        await asyncio.gather(
            settle(sessions, "sent", delivery, platform_id=name),
            told(sessions, "read", name, message_id=delivery.message_id),
            told(sessions, "delivered", name, message_id=delivery.message_id),
        )

    await asyncio.gather(*(all_of(delivery) for delivery in claimed))
    for delivery in claimed:
        assert await seen_as(sessions, delivery.conversation_id) == ["read"]
    async with sessions() as session:
        assert set(await session.scalars(select(OutboxItem.state))) == {"sent"}
    await ready(sessions)
    assert await claim(sessions) == []
