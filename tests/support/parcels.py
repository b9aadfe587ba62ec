"""Customers whose parcels are late, lost, on their way or there."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from crm_backend.access.actor import SYSTEM
from crm_backend.conversations.model import Conversation
from crm_backend.database import Sessions, new_id, utc_now
from crm_backend.orders import moving, tracking
from crm_backend.orders.model import Order
from tests.support import core, days, shop
from tests.support.talking import Customer


async def customer_of(
    sessions: Sessions, *orders: dict[str, Any], language: str = "fr", proof: str = "verified"
) -> tuple[Customer, list[Order]]:
    """A customer in a conversation, with these orders, the first the oldest: each at a `status`, `due` in so many days
    where one is told, with what `shop.order` takes besides."""
    talk = (await core.write(sessions, visitor=new_id().hex)).conversation_id
    async with sessions.begin() as session:
        owner = (await shop.customer(session)).id
        made = [await _ordered(session, **{"of": owner, "at_once": at, **each}) for at, each in enumerate(orders)]
        row = await session.get_one(Conversation, talk)
        row.customer_id, row.proof = owner, proof
    return Customer(talk, language), made


async def _ordered(
    session: Any, *, status: str, at_once: int, due: int | None = None, number: str | None = None, **more: Any
) -> Order:
    placed = utc_now() - timedelta(days=10 - at_once)
    make = shop.order if status == "placed" else shop.paid
    order = await make(session, *more.pop("lines", ()), **{"placed_at": placed, **more})
    if status in ("shipped", "out_for_delivery", "delivered", "lost"):
        left = placed + timedelta(days=1)
        values = {"carrier": "Colissimo", "tracking_number": number, "shipped_at": left}
        await moving.ship(session, order.id, actor=SYSTEM, **values)  # type: ignore[arg-type]
        if status != "shipped":
            at = placed + timedelta(days=3)
            await tracking.report(session, order.shipments[0].id, actor=SYSTEM, code=status, at=at, place="Lyon")
    elif status == "preparing":
        await moving.prepare(session, order.id, actor=SYSTEM)
    elif status == "cancelled":
        await moving.cancel(session, order.id, actor=SYSTEM, reason="changed_mind")
    if due is not None:
        day = days.today() + timedelta(days=due)
        order.shipments[0].expected_from = order.shipments[0].expected_to = day
        await session.flush()
    return order
