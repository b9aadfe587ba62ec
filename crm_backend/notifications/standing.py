"""How a customer stands with being written to unasked: what they wish, and how often they were told lately."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.notifications.model import ContactPreference, Notification
from crm_backend.notifications.services import WEEK


class ContactStanding(BaseModel):
    """`channel` is the one they prefer, None when they have said nothing; `sent` counts the last seven days."""

    model_config = ConfigDict(frozen=True)

    unasked: bool
    channel: str | None
    sent: int


async def of(session: AsyncSession, customer_id: UUID, *, now: datetime) -> ContactStanding:
    """How this customer stands now."""
    wish = await session.get(ContactPreference, customer_id, populate_existing=True)
    counted = select(func.count()).where(Notification.customer_id == customer_id, Notification.sent_at > now - WEEK)
    return ContactStanding(
        unasked=wish.unasked if wish else True,
        channel=(wish.channel or None) if wish else None,
        sent=await session.scalar(counted) or 0,
    )
