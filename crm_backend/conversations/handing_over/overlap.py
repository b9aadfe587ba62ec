"""What came while somebody decided: an answer of a colleague's, one's own from another window, a customer's message."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.agents.model import Agent
from crm_backend.conversations import stream
from crm_backend.conversations.model import Conversation, Message
from crm_backend.conversations.schema import agent_owner
from crm_backend.errors import NotNow, NotOwner, OwnerChanged


async def owned(session: AsyncSession, conversation_id: UUID, agent: Agent, version: int) -> Conversation:
    """The conversation, locked, which the agent has and nobody changed since they looked. Raises NotFound, NotOwner,
    OwnerChanged."""
    conversation = await stream.locked(session, conversation_id)
    if conversation.owner != agent_owner(agent.id):
        raise NotOwner("not the owner")
    if conversation.version != version:
        raise OwnerChanged("changed meanwhile", holder=agent.first_name)
    return conversation


async def refuse(session: AsyncSession, conversation: Conversation, *, agent: Agent, seen: int) -> None:
    """Raises NotNow (`answered_meanwhile`) when a colleague has answered after the message `seen` in this locked
    conversation; what the agent themselves wrote since, in another tab, is no surprise to them."""
    other = await session.scalar(
        select(Agent)
        .join(Message, Message.agent_id == Agent.id)
        .where(
            Message.conversation_id == conversation.id,
            Message.seq > seen,
            Message.author == "agent",
            Message.agent_id != agent.id,
        )
        .order_by(Message.seq.desc())
        .limit(1)
    )
    if other is not None:
        raise NotNow("answered_meanwhile", name=other.first_name)


async def refuse_again(
    session: AsyncSession, conversation: Conversation, *, agent: Agent, seen: int, but: Collection[str]
) -> None:
    """Raises NotNow (`self_answered`) when the agent has answered after the message `seen` in this locked conversation:
    for what a macro says, which two windows may say. Messages whose external ids are in `but` do not count."""
    own = await session.scalar(
        select(Message.id)
        .where(
            Message.conversation_id == conversation.id,
            Message.seq > seen,
            Message.author == "agent",
            Message.agent_id == agent.id,
            Message.external_id.is_(None) | Message.external_id.not_in(but),
        )
        .limit(1)
    )
    if own is not None:
        raise NotNow("self_answered")


async def last_of_customer(session: AsyncSession, conversation: Conversation) -> int:
    """The number of the customer's last message, 0 for none: what somebody has seen who does not say how far they read,
    so that what they say is the only answer to it."""
    of_customer = (Message.conversation_id == conversation.id, Message.author == "customer")
    return await session.scalar(select(func.max(Message.seq)).where(*of_customer)) or 0


async def refuse_unread(session: AsyncSession, conversation: Conversation, *, seen: int) -> None:
    """Raises NotNow (`written_meanwhile`) when the customer has written after the message `seen` in this locked
    conversation: messages leave its version as it is, and who puts it away would never read what came."""
    unread = select(Message.id).where(
        Message.conversation_id == conversation.id, Message.seq > seen, Message.author == "customer"
    )
    if await session.scalar(unread.limit(1)) is not None:
        raise NotNow("written_meanwhile")
