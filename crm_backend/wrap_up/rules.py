"""What each team is asked when a conversation is over, and for how long it keeps the agent's room."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend import values
from crm_backend.access.actor import Actor
from crm_backend.each_or_all import OTHERS, EachOrAll
from crm_backend.errors import Invalid, NotFound
from crm_backend.routing.checking import KEY
from crm_backend.routing.settings_model import Team
from crm_backend.wrap_up.model import MODES, WrapUpRule

MAY = "routing.configure"
LONGEST_SECONDS = 3_600
_RULES = EachOrAll(WrapUpRule, key="team", subject="wrap_up_rule", fields=("mode", "seconds"), plain=("mode",))


@dataclass(frozen=True)
class Rule:
    """What holds for a team: `mode`, and the `seconds` of room kept. Without any rule, notes that may be left out and
    no room at all."""

    mode: str = "optional"
    seconds: int = 0


async def of_team(session: AsyncSession, team: str) -> Rule:
    """What holds for a team: its own rule, else that of every team."""
    found = await _RULES.holding(session, team)
    return Rule(found.mode, found.seconds) if found else Rule()


async def listing(session: AsyncSession, *, actor: Actor) -> list[WrapUpRule]:
    """Every rule, that of all teams first. Needs conversations.read."""
    actor.need("conversations.read")
    return await _RULES.listing(session)


async def put(
    session: AsyncSession, team: str, *, actor: Actor, given: Mapping[str, Any], version: int | None = None
) -> WrapUpRule:
    """Sets the rule of a team, or with `*` that of all others. Needs routing.configure. Raises Invalid, NotFound (no
    such team, or no rule any more), Stale."""
    actor.need(MAY)
    _check(team)
    if team != OTHERS and await session.get(Team, team) is None:
        raise NotFound("no such team")
    return await _RULES.put(session, team, actor=actor, version=version, change=lambda row: _set(row, given))


async def remove(session: AsyncSession, team: str, *, actor: Actor, version: int | None = None) -> None:
    """Takes a team's rule away; that of all teams holds then. Needs routing.configure. Raises NotFound, Stale."""
    actor.need(MAY)
    _check(team)
    await _RULES.remove(session, team, actor=actor, version=version)


def _check(team: str) -> None:
    """Raises NotFound for what can be no team's key."""
    if team != OTHERS and not KEY.fullmatch(team):
        raise NotFound("no such team")


def _set(row: WrapUpRule, given: Mapping[str, Any]) -> None:
    for name, value in given.items():
        match name:
            case "mode":
                row.mode = values.choice(name, value, MODES)
            case "seconds":
                row.seconds = values.integer(name, value, LONGEST_SECONDS)
            case _:
                raise Invalid(name, "unknown_field")
