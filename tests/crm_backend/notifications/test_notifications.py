"""Telling customers unasked: once, by a way they can be reached, not at night, not too often, not if they said no."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, update

from crm_backend.accounts.model import Account
from crm_backend.conversations.model import Conversation, Message, OutboxItem
from crm_backend.conversations.schema import Reply
from crm_backend.conversations.sending import outbox
from crm_backend.customers.model import Customer, Identity
from crm_backend.database import Sessions, new_id
from crm_backend.notifications import orders, services
from crm_backend.notifications.model import Notification
from crm_backend.notifications.schema import Planned, Rules, Start
from crm_backend.orders.model import Order, Shipment
from tests.support import core
from tests.support.channels import Notes, core_on

NOON = datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0)
RULES = Rules(zone=ZoneInfo("UTC"))
MAIL = Start(kind="email", channel="mail", account="main")
PHONE, EMAIL = "+33612345678", "marie@example.com"
WHATSAPP: dict[str, Any] = {
    "channel": "whatsapp",
    "identity_kind": "whatsapp",
    "identity_value": "33612345678",
    "address": "33612345678",
    "vouched": {"kind": "phone", "value": PHONE},
}


@pytest.fixture
async def marie(sessions: Sessions) -> UUID:
    """A customer with a number and an address on file, and the accounts that could reach her."""
    async with sessions() as session, session.begin():
        customer = Customer(id=new_id(), first_name="Marie", last_name="Dupont", language="en")
        session.add(customer)
        await session.flush()
        for kind, value in (("email", EMAIL), ("phone", PHONE)):
            session.add(Identity(customer_id=customer.id, kind=kind, value=value))
        session.add_all(Account(channel=channel, name="main") for channel in ("mail", "whatsapp", "webchat"))
    return customer.id


async def tell(sessions: Sessions, customer: UUID, subject: str = "a", **more: Any) -> bool:
    values: dict[str, Any] = {"kind": "order_shipped", "facts": {"number": "10234"}, "now": NOON} | more
    async with sessions() as session, session.begin():
        return await services.notify(session, customer_id=customer, subject=subject, **values)


async def go(sessions: Sessions, *, now: datetime = NOON, starts: Sequence[Start] = (MAIL,)) -> Planned | bool:
    """One step of the loop."""
    async with sessions() as session, session.begin():
        planned = await services.plan(session, rules=RULES, starts=starts, now=now)
        if isinstance(planned, Planned):
            reply = Reply(text="It has left.", template=planned.kind)
            await services.send(session, planned, reply, now=now)
        return planned


async def only(sessions: Sessions) -> Notification:
    async with sessions() as session:
        return (await session.scalars(select(Notification))).one()


async def test_something_is_told_once(sessions: Sessions, marie: UUID) -> None:
    assert await tell(sessions, marie)
    assert not await tell(sessions, marie)
    planned = await go(sessions)
    assert isinstance(planned, Planned)
    assert (planned.route.channel, planned.route.address, planned.language) == ("mail", EMAIL, "en")
    assert await go(sessions) is False
    async with sessions() as session:
        assert (await session.scalars(select(OutboxItem.address))).all() == [EMAIL]


async def test_where_they_wrote_comes_before_what_is_on_file(sessions: Sessions, marie: UUID) -> None:
    first = await core.write(sessions, **WHATSAPP)
    await tell(sessions, marie)
    planned = await go(sessions)
    assert isinstance(planned, Planned) and planned.route.channel == "whatsapp"
    said = await core.transcript(sessions, first.conversation_id)
    assert said[-1].text == "It has left."


async def test_a_preferred_channel_comes_first(sessions: Sessions, marie: UUID) -> None:
    await core.write(sessions, **WHATSAPP)
    async with sessions() as session, session.begin():
        await services.choose(session, customer_id=marie, channel="mail", actor="customer")
    await tell(sessions, marie)
    planned = await go(sessions)
    assert isinstance(planned, Planned) and planned.route.channel == "mail"


async def test_a_browser_is_never_told_unasked(sessions: Sessions, marie: UUID) -> None:
    received = await core.write(sessions)
    async with sessions() as session, session.begin():
        talk = await session.get_one(Conversation, received.conversation_id)
        talk.customer_id, talk.proof = marie, "verified"
    await tell(sessions, marie)
    assert await go(sessions, starts=()) is True
    assert (await only(sessions)).reason == "no_way_to_reach"


async def test_who_said_no_is_not_told(sessions: Sessions, marie: UUID) -> None:
    async with sessions() as session, session.begin():
        await services.choose(session, customer_id=marie, unasked=False, actor="customer")
    await tell(sessions, marie)
    assert await go(sessions) is True
    assert (await only(sessions)).reason == "unsubscribed"


async def test_nights_are_waited_out(sessions: Sessions, marie: UUID) -> None:
    night = NOON.replace(hour=23)
    await tell(sessions, marie, now=night)
    assert await go(sessions, now=night) is True
    waiting = await only(sessions)
    assert (waiting.state, waiting.due_at) == ("waiting", (night + timedelta(days=1)).replace(hour=8))
    assert isinstance(await go(sessions, now=waiting.due_at), Planned)


@pytest.mark.parametrize(("hour", "end"), [(20, None), (21, 32), (23, 32), (3, 8), (8, None)])
def test_quiet_hours_span_midnight(hour: int, end: int | None) -> None:
    day = NOON.replace(hour=0)
    assert RULES.quiet_end(day + timedelta(hours=hour)) == (None if end is None else day + timedelta(hours=end))


async def test_no_more_than_so_many_a_week(sessions: Sessions, marie: UUID) -> None:
    for n in range(4):
        await tell(sessions, marie, subject=str(n))
    outcomes = [await go(sessions) for _ in range(4)]
    assert [isinstance(outcome, Planned) for outcome in outcomes] == [True, True, True, False]
    later = NOON + timedelta(days=8)
    await tell(sessions, marie, subject="next week", now=later)
    assert isinstance(await go(sessions, now=later), Planned)


async def test_two_planned_at_once_are_counted_together(sessions: Sessions, marie: UUID) -> None:
    for n in range(4):
        await tell(sessions, marie, subject=str(n))
    await go(sessions)
    outcomes = await asyncio.gather(*(go(sessions) for _ in range(3)))
    assert sorted(isinstance(outcome, Planned) for outcome in outcomes) == [False, True, True]


async def test_old_news_is_not_told(sessions: Sessions, marie: UUID) -> None:
    await tell(sessions, marie)
    assert await go(sessions, now=NOON + timedelta(days=3)) is True
    assert (await only(sessions)).reason == "too_late"


async def test_what_cannot_be_delivered_goes_another_way_and_each_way_once(sessions: Sessions, marie: UUID) -> None:
    await core.write(sessions, **WHATSAPP)
    await tell(sessions, marie)
    for channel in ("whatsapp", "mail"):
        planned = await go(sessions)
        assert isinstance(planned, Planned) and planned.route.channel == channel
        async with sessions() as session, session.begin():
            sent = (await session.scalars(select(Notification.message_id))).one()
            await session.execute(update(Message).where(Message.id == sent).values(delivery="failed"))
        async with sessions() as session, session.begin():
            assert await services.take_back(session) == 1
    assert await go(sessions) is True
    assert (await only(sessions)).reason == "no_way_to_reach"


async def test_an_address_that_bounces_is_no_way(sessions: Sessions, marie: UUID) -> None:
    mail = {"channel": "mail", "identity_kind": "email", "identity_value": EMAIL, "address": EMAIL}
    await core.write(sessions, **mail)
    async with sessions() as session, session.begin():
        bounced = Identity.kind == "email", Identity.customer_id.is_(None)
        await session.execute(update(Identity).where(*bounced).values(unreachable_since=NOON - timedelta(days=1)))
    await tell(sessions, marie)
    assert await go(sessions) is True
    assert (await only(sessions)).reason == "no_way_to_reach"


async def test_invented_customers_get_no_mail(sessions: Sessions, marie: UUID) -> None:
    async with sessions() as session, session.begin():
        await session.execute(update(Customer).values(demo=True))
    await tell(sessions, marie)
    assert await go(sessions) is True
    assert (await only(sessions)).reason == "no_way_to_reach"


async def test_stop_after_a_notification_ends_them_and_is_not_thought_about(sessions: Sessions, marie: UUID) -> None:
    first = await core.write(sessions, **WHATSAPP)
    await core.answered(sessions, core.saying("Bonjour"))
    await tell(sessions, marie)
    await go(sessions)
    notes = Notes()
    async with core_on(sessions, live=notes) as gateway:
        assert (await gateway.accept(core.inbound("STOP !", **WHATSAPP))).outgoing and not first.outgoing
    assert ("outbox", {}) in notes.published
    assert await core.claim(sessions) is None
    async with sessions() as session:
        assert not await services.wants(session, customer_id=marie)
    said = await core.transcript(sessions, first.conversation_id)
    assert said[-1].author == "system"


async def test_stop_without_one_is_a_word_like_others(sessions: Sessions, marie: UUID) -> None:
    await core.write(sessions, "stop", **WHATSAPP)
    assert await core.claim(sessions) is not None
    async with sessions() as session:
        assert await services.wants(session, customer_id=marie)


async def order(sessions: Sessions, customer: UUID, **shipment: Any) -> None:
    async with sessions() as session, session.begin():
        made = Order(
            id=new_id(),
            customer_id=customer,
            number=(number := f"W{new_id().int % 10**9}"),
            number_key=number,
            status="shipped",
            total_minor=1,
            currency="EUR",
        )
        session.add(made)
        await session.flush()
        session.add(Shipment(order_id=made.id, carrier="Colissimo", **shipment))


async def look(sessions: Sessions) -> list[str]:
    async with sessions() as session, session.begin():
        await orders.look(session, now=NOON)
        return sorted(await session.scalars(select(Notification.kind)))


async def test_news_of_parcels_are_found_once(sessions: Sessions, marie: UUID) -> None:
    hour = timedelta(hours=1)
    await order(sessions, marie, status="shipped", shipped_at=NOON - hour)
    await order(sessions, marie, status="delivered", shipped_at=NOON - 90 * hour, delivered_at=NOON - hour)
    late = (NOON - timedelta(days=1)).date()
    await order(sessions, marie, status="shipped", shipped_at=NOON - 90 * hour, expected_from=late, expected_to=late)
    for _ in range(2):
        assert await look(sessions) == ["order_delayed", "order_delivered", "order_shipped"]


async def test_what_happened_long_ago_is_no_news(sessions: Sessions, marie: UUID) -> None:
    long_ago = NOON - timedelta(days=40)
    await order(sessions, marie, status="delivered", shipped_at=long_ago, delivered_at=long_ago)
    await order(sessions, marie, status="shipped", shipped_at=long_ago, expected_to=long_ago.date())
    assert await look(sessions) == []


async def test_a_notification_is_claimed_by_the_outbox_with_its_template(sessions: Sessions, marie: UUID) -> None:
    await tell(sessions, marie)
    await go(sessions)
    async with sessions() as session, session.begin():
        await session.execute(update(OutboxItem).values(available_at=NOON - timedelta(days=1)))
        deliveries = await outbox.claim(session, lease_seconds=5)
    assert [delivery.reply.template for delivery in deliveries] == ["order_shipped"]
