"""Entering and leaving a queue, and an honest estimate of the wait."""

from __future__ import annotations

from datetime import datetime, timedelta
from statistics import median
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import ColumnElement, case, exists, false, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.database import utc_now
from crm_backend.routing import forecasting, presence
from crm_backend.routing.model import ConversationHelper, QueueEntry, RoutingOffer
from crm_backend.routing.settings_model import AgentPresence

SAMPLE, LEAST_SAMPLE = 20, 3


class WaitEstimate(BaseModel):
    """`ahead` people wait before this one; `minutes` is None while too few waits have been seen to tell."""

    ahead: int
    minutes: int | None
    agents_present: int


def enter(
    session: AsyncSession,
    *,
    conversation_id: UUID,
    team: str,
    reason: str,
    now: datetime,
    front: bool = False,
) -> None:
    """Records the start of a wait in the caller's transaction; at the `front`, of what somebody had before."""
    session.add(QueueEntry(conversation_id=conversation_id, team=team, reason=reason, entered_at=now, front=front))


async def leave(session: AsyncSession, *, conversation_id: UUID, agent_id: UUID | None, now: datetime) -> None:
    """Ends the wait, if there is one, with the offer that was out; `agent_id` is who took it. What somebody had before
    is over with it, and so is the help of those who joined them."""
    if agent_id is not None:
        await hold_agent(session, agent_id)
    mine = RoutingOffer.agent_id == agent_id if agent_id else false()
    await session.execute(
        update(RoutingOffer)
        .where(RoutingOffer.conversation_id == conversation_id, RoutingOffer.state == "offered")
        .values(state=case((mine & RoutingOffer.entry_id.is_not(None), "accepted"), else_="withdrawn"), ended_at=now)
    )
    await session.execute(
        update(QueueEntry)
        .where(
            QueueEntry.conversation_id == conversation_id,
            QueueEntry.taken_at.is_not(None),
            QueueEntry.ended_at.is_(None),
        )
        .values(ended_at=now)
    )
    await session.execute(
        update(ConversationHelper)
        .where(ConversationHelper.conversation_id == conversation_id, ConversationHelper.left_at.is_(None))
        .values(left_at=now)
    )
    taken = {"taken_at": now, "agent_id": agent_id} if agent_id else {}
    await session.execute(
        update(QueueEntry)
        .where(QueueEntry.conversation_id == conversation_id, QueueEntry.left_at.is_(None))
        .values(left_at=now, **taken)
    )


async def hold_agent(session: AsyncSession, agent_id: UUID) -> AgentPresence:
    """The row that whoever gives an agent something locks, after what is given: so that nothing is handed out to them
    meanwhile. Made where there is none yet."""
    await session.execute(insert(AgentPresence).values(agent_id=agent_id).on_conflict_do_nothing())
    held = await session.get(AgentPresence, agent_id, with_for_update=True, populate_existing=True)
    assert held is not None
    return held


async def helps(session: AsyncSession, conversation_id: UUID, agent_id: UUID) -> bool:
    """Whether an agent has joined the colleague who has this conversation, and is still there."""
    helper = await session.get(ConversationHelper, (conversation_id, agent_id), populate_existing=True)
    return helper is not None and helper.left_at is None


async def wait_estimate(
    session: AsyncSession, *, team: str | None = None, conversation_id: UUID | None = None
) -> WaitEstimate:
    """How long one would wait for a team now (for any without a name), or how long `conversation_id` still waits.

    Minutes are rounded up, at least 1. They are worked out from who is there, what they can hold and how long what they
    had took (forecasting.py); while too little of that is known they are the median of the team's last 20 waits of the
    past week that ended with an agent (at least 3 are needed).
    """
    now = utc_now()
    before: list[ColumnElement[bool]] = []
    points = None
    if conversation_id is not None:
        place = select(QueueEntry.team, QueueEntry.entered_at, QueueEntry.front, QueueEntry.points).where(
            QueueEntry.conversation_id == conversation_id, QueueEntry.left_at.is_(None)
        )
        mine = (await session.execute(place)).first()
        team, points = (mine.team, mine.points) if mine else (team, None)
        before = [_ahead_of(mine.entered_at, front=mine.front) if mine else false()]
    whose = [QueueEntry.team == team] if team is not None else []
    offered = exists().where(RoutingOffer.entry_id == QueueEntry.id, RoutingOffer.state == "offered")
    counted = select(func.count(), func.count().filter(~offered)).where(
        QueueEntry.left_at.is_(None), QueueEntry.conversation_id.is_not(None), *whose, *before
    )
    ahead, unoffered = (await session.execute(counted)).one()
    # What is offered to somebody takes up their room already.
    seconds = await forecasting.foresee(session, team=team, ahead=unoffered, points=points)
    if seconds is None:
        seconds = await _past_waits(session, whose, now)
    return WaitEstimate(
        ahead=ahead, minutes=forecasting.in_minutes(seconds), agents_present=await agents_present(session)
    )


def _ahead_of(entered_at: datetime, *, front: bool) -> ColumnElement[bool]:
    earlier = QueueEntry.entered_at < entered_at
    return (QueueEntry.front & earlier) if front else (QueueEntry.front | earlier)


async def _past_waits(session: AsyncSession, whose: list[ColumnElement[bool]], now: datetime) -> float | None:
    rows = await session.execute(
        select(QueueEntry.entered_at, QueueEntry.taken_at)
        .where(QueueEntry.taken_at > now - timedelta(days=7), QueueEntry.conversation_id.is_not(None), *whose)
        .order_by(QueueEntry.taken_at.desc())
        .limit(SAMPLE)
    )
    waits = [(taken - entered).total_seconds() for entered, taken in rows if taken]
    return median(waits) if len(waits) >= LEAST_SAMPLE else None


async def agents_present(session: AsyncSession) -> int:
    """How many agents may take a conversation now: they may answer, take some kind of channel, and their desk was heard
    from lately."""
    return await presence.takers(session)
