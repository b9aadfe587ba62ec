"""The order in which the rows of an order and of its after-sales are locked.

1. the caller's key (`repeats.begin`);
2. orders: whatever hangs on an order (shipments, payments, refunds, returns) is changed under the lock of the order,
   and has none of its own; one that replaces another comes before the one it replaces;
3. gift cards, in the order of their ids;
4. the counter of invoices, last: it is held to the end of the transaction.

Conversations and identities (`crm_backend.conversations.sending.locks`) come before all of these.
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from crm_backend.access.actor import Actor
from crm_backend.database import expect
from crm_backend.errors import NotFound
from crm_backend.orders.doers import need
from crm_backend.orders.model import Order, Shipment


async def locked(
    session: AsyncSession,
    order_id: UUID,
    *,
    actor: Actor,
    permission: str = "orders.write",
    version: int | None = None,
) -> Order:
    """The order with lines and parcels, held until the transaction ends. Raises NotFound, NotAllowed and Stale."""
    order = await session.scalar(
        select(Order)
        .where(Order.id == order_id)
        .options(selectinload(Order.lines), selectinload(Order.shipments).selectinload(Shipment.events))
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    if order is None:
        # Whoever may not read orders learns nothing of which there are.
        if not actor.name.startswith("customer:"):
            actor.need(permission)
        raise NotFound("no such order")
    need(actor, order, permission)
    expect(order, version)
    return order
