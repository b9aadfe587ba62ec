"""Where agents are: what they say of themselves, on which kinds of channel, and what their silence says."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Exists, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import Actor
from crm_backend.access.queries import role_permits
from crm_backend.agents.model import Agent, AgentSession
from crm_backend.audit import services as audit
from crm_backend.errors import Invalid, NotFound
from crm_backend.routing.settings_model import KINDS, PRESENCES, AgentPresence

PRESENT_WITHIN = timedelta(seconds=90)
"""An agent counts as present while the desk was heard from this recently."""
INACTIVE_AFTER = timedelta(minutes=15)
"""An agent who is available and has not touched their desk for this long is set away, and back when they touch it."""
LONGEST_REASON = 80
TALKS = frozenset(KINDS) - {"case"}
"""The kinds of channel that conversations come by."""
ROOM = 300
"""What an agent can hold of whom nobody said otherwise, in hundredths of a chat."""


def desk_open(agent_id: Any) -> Exists:
    """That the agent with this id, a value or a column, has a desk open."""
    return (
        select(AgentSession.token_hash)
        .where(AgentSession.agent_id == agent_id, AgentSession.seen_at > func.clock_timestamp() - PRESENT_WITHIN)
        .exists()
    )


OPEN_DESK = desk_open(Agent.id)
"""That an agent has a desk open."""
AT_WORK = (Agent.active, Agent.presence != "offline", OPEN_DESK, role_permits("conversations.write"))
"""That an agent who may answer has a desk open and is not offline."""


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
    return [
        (agent, row or AgentPresence(agent_id=agent.id, channels={}, capacity=ROOM))
        for agent, row in await at_work(session)
        if kinds_of(agent.presence, row.channels if row else {}, automatic=row.automatic if row else None)
    ]


async def at_work(session: AsyncSession) -> list[tuple[Agent, AgentPresence | None]]:
    """Active agents with a desk open who may answer and are not offline, as stored now; None where nothing more is
    known of where somebody is than their account says."""
    rows = await session.execute(
        select(Agent, AgentPresence)
        .join(AgentPresence, AgentPresence.agent_id == Agent.id, isouter=True)
        .where(*AT_WORK)
        .order_by(Agent.id)
        .execution_options(populate_existing=True)
    )
    return [(agent, row) for agent, row in rows]


async def takers(session: AsyncSession) -> int:
    """How many of those who are `there` take conversations now, on some kind of channel."""
    rows = await session.execute(
        select(Agent.presence, AgentPresence.channels, AgentPresence.automatic)
        .join(AgentPresence, AgentPresence.agent_id == Agent.id, isouter=True)
        .where(*AT_WORK)
    )
    taken = (kinds_of(presence, channels or {}, automatic=automatic) for presence, channels, automatic in rows)
    return sum(bool(kinds & TALKS) for kinds in taken)


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
