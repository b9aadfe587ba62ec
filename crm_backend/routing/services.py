"""Entering and leaving a queue, and an honest estimate of the wait."""

from __future__ import annotations

from datetime import datetime, timedelta
from statistics import median
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import ColumnElement, false, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.agents.model import Agent, AgentSession
from crm_backend.database import utc_now
from crm_backend.routing.model import QueueEntry

PRESENT_WITHIN = timedelta(seconds=90)
"""An agent counts as present while the desk was heard from this recently."""
SAMPLE, LEAST_SAMPLE = 20, 3


class WaitEstimate(BaseModel):
    """`ahead` people wait before this one; `minutes` is None while too few waits have been seen to tell."""

    ahead: int
    minutes: int | None
    agents_present: int


def enter(session: AsyncSession, *, conversation_id: UUID, team: str, reason: str, now: datetime) -> None:
    """Records the start of a wait in the caller's transaction."""
    session.add(QueueEntry(conversation_id=conversation_id, team=team, reason=reason, entered_at=now))


async def leave(session: AsyncSession, *, conversation_id: UUID, agent_id: UUID | None, now: datetime) -> None:
    """Ends the wait, if there is one; `agent_id` is who took it."""
    taken = {"taken_at": now, "agent_id": agent_id} if agent_id else {}
    await session.execute(
        update(QueueEntry)
        .where(QueueEntry.conversation_id == conversation_id, QueueEntry.left_at.is_(None))
        .values(left_at=now, **taken)
    )


async def wait_estimate(
    session: AsyncSession, *, team: str | None = None, conversation_id: UUID | None = None
) -> WaitEstimate:
    """How long one would wait for a team now (for any without a name), or how long `conversation_id` still waits.

    Minutes are the median of the team's last 20 waits of the past week that ended with an agent (at least 3 are
    needed), rounded up. Agents answer for every team.
    """
    now = utc_now()
    before: list[ColumnElement[bool]] = []
    if conversation_id is not None:
        place = select(QueueEntry.team, QueueEntry.entered_at).where(
            QueueEntry.conversation_id == conversation_id, QueueEntry.left_at.is_(None)
        )
        mine = (await session.execute(place)).first()
        team = mine.team if mine else team
        before = [QueueEntry.entered_at < mine.entered_at if mine else false()]
    whose = [QueueEntry.team == team] if team is not None else []
    ahead = await session.scalar(select(func.count()).where(QueueEntry.left_at.is_(None), *whose, *before)) or 0
    rows = await session.execute(
        select(QueueEntry.entered_at, QueueEntry.taken_at)
        .where(QueueEntry.taken_at > now - timedelta(days=7), *whose)
        .order_by(QueueEntry.taken_at.desc())
        .limit(SAMPLE)
    )
    waits = [(taken - entered).total_seconds() for entered, taken in rows if taken]
    minutes = max(1, -int(-median(waits) // 60)) if len(waits) >= LEAST_SAMPLE else None
    return WaitEstimate(ahead=ahead, minutes=minutes, agents_present=await agents_present(session))


async def agents_present(session: AsyncSession) -> int:
    """How many agents could take a conversation now: available, with a desk that was heard from lately."""
    present = await session.scalar(
        select(func.count(func.distinct(Agent.id)))
        .join(AgentSession, AgentSession.agent_id == Agent.id)
        .where(Agent.active, Agent.presence == "available", AgentSession.seen_at > utc_now() - PRESENT_WITHIN)
    )
    return present or 0
