"""What a return would bring back, before it is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import Actor
from crm_backend.database import utc_now
from crm_backend.orders.queries import order as read
from crm_backend.policies.allowed import refundable
from crm_backend.returns.closing import sending_too
from crm_backend.returns.worth import foreseen


async def expected(
    session: AsyncSession,
    order_id: UUID,
    *,
    actor: Actor,
    pieces: Mapping[UUID, int],
    faulty: bool,
    now: datetime | None = None,
) -> int | None:
    """What goes back if all these pieces (by line) are taken back, by the rules of `closing.pay_back`, in minor units
    of the order's currency. None for a replacement, whose price was paid with the order that it replaces.

    Customers may ask, of their own. Raises NotFound, NotAllowed.
    """
    order = await read(session, order_id, actor=actor)
    if order.replaces_id is not None:
        return None
    worth, whole = await foreseen(session, order, pieces)
    there = await refundable(session, order.id)
    if whole and await sending_too(session, order, faulty=faulty, asked_at=now or utc_now()):
        return there
    return min(worth, there)
