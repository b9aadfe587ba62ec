"""What is said of cancelling beside the yes: in English, too late, done already, and what is offered instead."""

from __future__ import annotations

import pytest

from actions.tasks import finding
from crm_backend.database import Sessions
from crm_backend.orders.creating import NewLine
from tests.support.parcels import customer_of

finding.find()


@pytest.mark.parametrize(
    ("status", "confirm", "done"),
    [
        ("paid", "utter_cancel_order_confirm_paid", "utter_cancel_order_done_paid"),
        ("preparing", "utter_cancel_order_confirm_paid", "utter_cancel_order_done_paid"),
        ("placed", "utter_cancel_order_confirm", "utter_cancel_order_done"),
    ],
)
async def test_what_has_not_left_is_cancelled_and_what_was_paid_is_named(
    acting: Sessions, status: str, confirm: str, done: str
) -> None:
    customer, [order] = await customer_of(acting, {"status": status}, language="en")
    assert await customer.says("cancel it please", "cancel_order") == [confirm]
    if status != "placed":
        assert customer.messages[-1]["refund"] == "€54.90"
    assert await customer.presses("Yes") == [done]
    assert customer.messages[-1]["number"] == order.number


async def test_what_has_arrived_may_be_sent_back_instead(acting: Sessions) -> None:
    customer, [order] = await customer_of(acting, {"status": "delivered"})
    [told] = await customer.says("annulez ma commande", "cancel_order")
    assert f"La commande {order.number} ne peut plus être annulée." in told and "peut être retournée" in told
    assert customer.slots["proposed"] == {"topic": "return_order", "facts": {"order": order.number}}
    [button] = customer.messages[-1]["buttons"]
    assert button["payload"].startswith("/return_order")


async def test_what_is_cancelled_is_only_said_to_be(acting: Sessions) -> None:
    customer, [order] = await customer_of(acting, {"status": "cancelled"}, language="en")
    assert await customer.says("cancel my order", "cancel_order") == [f"Order {order.number} is cancelled."]
    assert not customer.open


@pytest.mark.parametrize(
    ("language", "text", "only"),
    [
        ("fr", "annulez la lampe", "Lampe de table"),
        ("en", "cancel the lamp please", "Table lamp"),
    ],
)
async def test_who_names_one_of_several_items_is_asked_whether_it_is_all(
    acting: Sessions, language: str, text: str, only: str
) -> None:
    lamp, vase = {"fr": "Lampe de table", "en": "Table lamp"}, {"fr": "Vase", "en": "Vase"}
    lines = [NewLine(1, 8000, names=lamp), NewLine(1, 2500, names=vase)]
    customer, _ = await customer_of(acting, {"status": "paid", "lines": lines}, language=language)
    assert await customer.says(text, "cancel_order") == ["utter_cancel_order_how_much"]
    assert await customer.presses(only) == ["utter_cancel_order_some"]
    assert not customer.open
    assert customer.slots["proposed"]["topic"] == "change_order"


@pytest.mark.parametrize(
    "text", ["annulez seulement le vase de la {n}", "I only want the lamp in {n}, cancel the rest"]
)
async def test_a_part_that_is_to_be_called_off_is_a_change(acting: Sessions, text: str) -> None:
    customer, [order] = await customer_of(acting, {"status": "paid"})
    said = await customer.says(text.format(n=order.number), "cancel_order", order_number=order.number)
    assert said == ["utter_change_order_confirm"]
