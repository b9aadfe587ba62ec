"""The parcels that a file of orders tells of."""

from __future__ import annotations

from collections import defaultdict
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.database import new_id
from crm_backend.importing.batch import Batch, Row
from crm_backend.importing.upsert import upsert
from crm_backend.orders.model import Shipment

_MOVED = ("shipped", "out_for_delivery", "delivered", "lost", "returned")
_DETAILS = ("carrier", "shipped_at", "expected_from", "expected_to", "delivered_at")
Parcel = tuple[UUID, str | None]


async def store_shipments(session: AsyncSession, batch: Batch, orders: dict[int, UUID]) -> None:
    """One parcel a tracking number. Without numbers, what the row says holds for every parcel the order has.

    An order that has left, or whose row tells of a parcel, has one even when nothing names it. A parcel's status
    follows the order's; one of an order that has not left, or never will, is `preparing`.
    """
    stored = await _stored(session, list(orders.values()))
    rows, owner = [], {}
    for row in batch:
        for identifier, number in _parcels(row, stored[orders[row.number]]):
            owner[identifier] = row
            rows.append(_shipment(row, identifier, orders[row.number], number))
    columns = ["tracking_number", "status", *batch.given(("tracking_url", *_DETAILS))]
    written = await upsert(session, Shipment, rows, key=["id"], update=columns)
    for (identifier,) in written.created | written.updated:
        batch.mark(owner[identifier], updated=owner[identifier].number not in batch.created)


def _parcels(row: Row, known: list[Parcel]) -> list[Parcel]:
    numbers = row.record["tracking"]
    if not numbers:
        told = row.record["status"] in _MOVED or any(row.record[name] for name in _DETAILS)
        return known or ([(new_id(), None)] if told else [])
    by_number = {number: identifier for identifier, number in known}
    nameless = [identifier for identifier, number in known if number is None]
    return [(by_number.get(number) or (nameless.pop() if nameless else new_id()), number) for number in numbers]


def _shipment(row: Row, identifier: UUID, order_id: UUID, number: str | None) -> dict[str, Any]:
    url = row.record["tracking_url"]
    return {
        "id": identifier,
        "order_id": order_id,
        "tracking_number": number,
        "tracking_url": url.replace("{number}", number or "") if url else None,
        "status": row.record["status"] if row.record["status"] in _MOVED else "preparing",
        **{name: row.record[name] for name in _DETAILS},
    }


async def _stored(session: AsyncSession, orders: list[UUID]) -> dict[UUID, list[Parcel]]:
    found = await session.execute(
        select(Shipment.order_id, Shipment.id, Shipment.tracking_number)
        .where(Shipment.order_id == func.any(orders))
        .order_by(Shipment.created_at, Shipment.id)
    )
    parcels: dict[UUID, list[Parcel]] = defaultdict(list)
    for order_id, identifier, number in found:
        parcels[order_id].append((identifier, number))
    return parcels
