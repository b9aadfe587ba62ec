"""Refunds as programs and agents look through them."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from crm_backend.access.actor import Actor
from crm_backend.orders.model import Order
from crm_backend.orders.numbers import number_key
from crm_backend.orders.queries import order as order_of
from crm_backend.orders.services import proved_customer
from crm_backend.payments import services
from crm_backend.payments.model import Payment, Refund, RefundPart
from crm_backend.payments.refunds import found


def refunds(
    actor: Actor,
    *,
    order_id: UUID | None = None,
    return_id: UUID | None = None,
    status: str | None = None,
    due_until: date | None = None,
) -> Select[tuple[Refund]]:
    """The refunds with all of these, with their parts, in no order. Raises NotAllowed."""
    actor.need("orders.read")
    query = select(Refund).options(selectinload(Refund.parts).joinedload(RefundPart.payment))
    if order_id is not None:
        query = query.where(Refund.order_id == order_id)
    if return_id is not None:
        query = query.where(Refund.return_id == return_id)
    if status is not None:
        query = query.where(Refund.status == status)
    return query.where(Refund.due_on <= due_until) if due_until is not None else query


async def theirs(
    session: AsyncSession, *, conversation_id: UUID, number: str | None = None, limit: int = 10
) -> list[tuple[Refund, str]]:
    """The refunds of a conversation's customer, with their parts, each with its order's number, the newest first; of
    one order, where its number is given. Raises NotFound, NotProved below `channel`."""
    customer_id = await proved_customer(session, conversation_id)
    query = (
        select(Refund, Order.number)
        .join(Order, Order.id == Refund.order_id)
        .where(Order.customer_id == customer_id)
        .options(selectinload(Refund.parts).joinedload(RefundPart.payment))
        .order_by(Refund.created_at.desc(), Refund.id)
        .limit(limit)
    )
    if number is not None:
        query = query.where(Order.number_key == number_key(number))
    return list((await session.execute(query)).tuples())


async def refund(session: AsyncSession, refund_id: UUID, *, actor: Actor) -> Refund:
    """One refund with its parts. Raises NotFound, NotAllowed."""
    actor.need("orders.read")
    return await found(session, refund_id)


async def payments(session: AsyncSession, order_id: UUID, *, actor: Actor) -> list[Payment]:
    """The payments of an order, the first one first. Raises NotFound, NotAllowed."""
    await order_of(session, order_id, actor=actor)
    return await services.of_order(session, order_id)


async def refunds_of(session: AsyncSession, order_id: UUID, *, actor: Actor) -> list[Refund]:
    """The refunds of an order with their parts, the first one first. Customers may read their own. Raises NotFound,
    NotAllowed."""
    await order_of(session, order_id, actor=actor)
    rows = await session.scalars(
        select(Refund)
        .where(Refund.order_id == order_id)
        .options(selectinload(Refund.parts).joinedload(RefundPart.payment))
        .order_by(Refund.created_at, Refund.id)
    )
    return list(rows)
