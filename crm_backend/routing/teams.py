"""The rules of each team as they are now: open or closed, handing out or not, and who is in it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.calendars.model import Calendar
from crm_backend.calendars.services import counting
from crm_backend.routing.deciding import TeamRules
from crm_backend.routing.settings_model import Team, TeamMember


class Teams(NamedTuple):
    """Every team with its rules; `members` of those that are not everyone's."""

    rows: dict[str, Team]
    rules: dict[str, TeamRules]
    members: dict[str, frozenset[UUID]]

    def row(self, key: str) -> Team:
        """The team's settings; those every team begins with where nobody made it."""
        return self.rows.get(key) or DEFAULT

    def of_agent(self, agent_id: UUID, named: frozenset[str]) -> frozenset[str]:
        """Those of the `named` teams that an agent works in: their own, and all that are everyone's."""
        return frozenset(key for key in named if key not in self.members or agent_id in self.members[key])


def rules_for(teams: Teams, names: Iterable[str]) -> dict[str, TeamRules]:
    """The rules of every team there is, and of these names, whether somebody made such a team or not."""
    return {name: TeamRules(name, relax_after=DEFAULT.relax_after) for name in names} | teams.rules


DEFAULT = Team(
    key="",
    names={},
    mode="offer",
    strategy="longest_idle",
    everyone=True,
    prefer_last=True,
    cases=False,
    offer_seconds=30,
    offer_again_after=300,
    missed_limit=2,
    vanish_after=60,
    relax_after=120,
)
"""What holds for a team that nobody made: a small company has queues and no settings."""


async def teams(session: AsyncSession, *, now: datetime) -> Teams:
    """Every team there is, as its rules stand at `now`."""
    rows = {row.key: row for row in await session.scalars(select(Team).execution_options(populate_existing=True))}
    calendars = {row.calendar_id for row in rows.values()} - {None}
    hours = {}
    if calendars:
        found = await session.scalars(select(Calendar).where(Calendar.id.in_(calendars)))
        hours = {each.id: counting(each) for each in found}
    listed: dict[str, set[UUID]] = {key: set() for key, row in rows.items() if not row.everyone}
    if listed:
        for member in await session.scalars(select(TeamMember).where(TeamMember.team_key.in_(listed))):
            listed[member.team_key].add(member.agent_id)
    rules = {
        key: _rules(row, is_open=row.calendar_id is None or hours[row.calendar_id].open_at(now))
        for key, row in rows.items()
    }
    return Teams(rows, rules, {key: frozenset(those) for key, those in listed.items()})


def _rules(row: Team, *, is_open: bool) -> TeamRules:
    return TeamRules(
        row.key,
        distributes=row.mode != "manual",
        open=is_open,
        strategy="most_free" if row.strategy == "most_free" else "longest_idle",
        prefer_last=row.prefer_last,
        relax_after=row.relax_after,
        overflow_team=row.overflow_team,
        overflow_after=row.overflow_after,
    )
