"""What was noted when the same customer was last spoken to: it stands in the passport of their next conversation."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.conversations.model import Conversation
from crm_backend.database import utc_now
from crm_backend.wrap_up.model import ClosingReason, WrapUp

SINCE = timedelta(days=90)


async def before(session: AsyncSession, conversation: Conversation) -> dict[str, Any] | None:
    """The newest wrap-up of another conversation of this customer of the last 90 days: when (`at`), by which `channel`,
    the `summary`, and the `reason` by language. None where nobody knows who they are, or there is none."""
    if conversation.customer_id is None:
        return None
    found = await session.execute(
        select(WrapUp, ClosingReason.names)
        .join(Conversation, Conversation.id == WrapUp.conversation_id)
        .outerjoin(ClosingReason, ClosingReason.id == WrapUp.reason_id)
        .where(
            Conversation.customer_id == conversation.customer_id,
            Conversation.id != conversation.id,
            WrapUp.created_at > utc_now() - SINCE,
            or_(WrapUp.ended_by.is_(None), WrapUp.ended_by != "replaced"),
            or_(WrapUp.summary != "", WrapUp.reason_id.is_not(None)),
        )
        .order_by(WrapUp.created_at.desc())
        .limit(1)
    )
    row = found.first()
    if row is None:
        return None
    noted: WrapUp = row[0]
    return {"at": noted.created_at.isoformat(), "channel": noted.channel, "summary": noted.summary, "reason": row[1]}
