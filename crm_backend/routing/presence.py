"""Where agents are: what they say of themselves, on which kinds of channel, and what their silence says."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import Actor
from crm_backend.access.queries import permissions_of
from crm_backend.agents.model import Agent, AgentSession
from crm_backend.audit import services as audit
from crm_backend.errors import Invalid, NotFound
from crm_backend.routing.settings_model import KINDS, PRESENCES, AgentPresence

PRESENT_WITHIN = timedelta(seconds=90)
"""An agent counts as present while the desk was heard from this recently."""
INACTIVE_AFTER = timedelta(minutes=15)
"""An agent who is available and has not touched their desk for this long is set away, and back when they touch it."""
LONGEST_REASON = 80
ROOM = 300
"""What an agent can hold of whom nobody said otherwise, in hundredths of a chat."""
OPEN_DESK = (
    select(AgentSession.token_hash)
    .where(AgentSession.agent_id == Agent.id, AgentSession.seen_at > func.clock_timestamp() - PRESENT_WITHIN)
    .exists()
)
"""That an agent has a desk open."""


class Presence(NamedTuple):
    """What a desk shows of where its agent is. `channels` are kinds of channel on which it is otherwise."""

    presence: str
    reason: str
    automatic: str | None
    channels: dict[str, str]
    since: Any


async def of_agent(session: AsyncSession, agent: Agent) -> Presence:
    """Where an agent is."""
    row = await session.get(AgentPresence, agent.id, populate_existing=True)
    if row is None:
        return Presence(agent.presence, "", None, {}, agent.created_at)
    return Presence(agent.presence, row.reason, row.automatic, dict(row.channels), row.since)


async def choose(
    session: AsyncSession,
    agent: Agent,
    *,
    presence: str,
    reason: str = "",
    channels: Mapping[str, Any] | None = None,
) -> None:
    """Notes where an agent says they are, and on which kinds of channel otherwise (None leaves those as they are).

    It makes no new version of the account: who manages agents is not held up by somebody going to lunch. Raises
    Invalid.
    """
    if presence not in PRESENCES:
        raise Invalid("presence", "not_choice", expected=", ".join(PRESENCES))
    values: dict[str, Any] = {"reason": _a_reason(reason), "automatic": None, "missed": 0}
    if channels is not None:
        values["channels"] = _by_kind(channels)
    now = func.clock_timestamp()
    values |= {"since": now, "active_at": now}
    await session.execute(
        insert(AgentPresence)
        .values(agent_id=agent.id, **values)
        .on_conflict_do_update(index_elements=[AgentPresence.agent_id], set_=values)
    )
    await session.execute(update(Agent).where(Agent.id == agent.id).values(presence=presence))
    await session.refresh(agent)


async def choose_for(session: AsyncSession, agent_id: UUID, *, actor: Actor, presence: str, reason: str) -> Agent:
    """A supervisor says where an agent is, who forgot to. Raises NotFound, Invalid, NotAllowed."""
    actor.need("conversations.supervise")
    agent = await session.get(Agent, agent_id)
    if agent is None or not agent.active:
        raise NotFound("no such agent")
    old = agent.presence
    await choose(session, agent, presence=presence, reason=reason)
    audit.record(
        session,
        actor=actor,
        action="presence_set",
        subject=("agent", agent.id),
        old={"presence": old},
        new={"presence": presence},
        plain=("presence",),
    )
    return agent


async def touched(session: AsyncSession, agent_id: UUID) -> bool:
    """Notes that an agent touched their desk; whether that made them available again, after they were set away because
    they had not."""
    now = func.clock_timestamp()
    await session.execute(
        insert(AgentPresence)
        .values(agent_id=agent_id, active_at=now)
        .on_conflict_do_update(index_elements=[AgentPresence.agent_id], set_={"active_at": now})
    )
    back = await session.scalar(
        update(AgentPresence)
        .where(AgentPresence.agent_id == agent_id, AgentPresence.automatic == "inactive")
        .values(automatic=None, since=now)
        .returning(AgentPresence.agent_id)
    )
    if back is not None:
        await session.execute(update(Agent).where(Agent.id == agent_id).values(presence="available"))
    return back is not None


async def set_away(session: AsyncSession, agents: list[UUID], *, why: str) -> None:
    """Sets agents away without being asked: `inactive` or `missed`."""
    await session.execute(
        update(AgentPresence)
        .where(AgentPresence.agent_id.in_(agents))
        .values(automatic=why, since=func.clock_timestamp(), missed=0)
    )
    await session.execute(update(Agent).where(Agent.id.in_(agents)).values(presence="away"))


async def inactive(session: AsyncSession) -> list[UUID]:
    """Who is available and has not touched their desk for long, though it has told of them before."""
    found = await session.scalars(
        select(Agent.id)
        .join(AgentPresence, AgentPresence.agent_id == Agent.id)
        .where(
            Agent.active,
            Agent.presence == "available",
            AgentPresence.active_at < func.clock_timestamp() - INACTIVE_AFTER,
        )
        .with_for_update(skip_locked=True, of=AgentPresence)
    )
    return list(found)


def kinds_of(presence: str, channels: Mapping[str, str], *, automatic: str | None = None) -> frozenset[str]:
    """The kinds of channel on which an agent takes something now. Who is offline, or was set away, takes nothing; else
    what they said of a kind comes before what they said of all."""
    if presence == "offline" or automatic is not None:
        return frozenset()
    return frozenset(kind for kind in KINDS if channels.get(kind, presence) == "available")


async def note(session: AsyncSession, agents: Collection[UUID]) -> None:
    """Makes the rows of agents who have none yet."""
    if agents:
        rows = [{"agent_id": one} for one in sorted(agents)]
        await session.execute(insert(AgentPresence).values(rows).on_conflict_do_nothing())


async def there(session: AsyncSession) -> list[tuple[Agent, AgentPresence]]:
    """Active agents with a desk open who may answer and take something on some kind of channel, as stored now."""
    with_desk = list(
        await session.scalars(
            select(Agent)
            .where(Agent.active, Agent.presence != "offline", OPEN_DESK)
            .order_by(Agent.id)
            .execution_options(populate_existing=True)
        )
    )
    if not with_desk:
        return []
    ids = [agent.id for agent in with_desk]
    rows = await session.scalars(
        select(AgentPresence)
        .where(AgentPresence.agent_id.in_(ids))
        .order_by(AgentPresence.agent_id)
        .execution_options(populate_existing=True)
    )
    by_agent = {one: AgentPresence(agent_id=one, channels={}, capacity=ROOM) for one in ids}
    by_agent |= {row.agent_id: row for row in rows}
    may = {role: "conversations.write" in await permissions_of(session, one) for role, one in
           {agent.role: agent for agent in with_desk}.items()}  # fmt: skip
    return [
        (agent, by_agent[agent.id])
        for agent in with_desk
        if may[agent.role]
        and kinds_of(agent.presence, by_agent[agent.id].channels, automatic=by_agent[agent.id].automatic)
    ]


def _a_reason(text: str) -> str:
    words = " ".join(text.split())
    if len(words) > LONGEST_REASON:
        raise Invalid("reason", "too_long", most=LONGEST_REASON)
    if not words.isprintable():
        raise Invalid("reason", "unstorable_text")
    return words


def _by_kind(channels: Mapping[str, Any]) -> dict[str, str]:
    for kind, presence in channels.items():
        if kind not in KINDS:
            raise Invalid("channels", "not_choice", expected=", ".join(KINDS))
        if presence not in PRESENCES:
            raise Invalid(f"channels.{kind}", "not_choice", expected=", ".join(PRESENCES))
    return dict(channels)
