"""Policies as programs and agents look through them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import Actor
from crm_backend.errors import NotFound
from crm_backend.policies.model import Policy


def policies(
    actor: Actor,
    *,
    kind: str | None = None,
    category: str | None = None,
    product_id: UUID | None = None,
    at: datetime | None = None,
) -> Select[tuple[Policy]]:
    """The policies with all of these; with `at`, those that hold then. In no order. Raises NotAllowed."""
    actor.need("orders.read")
    query = select(Policy)
    if kind is not None:
        query = query.where(Policy.kind == kind)
    if category is not None:
        query = query.where(Policy.category == category)
    if product_id is not None:
        query = query.where(Policy.product_id == product_id)
    if at is not None:
        query = query.where(Policy.valid_from <= at, or_(Policy.valid_to.is_(None), Policy.valid_to > at))
    return query


async def policy(session: AsyncSession, policy_id: UUID, *, actor: Actor) -> Policy:
    """One policy. Raises NotFound, NotAllowed."""
    actor.need("orders.read")
    found = await session.get(Policy, policy_id)
    if found is None:
        raise NotFound("no such policy")
    return found
