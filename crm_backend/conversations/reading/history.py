"""What somebody wrote with us about before, from where they write now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from crm_backend.conversations.model import Conversation, Message, Participant
from crm_backend.conversations.reading.messages import MessageView, shown
from crm_backend.conversations.schema import NOBODY

AT_MOST = 50


@dataclass(frozen=True)
class Past:
    """One conversation in a list of them; `last` is what somebody said last there, and `unread` counts what was said to
    the customer since they last looked."""

    id: UUID
    closed: bool
    last: MessageView | None
    unread: int


async def of_identity(session: AsyncSession, identity_id: UUID, *, channel: str) -> list[Past]:
    """The conversations in which this identity wrote on this channel, newest first, at most 50."""
    joined = select(Participant.conversation_id).where(
        Participant.identity_id == identity_id, Participant.channel == channel
    )
    found = list(
        await session.scalars(
            select(Conversation)
            .where(Conversation.id.in_(joined))
            .order_by(Conversation.last_message_at.desc(), Conversation.id.desc())
            .limit(AT_MOST)
        )
    )
    if not found:
        return []
    counted = await session.execute(
        select(Message.conversation_id, func.count())
        .join(Conversation, Conversation.id == Message.conversation_id)
        .where(
            Message.conversation_id.in_([conversation.id for conversation in found]),
            Message.author != "customer",
            Message.seq > Conversation.customer_seen_seq,
        )
        .group_by(Message.conversation_id)
    )
    unread: dict[UUID, int] = dict(counted.tuples().all())
    lasts = await _said(session, [each.id for each in found])
    return [
        Past(id=each.id, closed=each.owner == NOBODY, last=lasts.get(each.id), unread=unread.get(each.id, 0))
        for each in found
    ]


async def _said(session: AsyncSession, conversations: Sequence[UUID]) -> dict[UUID, MessageView]:
    """Not that somebody joined or closed it: that tells nobody which conversation it was."""
    query = (
        select(Message)
        .where(Message.conversation_id.in_(conversations), Message.author != "system")
        .distinct(Message.conversation_id)
        .order_by(Message.conversation_id, Message.seq.desc())
        .options(selectinload(Message.files))
    )
    rows = list(await session.scalars(query))
    views = await shown(session, rows)
    return {row.conversation_id: view for row, view in zip(rows, views, strict=True)}
