"""When customers are asked, and when they were: not twice for one closing, nor sooner again than the company wants."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, delete, exists, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.conversations.model import Conversation, Rating
from crm_backend.satisfaction.model import SatisfactionAsk


async def plan(session: AsyncSession, conversation: Conversation, *, at: datetime) -> None:
    """Has the customer of a conversation that has just ended asked then."""
    assert conversation.closed_at is not None
    await _put(session, conversation, closed_at=conversation.closed_at, due_at=at, asked_at=None)


async def asked(session: AsyncSession, conversation: Conversation, *, now: datetime) -> None:
    """Notes that they were asked."""
    await _put(session, conversation, closed_at=conversation.closed_at or now, due_at=now, asked_at=now)


async def lately(session: AsyncSession, conversation: Conversation, *, within: timedelta, now: datetime) -> bool:
    """Whether the same person was asked, or told us, about another conversation within that time, on any channel."""
    if not within:
        return False
    other, since = Conversation, now - within
    same: ColumnElement[bool] = other.identity_id == conversation.identity_id
    if conversation.customer_id is not None:
        same = or_(same, other.customer_id == conversation.customer_id)
    theirs = and_(same, other.id != conversation.id)
    was_asked = exists().where(SatisfactionAsk.conversation_id == other.id, SatisfactionAsk.asked_at > since, theirs)
    has_told = exists().where(Rating.conversation_id == other.id, Rating.created_at > since, theirs)
    return bool(await session.scalar(select(or_(was_asked, has_told))))


async def due(session: AsyncSession, *, now: datetime) -> SatisfactionAsk | None:
    """One that is to be asked by now."""
    found: SatisfactionAsk | None = await session.scalar(
        select(SatisfactionAsk)
        .where(SatisfactionAsk.asked_at.is_(None), SatisfactionAsk.due_at <= now)
        .order_by(SatisfactionAsk.due_at)
        .limit(1)
        .execution_options(populate_existing=True)
    )
    return found


async def still(session: AsyncSession, ask: SatisfactionAsk) -> bool:
    """Whether it is still as it was read, now that its conversation is locked: somebody may have asked meanwhile."""
    was = ask.closed_at, ask.due_at
    again = await session.get(SatisfactionAsk, ask.conversation_id, populate_existing=True)
    return again is not None and again.asked_at is None and (again.closed_at, again.due_at) == was


async def put_off(session: AsyncSession, ask: SatisfactionAsk, *, until: datetime) -> None:
    """Asks later: it is no hour to write."""
    one = SatisfactionAsk.conversation_id == ask.conversation_id
    await session.execute(update(SatisfactionAsk).where(one).values(due_at=until))


async def drop(session: AsyncSession, ask: SatisfactionAsk) -> None:
    """Does not ask: there is nothing to ask about any more."""
    await session.execute(delete(SatisfactionAsk).where(SatisfactionAsk.conversation_id == ask.conversation_id))


async def _put(session: AsyncSession, conversation: Conversation, **values: datetime | None) -> None:
    await session.execute(
        insert(SatisfactionAsk)
        .values(conversation_id=conversation.id, **values)
        .on_conflict_do_update(index_elements=["conversation_id"], set_=values)
    )
