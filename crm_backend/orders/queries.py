"""Orders as programs and agents look through them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Select, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from crm_backend.access.actor import Actor
from crm_backend.errors import NotFound
from crm_backend.orders.doers import is_customer, need
from crm_backend.orders.model import Order, Shipment
from crm_backend.orders.numbers import number_key
from crm_backend.policies.allowed import allowed_by, last_days_by
from crm_backend.policies.facts import facts_of, facts_of_each
from crm_backend.policies.schema import Allowed

PLACED = func.coalesce(Order.placed_at, Order.created_at)
"""What lists go by; indexed as it stands."""
PARTS = (selectinload(Order.lines), selectinload(Order.shipments).selectinload(Shipment.events))


def orders(
    actor: Actor,
    *,
    number: str | None = None,
    external_id: str | None = None,
    customer_id: UUID | None = None,
    status: list[str] | None = None,
    placed_from: datetime | None = None,
    placed_to: datetime | None = None,
    country: str | None = None,
) -> Select[tuple[Order]]:
    """The orders with all of these, with lines and parcels, in no order. `number` may be typed as people do, or be the
    shop's own. Raises NotAllowed."""
    actor.need("orders.read")
    query = select(Order).options(*PARTS)
    if number is not None:
        query = query.where(or_(Order.number_key == number_key(number), Order.external_id == number))
    if external_id is not None:
        query = query.where(Order.external_id == external_id)
    if customer_id is not None:
        query = query.where(Order.customer_id == customer_id)
    if status:
        query = query.where(Order.status.in_(status))
    if placed_from is not None:
        query = query.where(placed_from <= PLACED)
    if placed_to is not None:
        query = query.where(placed_to > PLACED)
    return query.where(Order.ship_country == country) if country is not None else query


async def order(session: AsyncSession, order_id: UUID, *, actor: Actor) -> Order:
    """One order with lines and parcels. Customers may read their own. Raises NotFound, NotAllowed."""
    if not is_customer(actor):
        actor.need("orders.read")
    found = await session.scalar(
        select(Order).where(Order.id == order_id).options(*PARTS).execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound("no such order")
    need(actor, found, "orders.read")
    return found


async def allowed_for(session: AsyncSession, order_id: UUID, *, actor: Actor, at: datetime | None = None) -> Allowed:
    """What is allowed for an order (`policies.allowed`), in one query. Raises NotFound, NotAllowed."""
    if not is_customer(actor):
        actor.need("orders.read")
    found = await facts_of(session, order_id)
    if found is None:
        raise NotFound("no such order")
    need(actor, found, "orders.read")
    return allowed_by(found, at)


async def last_days(session: AsyncSession, order_id: UUID, *, actor: Actor) -> dict[UUID, date]:
    """Until when each line may be sent back for any reason (`policies.allowed`). Raises NotFound, NotAllowed."""
    if not is_customer(actor):
        actor.need("orders.read")
    found = await facts_of(session, order_id)
    if found is None:
        raise NotFound("no such order")
    need(actor, found, "orders.read")
    return last_days_by(found)


async def allowed_for_each(session: AsyncSession, numbers: Sequence[str], *, actor: Actor) -> dict[str, Allowed]:
    """What is allowed for several orders, by number, in one query for all of them. Customers may ask for their own.
    Raises NotFound, NotAllowed."""
    if not is_customer(actor):
        actor.need("orders.read")
    found = await facts_of_each(session, sorted({number_key(number) for number in numbers}))
    for each in found:
        need(actor, each, "orders.read")
    return {each.number: allowed_by(each) for each in found}
