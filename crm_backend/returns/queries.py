"""Returns as programs and agents look through them."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload, selectinload

from crm_backend.access.actor import Actor
from crm_backend.orders.model import Order
from crm_backend.orders.numbers import number_key
from crm_backend.orders.queries import order as order_of
from crm_backend.orders.services import proved_customer
from crm_backend.returns.model import Return, ReturnLine
from crm_backend.returns.services import found


def returns(
    actor: Actor,
    *,
    order_id: UUID | None = None,
    customer_id: UUID | None = None,
    status: list[str] | None = None,
    kind: str | None = None,
) -> Select[tuple[Return]]:
    """The returns with all of these, with their lines, in no order. Raises NotAllowed."""
    actor.need("orders.read")
    query = select(Return).options(selectinload(Return.lines))
    if order_id is not None:
        query = query.where(Return.order_id == order_id)
    if customer_id is not None:
        query = query.where(Return.order_id.in_(select(Order.id).where(Order.customer_id == customer_id)))
    if status:
        query = query.where(Return.status.in_(status))
    return query.where(Return.kind == kind) if kind is not None else query


async def theirs(
    session: AsyncSession, *, conversation_id: UUID, number: str | None = None, limit: int = 10
) -> list[Return]:
    """The returns of a conversation's customer, with their lines and orders, the newest first; of one order, where its
    number is given. Raises NotFound, NotProved below `channel`."""
    customer_id = await proved_customer(session, conversation_id)
    query = (
        select(Return)
        .join(Order, Order.id == Return.order_id)
        .where(Order.customer_id == customer_id)
        .options(selectinload(Return.lines).joinedload(ReturnLine.line), joinedload(Return.order))
        .order_by(Return.created_at.desc(), Return.id)
        .limit(limit)
    )
    if number is not None:
        query = query.where(Order.number_key == number_key(number))
    return list(await session.scalars(query))


async def read(session: AsyncSession, return_id: UUID, *, actor: Actor) -> Return:
    """One return with its lines. Raises NotFound, NotAllowed."""
    actor.need("orders.read")
    return await found(session, return_id)


async def of_order(session: AsyncSession, order_id: UUID, *, actor: Actor) -> list[Return]:
    """The returns of an order with their lines, the newest first. Customers may read their own. Raises NotFound,
    NotAllowed."""
    await order_of(session, order_id, actor=actor)
    rows = await session.scalars(
        select(Return)
        .where(Return.order_id == order_id)
        .options(selectinload(Return.lines).joinedload(ReturnLine.line))
        .order_by(Return.created_at.desc(), Return.id)
    )
    return list(rows)


async def of_orders(session: AsyncSession, numbers: Sequence[str], *, actor: Actor) -> dict[str, list[Return]]:
    """The returns of orders by the orders' numbers, with their lines, the newest first. Raises NotAllowed."""
    actor.need("orders.read")
    rows = await session.execute(
        select(Order.number, Return)
        .join(Return, Return.order_id == Order.id)
        .where(Order.number_key.in_([number_key(number) for number in numbers]))
        .options(selectinload(Return.lines).joinedload(ReturnLine.line))
        .order_by(Return.created_at.desc(), Return.id)
    )
    found: dict[str, list[Return]] = {}
    for number, made in rows.tuples():
        found.setdefault(number, []).append(made)
    return found
