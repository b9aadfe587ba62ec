"""What came before: earlier messages of a long conversation, and the person's earlier conversations."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload, selectinload

from crm_backend.conversations.model import Conversation, Message, Participant
from crm_backend.conversations.reading.messages import MessageView, shown
from crm_backend.errors import NotFound

PAGE, LONGEST_PAGE = 200, 1_000


async def messages_before(
    session: AsyncSession, *, conversation_id: UUID, before: int, limit: int = PAGE
) -> list[MessageView]:
    """The last `limit` (1 to 1,000) messages whose number is below `before`, in the order they are shown in."""
    rows = await session.scalars(
        select(Message)
        .where(Message.conversation_id == conversation_id, Message.seq < before)
        .options(selectinload(Message.files))
        .order_by(Message.seq.desc())
        .limit(max(1, min(limit, LONGEST_PAGE)))
        .execution_options(populate_existing=True)
    )
    return await shown(session, sorted(rows, key=lambda message: (message.place, message.seq)))


async def conversations_before(
    session: AsyncSession, conversation_id: UUID, *, before: tuple[datetime, UUID] | None = None, limit: int = 10
) -> tuple[list[Conversation], bool]:
    """The same person's conversations that began before this one (and before `before`), the latest first, and whether
    there are more. The person is the customer; while nobody knows who that is, the accounts that write here.

    Raises NotFound.
    """
    found = await session.get(Conversation, conversation_id)
    if found is None:
        raise NotFound("no such conversation")
    at, last_id = before or (found.created_at, found.id)
    if found.customer_id is not None:
        whose = Conversation.customer_id == found.customer_id
    else:
        here = select(Participant.identity_id).where(Participant.conversation_id == found.id)
        theirs = select(Participant.conversation_id).where(Participant.identity_id.in_(here))
        # Somebody else's file never shows here: another customer may have used the same device.
        whose = and_(Conversation.id.in_(theirs), Conversation.customer_id.is_(None))
    earlier = or_(Conversation.created_at < at, and_(Conversation.created_at == at, Conversation.id < last_id))
    rows = await session.scalars(
        select(Conversation)
        .where(whose, earlier, Conversation.id != found.id)
        .options(joinedload(Conversation.customer))
        .order_by(Conversation.created_at.desc(), Conversation.id.desc())
        .limit(limit + 1)
    )
    listed = list(rows)
    return listed[:limit], len(listed) > limit
