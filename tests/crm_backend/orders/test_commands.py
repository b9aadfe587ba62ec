"""Commands that carry an order on: by the table of transitions, once under one key, by those who may."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import SYSTEM, Actor
from crm_backend.audit.model import AuditEntry
from crm_backend.conversations.model import Conversation
from crm_backend.customers.model import Identity
from crm_backend.database import new_id, utc_now
from crm_backend.errors import Invalid, NotAllowed, NotFound, NotNow, NotProved, Stale
from crm_backend.events.model import Event
from crm_backend.orders import creating, doers, moving
from crm_backend.orders.model import STATUSES, Order
from crm_backend.orders.transitions import ALLOWED, BEFORE, REPORTED, SHIPMENT, of_parcels
from crm_backend.payments import services as payments
from crm_backend.payments.model import Refund
from tests.support import shop


async def test_an_order_goes_its_way_and_every_step_is_noted(crm: AsyncSession) -> None:
    order = await shop.paid(crm)
    assert (order.status, order.number_key, order.ship_postcode) == (
        "paid",
        order.number.replace("-", "").upper(),
        "69003",
    )
    await moving.prepare(crm, order.id, actor=shop.AGENT)
    await moving.ship(crm, order.id, actor=shop.AGENT, carrier="Colis", tracking_number="C1")
    assert order.status == "shipped"
    assert [(each.status, each.tracking_number) for each in order.shipments] == [("shipped", "C1")]
    entries = (await crm.scalars(select(AuditEntry).where(AuditEntry.subject_id == str(order.id)))).all()
    assert [entry.action for entry in entries] == ["created", "paid", "preparing", "shipped"]
    assert entries[-1].actor == "agent:test" and entries[-1].old == {"status": "preparing"}
    told = (await crm.scalars(select(Event).where(Event.subject_id == order.id).order_by(Event.seq))).all()
    assert [event.data["what"] for event in told] == ["created", "paid", "preparing", "shipped"]


def test_every_status_has_its_steps_and_what_ends_ends() -> None:
    assert set(ALLOWED) == set(STATUSES)
    assert {to for steps in ALLOWED.values() for to in steps} <= set(STATUSES)
    assert not ALLOWED["cancelled"] and not ALLOWED["returned"]
    assert all("cancelled" in ALLOWED[status] for status in BEFORE["shipped"])
    assert set(REPORTED.values()) - {None} <= set(SHIPMENT)


@pytest.mark.parametrize(
    ("parcels", "order"),
    [
        ([], None),
        (["preparing"], None),
        (["shipped", "preparing"], "shipped"),
        (["delivered", "shipped"], "shipped"),
        (["delivered", "preparing"], "shipped"),
        (["delivered", "out_for_delivery"], "out_for_delivery"),
        (["delivered", "delivered"], "delivered"),
        (["delivered", "returned"], "delivered"),
        (["delivered", "lost"], "lost"),
        (["returned"], "returned"),
    ],
)
def test_an_order_is_what_its_parcels_are(parcels: list[str], order: str | None) -> None:
    assert of_parcels(parcels) == order


async def test_a_step_that_the_table_does_not_have_is_refused(crm: AsyncSession) -> None:
    order = await shop.delivered(crm)
    with pytest.raises(NotNow) as refused:
        await moving.prepare(crm, order.id, actor=shop.AGENT)
    assert (refused.value.reason, refused.value.facts) == ("order_status", {"status": "delivered", "to": "preparing"})


async def test_the_same_key_does_it_once(crm: AsyncSession) -> None:
    order = await shop.paid(crm)
    for _ in range(2):
        await moving.ship(crm, order.id, actor=shop.AGENT, carrier="Colis", key="k")
    assert len(order.shipments) == 1
    with pytest.raises(Invalid, match="key_used"):
        await moving.ship(crm, order.id, actor=shop.AGENT, carrier="Autre", key="k")
    # Another's key of the same name is another key.
    await moving.ship(crm, order.id, actor=SYSTEM, carrier="Autre", key="k")
    assert len(order.shipments) == 2


async def test_cancelling_gives_back_what_was_paid_once(crm: AsyncSession) -> None:
    order = await shop.paid(crm)
    for _ in range(2):
        await moving.cancel(crm, order.id, actor=shop.AGENT, reason="changed_mind", key="c")
    assert order.status == "cancelled"
    refunds = (await crm.scalars(select(Refund).where(Refund.order_id == order.id))).all()
    assert [each.amount_minor for each in refunds] == [5490]
    with pytest.raises(NotNow, match="order_is_cancelled"):
        await moving.cancel(crm, order.id, actor=shop.AGENT, reason="changed_mind")
    with pytest.raises(NotNow, match="order_is_cancelled"):
        await payments.pay_by_gift_card(crm, order.id, actor=shop.AGENT, code="x")


async def test_what_has_left_can_no_longer_be_cancelled_and_one_is_told_since_when(crm: AsyncSession) -> None:
    order = await shop.paid(crm)
    await moving.ship(crm, order.id, actor=SYSTEM, carrier="Colis")
    with pytest.raises(NotNow) as refused:
        await moving.cancel(crm, order.id, actor=shop.AGENT, reason="changed_mind")
    assert refused.value.reason == "has_left_on" and refused.value.facts["on"] == order.shipments[0].shipped_at


async def test_customers_change_what_is_theirs_and_do_not_learn_of_what_is_not(crm: AsyncSession) -> None:
    order, other = await shop.paid(crm), await shop.paid(crm)
    marie = doers.customer_actor(order.customer_id, origin="portal")
    with pytest.raises(NotNow, match="address_abroad"):
        await moving.change_address(crm, order.id, actor=marie, address=shop.BRISTOL)
    near = shop.LYON | {"city": "Villeurbanne", "postcode": "69100"}
    await moving.change_address(crm, order.id, actor=marie, address=near)
    assert (order.ship_city, order.ship_country, order.ship_line2) == ("Villeurbanne", "FR", "")
    for unknown in (other.id, new_id()):
        with pytest.raises(NotFound):
            await moving.cancel(crm, unknown, actor=marie, reason="changed_mind")
    for command in (moving.prepare, moving.mark_lost):
        with pytest.raises(NotAllowed):
            await command(crm, order.id, actor=marie)
    await moving.cancel(crm, order.id, actor=marie, reason="changed_mind")
    entry = (await crm.scalars(select(AuditEntry).where(AuditEntry.action == "address_changed"))).one()
    assert entry.actor == f"customer:{order.customer_id}" and "Villeurbanne" not in str(entry.new)


async def test_the_right_is_asked_for_in_the_service(crm: AsyncSession) -> None:
    order = await shop.paid(crm)
    nobody = Actor("agent:x")
    with pytest.raises(NotAllowed):
        await moving.cancel(crm, order.id, actor=nobody, reason="other")
    with pytest.raises(NotAllowed):
        await creating.create(crm, shop.new_order(order.customer_id), actor=nobody)


@pytest.mark.parametrize(
    ("proof", "enough"), [("anonymous", False), ("channel", False), ("verified", True), ("signed_in", True)]
)
async def test_a_conversation_acts_for_its_customer_once_verified(crm: AsyncSession, proof: str, enough: bool) -> None:
    owner = await shop.customer(crm)
    browser = Identity(id=new_id(), kind="browser", value="b", customer_id=owner.id)
    crm.add(browser)
    await crm.flush()
    told = {"id": new_id(), "channel": "webchat", "address": "x", "identity_id": browser.id, "customer_id": owner.id}
    state = {"proof": proof, "language": "fr", "owner": "bot", "version": 1, "last_seq": 0}
    talk = Conversation(**told, **state, last_message_at=utc_now())
    crm.add(talk)
    await crm.flush()
    if not enough:
        with pytest.raises(NotProved):
            await doers.customer_in(crm, conversation_id=talk.id)
        return
    assert (await doers.customer_in(crm, conversation_id=talk.id)).name == f"customer:{owner.id}"


async def test_a_change_on_what_was_read_before_anothers_is_refused(crm: AsyncSession) -> None:
    order = await shop.paid(crm)
    version = order.version
    await moving.prepare(crm, order.id, actor=shop.AGENT, version=version)
    with pytest.raises(Stale):
        await moving.change_address(crm, order.id, actor=shop.AGENT, address=shop.BRISTOL, version=version)


@pytest.mark.parametrize(
    ("change", "field", "reason"),
    [
        ({"number": "#"}, "number", "wrong_number"),
        ({"number": "a\0b"}, "number", "unstorable_text"),
        ({"number": "9" * 65}, "number", "too_long"),
        ({"currency": "XXQ"}, "currency", "unknown_currency"),
        ({"total_minor": 1}, "total_minor", "wrong_total"),
        ({"total_minor": -1}, "total_minor", "too_small"),
        ({"total_minor": 10**30}, "total_minor", "too_big"),
        ({"discount_minor": -5}, "discount_minor", "too_small"),
        ({"shipping_minor": 1.5}, "shipping_minor", "not_integer"),
        ({"customer_id": new_id()}, "customer_id", "unknown_customer"),
        ({"lines": ()}, "lines", "missing"),
        ({"lines": (creating.NewLine(0, 100, names={"fr": "x"}),)}, "lines.0.quantity", "too_small"),
        ({"lines": (creating.NewLine(1, 5000),)}, "lines.0.names", "missing"),
        ({"lines": (creating.NewLine(1, 5000, new_id()),)}, "lines.0.variant_id", "unknown_product"),
        ({"lines": (creating.NewLine(1, 5000, names={"fr": "x"}, vat_rate=10_001),)}, "lines.0.vat_rate", "too_big"),
        ({"address": {**shop.LYON, "postcode": "6900"}}, "address.postcode", "wrong_postcode"),
        ({"address": {**shop.LYON, "country": "GB"}}, "address.postcode", "wrong_postcode"),
        ({"address": {**shop.LYON, "country": "QQ"}}, "address.country", "unknown_country"),
        ({"address": {**shop.LYON, "city": " "}}, "address.city", "missing"),
        ({"address": {**shop.LYON, "planet": "x"}}, "address.planet", "unknown_field"),
        ({"placed_at": utc_now() + timedelta(days=2)}, "placed_at", "in_the_future"),
        ({"placed_at": utc_now().replace(tzinfo=None)}, "placed_at", "no_time_zone"),
    ],
)  # fmt: skip
async def test_an_order_that_cannot_be_is_refused_whole(
    crm: AsyncSession, change: dict, field: str, reason: str
) -> None:
    new = replace(shop.new_order((await shop.customer(crm)).id, total_minor=5490), **change)
    if "lines" in change:
        new = replace(new, total_minor=5490)
    with pytest.raises(Invalid) as refused:
        await creating.create(crm, new, actor=SYSTEM)
    assert (refused.value.field, refused.value.reason) == (field, reason)
    assert await crm.scalar(select(func.count()).select_from(Order)) == 0


async def test_a_number_is_taken_once(crm: AsyncSession) -> None:
    first = await shop.order(crm)
    with pytest.raises(Invalid, match="number_taken"):
        await shop.order(crm, number=f"#{first.number.lower()}")


async def test_lost_parcels_make_the_order_lost(crm: AsyncSession) -> None:
    order = await shop.paid(crm)
    await moving.ship(crm, order.id, actor=SYSTEM, carrier="Colis")
    await moving.mark_lost(crm, order.id, actor=shop.AGENT)
    assert (order.status, order.shipments[0].status, order.shipments[0].events[-1].code) == ("lost", "lost", "lost")
    with pytest.raises(NotNow):
        await moving.mark_lost(crm, order.id, actor=shop.AGENT)
