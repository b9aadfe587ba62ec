"""Importing orders with their parcels. The shop knows best: what its file says holds."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.customers.model import Customer
from crm_backend.customers.successors import merged_numbers
from crm_backend.database import new_id
from crm_backend.events import services as events
from crm_backend.importing.batch import Batch, Row
from crm_backend.importing.report import BadValue, hinted, shown
from crm_backend.importing.shipments import store_shipments
from crm_backend.importing.upsert import identifiers, upsert
from crm_backend.importing.values import to_minor
from crm_backend.orders.model import Order
from crm_backend.orders.numbers import number_key
from crm_backend.orders.transitions import reachable

IMPORT = "command-line"
"""In whose name an import acts."""
_SHIP = ("name", "line1", "line2", "city", "region", "postcode", "country")


async def store_orders(session: AsyncSession, batch: Batch) -> None:
    """Inserts or updates by external identifier, which is the order's number when the file has no other."""
    totals = _checked_totals(batch)
    await batch.refuse_repeats(session, "number", _external_id, "the order")
    await batch.refuse_repeats(session, "number", _number, "the number")
    await _reject_taken_numbers(session, batch)
    customers = await _known_customers(session, batch)
    rows = [_order(row, customers[row.record["customer"]], totals[row.number]) for row in batch]
    before = await _statuses(session, [row["external_id"] for row in rows])
    written = await upsert(session, Order, rows, key=["external_id"], update=_updated_columns(batch))
    await _tell(session, batch, before)
    for row in batch:
        key = (_external_id(row),)
        batch.mark(row, created=key in written.created, updated=key in written.updated)
    ids = await identifiers(session, Order.external_id, Order, [row["external_id"] for row in rows])
    await store_shipments(session, batch, {row.number: ids[_external_id(row)] for row in batch})


async def _statuses(session: AsyncSession, external_ids: list[str]) -> dict[str, str]:
    """What the orders are now, each held until the file is in: nobody changes one between this and its row."""
    known = select(Order.external_id, Order.status).where(Order.external_id == func.any(external_ids))
    found = await session.execute(known.order_by(Order.id).with_for_update(key_share=True))
    return {key or "": status for key, status in found.tuples()}


async def _tell(session: AsyncSession, batch: Batch, before: dict[str, str]) -> None:
    """Emits `order.changed` for each order whose status the file changed, and notices those that took a way which the
    table of statuses does not know."""
    changed = {
        _external_id(row): row
        for row in batch
        if before.get(_external_id(row), row.record["status"]) != row.record["status"]
    }
    if not changed:
        return
    found = await session.execute(
        select(Order.id, Order.external_id, Order.number, Order.status).where(
            Order.external_id == func.any(list(changed))
        )
    )
    for order_id, external_id, number, status in found.tuples():
        old = before[external_id or ""]
        if not reachable(old, status):
            batch.notice(
                changed[external_id or ""],
                "status",
                f"goes from {old} to {status}, which no order does; the file holds.",
            )
        data = {"number": number, "status": status, "what": "imported", "from": old, "to": status}
        await events.emit(session, kind="order.changed", subject=("order", order_id), data=data, actor=IMPORT)


def _external_id(row: Row) -> str:
    return str(row.record["external_id"] or row.record["number"])


def _number(row: Row) -> str:
    return f"number {number_key(row.record['number'])}"


def _order(row: Row, customer_id: UUID, total_minor: int) -> dict[str, Any]:
    record = row.record
    return {
        "id": new_id(),
        "external_id": _external_id(row),
        "number": record["number"],
        "number_key": number_key(record["number"]),
        "customer_id": customer_id,
        "status": record["status"],
        "placed_at": record["placed_at"],
        "total_minor": total_minor,
        "currency": record["currency"],
        **{f"ship_{name}": record[name] for name in _SHIP},
    }


def _updated_columns(batch: Batch) -> list[str]:
    always = ["number", "number_key", "customer_id", "status", "total_minor", "currency"]
    return [*always, *batch.given(("placed_at",)), *(f"ship_{name}" for name in batch.given(_SHIP))]


def _checked_totals(batch: Batch) -> dict[int, int]:
    totals = {}
    for row in batch:
        if not number_key(row.record["number"]):
            batch.reject(row, "number", f"“{shown(row.record['number'])}” has neither a letter nor a digit.")
            continue
        try:
            totals[row.number] = to_minor(row.record["total"], row.record["currency"])
        except BadValue as error:
            batch.reject(row, "total", str(error))
    return totals


async def _reject_taken_numbers(session: AsyncSession, batch: Batch) -> None:
    keys = {number_key(row.record["number"]): row for row in batch}
    found = await session.execute(
        select(Order.number_key, Order.external_id).where(Order.number_key == func.any(list(keys)))
    )
    for key, external_id in found:
        if external_id != _external_id(keys[key]):
            batch.reject(keys[key], "number", "is already the number of another order.")


async def _known_customers(session: AsyncSession, batch: Batch) -> dict[str, UUID]:
    wanted = {row.record["customer"] for row in batch}
    customers = await identifiers(session, Customer.external_id, Customer, wanted)
    customers |= await merged_numbers(session, set(wanted) - set(customers))
    for row in list(batch):
        if row.record["customer"] not in customers:
            known = hinted(row.record["customer"])
            batch.reject(row, "customer", f"no customer {known} is known; import customers before orders.")
    return customers
