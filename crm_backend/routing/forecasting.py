"""How long a wait will be, from who is there, what they can hold, how long work takes and what comes; and how far off
that was."""

from __future__ import annotations

from datetime import datetime
from statistics import fmean, median
from typing import Any, NamedTuple

from sqlalchemy import bindparam, select, text
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import Actor
from crm_backend.routing import loads, presence
from crm_backend.routing.settings_model import Team, TeamMember

SAMPLE, LEAST_SAMPLE = 50, 3
PICK_UP = 10.0
"""Seconds from an offer to its answer, while none was seen."""
WITHIN = 60.0
"""A forecast counts as right when it is at most a minute off, or a fifth of the wait."""

_HANDLED = text("""
select coalesce(c.channel, 'case') as channel, extract(epoch from e.ended_at - e.taken_at) as seconds
from queue_entries e left join conversations c on c.id = e.conversation_id
where e.ended_at > e.taken_at and e.taken_at > clock_timestamp() - interval '7 days'
and (cast(:team as text) is null or e.team = :team)
order by e.taken_at desc limit :most
""")
_PICKED_UP = text("""
select extract(epoch from ended_at - offered_at) as seconds from routing_offers
where state = 'accepted' and kind = 'work' and offered_at > clock_timestamp() - interval '7 days'
order by offered_at desc limit :most
""")
# Whoever comes later and is put before this one makes it wait longer.
_OVERTAKING = text("""
select count(*) / 3600.0 from queue_entries
where entered_at > clock_timestamp() - interval '1 hour' and (cast(:team as text) is null or team = :team)
and (front or points > :points)
""")
_ERRORS = text("""
select team, predicted_seconds as predicted, extract(epoch from taken_at - foreseen_at) as actual
from queue_entries
where predicted_seconds is not null and taken_at is not null and not front and taken_at >= :since
and (cast(:team as text) is null or team = :team) order by taken_at desc limit 10000
""").bindparams(bindparam("since", type_=TIMESTAMP(timezone=True)))


class Errors(NamedTuple):
    """How far forecasts were off, in seconds, over `waits` that ended with an agent. `bias` is above nothing when
    too much was foreseen; `right` is the share that was at most a minute, or a fifth of the wait, off."""

    team: str | None
    waits: int
    mean_absolute: float | None
    median_absolute: float | None
    bias: float | None
    right: float | None


class Rates(NamedTuple):
    """How a team works now: `served` items a second, room for `free` more at once, and `pick_up` seconds to answer an
    offer. The same for everybody who waits for that team."""

    team: str | None
    served: float
    free: int
    pick_up: float


async def foresee(session: AsyncSession, *, team: str | None, ahead: int, points: float | None = None) -> float | None:
    """The seconds that somebody waits before whom `ahead` wait; None while too little is known: nobody is there, or
    fewer than three were handled in the past week.

    Work is counted in seconds times weight. Of those there, free room takes the first ones at once; after them one is
    taken with each `mean work / capacity` seconds, which is Little's law for a queue whose agents are all busy, less
    the rate at which others come who are put before (those of the past hour who were put back, or have more points than
    `points`; without these, none).
    """
    found = await rates(session, team=team)
    return None if found is None else await wait(session, found, ahead=ahead, points=points)


def in_minutes(seconds: float | None) -> int | None:
    """As people are told: rounded up, at least 1."""
    return None if seconds is None else max(1, -int(-seconds // 60))


async def rates(session: AsyncSession, *, team: str | None) -> Rates | None:
    """How a team works now; None while too little is known (foresee)."""
    known = await loads.weights(session)
    asked = {"team": team, "most": SAMPLE}
    handled = [(row.channel, float(row.seconds)) for row in await session.execute(_HANDLED, asked)]
    if len(handled) < LEAST_SAMPLE:
        return None
    room = await _room(session, team)
    capacity = sum(most for most, _ in room)
    if not capacity:
        return None
    each = fmean(known.weight(channel) for channel, _ in handled)
    free = sum(max(0, int((most - load) // each)) for most, load in room)
    picked = [float(row.seconds) for row in await session.execute(_PICKED_UP, {"most": SAMPLE})]
    pick_up = median(picked) if len(picked) >= LEAST_SAMPLE else PICK_UP
    work = fmean(known.weight(channel) * seconds for channel, seconds in handled)
    return Rates(team, capacity / max(work, 1.0), free, pick_up)


async def wait(session: AsyncSession, found: Rates, *, ahead: int, points: float | None) -> float:
    """The seconds that somebody waits at these rates (foresee)."""
    before = ahead + 1 - found.free
    if before <= 0:
        return found.pick_up
    overtaking = 0.0
    if points is not None:
        overtaking = float(await session.scalar(_OVERTAKING, {"team": found.team, "points": points}) or 0)
    # However many come before, some of the work is for who waits: by the formula of priority nobody waits for ever.
    return before / max(found.served - overtaking, found.served / 10) + found.pick_up


async def _room(session: AsyncSession, team: str | None) -> list[tuple[int, int]]:
    """Capacity and load of everybody of a team who is there."""
    agents = {agent.id: row for agent, row in await presence.there(session)}
    rules = await session.get(Team, team) if team is not None else None
    if rules is not None and not rules.everyone:
        listed = set(await session.scalars(select(TeamMember.agent_id).where(TeamMember.team_key == team)))
        agents = {one: row for one, row in agents.items() if one in listed}
    held = await loads.loads(session, list(agents), await loads.weights(session))
    return [(row.capacity, held[one]) for one, row in agents.items()]


async def errors(session: AsyncSession, *, actor: Actor, since: datetime, team: str | None = None) -> list[Errors]:
    """How far off forecasts were since then: of all together, then by team. Raises NotAllowed."""
    actor.need("conversations.supervise")
    rows = list(await session.execute(_ERRORS, {"team": team, "since": since}))
    teams = sorted({row.team for row in rows})
    return [_errors(None, rows), *(_errors(one, [row for row in rows if row.team == one]) for one in teams)]


def _errors(team: str | None, rows: list[Any]) -> Errors:
    off = [(float(row.predicted) - float(row.actual), float(row.actual)) for row in rows]
    if not off:
        return Errors(team, 0, None, None, None, None)
    absolute = [abs(one) for one, _ in off]
    right = sum(abs(one) <= max(WITHIN, actual / 5) for one, actual in off)
    return Errors(team, len(off), fmean(absolute), median(absolute), fmean(one for one, _ in off), right / len(off))
