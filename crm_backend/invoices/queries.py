"""Invoices as programs and agents look through them."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import Actor
from crm_backend.errors import NotFound
from crm_backend.invoices.model import Invoice
from crm_backend.orders.queries import order as order_of


def invoices(
    actor: Actor,
    *,
    order_id: UUID | None = None,
    number: str | None = None,
    kind: str | None = None,
    year: int | None = None,
) -> Select[tuple[Invoice]]:
    """The invoices and credit notes with all of these, in no order. Raises NotAllowed."""
    actor.need("orders.read")
    query = select(Invoice)
    if order_id is not None:
        query = query.where(Invoice.order_id == order_id)
    if number is not None:
        query = query.where(Invoice.number == number)
    if year is not None:
        query = query.where(Invoice.year == year)
    return query.where(Invoice.kind == kind) if kind is not None else query


async def invoice(session: AsyncSession, invoice_id: UUID, *, actor: Actor) -> Invoice:
    """One document. Raises NotFound, NotAllowed."""
    actor.need("orders.read")
    found = await session.get(Invoice, invoice_id)
    if found is None:
        raise NotFound("no such invoice")
    return found


async def of_order(session: AsyncSession, order_id: UUID, *, actor: Actor) -> list[Invoice]:
    """The documents of an order that were issued, the invoice first. Customers may read their own. Raises NotFound,
    NotAllowed."""
    await order_of(session, order_id, actor=actor)
    rows = await session.scalars(
        select(Invoice).where(Invoice.order_id == order_id).order_by(Invoice.kind.desc(), Invoice.issued_at, Invoice.id)
    )
    return list(rows)
