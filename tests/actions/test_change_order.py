"""A change that the assistant can make is offered; any other is passed on to people, once, after a yes."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from actions.tasks import finding
from crm_backend.cases.model import Case
from crm_backend.database import Sessions, new_id
from tests.support.parcels import customer_of

finding.find()


async def cases(sessions: Sessions) -> list[Case]:
    async with sessions() as session:
        return list(await session.scalars(select(Case)))


@pytest.mark.parametrize(
    ("language", "text", "told_at_once"),
    [
        ("fr", "je veux modifier ma commande", False),
        ("fr", "ajoutez un coussin à ma commande", True),
        ("en", "can I change my order please", False),
        ("en", "take the tablecloth off my order", True),
    ],
)
async def test_another_change_is_passed_on_once(acting: Sessions, language: str, text: str, told_at_once: bool) -> None:
    customer, [order] = await customer_of(acting, {"status": "paid"}, language=language)
    said = await customer.says(text, "change_order")
    if not told_at_once:
        assert said == ["utter_change_order_what"]
        text = "un coussin de plus"
        said = await customer.says(text, "change_order")
    assert said == ["utter_change_order_confirm"]
    assert customer.messages[-1]["what"] == text
    before, turn = dict(customer.slots), new_id()
    for _ in range(2):
        customer.slots, customer.open = dict(before), True
        assert await customer.says("oui", "affirm", turn=turn) == ["utter_change_order_done"]
    [case] = await cases(acting)
    assert (case.type_key, case.urgency, case.tags, case.description) == ("request", "high", ["change_order"], text)
    assert order.number in case.subject
    assert await customer.says("ajoutez une nappe", "change_order") == ["utter_case_already_open"]


@pytest.mark.parametrize(
    ("status", "text", "offer", "topic"),
    [
        ("paid", "annulez ou modifiez, bref annulez", "utter_change_order_cancel", "cancel_order"),
        ("paid", "il faut changer l'adresse", "utter_change_order_address", "change_address"),
        ("delivered", "je voudrais échanger le vase", "utter_change_order_back", "return_order"),
        ("paid", "annulez ou changez l'adresse", "utter_change_order_person", None),
        ("shipped", "changez l'adresse", "utter_change_order_person", None),
    ],
)
async def test_what_can_be_done_at_once_is_told_and_offered(
    acting: Sessions, status: str, text: str, offer: str, topic: str | None
) -> None:
    customer, [order] = await customer_of(acting, {"status": status})
    told, more = await customer.says(text, "change_order")
    assert order.number in told and more == offer
    proposed = customer.slots.get("proposed") or None
    assert proposed == ({"topic": topic, "facts": {"order": order.number}} if topic else None)
    assert await cases(acting) == []


@pytest.mark.parametrize(
    ("status", "last"), [("shipped", "utter_change_order_person"), ("delivered", "utter_change_order_back")]
)
async def test_what_has_left_can_only_come_back(acting: Sessions, status: str, last: str) -> None:
    customer, _ = await customer_of(acting, {"status": status}, language="en")
    said = await customer.says("I want another colour", "change_order")
    assert (said[0], said[-1]) == ("utter_change_order_left", last)


async def test_of_somebody_elses_order_and_without_a_proof_nothing_is_told(acting: Sessions) -> None:
    customer, _ = await customer_of(acting, {"status": "paid"})
    stranger, [foreign] = await customer_of(acting, {"status": "paid"}, proof="channel")
    said = await customer.says("ajoutez un vase", "change_order", order_number=foreign.number)
    assert said == ["utter_not_your_order", "utter_change_order_confirm"]
    assert await stranger.says("ajoutez", "change_order", order_number=foreign.number) == ["utter_ask_email"]
