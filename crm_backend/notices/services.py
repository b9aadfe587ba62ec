"""Telling agents something, and what they were told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import Actor
from crm_backend.access.queries import roles
from crm_backend.agents.model import Agent
from crm_backend.database import new_id, utc_now
from crm_backend.notices.model import AgentNotice
from crm_backend.pushes import services as pushes

SUPERVISING = "conversations.supervise"
"""The permission of those who look after the others."""
MOST = 200


async def tell(
    session: AsyncSession,
    *,
    agents: Iterable[UUID],
    kind: str,
    subject: tuple[str, UUID],
    cause: UUID,
    texts: Mapping[str, str],
    push: str | None = None,
    who: str = "",
) -> list[UUID]:
    """Leaves a notice for each of these agents who works here, once for each cause; who is told now. Once it is
    committed, their desks are told by the caller; with `push` (a kind of it) their browsers are too, where they asked
    for it, with the first name of a colleague (`who`) but none of the words."""
    wanted = list(
        await session.scalars(select(Agent.id).where(Agent.id.in_(set(agents)), Agent.active).order_by(Agent.id))
    )
    if not wanted:
        return []
    rows = [
        {
            "id": new_id(),
            "created_at": utc_now(),
            "agent_id": agent_id,
            "kind": kind,
            "subject_kind": subject[0],
            "subject_id": subject[1],
            "cause": cause,
            "texts": dict(texts),
        }
        for agent_id in wanted
    ]
    told = await session.scalars(
        insert(AgentNotice).values(rows).on_conflict_do_nothing().returning(AgentNotice.agent_id)
    )
    new = sorted(told.all())
    if push is not None:
        where = subject[1] if subject[0] == "conversation" else None
        await pushes.queue(session, agents=new, kind=push, cause=cause, conversation_id=where, who=who)
    return new


async def supervisors(session: AsyncSession) -> list[UUID]:
    """Those who look after the others: agents at work whose role, built-in or the company's own, has SUPERVISING."""
    watching = [role.key for role in await roles(session) if SUPERVISING in role.permissions]
    return list(await session.scalars(select(Agent.id).where(Agent.active, Agent.role.in_(watching))))


async def of_agent(
    session: AsyncSession, agent_id: UUID, *, before: datetime | None = None, limit: int = 50
) -> list[AgentNotice]:
    """What an agent was told, the newest first, up to 200."""
    query = select(AgentNotice).where(AgentNotice.agent_id == agent_id)
    if before is not None:
        query = query.where(AgentNotice.created_at < before)
    return list(
        await session.scalars(query.order_by(AgentNotice.created_at.desc(), AgentNotice.id).limit(min(limit, MOST)))
    )


def agent_of(actor: Actor) -> UUID | None:
    """Whose notices somebody reads: their own, if they are an agent."""
    kind, _, identifier = actor.name.partition(":")
    return UUID(identifier) if kind == "agent" else None


def listed(actor: Actor, *, unseen: bool | None = None) -> Select[tuple[AgentNotice]]:
    """The actor's own notices, to be sorted and paged. Raises NotAllowed."""
    actor.need("cases.read")
    query = select(AgentNotice).where(AgentNotice.agent_id == agent_of(actor))
    if unseen is None:
        return query
    return query.where(AgentNotice.seen_at.is_(None) if unseen else AgentNotice.seen_at.is_not(None))


async def unseen(session: AsyncSession, agent_id: UUID) -> int:
    """How much an agent has not seen yet."""
    found = await session.scalar(
        select(func.count()).where(AgentNotice.agent_id == agent_id, AgentNotice.seen_at.is_(None))
    )
    return found or 0


async def seen(session: AsyncSession, agent_id: UUID, *, ids: Iterable[UUID] | None = None) -> int:
    """The agent has seen these of their notices, or all; how many they had not."""
    query = update(AgentNotice).where(AgentNotice.agent_id == agent_id, AgentNotice.seen_at.is_(None))
    if ids is not None:
        query = query.where(AgentNotice.id.in_(set(ids)))
    marked = await session.scalars(query.values(seen_at=utc_now()).returning(AgentNotice.id))
    return len(marked.all())
