"""A form that comes when its visit has just ended: kept for the visit of the same customer that follows in that
browser by the same proof, and for no other."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.database import utc_now
from crm_backend.portal.model import PortalVisit
from crm_backend.portal.schema import KeptForm, Visit
from crm_backend.portal.tokens import token_hash

FOR, GONE_AFTER = timedelta(hours=1), timedelta(hours=2)
"""How long after its end a visit's form is still taken, and how long what is left of a visit stays for that. Whoever
signed out ended it altogether."""
MOST = 60_000
"""Characters of a form that are kept, the names of its fields among them."""


async def ended(session: AsyncSession, token: str, *, idle: timedelta) -> PortalVisit | None:
    """The visit of a cookie's token, which ended by itself not long ago. `idle` is after how long without a
    page it did."""
    now = utc_now()
    found: PortalVisit | None = await session.scalar(
        select(PortalVisit).where(
            PortalVisit.token_hash == token_hash(token),
            PortalVisit.expires_at > now - FOR,
            PortalVisit.seen_at > now - idle - FOR,
        )
    )
    return found


async def keep(session: AsyncSession, visit_id: UUID, form: KeptForm) -> bool:
    """Keeps it with the visit that ended; false where there is too much of it or it cannot be stored, or the visit is
    gone."""
    told = [form.action, form.page, *form.fields, *form.fields.values()]
    if sum(map(len, told)) > MOST or any("\0" in each for each in told):
        return False
    kept = update(PortalVisit).where(PortalVisit.id == visit_id).values(kept=asdict(form))
    return await session.scalar(kept.returning(PortalVisit.id)) is not None


async def of_before(
    session: AsyncSession, token: str | None, customer_id: UUID, *, order_id: UUID | None
) -> dict[str, Any] | None:
    """What the visit before in this browser kept, when it was the same customer's, signed in, or the same order's
    guest's: whoever knows an order need not be its customer, nor its customer who knew it before."""
    if not token:
        return None
    of = select(PortalVisit.kept).where(
        PortalVisit.token_hash == token_hash(token),
        PortalVisit.customer_id == customer_id,
        PortalVisit.order_id.is_not_distinct_from(order_id),
    )
    found: dict[str, Any] | None = await session.scalar(of)
    return found


async def let_go(session: AsyncSession, visit: Visit) -> None:
    """The form was sent."""
    await session.execute(update(PortalVisit).where(PortalVisit.id == visit.id).values(kept=None))


def read(row: PortalVisit) -> KeptForm | None:
    """What the row keeps."""
    return KeptForm(**row.kept) if row.kept else None
