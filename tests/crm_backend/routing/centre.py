"""A small contact centre in the database: teams, agents at their desks, and customers who wait."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.agents.model import Agent, AgentSession
from crm_backend.conversations.model import Conversation
from crm_backend.conversations.schema import agent_owner
from crm_backend.customers.model import Identity
from crm_backend.database import new_id, utc_now
from crm_backend.routing import services as routing
from crm_backend.routing.model import QueueEntry, RoutingOffer
from crm_backend.routing.settings_model import AgentPresence
from crm_backend.routing.teams import Team


async def agent(session: AsyncSession, name: str = "Claire Martin", *, capacity: int = 100, desk: bool = True,
                role: str = "agent", **more: Any) -> Agent:  # fmt: skip
    made = Agent(email=f"{uuid4()}@example.com", name=name, role=role, password_hash="none", **more)
    session.add(made)
    await session.flush()
    session.add(AgentPresence(agent_id=made.id, capacity=capacity))
    if desk:
        await at_desk(session, made)
    await session.flush()
    return made


async def at_desk(session: AsyncSession, who: Agent) -> None:
    """Another desk of theirs is open."""
    now = utc_now()
    times = {"created_at": now, "expires_at": now.replace(year=now.year + 1), "seen_at": func.clock_timestamp()}
    session.add(AgentSession(token_hash=str(uuid4()), agent_id=who.id, csrf="x", **times))
    await session.flush()


async def gone(session: AsyncSession, who: Agent, *, seconds: float) -> None:
    """No desk of theirs was heard of for so long."""
    ago = func.make_interval(0, 0, 0, 0, 0, 0, seconds)
    await session.execute(
        update(AgentSession).where(AgentSession.agent_id == who.id).values(seen_at=func.clock_timestamp() - ago)
    )
    await session.execute(
        update(AgentPresence)
        .where(AgentPresence.agent_id == who.id, AgentPresence.seen_at.is_not(None))
        .values(seen_at=func.clock_timestamp() - ago)
    )


async def waits(session: AsyncSession, *, team: str = "support", minutes: float = 1, channel: str = "webchat",
                **more: Any) -> Conversation:  # fmt: skip
    """A customer who has waited in a team's queue."""
    identity = Identity(id=new_id(), kind="browser", value=str(new_id()))
    session.add(identity)
    await session.flush()
    made = Conversation(
        id=new_id(), channel=channel, address="x", identity_id=identity.id, owner=f"queue:{team}", team=team,
        waiting_since=utc_now() - timedelta(minutes=minutes), **more,
    )  # fmt: skip
    session.add(made)
    await session.flush()
    routing.enter(session, conversation_id=made.id, team=team, reason="asked", now=utc_now())
    await session.flush()
    await session.execute(
        update(QueueEntry)
        .where(QueueEntry.conversation_id == made.id)
        .values(entered_at=func.clock_timestamp() - func.make_interval(0, 0, 0, 0, 0, 0, minutes * 60))
    )
    return made


async def offered(session: AsyncSession) -> dict[UUID, UUID]:
    """Who is offered what now: the agent by conversation."""
    rows = await session.execute(
        select(RoutingOffer.conversation_id, RoutingOffer.agent_id).where(RoutingOffer.state == "offered")
    )
    return {conversation: agent for conversation, agent in rows.tuples() if conversation}


async def offer_to(session: AsyncSession, who: Agent) -> RoutingOffer:
    """The one thing an agent is offered."""
    found = await session.scalars(
        select(RoutingOffer).where(RoutingOffer.agent_id == who.id, RoutingOffer.state == "offered")
    )
    return found.one()


async def team(session: AsyncSession, key: str = "support", **more: Any) -> Team:
    """A team with these settings."""
    made = await session.get(Team, key) or Team(key=key, names={"fr": key, "en": key})
    for name, value in more.items():
        setattr(made, name, value)
    session.add(made)
    await session.flush()
    return made


async def entry(session: AsyncSession, conversation: Conversation) -> QueueEntry:
    """Its last stay in a queue."""
    found = await session.scalars(
        select(QueueEntry)
        .where(QueueEntry.conversation_id == conversation.id)
        .order_by(QueueEntry.created_at.desc(), QueueEntry.id.desc())
        .limit(1)
        .execution_options(populate_existing=True)
    )
    return found.one()


def owner(who: Agent) -> str:
    return agent_owner(who.id)
