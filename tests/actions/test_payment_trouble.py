"""Trouble with a payment: what is seen of it, as it is, and a case for the rest."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from actions.tasks import finding
from crm_backend.access.actor import SYSTEM
from crm_backend.cases.model import Case, CaseOrder
from crm_backend.database import Sessions, new_id
from crm_backend.orders.model import Order
from crm_backend.payments.model import Payment
from crm_backend.payments.refunds import refund
from tests.support import core, shop
from tests.support.owning import buyer
from tests.support.talking import Customer

finding.find()
STATEMENT = "54,90 le 3 novembre et encore 54,90 le 4"


async def again(sessions: Sessions, order: Order) -> None:
    """The same order paid a second time, as a bank's report would have it."""
    async with sessions.begin() as session:
        paid = {"method": "card", "reference": "again", "amount_minor": order.total_minor, "currency": "EUR"}
        session.add(Payment(id=new_id(), order_id=order.id, **paid))


async def cases(sessions: Sessions) -> list[Case]:
    async with sessions() as session:
        return list(await session.scalars(select(Case)))


@pytest.mark.parametrize(
    ("language", "text", "twice", "seen"),
    [
        ("fr", "j'ai été débité deux fois", True, "utter_payment_trouble_over"),
        ("en", "I was charged twice", False, "utter_payment_trouble_one"),
    ],
)
async def test_what_is_seen_is_told_and_a_case_opened_once(
    acting: Sessions, language: str, text: str, twice: bool, seen: str
) -> None:
    customer, order = await buyer(acting, language=language)
    if twice:
        await again(acting, order)
    assert await customer.says(text, "payment_trouble") == [seen, "utter_payment_trouble_story_twice"]
    assert "54" in customer.messages[0]["seen"]
    assert await customer.says(STATEMENT, "inform") == ["utter_payment_trouble_confirm"]
    before, later = dict(customer.slots), new_id()
    for _ in range(2):
        customer.slots, customer.open = dict(before), True
        assert await customer.says("oui", "affirm", turn=later) == ["utter_payment_trouble_done"]
    [case] = await cases(acting)
    async with acting() as session:
        linked = await session.scalar(select(CaseOrder.order_id))
    assert (case.type_key, case.urgency, case.tags, linked) == ("incident", "high", ["payment"], order.id)
    assert STATEMENT in case.description and order.number in case.subject


async def test_what_goes_back_already_is_told(acting: Sessions) -> None:
    customer, order = await buyer(acting)
    await again(acting, order)
    async with acting.begin() as session:
        await refund(session, order.id, actor=SYSTEM, amount_minor=order.total_minor, reason="other")
    said = await customer.says("débité 2 fois", "payment_trouble")
    assert said == ["utter_payment_trouble_over", "utter_refund_status_due", "utter_payment_trouble_story_twice"]


async def test_nothing_paid_is_said_so(acting: Sessions) -> None:
    customer, _ = await buyer(acting)
    async with acting.begin() as session:
        order = await shop.order(
            session, of=(await session.get_one(Order, (await session.scalar(select(Order.id))))).customer_id
        )
    said = await customer.says("débité deux fois", "payment_trouble", order_number=order.number)
    assert said[0] == "utter_payment_trouble_none"


async def test_paid_without_an_order_needs_no_proof(acting: Sessions) -> None:
    customer = Customer((await core.write(acting, visitor=new_id().hex)).conversation_id)
    assert await customer.says("problème de paiement", "payment_trouble") == ["utter_payment_trouble_kind"]
    assert await customer.presses("J’ai payé, mais je n’ai pas de commande") == ["utter_payment_trouble_story_no_order"]
    assert await customer.says(STATEMENT, "inform") == ["utter_payment_trouble_confirm"]
    assert await customer.says("non", "deny") == ["utter_what_to_change"]
    assert await customer.presses("Le texte") == ["utter_payment_trouble_story_no_order"]
    assert await customer.says("120 euros hier", "inform") == ["utter_payment_trouble_confirm"]
    assert await customer.says("oui", "affirm") == ["utter_payment_trouble_done"]
    assert [each.subject for each in await cases(acting)] == ["Payé, mais sans commande"]


async def test_a_refused_payment_comes_with_the_offer_of_a_person(acting: Sessions) -> None:
    customer = Customer((await core.write(acting, visitor=new_id().hex)).conversation_id, "en")
    assert await customer.says("my card is declined", "payment_trouble") == ["utter_payment_trouble_refused"]
    assert customer.slots["offered"] == "asked" and not customer.open


async def test_payments_are_told_to_their_customer_alone(acting: Sessions) -> None:
    stranger, order = await buyer(acting, proof="channel")
    said = await stranger.says("débité deux fois", "payment_trouble", order_number=order.number)
    assert said == ["utter_ask_email"]
    customer, _ = await buyer(acting)
    said = await customer.says("débité deux fois", "payment_trouble", order_number=order.number)
    assert said[0] == "utter_not_your_order" and order.number not in str(customer.messages[1:])
