"""The conversations behind a number of the board: those that an agent has, or that wait in a queue."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from crm_backend.access.actor import Actor
from crm_backend.conversations.model import Conversation

MOST = 200


async def owned_by(session: AsyncSession, owner: str, *, actor: Actor) -> list[Conversation]:
    """The conversations of an owner (`agent:<id>`, `queue:<team>`): whose customer waits longest first, at most 200.
    Raises NotAllowed."""
    actor.need("conversations.read", "conversations.supervise")
    waits = func.coalesce(Conversation.waiting_since, Conversation.last_message_at)
    query = select(Conversation).where(Conversation.owner == owner).options(joinedload(Conversation.customer))
    ordered = query.order_by(Conversation.waiting_since.is_(None), waits, Conversation.id).limit(MOST)
    return list(await session.scalars(ordered.execution_options(populate_existing=True)))
