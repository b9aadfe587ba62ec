"""What carriers report moves parcel and order; late and repeated reports do no harm."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import SYSTEM, Actor
from crm_backend.database import new_id, utc_now
from crm_backend.errors import Invalid, NotAllowed, NotFound
from crm_backend.notifications import orders as news
from crm_backend.notifications.model import Notification
from crm_backend.orders import moving, tracking
from crm_backend.orders.doers import customer_actor
from crm_backend.orders.model import Order, TrackingEvent
from tests.support import shop

YESTERDAY = utc_now() - timedelta(days=1)
WAY = [("picked_up", 1), ("in_transit", 2), ("out_for_delivery", 3), ("delivered", 4)]


async def under_way(crm: AsyncSession) -> Order:
    order = await shop.paid(crm)
    await moving.ship(crm, order.id, actor=SYSTEM, carrier="Colis", shipped_at=YESTERDAY)
    return order


async def report(crm: AsyncSession, order: Order, code: str, hour: float) -> None:
    at = YESTERDAY + timedelta(hours=hour)
    await tracking.report(crm, order.shipments[0].id, actor=SYSTEM, code=code, at=at, place="Lyon")


async def test_reports_move_the_parcel_and_the_order(crm: AsyncSession) -> None:
    order = await under_way(crm)
    seen = []
    for code, hour in [*WAY[:3], ("attempted", 3.2), ("out_for_delivery", 3.5), WAY[3], ("returned", 5)]:
        await report(crm, order, code, hour)
        seen.append((order.shipments[0].status, order.status))
    assert [first for first, _ in seen] == [second for _, second in seen] == [
        "shipped", "shipped", "out_for_delivery", "shipped", "out_for_delivery", "delivered", "returned",
    ]  # fmt: skip
    assert order.shipments[0].delivered_at == YESTERDAY + timedelta(hours=4)


@pytest.mark.parametrize("reports", [list(each) for each in itertools.permutations(WAY)][::5])
async def test_in_whatever_order_reports_come_the_end_is_the_same(crm: AsyncSession, reports: list) -> None:
    order = await under_way(crm)
    for code, hour in [*reports, *reports]:
        await report(crm, order, code, hour)
    assert (order.status, order.shipments[0].status) == ("delivered", "delivered")
    assert order.shipments[0].shipped_at == YESTERDAY
    assert await crm.scalar(select(func.count()).select_from(TrackingEvent)) == len(WAY)


async def test_a_report_on_a_cancelled_order_is_kept_and_changes_nothing(crm: AsyncSession) -> None:
    order = await under_way(crm)
    order.status = "cancelled"
    await report(crm, order, "in_transit", 2)
    assert (order.status, len(order.shipments[0].events)) == ("cancelled", 1)


async def test_what_was_lost_may_be_found(crm: AsyncSession) -> None:
    order = await under_way(crm)
    await report(crm, order, "lost", 2)
    assert order.status == "lost"
    await report(crm, order, "delivered", 3)
    assert order.status == "delivered"


async def test_customers_are_told_once_that_a_parcel_left_and_arrived(crm: AsyncSession) -> None:
    order = await shop.paid(crm)
    await moving.ship(crm, order.id, actor=SYSTEM, carrier="Colis", tracking_url="https://colis.example/1")
    now = datetime.now(UTC)
    assert await news.look(crm, now=now) == 1
    await tracking.report(crm, order.shipments[0].id, actor=SYSTEM, code="in_transit")
    assert await news.look(crm, now=now) == 0
    for _ in range(2):
        await tracking.report(crm, order.shipments[0].id, actor=SYSTEM, code="delivered")
    assert await news.look(crm, now=now) == 1
    assert await news.look(crm, now=now) == 0
    kinds = (await crm.scalars(select(Notification.kind).order_by(Notification.created_at))).all()
    assert kinds == ["order_shipped", "order_delivered"]


async def test_reports_that_cannot_be_are_refused(crm: AsyncSession) -> None:
    order = await under_way(crm)
    parcel = order.shipments[0].id
    for change, field in (
        ({"code": "eaten"}, "code"),
        ({"at": utc_now() + timedelta(days=1)}, "at"),
        ({"at": YESTERDAY.replace(tzinfo=None)}, "at"),
        ({"place": "x" * 300}, "place"),
    ):
        with pytest.raises(Invalid) as refused:
            await tracking.report(crm, parcel, actor=SYSTEM, **({"code": "delivered"} | change))
        assert refused.value.field == field
    with pytest.raises(NotFound):
        await tracking.report(crm, new_id(), actor=SYSTEM, code="delivered")
    for actor in (Actor("key:x"), customer_actor(order.customer_id, origin="portal")):
        with pytest.raises(NotAllowed):
            await tracking.report(crm, parcel, actor=actor, code="delivered")
    assert order.status == "shipped"
    await crm.execute(delete(TrackingEvent))
