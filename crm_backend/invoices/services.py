"""Issuing invoices and credit notes, once each, numbered without gaps."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import Actor
from crm_backend.audit import services as audit
from crm_backend.database import new_id, utc_now
from crm_backend.errors import NotFound, NotNow
from crm_backend.invoices import content
from crm_backend.invoices.model import Invoice, InvoiceCounter
from crm_backend.orders.locking import locked
from crm_backend.orders.model import Order
from crm_backend.payments import refunds
from crm_backend.payments.model import Refund
from crm_backend.policies.services import in_force

PREFIX = {"invoice": "F", "credit_note": "A"}
"""Facture, avoir."""


async def issue(session: AsyncSession, order_id: UUID, *, actor: Actor) -> Invoice:
    """The invoice of an order: the one there is, or a new one. Customers may ask for their own.

    Raises NotFound, NotAllowed, and NotNow before an order is paid or sent, and without anything to invoice.
    """
    order = await locked(session, order_id, actor=actor, permission="orders.read")
    if (known := await _of_order(session, order.id)) is not None:
        return known
    if order.status == "placed":
        raise NotNow("not_paid")
    if order.status == "cancelled" or not order.total_minor:
        raise NotNow("nothing_to_invoice")
    book = await in_force(session, utc_now())
    today = utc_now().astimezone(book.zone).date()
    said = await content.of_order(session, order, book=book, today=today)
    return await _number(session, "invoice", said, order=order, year=today.year, actor=actor)


async def issue_credit_note(session: AsyncSession, refund_id: UUID, *, actor: Actor) -> Invoice:
    """The credit note of a refund: the one there is, or a new one. Raises NotFound, NotAllowed, and NotNow as long as
    there is no invoice that it would correct."""
    order_id = await session.scalar(select(Refund.order_id).where(Refund.id == refund_id))
    if order_id is None:
        actor.need("orders.read")
        raise NotFound("no such refund")
    order = await locked(session, order_id, actor=actor, permission="orders.read")
    known = await session.scalar(select(Invoice).where(Invoice.refund_id == refund_id))
    if known is not None:
        return known
    invoice = await _of_order(session, order.id)
    if invoice is None:
        raise NotNow("refund_without_invoice")
    refund = await refunds.found(session, refund_id)
    book = await in_force(session, utc_now())
    today = utc_now().astimezone(book.zone).date()
    said = await content.of_refund(session, order, refund, invoice=invoice, book=book, today=today)
    return await _number(
        session, "credit_note", said, order=order, year=today.year, actor=actor, corrects=invoice, refund=refund
    )


async def _of_order(session: AsyncSession, order_id: UUID) -> Invoice | None:
    found: Invoice | None = await session.scalar(
        select(Invoice).where(Invoice.order_id == order_id, Invoice.kind == "invoice")
    )
    return found


async def _number(
    session: AsyncSession,
    kind: str,
    said: dict[str, Any],
    *,
    order: Order,
    year: int,
    actor: Actor,
    corrects: Invoice | None = None,
    refund: Refund | None = None,
) -> Invoice:
    """Last of all that a transaction does: whoever else issues one waits until it ends, and takes the same number when
    it fails. So there are no gaps."""
    await session.flush()
    counted = insert(InvoiceCounter).values(kind=kind, year=year, last=1)
    sequence = await session.scalar(
        counted.on_conflict_do_update(
            index_elements=["kind", "year"], set_={"last": InvoiceCounter.last + 1}
        ).returning(InvoiceCounter.last)
    )
    made = Invoice(
        id=new_id(),
        kind=kind,
        year=year,
        sequence=sequence,
        number=f"{PREFIX[kind]}{year}-{sequence:06}",
        order_id=order.id,
        refund_id=refund.id if refund else None,
        corrects_id=corrects.id if corrects else None,
        issued_at=utc_now(),
        currency=order.currency,
        total_minor=said["total_minor"],
        vat_minor=sum(each["vat_minor"] for each in said["rates"]),
        content=said,
    )
    session.add(made)
    new = {"kind": kind, "number": made.number, "total_minor": made.total_minor}
    audit.record(session, actor=actor, action="issued", subject=("invoice", made.id), new=new, order=str(order.id))
    await session.flush()
    return made
