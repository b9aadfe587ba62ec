"""What the customer was answered last."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.conversations.model import Message

MOST = 10
"""Messages looked at: an answer of more is no answer to say again."""


async def last_words(session: AsyncSession, *, conversation_id: UUID) -> list[Message]:
    """The messages of the last answer, of the assistant or a person, in their order; empty when there was none.

    What the customer wrote after it does not count, nor what the system noted.
    """
    newest = await session.scalars(
        select(Message)
        .where(Message.conversation_id == conversation_id, Message.author.in_(("bot", "agent", "customer")))
        .order_by(Message.seq.desc())
        .limit(MOST)
    )
    said: list[Message] = []
    for message in newest:
        if message.author == "customer":
            if said:
                break
        else:
            said.insert(0, message)
    return said
