"""Who gets what: from those who wait and those who are there to assignments, in memory and without a clock."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

Id = Hashable
Kind = Literal["language", "topic", "product"]
Strategy = Literal["longest_idle", "most_free"]
RELAXED: tuple[Kind, ...] = ("product", "topic", "language")
"""What is given up, one more each time, after the levels are."""

VIP, UPSET, SLA_MOST, SLA_MINUTES = 10.0, 5.0, 30.0, 30.0
PRIORITIES = {"urgent": 20.0, "high": 8.0, "normal": 0.0, "low": -8.0}
"""Points are minutes of waiting: a VIP comes before whoever waits up to ten minutes longer, and no more than that."""


@dataclass(frozen=True)
class Need:
    """A skill that an item asks for, at least at `level` (1 to 5). A `firm` one is never given up."""

    kind: Kind
    value: str
    level: int = 1
    firm: bool = False


@dataclass(frozen=True)
class Waiting:
    """An item in a team's queue. `waited` is in seconds; `due_in` in seconds too, below nothing when it is late.

    `front` is for what had been given to somebody already, `refused_by` are agents it is not offered to for now, and
    `weight` is in hundredths of a chat.
    """

    id: Id
    team: str
    kind: str
    weight: int
    waited: float
    channel_points: float = 0.0
    needs: tuple[Need, ...] = ()
    vip: bool = False
    upset: bool = False
    priority: str = "normal"
    due_in: float | None = None
    front: bool = False
    refused_by: frozenset[Id] = frozenset()
    last_agent: Id | None = None


@dataclass(frozen=True)
class Candidate:
    """An agent who is there. `kinds` are the kinds of channel they take now; `teams` None means every team.

    `capacity` and `load` are in hundredths of a chat, since whole numbers add up exactly; `idle_for` in seconds since
    they last got or finished something.
    """

    id: Id
    kinds: frozenset[str]
    capacity: int
    load: int = 0
    idle_for: float = 0.0
    teams: frozenset[str] | None = None
    skills: Mapping[tuple[str, str], int] = field(default_factory=dict)

    def belongs_to(self, team: str) -> bool:
        """Whether they work in this team."""
        return self.teams is None or team in self.teams


@dataclass(frozen=True)
class TeamRules:
    """How a team's queue is handed out. Times are in seconds; `open` is whether it is within its hours now."""

    key: str
    distributes: bool = True
    open: bool = True
    strategy: Strategy = "longest_idle"
    prefer_last: bool = True
    relax_after: float | None = None
    overflow_team: str | None = None
    overflow_after: float | None = None


@dataclass(frozen=True)
class Assignment:
    """An item and who gets it."""

    item: Id
    agent: Id


def bonus(item: Waiting) -> float:
    """The points of an item beside its wait, in minutes; between -8 and 71 where a channel gives 6 at most.

    The service level counts from 30 minutes before it is due, more from minute to minute, and 30 once it is late: so it
    never falls while an item waits, and neither does `points`.
    """
    due = 0.0 if item.due_in is None else min(SLA_MOST, max(0.0, SLA_MINUTES - item.due_in / 60))
    return (
        item.channel_points
        + (VIP if item.vip else 0.0)
        + (UPSET if item.upset else 0.0)
        + PRIORITIES.get(item.priority, 0.0)
        + due
    )


def points(item: Waiting) -> float:
    """The priority of an item: its wait in minutes and its bonus. The bonus is bounded and the wait is not, so whoever
    waits comes before every later arrival in the end."""
    return item.waited / 60 + bonus(item)


def in_order(waiting: Iterable[Waiting]) -> list[Waiting]:
    """Who comes first: what had been given already, then by points, then who came first."""
    return sorted(waiting, key=lambda item: (not item.front, -points(item), -item.waited, str(item.id)))


def decide(
    waiting: Iterable[Waiting], candidates: Iterable[Candidate], teams: Mapping[str, TeamRules]
) -> list[Assignment]:
    """What is given to whom now. Nobody gets more than their capacity, and nothing that could be given is left.

    A team that is not in `teams` has `TeamRules`' own values. Items that nobody can take hold up no other.
    """
    there = {one.id: one for one in candidates}
    made = []
    for item in in_order(waiting):
        if all(one.load >= one.capacity for one in there.values()):
            break
        found = choose(item, there.values(), teams)
        if found is None:
            continue
        made.append(Assignment(item.id, found.id))
        there[found.id] = replace(found, load=found.load + item.weight, idle_for=0.0)
    return made


def choose(item: Waiting, candidates: Iterable[Candidate], teams: Mapping[str, TeamRules]) -> Candidate | None:
    """Who gets this item now; None when nobody can."""
    rules = teams.get(item.team, TeamRules(item.team))
    if not rules.distributes:
        return None
    free = [one for one in candidates if _can_hold(item, one)]
    needs = needed(item, rules)
    for team in _served_by(item, rules, teams):
        able = [one for one in free if one.belongs_to(team) and not unmet(needs, one)]
        if able:
            return _best(item, able, rules)
    return None


def needed(item: Waiting, rules: TeamRules) -> tuple[Need, ...]:
    """What is still asked for after this wait: the levels go first, then products, topics and languages, one after each
    `relax_after`. Firm needs stay as they are."""
    steps = int(item.waited // rules.relax_after) if rules.relax_after else 0
    gone = set(RELAXED[: max(0, steps - 1)])
    kept = (need for need in item.needs if need.firm or need.kind not in gone)
    return tuple(replace(need, level=1) if steps and not need.firm else need for need in kept)


def unmet(needs: Sequence[Need], agent: Candidate) -> int:
    """How many of the needs an agent has not the skill for."""
    return sum(agent.skills.get((need.kind, need.value), 0) < need.level for need in needs)


def _can_hold(item: Waiting, agent: Candidate) -> bool:
    return item.kind in agent.kinds and agent.load + item.weight <= agent.capacity and agent.id not in item.refused_by


def _served_by(item: Waiting, rules: TeamRules, teams: Mapping[str, TeamRules]) -> list[str]:
    """The teams whose agents may take it now: its own while it is open, then the one it overflows to."""
    own = [rules.key] if rules.open else []
    other = rules.overflow_team
    if other is None or other == rules.key or not teams.get(other, TeamRules(other)).open:
        return own
    due = rules.overflow_after is not None and item.waited >= rules.overflow_after
    return [*own, other] if due or not rules.open else own


def _best(item: Waiting, able: Sequence[Candidate], rules: TeamRules) -> Candidate:
    if rules.prefer_last:
        for one in able:
            if one.id == item.last_agent:
                return one

    def rank(one: Candidate) -> tuple[float, float, float, int, str]:
        free = one.capacity - one.load
        by = (-one.idle_for, -free) if rules.strategy == "longest_idle" else (-free, -one.idle_for)
        # Who meets what was relaxed comes before who does not; those with many skills are kept for who needs them.
        return (unmet(item.needs, one), *by, len(one.skills), str(one.id))

    return min(able, key=rank)
