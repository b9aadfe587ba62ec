"""What each team is asked when a conversation is over, and for how long it keeps the agent's room."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import case, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import Actor
from crm_backend.audit import services as audit
from crm_backend.database import expect
from crm_backend.errors import Invalid, NotFound
from crm_backend.knowledge import values
from crm_backend.routing.checking import KEY
from crm_backend.routing.settings_model import Team
from crm_backend.wrap_up.model import EVERY_TEAM, MODES, WrapUpRule

MAY = "routing.configure"
LONGEST_SECONDS = 3_600


@dataclass(frozen=True)
class Rule:
    """What holds for a team: `mode`, and the `seconds` of room kept. Without any rule, notes that may be left out and
    no room at all."""

    mode: str = "optional"
    seconds: int = 0


async def of_team(session: AsyncSession, team: str) -> Rule:
    """What holds for a team: its own rule, else that of every team."""
    found = await session.scalar(
        select(WrapUpRule)
        .where(WrapUpRule.team.in_((team, EVERY_TEAM)))
        .order_by(case((WrapUpRule.team == team, 0), else_=1))
        .limit(1)
        .execution_options(populate_existing=True)
    )
    return Rule(found.mode, found.seconds) if found else Rule()


async def listing(session: AsyncSession, *, actor: Actor) -> list[WrapUpRule]:
    """Every rule, that of all teams first. Needs conversations.read."""
    actor.need("conversations.read")
    first = case((WrapUpRule.team == EVERY_TEAM, 0), else_=1)
    return list(await session.scalars(select(WrapUpRule).order_by(first, WrapUpRule.team)))


async def put(
    session: AsyncSession, team: str, *, actor: Actor, given: Mapping[str, Any], version: int | None = None
) -> WrapUpRule:
    """Sets the rule of a team, or with `*` that of all others. Needs routing.configure. Raises Invalid, NotFound (no
    such team), Stale."""
    actor.need(MAY)
    row = await _held(session, team)
    if team != EVERY_TEAM and await session.get(Team, team) is None:
        raise NotFound("no such team")
    old = _told(row) if row else None
    if row is None and version is not None:
        raise NotFound("no such rule any more")
    if row is None:
        await session.execute(insert(WrapUpRule).values(team=team).on_conflict_do_nothing())
        row = await session.get_one(WrapUpRule, team, with_for_update=True, populate_existing=True)
    else:
        expect(row, version)
    for name, value in given.items():
        match name:
            case "mode":
                row.mode = values.choice(name, value, MODES)
            case "seconds":
                row.seconds = values.integer(name, value, LONGEST_SECONDS)
            case _:
                raise Invalid(name, "unknown_field")
    await session.flush()
    _note(session, actor, "changed" if old else "added", row, old=old, new=_told(row))
    return row


async def remove(session: AsyncSession, team: str, *, actor: Actor, version: int | None = None) -> None:
    """Takes a team's rule away; that of all teams holds then. Needs routing.configure. Raises NotFound, Stale."""
    actor.need(MAY)
    row = await _held(session, team)
    if row is None:
        raise NotFound("no such rule")
    expect(row, version)
    _note(session, actor, "deleted", row, old=_told(row))
    await session.delete(row)
    await session.flush()


async def _held(session: AsyncSession, team: str) -> WrapUpRule | None:
    """The rule, locked. Raises NotFound for what can be no team's key."""
    if team != EVERY_TEAM and not KEY.fullmatch(team):
        raise NotFound("no such team")
    return await session.get(WrapUpRule, team, with_for_update=True, populate_existing=True)


def _told(row: WrapUpRule) -> dict[str, object]:
    return {"mode": row.mode, "seconds": row.seconds}


def _note(
    session: AsyncSession,
    actor: Actor,
    action: str,
    row: WrapUpRule,
    *,
    old: dict[str, object] | None = None,
    new: dict[str, object] | None = None,
) -> None:
    subject = ("wrap_up_rule", row.team)
    audit.record(session, actor=actor, action=action, subject=subject, plain=("mode",), old=old, new=new)
