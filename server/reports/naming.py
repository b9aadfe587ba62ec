"""What teams, agents, channels, topics and languages are called in a report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from babel.dates import format_date
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from channels import installed
from crm_backend.agents.model import Agent
from crm_backend.reports.grains import DIMENSIONS
from crm_backend.routing.settings_model import Team
from server.desk.words import called
from server.reports.words import LANGUAGES, LOCALES, NOBODY


@dataclass(frozen=True)
class Names:
    """In one language."""

    language: str
    teams: Mapping[str, str]
    agents: Mapping[str, str]
    working: tuple[str, ...]
    """Agents who are still at work."""

    def of(self, by: str, key: str | None) -> str:
        """The name of a part of a report that is divided `by`; for days, weeks and months, their date."""
        if by not in DIMENSIONS:
            form = "LLLL y" if by == "month" else "EEE d MMM y"
            return str(format_date(date.fromisoformat(key or ""), form, locale=LOCALES[self.language]))
        if key is None:
            return NOBODY[by][self.language]
        match by:
            case "team":
                return self.teams.get(key, key)
            case "agent":
                return self.agents.get(key, NOBODY["agent"][self.language])
            case "channel":
                blueprint = installed().get(key)
                return blueprint.label.get(self.language, key) if blueprint else key
            case "topic":
                return called(key, self.language)
        return LANGUAGES[key][self.language] if key in LANGUAGES else key


async def names(session: AsyncSession, language: str) -> Names:
    """What everything is called now: two queries."""
    teams = await session.scalars(select(Team).order_by(Team.key))
    agents = (await session.execute(select(Agent.id, Agent.name, Agent.active).order_by(Agent.name))).all()
    return Names(
        language,
        {team.key: team.names.get(language) or team.key for team in teams},
        {str(row.id): row.name for row in agents},
        tuple(str(row.id) for row in agents if row.active),
    )
