"""Where a return and its money are, told to the customer alone and as it is."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from actions.tasks import finding
from crm_backend.access.actor import SYSTEM
from crm_backend.database import Sessions, utc_now
from crm_backend.orders import creating, moving
from crm_backend.orders.model import Order
from crm_backend.payments.model import Refund
from crm_backend.policies import services as policies
from crm_backend.returns import closing, services
from crm_backend.returns.model import Return
from tests.support.owning import buyer

finding.find()
LAMP = creating.NewLine(1, 8000, names={"fr": "Lampe Orée", "en": "Orée lamp"})


async def sent_back(sessions: Sessions, order: Order, *, until: str = "requested", kind: str = "return") -> Return:
    """A return of all of an order, as far as `until`."""
    async with sessions.begin() as session:
        line = order.lines[0].id
        made = await services.request(
            session, order.id, actor=SYSTEM, lines=[services.Wanted(line, 1, "defective")], kind=kind
        )
        steps = ["requested", "labelled", "received", "inspected", "refunded", "exchanged"]
        far = steps.index(until) if until in steps else 3
        if until == "cancelled":
            return await services.cancel(session, made.id, actor=SYSTEM)
        if far >= 1:
            await services.label(session, made.id, actor=SYSTEM, carrier="Colis", reference="R1")
        if far >= 2:
            await services.receive(session, made.id, actor=SYSTEM)
        if far >= 3:
            accepted = 0 if until == "refused" else 1
            verdict = closing.Verdict(line, accepted, "" if accepted else "usé")
            await closing.inspect(session, made.id, actor=SYSTEM, verdicts=[verdict])
        if until == "refunded":
            await closing.pay_back(session, made.id, actor=SYSTEM)
        if until == "exchanged":
            await closing.exchange(session, made.id, actor=SYSTEM)
        return made


@pytest.mark.parametrize(
    ("until", "kind", "said"),
    [
        ("requested", "return", "utter_return_status_requested"),
        ("labelled", "return", "utter_return_status_labelled"),
        ("received", "return", "utter_return_status_received"),
        ("inspected", "exchange", "utter_return_status_inspected_exchange"),
        ("refunded", "return", "utter_return_status_refunded"),
        ("exchanged", "exchange", "utter_return_status_exchanged"),
        ("cancelled", "return", "utter_return_status_cancelled"),
    ],
)
async def test_every_step_of_a_return_is_told(acting: Sessions, until: str, kind: str, said: str) -> None:
    customer, order = await buyer(acting, LAMP, proof="channel")
    made = await sent_back(acting, order, until=until, kind=kind)
    assert await customer.says("où en est mon retour ?", "return_status") == [said]
    [told] = customer.messages
    assert (told["reference"], told["number"], told["what"]) == (made.reference, order.number, "Lampe Orée")
    assert not customer.open


async def test_the_slip_is_given_again_to_who_has_proved_enough(acting: Sessions) -> None:
    async with acting.begin() as session:
        where = {"name": "Maison Tilleul", "address": ["69001 Lyon"]}
        await policies.add(session, actor=SYSTEM, kind="company", parameters=where)
    for proof, said in (
        ("verified", "utter_return_status_requested_slip"),
        ("channel", "utter_return_status_requested"),
    ):
        customer, order = await buyer(acting, LAMP, proof=proof, language="en")
        await sent_back(acting, order)
        assert await customer.says("I lost my return label", "return_status") == [said]
        assert bool((customer.messages[0].get("custom") or {}).get("files")) is (proof == "verified")


async def test_what_was_refused_comes_with_the_offer_of_a_person(acting: Sessions) -> None:
    customer, order = await buyer(acting, LAMP)
    await sent_back(acting, order, until="refused")
    said = await customer.says("mon retour ?", "return_status")
    assert said == ["utter_return_status_refused", "utter_return_status_refused_person"]
    assert customer.slots["offered"] == "asked"


async def test_without_a_return_one_is_proposed(acting: Sessions) -> None:
    customer, order = await buyer(acting, LAMP)
    assert await customer.says("mon retour ?", "return_status") == ["utter_return_status_none"]
    assert customer.slots["proposed"] == {"topic": "return_order", "facts": {}}
    said = await customer.says("mon retour", "return_status", order_number=order.number)
    assert said == ["utter_return_status_none_of_order"]


async def test_nobody_hears_of_a_return_or_refund_of_somebody_else(acting: Sessions) -> None:
    _, foreign = await buyer(acting, LAMP)
    made = await sent_back(acting, foreign, until="refunded")
    customer, _ = await buyer(acting, LAMP)
    for intent in ("return_status", "refund_status"):
        said = await customer.says("et la", intent, order_number=foreign.number)
        assert said[0] == "utter_not_your_order"
        assert made.reference not in str(customer.messages)
        customer.open = False
    stranger, _ = await buyer(acting, LAMP, proof="anonymous")
    assert await stranger.says("mon retour ?", "return_status") == ["utter_ask_order_number"]


async def test_a_refund_is_told_with_its_day_until_it_is_done(acting: Sessions) -> None:
    customer, order = await buyer(acting, LAMP, shipping_minor=0)
    await sent_back(acting, order, until="refunded")
    assert await customer.says("où est mon argent", "refund_status") == ["utter_refund_status_due"]
    assert customer.messages[0]["amount"] == "80,00\u00a0€"
    async with acting.begin() as session:
        await session.execute(update(Refund).values(due_on=(utc_now() - timedelta(days=3)).date()))
    assert await customer.says("toujours rien", "refund_status") == [
        "utter_refund_status_late",
        "utter_refund_status_late_person",
    ]
    async with acting.begin() as session:
        await session.execute(update(Refund).values(status="done", done_at=utc_now()))
    assert await customer.says("toujours rien", "refund_status") == ["utter_refund_status_done_lately"]
    assert customer.messages[0]["means"] == "carte bancaire"


async def test_without_a_refund_that_is_said_with_what_it_waits_for(acting: Sessions) -> None:
    customer, order = await buyer(acting, LAMP)
    assert await customer.says("mon remboursement ?", "refund_status") == ["utter_refund_status_none"]
    assert customer.slots["offered"] == "asked"
    await sent_back(acting, order, until="received")
    assert await customer.says("mon remboursement ?", "refund_status") == [
        "utter_refund_status_after_return",
        "utter_return_status_received",
    ]


async def test_the_money_of_a_cancelled_order_is_told_of(acting: Sessions) -> None:
    customer, order = await buyer(acting, LAMP, arrives=False)
    async with acting.begin() as session:
        await moving.cancel(session, order.id, actor=SYSTEM, reason="changed_mind")
        assert await session.scalar(select(Refund.id)) is not None
    said = await customer.says("remboursement de la", "refund_status", order_number=order.number)
    assert said == ["utter_refund_status_due"]


async def test_who_goes_on_waiting_for_a_refund_is_not_taken_for_a_late_parcel(acting: Sessions) -> None:
    customer, order = await buyer(acting, LAMP, shipping_minor=0)
    await sent_back(acting, order, until="received")
    await customer.says("où est mon argent", "refund_status")
    said = await customer.says("ça fait deux semaines quand même", "late_parcel", confidence=0.95)
    assert said == ["utter_wait_no_more"]
    assert customer.slots["offered"] == "asked"
