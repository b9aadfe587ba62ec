"""What is said of cancelling beside the yes: in English, too late, done already, and what is offered instead."""

from __future__ import annotations

import pytest

from actions.tasks import finding
from crm_backend.database import Sessions
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
