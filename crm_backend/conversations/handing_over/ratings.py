"""What customers say of a conversation once it has ended: asked once, changeable for a day."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.audit import services as audit
from crm_backend.conversations import stream
from crm_backend.conversations.model import Conversation, Message, Rating
from crm_backend.conversations.schema import NOBODY, Value
from crm_backend.customers import consents
from crm_backend.database import utc_now
from crm_backend.errors import BadInput, Conflict, Empty
from crm_backend.satisfaction import asks, settings
from crm_backend.texts import clean

ASKED_FOR = timedelta(days=7)
CHANGEABLE_FOR = timedelta(hours=24)
WORST, BEST = 1, 5
LONGEST_COMMENT = 1_000


class Rated(Value):
    """A score from 1 (worst) to 5, and what was said with it; changeable until then."""

    score: int
    comment: str
    until: datetime


async def wanted(session: AsyncSession, conversation: Conversation, *, now: datetime | None = None) -> bool:
    """Whether the customer is to be asked now: it ended lately, but as long ago as its channel waits, and `askable`."""
    now = now or utc_now()
    setting = await settings.of_channel(session, conversation.channel)
    if conversation.closed_at is not None and conversation.closed_at + setting.delay > now:
        return False
    return await askable(session, conversation, setting=setting, now=now)


async def askable(
    session: AsyncSession, conversation: Conversation, *, setting: settings.Setting, now: datetime
) -> bool:
    """Whether the customer may be asked, now or later: the channel asks, somebody had answered, they have not said yet,
    did not object to surveys, here or at all, and were not asked about another conversation of late.

    Whoever was upset is asked like everybody: a figure that leaves them out would flatter us.
    """
    if not setting.enabled or not await _open(session, conversation, now):
        return False
    if await asks.lately(session, conversation, within=setting.rest, now=now):
        return False
    who = conversation.customer_id
    return who is None or await consents.allowed(session, who, consents.SURVEYS, channel=conversation.channel)


async def _open(session: AsyncSession, conversation: Conversation, now: datetime) -> bool:
    """Whether a rating would be taken: also from those who are not asked."""
    ended = conversation.closed_at
    if conversation.owner != NOBODY or ended is None or ended <= now - ASKED_FOR:
        return False
    rated = exists().where(Rating.conversation_id == conversation.id)
    answered = exists().where(
        Message.conversation_id == conversation.id,
        Message.author.in_(("bot", "agent")),
        Message.content["asks"].astext.is_(None),
    )
    return bool(await session.scalar(select(answered & ~rated)))


async def rate(
    session: AsyncSession, *, conversation_id: UUID, score: int, comment: str = "", now: datetime | None = None
) -> Rated:
    """Stores what the customer says, or what they say now instead, within a day of the first time.

    Raises BadInput for a score that is none, TooLong, Conflict when it is not, or no longer, to be rated, NotFound.
    """
    if not WORST <= score <= BEST:
        raise BadInput("no such score")
    words = _words(comment)
    now = now or utc_now()
    conversation = await stream.locked(session, conversation_id)
    found = await session.scalar(select(Rating).where(Rating.conversation_id == conversation.id))
    if found is None:
        if not await _open(session, conversation, now):
            raise Conflict("not to be rated")
        found = await _made(session, conversation, now)
    elif found.created_at <= now - CHANGEABLE_FOR:
        raise Conflict("rated for good")
    found.score, found.comment, found.changed_at = score, words, now
    session.add(found)
    audit.record(session, actor="customer", action="rated", subject=("conversation", conversation.id), score=score)
    await session.flush()
    return _rated(found)


async def of(session: AsyncSession, conversations: Collection[UUID]) -> dict[UUID, Rated]:
    """What was said of each of these conversations."""
    if not conversations:
        return {}
    rows = await session.scalars(
        select(Rating).where(Rating.conversation_id.in_(conversations)).execution_options(populate_existing=True)
    )
    return {row.conversation_id: _rated(row) for row in rows}


async def _made(session: AsyncSession, conversation: Conversation, now: datetime) -> Rating:
    """A rating of whoever answered last."""
    row = (
        await session.execute(
            select(Message.author, Message.agent_id)
            .where(
                Message.conversation_id == conversation.id,
                Message.author.in_(("bot", "agent")),
                Message.content["asks"].astext.is_(None),
            )
            .order_by(Message.seq.desc())
            .limit(1)
        )
    ).one()
    return Rating(
        created_at=now,
        conversation_id=conversation.id,
        author=row[0],
        agent_id=row[1],
        channel=conversation.channel,
        language=conversation.language,
        team=conversation.team,
        topic=conversation.topic,
    )


def _words(comment: str) -> str:
    try:
        return clean(comment, max_length=LONGEST_COMMENT)
    except Empty:
        return ""


def _rated(row: Rating) -> Rated:
    return Rated(score=row.score, comment=row.comment, until=row.created_at + CHANGEABLE_FOR)
