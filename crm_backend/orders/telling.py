"""What is noted of every change of an order: the audit log, and the event that rules and webhooks hear."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import Actor
from crm_backend.audit import services as audit
from crm_backend.events import services as events
from crm_backend.orders.model import Order


async def tell(
    session: AsyncSession,
    order: Order,
    *,
    actor: Actor,
    action: str,
    old: Mapping[str, object] | None = None,
    new: Mapping[str, object] | None = None,
    **details: Any,
) -> None:
    """Notes one change in the caller's transaction; `action` is in the past tense (`cancelled`)."""
    order_id = order.id
    audit.record(session, actor=actor, action=action, subject=("order", order_id), old=old, new=new, **details)
    data = {"number": order.number, "status": order.status, "what": action}
    if old and new and "status" in old and "status" in new:
        data |= {"from": str(old["status"]), "to": str(new["status"])}
    await events.emit(session, kind="order.changed", subject=("order", order_id), data=data, actor=actor.name)
