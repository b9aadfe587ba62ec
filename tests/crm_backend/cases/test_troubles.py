"""What can be told of an order when, what its case says, and that one of a kind is open at a time."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.cases import troubles
from crm_backend.cases.troubles import Trouble
from crm_backend.database import new_id, utc_now
from crm_backend.errors import Invalid, NotFound, NotNow
from crm_backend.orders.doers import customer_actor
from crm_backend.orders.schema import OrderView, ShipmentView
from tests.support import shop

TODAY = date(2026, 11, 23)


def order(status: str, *due: int | None, there: int = 0) -> OrderView:
    """An order with parcels that are due so many days from today, the first of which have arrived."""
    nothing: dict[str, Any] = {"tracking_url": None, "shipped_at": None, "expected_from": None, "events": []}
    parcels = [
        ShipmentView(
            carrier=None,
            tracking_number="6A1",
            status="shipped",
            expected_to=None if days is None else TODAY + timedelta(days=days),
            delivered_at=utc_now() if at < there else None,
            **nothing,
        )
        for at, days in enumerate(due)
    ]
    values: dict[str, Any] = {"placed_at": None, "total_minor": 1, "currency": "EUR", "lines": []}
    return OrderView(id=new_id(), number="10", status=status, shipments=parcels, **values)


@pytest.mark.parametrize(
    ("kind", "of", "reason"),
    [
        ("late_parcel", order("shipped", -1), None),
        ("late_parcel", order("shipped", None), None),
        ("late_parcel", order("paid", -1), None),
        ("late_parcel", order("shipped", 0), "not_late_yet"),
        ("late_parcel", order("paid", None), "not_sent_yet"),
        ("late_parcel", order("placed"), "not_sent_yet"),
        ("late_parcel", order("delivered", -1, there=1), "order_is_there"),
        ("lost_parcel", order("delivered", -1, there=1), None),
        ("lost_parcel", order("lost", -1), None),
        ("lost_parcel", order("shipped", -1), "not_delivered"),
        ("missing_item", order("delivered", -1, there=1), None),
        ("missing_item", order("shipped", -1, 2, there=1), "more_parcels_coming"),
        ("damaged_item", order("shipped", -1, 2, there=1), None),
        ("wrong_item", order("shipped", 2), "not_delivered"),
        ("wrong_item", order("cancelled"), "order_is_cancelled"),
        ("damaged_item", order("lost", 1), "order_is_lost"),
    ],
)
def test_what_can_be_told_of_an_order_now(kind: str, of: OrderView, reason: str | None) -> None:
    decision = troubles.tellable(kind, of, today=TODAY)
    assert (decision.allowed, decision.reason) == (reason is None, reason)


def test_a_week_makes_it_urgent_and_the_case_says_what_is_known() -> None:
    assert [troubles.urgency("late_parcel", order("shipped", -days), today=TODAY) for days in (7, 8)] == [
        "medium",
        "high",
    ]
    assert "expected on 16 November 2026" in troubles.told("late_parcel", order("shipped", -7), "en")
    assert "Aucun jour" in troubles.told("late_parcel", order("shipped", None), "fr", said="Alors\u00a0?")
    assert "has lost order 10" in troubles.told("lost_parcel", order("lost", 1), "en")


async def test_one_of_a_kind_is_open_for_an_order_and_only_its_customer_tells_it(crm: AsyncSession) -> None:
    made = await shop.delivered(crm)
    marie, other = (customer_actor(each, origin="portal") for each in (made.customer_id, new_id()))
    told = Trouble("damaged_item", "en", what="Mug", said="It broke.")
    with pytest.raises(NotFound):
        await troubles.report(crm, made.id, actor=other, trouble=told, today=TODAY)
    with pytest.raises(Invalid):
        await troubles.report(crm, made.id, actor=marie, trouble=Trouble("refund", "en"), today=TODAY)
    case = await troubles.report(crm, made.id, actor=marie, trouble=told, today=TODAY, key="once")
    assert (case.opened_by, case.acknowledge, case.language) == (marie.name, "due", "en")
    assert (await troubles.report(crm, made.id, actor=marie, trouble=told, today=TODAY, key="once")).id == case.id
    with pytest.raises(NotNow, match="case_open_already"):
        await troubles.report(crm, made.id, actor=marie, trouble=told, today=TODAY, key="twice")
    assert await troubles.going(crm, made.id) == [case]
