"""The chat on the portal's pages: it knows who is there as long as their visit goes on."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.customers.model import Customer, Identity
from crm_backend.database import utc_now
from crm_backend.portal.model import PortalVisit
from crm_backend.portal.visits import SEEN_EVERY


async def goes_on(
    session: AsyncSession, visit_id: UUID, customer_id: UUID, *, idle: timedelta, seen: bool = False
) -> bool:
    """Whether a visit of this customer, who may do all that is theirs, goes on; with `seen`, they are there now."""
    now = utc_now()
    at = await session.scalar(
        select(PortalVisit.seen_at)
        .join(Customer, Customer.id == PortalVisit.customer_id)
        .join(Identity, Identity.id == PortalVisit.identity_id)
        .where(
            PortalVisit.id == visit_id,
            PortalVisit.customer_id == customer_id,
            PortalVisit.order_id.is_(None),
            PortalVisit.expires_at > now,
            PortalVisit.seen_at > now - idle,
            Customer.erased_at.is_(None),
            Identity.customer_id == customer_id,
        )
    )
    if at is None:
        return False
    if seen and at < now - SEEN_EVERY:
        await session.execute(update(PortalVisit).where(PortalVisit.id == visit_id).values(seen_at=now))
    return True
