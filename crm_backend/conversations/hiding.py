"""What nobody but its addressee may read: left out of what is kept, put back where it goes."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from sqlalchemy import func, literal, select, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.conversations.model import Message, Turn

HIDDEN: Final = "••••••"
"""What stands for a secret in a message."""
MARK: Final = "hidden"
"""In a message's content: a secret was taken out of it, and what was understood of it goes without its entities."""


def shown(text: str, secret: str | None) -> str:
    """The text as its addressee reads it. A secret of several lines stands in as many places, one after the other."""
    if secret is None:
        return text
    *first, last = secret.split("\n")
    for one in first:
        text = text.replace(HIDDEN, one, 1)
    return text.replace(HIDDEN, last)


def hide_in(message: Message, said: str) -> None:
    """Takes `said` out of a customer's message that is not stored yet."""
    message.text = message.text.replace(said, HIDDEN)
    message.content = {**message.content, MARK: True}


async def hide(session: AsyncSession, *, turn_id: UUID, said: str) -> None:
    """Takes `said` out of the customer's message that this turn is about, once it has served."""
    turn = select(Turn.message_id).where(Turn.id == turn_id).scalar_subquery()
    await session.execute(
        update(Message)
        .where(Message.id == turn)
        .values(
            text=func.replace(Message.text, said, HIDDEN),
            content=Message.content.op("||")(literal({MARK: True}, JSONB)),
        )
        .execution_options(synchronize_session=False)
    )
