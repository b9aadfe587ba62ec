"""What becomes of an agent's conversations when they leave: each waits for somebody else, at the front of its queue."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import Actor
from crm_backend.conversations import stream
from crm_backend.conversations.handing_over import owners
from crm_backend.conversations.model import Conversation
from crm_backend.conversations.schema import agent_owner
from crm_backend.database import utc_now

REASON = "agent_left"


async def put_back(session: AsyncSession, agent_id: UUID, *, actor: Actor) -> list[UUID]:
    """Puts what the agent holds back into its team's queue; the conversations, whose desks must be told."""
    owner, now = agent_owner(agent_id), utc_now()
    held = select(Conversation.id).where(Conversation.owner == owner).order_by(Conversation.id)
    put = []
    for conversation_id in list(await session.scalars(held)):
        conversation = await stream.locked(session, conversation_id)
        if conversation.owner != owner:
            continue
        await owners.put_back(session, conversation, actor=actor, reason=REASON, now=now)
        put.append(conversation.id)
    await session.flush()
    return put
