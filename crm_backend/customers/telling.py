"""What is noted of every change of a customer: the audit log, and the event that webhooks hear."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import Actor
from crm_backend.audit import services as audit
from crm_backend.events import services as events


async def tell(
    session: AsyncSession,
    customer_id: UUID,
    *,
    actor: Actor,
    action: str,
    fields: Collection[str],
    old: Mapping[str, object] | None = None,
    new: Mapping[str, object] | None = None,
    plain: Collection[str] = (),
    **details: Any,
) -> None:
    """Notes one change in the caller's transaction. `action` is in the past tense (`address_added`); `fields` are the
    names of what changed, which is all that the event tells; the rest is for the audit log (`audit.services.record`).
    """
    subject = ("customer", customer_id)
    audit.record(session, actor=actor, action=action, subject=subject, old=old, new=new, plain=plain, **details)
    await changed(session, customer_id, actor=actor.name, action=action, fields=fields)


async def changed(
    session: AsyncSession, customer_id: UUID, *, actor: str, action: str, fields: Collection[str]
) -> None:
    """Tells `customer.changed` with the names of the fields, and nothing of what is in them."""
    data = {"what": action, "fields": sorted(fields)}
    await events.emit(session, kind="customer.changed", subject=("customer", customer_id), data=data, actor=actor)
