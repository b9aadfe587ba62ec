"""What happens to orders that their customers are told: shipped, delivered, late."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.notifications import services
from crm_backend.notifications.model import Notification
from crm_backend.orders.model import Order, Shipment, TrackingEvent

NEWS_FOR = timedelta(hours=36)
"""What is older is no news: nobody is told of last year's parcels when an export is read in."""
AT_ONCE = 200


async def look(session: AsyncSession, *, now: datetime) -> int:
    """Queues what has happened to parcels lately and was not told yet; how many."""
    recently = now - NEWS_FOR
    today = now.date()
    late = TrackingEvent.code == "delayed"
    count = 0
    for kind, happened in (
        ("order_shipped", and_(Shipment.shipped_at > recently, Shipment.status.in_(("shipped", "out_for_delivery")))),
        ("order_delivered", and_(Shipment.delivered_at > recently, Shipment.status == "delivered")),
        (
            "order_delayed",
            and_(
                Shipment.status.in_(("shipped", "out_for_delivery")),
                exists().where(TrackingEvent.shipment_id == Shipment.id, late, TrackingEvent.at > recently)
                | and_(Shipment.expected_to < today, Shipment.expected_to >= today - timedelta(days=2)),
            ),
        ),
    ):
        rows = (await session.execute(_untold(kind, happened))).tuples().all()
        for order, shipment in rows:
            count += await services.notify(
                session,
                customer_id=order.customer_id,
                kind=kind,
                subject=f"shipment:{shipment.id}",
                facts=_facts(order, shipment),
                now=now,
            )
    return count


def _untold(kind: str, happened: ColumnElement[bool]) -> Select[tuple[Order, Shipment]]:
    told = exists().where(Notification.kind == kind, Notification.subject == func.concat("shipment:", Shipment.id))
    return (
        select(Order, Shipment)
        .join(Shipment, Shipment.order_id == Order.id)
        .where(happened, ~told)
        .order_by(Shipment.id)
        .limit(AT_ONCE)
    )


def _facts(order: Order, shipment: Shipment) -> dict[str, Any]:
    return {
        "number": order.number,
        "carrier": shipment.carrier,
        "tracking_url": shipment.tracking_url,
        "expected_from": shipment.expected_from.isoformat() if shipment.expected_from else None,
        "expected_to": shipment.expected_to.isoformat() if shipment.expected_to else None,
    }
