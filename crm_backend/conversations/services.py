"""What other parts ask of a conversation."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.conversations.model import Conversation, Message
from crm_backend.conversations.stream import locked


async def seen_by_customer(session: AsyncSession, *, conversation_id: UUID, seq: int) -> list[int]:
    """Marks outgoing messages up to `seq` as read; the sequence numbers that this changed."""
    changed = await session.scalars(
        update(Message)
        .where(
            Message.conversation_id == conversation_id,
            Message.seq <= seq,
            Message.author != "customer",
            Message.delivery.in_(("queued", "sent", "delivered")),
        )
        .values(delivery="read")
        .returning(Message.seq)
    )
    numbers = sorted(changed)
    if numbers:
        await session.execute(
            update(Conversation)
            .where(Conversation.id == conversation_id, Conversation.customer_seen_seq < numbers[-1])
            .values(customer_seen_seq=numbers[-1])
        )
    return numbers


async def seen_by_agent(session: AsyncSession, *, conversation_id: UUID) -> None:
    """Notes that the owning agent has everything up to now on the screen."""
    await session.execute(
        update(Conversation).where(Conversation.id == conversation_id).values(agent_seen_seq=Conversation.last_seq)
    )


async def set_language(session: AsyncSession, *, conversation_id: UUID, language: str) -> None:
    """The customer chose a language by hand: it stays, in the dialogue too, until they choose again.

    Raises NotFound.
    """
    conversation = await locked(session, conversation_id)
    conversation.language, conversation.language_pinned = language, True
    if conversation.dialogue_state is not None:
        slots = {**conversation.dialogue_state.get("slots", {}), "language": language, "language_pinned": True}
        conversation.dialogue_state = {**conversation.dialogue_state, "slots": slots}
