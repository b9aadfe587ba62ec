"""Putting a conversation off: out of its agent's sight until a time, or until the customer writes."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access import queries as access
from crm_backend.agents.model import Agent
from crm_backend.audit import services as audit
from crm_backend.conversations.handing_over import overlap
from crm_backend.conversations.model import Conversation
from crm_backend.conversations.schema import agent_owner, owner_agent
from crm_backend.customers.model import Customer
from crm_backend.database import new_id
from crm_backend.errors import Invalid
from crm_backend.notices import services as notices

LONGEST = timedelta(days=366)
RETURNED = "snooze.over"
"""The kind of the notice that tells its agent that a conversation is back."""


async def snooze(
    session: AsyncSession,
    *,
    conversation_id: UUID,
    agent: Agent,
    version: int,
    until: datetime | None,
    now: datetime,
    seen: int | None = None,
) -> Conversation:
    """Takes a conversation of the agent's out of their list until then, or with None until the customer writes, which
    brings it back in either case. Needs conversations.write.

    Raises NotFound, NotOwner, OwnerChanged, and Invalid for a time that is past or more than a year away; with `seen`,
    the last message the agent had before their eyes, NotNow where the customer has written since.
    """
    await access.need(session, agent, "conversations.write")
    if until is not None and until <= now:
        raise Invalid("until", "snooze_past")
    if until is not None and until > now + LONGEST:
        raise Invalid("until", "snooze_too_far")
    conversation = await overlap.owned(session, conversation_id, agent, version)
    if seen is not None:
        await overlap.refuse_unread(session, conversation, seen=seen)
    conversation.snoozed_at, conversation.snoozed_until, conversation.returned_at = now, until, None
    told = until.isoformat() if until else None
    audit.record(
        session, actor=agent_owner(agent.id), action="snoozed", subject=("conversation", conversation.id), until=told
    )
    await session.flush()
    return conversation


async def wake(session: AsyncSession, *, conversation_id: UUID, agent: Agent, version: int) -> Conversation:
    """Brings a conversation of the agent's back before its time, without a mark. Needs conversations.write. Raises
    NotFound, NotOwner, OwnerChanged."""
    await access.need(session, agent, "conversations.write")
    conversation = await overlap.owned(session, conversation_id, agent, version)
    if conversation.snoozed_at is not None or conversation.returned_at is not None:
        conversation.snoozed_at = conversation.snoozed_until = conversation.returned_at = None
        subject = ("conversation", conversation.id)
        audit.record(session, actor=agent_owner(agent.id), action="unsnoozed", subject=subject)
        await session.flush()
    return conversation


def end(conversation: Conversation, *, now: datetime) -> None:
    """The customer wrote in a locked conversation, or its time has come: it is back in sight, with a mark."""
    if conversation.snoozed_at is not None:
        conversation.snoozed_at = conversation.snoozed_until = None
        conversation.returned_at = now


async def due(session: AsyncSession, *, now: datetime, limit: int = 50) -> list[tuple[UUID, list[UUID]]]:
    """Brings back what was put off until now or earlier, and tells its agents: the conversations, each with whom a
    notice was left for. What somebody has locked comes with the next call."""
    rows = await session.scalars(
        select(Conversation)
        .where(Conversation.snoozed_until <= now)
        .order_by(Conversation.snoozed_until, Conversation.id)
        .limit(limit)
        .with_for_update(key_share=True, skip_locked=True, of=Conversation)
        .execution_options(populate_existing=True)
    )
    done = []
    for conversation in rows:
        end(conversation, now=now)
        done.append((conversation.id, await _told(session, conversation)))
    await session.flush()
    return done


async def _told(session: AsyncSession, conversation: Conversation) -> list[UUID]:
    agent_id = owner_agent(conversation.owner)
    if agent_id is None:
        return []
    customer = await session.get(Customer, conversation.customer_id) if conversation.customer_id else None
    name = customer.name if customer else ""
    texts = {
        "fr": f"Rappel\u00a0: la conversation avec {name} est de retour dans votre liste.",
        "en": f"Reminder: the conversation with {name} is back in your list.",
    }
    if not name:
        texts = {
            "fr": "Rappel\u00a0: une conversation mise en attente est de retour dans votre liste.",
            "en": "Reminder: a conversation you snoozed is back in your list.",
        }
    return await notices.tell(
        session,
        agents=[agent_id],
        kind=RETURNED,
        subject=("conversation", conversation.id),
        cause=new_id(),
        texts=texts,
        push="returned",
    )
