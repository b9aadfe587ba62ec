"""How things stand at an instant: who waits where, what each agent has in hand, what the assistant does, and which
promises are nearly up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Interval, bindparam, select, text
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.queries import permissions_of
from crm_backend.agents.model import Agent
from crm_backend.routing import loads
from crm_backend.routing.presence import PRESENT_WITHIN, ROOM
from crm_backend.routing.settings_model import Team, TeamMember

TALKING = timedelta(minutes=10)
"""A conversation with the assistant is under way while something was said in it so recently."""
_INSTANT = TIMESTAMP(timezone=True)

_QUEUES = text("""
select team, count(conversation_id) as waiting, count(case_id) as cases,
    min(entered_at) filter (where conversation_id is not null) as since,
    count(conversation_id) filter (where entered_at < :late) as late
from queue_entries where left_at is null group by team
""").bindparams(bindparam("late", type_=_INSTANT))
_AGENTS = text("""
select a.id, a.name, a.presence, a.role, a.created_at, p.reason, p.automatic, p.since, p.channels, p.capacity,
    exists (select 1 from agent_sessions s where s.agent_id = a.id and s.seen_at > clock_timestamp() - :within) as here
from agents a left join agent_presence p on p.agent_id = a.id where a.active order by a.name, a.id
""").bindparams(bindparam("within", type_=Interval))
_THEIRS = text("""
select substring(owner from 7)::uuid as agent_id, count(*) as many, min(waiting_since) as since
from conversations where owner = any(:owners) group by owner
""")
_ASSISTANT = text("""
select count(*) from conversations where owner = 'bot' and last_message_at > :since
""").bindparams(bindparam("since", type_=_INSTANT))
_PROMISES = text("""
select count(distinct case_id) filter (where due_at > :now) as nearly,
    count(distinct case_id) filter (where due_at <= :now) as over,
    min(due_at) filter (where due_at > :now) as next
from case_clocks where state = 'running' and warn_at <= :now
""").bindparams(bindparam("now", type_=_INSTANT))


@dataclass(frozen=True)
class Queue:
    """A team's queue: how many conversations and cases wait, since when the longest conversation does, and how many of
    them for longer than is aimed at. `there` is how many of the team could take one."""

    team: str
    names: dict[str, str]
    waiting: int = 0
    cases: int = 0
    since: datetime | None = None
    late: int = 0
    there: int = 0


@dataclass(frozen=True)
class AtWork:
    """An agent who is there, or has something in hand. `load` and `capacity` are in hundredths of a chat, `held` by
    channel; `customer_waits` is since when the customer waits who waits longest for their answer."""

    id: UUID
    name: str
    presence: str
    reason: str
    automatic: str | None
    since: datetime
    channels: dict[str, str]
    here: bool
    load: int
    capacity: int
    held: dict[str, int]
    conversations: int = 0
    customer_waits: datetime | None = None


@dataclass(frozen=True)
class Standing:
    """Everything that is told every second."""

    queues: list[Queue]
    agents: list[AtWork]
    talking: int
    nearly_up: int
    run_out: int
    next_due: datetime | None


async def standing(session: AsyncSession, *, now: datetime, within: int) -> Standing:
    """How things stand; `within` are the seconds in which those who wait are to be taken."""
    agents = await _at_work(session)
    promises = (await session.execute(_PROMISES, {"now": now})).one()
    return Standing(
        queues=await _queues(session, agents, late=now - timedelta(seconds=within)),
        agents=agents,
        talking=await session.scalar(_ASSISTANT, {"since": now - TALKING}) or 0,
        nearly_up=promises.nearly,
        run_out=promises.over,
        next_due=promises.next,
    )


async def _queues(session: AsyncSession, agents: list[AtWork], *, late: datetime) -> list[Queue]:
    rows = {row.team: row for row in await session.execute(_QUEUES, {"late": late})}
    teams = {team.key: team for team in await session.scalars(select(Team).execution_options(populate_existing=True))}
    members: dict[str, set[UUID]] = {}
    for key, agent in (await session.execute(select(TeamMember.team_key, TeamMember.agent_id))).tuples():
        members.setdefault(key, set()).add(agent)
    free = {one.id for one in agents if one.here and one.presence == "available" and one.automatic is None}
    found = []
    for key in sorted({*teams, *rows}):
        team, row = teams.get(key), rows.get(key)
        there = len(free) if team is None or team.everyone else len(free & members.get(key, set()))
        counted: dict[str, Any] = {} if row is None else {
            "waiting": row.waiting, "cases": row.cases, "since": row.since, "late": row.late,
        }  # fmt: skip
        found.append(Queue(key, dict(team.names) if team else {}, there=there, **counted))
    return sorted(found, key=lambda queue: (queue.since is None, queue.since or late, queue.team))


async def _at_work(session: AsyncSession) -> list[AtWork]:
    rows = list(await session.execute(_AGENTS, {"within": PRESENT_WITHIN}))
    answers = {role: "conversations.write" in await permissions_of(session, Agent(role=role, active=True))
               for role in {row.role for row in rows}}  # fmt: skip
    rows = [row for row in rows if answers[row.role]]
    ids = [row.id for row in rows]
    weights, held = await loads.weights(session), await loads.held(session, ids)
    theirs = {row.agent_id: row for row in await session.execute(_THEIRS, {"owners": [f"agent:{one}" for one in ids]})}
    return [
        AtWork(
            id=row.id,
            name=row.name,
            presence=row.presence,
            reason=row.reason or "",
            automatic=row.automatic,
            since=row.since or row.created_at,
            channels=dict(row.channels or {}),
            here=row.here and row.presence != "offline",
            load=sum(many * weights.weight(channel) for channel, many in held[row.id].items()),
            capacity=ROOM if row.capacity is None else row.capacity,
            held=held[row.id],
            conversations=theirs[row.id].many if row.id in theirs else 0,
            customer_waits=theirs[row.id].since if row.id in theirs else None,
        )
        for row in rows
        if row.here or held[row.id]
    ]
