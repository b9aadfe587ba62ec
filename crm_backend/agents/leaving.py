"""What becomes of an agent's conversations when they leave: each waits for somebody else, first come, first served."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import Actor
from crm_backend.audit import services as audit
from crm_backend.conversations import stream
from crm_backend.conversations.model import Conversation
from crm_backend.conversations.schema import agent_owner
from crm_backend.database import utc_now
from crm_backend.routing import services as routing

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
        conversation.owner = f"queue:{conversation.team}"
        conversation.version += 1
        conversation.waiting_since = now
        routing.enter(session, conversation_id=conversation.id, team=conversation.team, reason=REASON, now=now)
        audit.record(session, actor=actor, action="put_back", subject=("conversation", conversation.id), reason=REASON)
        put.append(conversation.id)
    await session.flush()
    return put
