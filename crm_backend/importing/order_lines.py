"""Importing the lines of orders."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.catalogue.model import Variant
from crm_backend.database import new_id
from crm_backend.importing.batch import Batch, Row, names_of
from crm_backend.importing.report import BadValue, shown
from crm_backend.importing.upsert import identifiers, upsert
from crm_backend.importing.values import to_minor
from crm_backend.orders.model import Order, OrderLine
from crm_backend.orders.numbers import number_key


@dataclass(frozen=True)
class _Known:
    id: UUID
    currency: str


async def store_order_lines(session: AsyncSession, batch: Batch) -> None:
    """Inserts or updates by order and position. A variant that is not known is left out of its line, with a notice."""
    orders = await _known_orders(session, batch)
    prices = _checked_prices(batch, orders)
    await batch.refuse_repeats(
        session, "position", lambda row: f"{orders[row.number].id} {row.record['position']}", "of the same order, line"
    )
    variants = await _known_variants(session, batch)
    rows, by_key = [], {}
    for row in batch:
        order, variant = orders[row.number], variants.get(row.record["variant"])
        by_key[order.id, row.record["position"]] = row
        rows.append(_line(row, order.id, variant, prices[row.number]))
    columns = ["unit_price_minor", "names", *batch.given(("options", "quantity"))]
    if "variant" in batch.reader.given:
        columns.append("variant_id")
    written = await upsert(
        session, OrderLine, rows, key=["order_id", "position"], update=columns,
        merge={"names": lambda old, new: old.concat(new)},
    )  # fmt: skip
    for key, row in by_key.items():
        batch.mark(row, created=key in written.created, updated=key in written.updated)


def _line(row: Row, order_id: UUID, variant_id: UUID | None, price_minor: int) -> dict[str, Any]:
    return {
        "id": new_id(),
        "order_id": order_id,
        "position": row.record["position"],
        "variant_id": variant_id,
        "names": names_of(row.record),
        "options": row.record["options"],
        "quantity": row.record["quantity"],
        "unit_price_minor": price_minor,
    }


def _checked_prices(batch: Batch, orders: dict[int, _Known]) -> dict[int, int]:
    prices = {}
    for row in batch:
        if not names_of(row.record):
            batch.reject(row, "name_en" if "name_en" in batch.reader.given else "name_fr", "is empty.")
            continue
        try:
            prices[row.number] = to_minor(row.record["price"], orders[row.number].currency)
        except BadValue as error:
            batch.reject(row, "price", str(error))
    return prices


async def _known_orders(session: AsyncSession, batch: Batch) -> dict[int, _Known]:
    """By row number. The shop's identifier is tried before the number as people type it."""
    wanted = {row.record["order"] for row in batch}
    keys = {key for number in wanted if (key := number_key(number))}
    found = await session.execute(
        select(Order.id, Order.external_id, Order.number_key, Order.currency).where(
            or_(Order.external_id == func.any(list(wanted)), Order.number_key == func.any(list(keys)))
        )
    )
    by_external, by_key = {}, {}
    for identifier, external_id, key, currency in found:
        by_external[external_id] = by_key[key] = _Known(identifier, currency)
    orders = {}
    for row in list(batch):
        number = row.record["order"]
        order = by_external.get(number) or by_key.get(number_key(number))
        if order:
            orders[row.number] = order
        else:
            batch.reject(row, "order", f"no order {shown(number)} is known; import orders before order-lines.")
    return orders


async def _known_variants(session: AsyncSession, batch: Batch) -> dict[str, UUID]:
    wanted = {row.record["variant"] for row in batch if row.record["variant"]}
    variants = await identifiers(session, Variant.external_id, Variant, wanted)
    for row in batch:
        if row.record["variant"] and row.record["variant"] not in variants:
            batch.notice(row, "variant", f"no variant {shown(row.record['variant'])} is known; the line stands alone.")
    return variants
