"""Why conversations were: the company's reasons, as a list or as a tree, and which of them a team is offered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Select, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend import values
from crm_backend.access.actor import Actor
from crm_backend.audit import services as audit
from crm_backend.database import expect, new_id
from crm_backend.errors import Invalid, NotFound, NotNow
from crm_backend.routing.settings_model import Team
from crm_backend.wrap_up.model import ClosingReason, WrapUp

MAY = "routing.configure"
NAME, TEAMS, DEEPEST, MOST, LAST = 80, 20, 3, 500, 10_000
_PLAIN = ("names", "parent_id", "teams")


@dataclass(frozen=True)
class Choice:
    """A reason that may be chosen, with what it is called from the top of the tree down to it."""

    id: UUID
    path: tuple[str, ...]


def reasons(actor: Actor, *, archived: bool = False) -> Select[tuple[ClosingReason]]:
    """The reasons, to be sorted and paged. Needs conversations.read."""
    actor.need("conversations.read")
    return select(ClosingReason).where(ClosingReason.archived == archived)


async def read(session: AsyncSession, reason_id: UUID, *, actor: Actor) -> ClosingReason:
    """One reason. Needs conversations.read. Raises NotFound."""
    actor.need("conversations.read")
    row = await session.get(ClosingReason, reason_id)
    if row is None:
        raise NotFound("no such reason")
    return row


async def offered(session: AsyncSession, team: str, *, language: str) -> list[Choice]:
    """What a team may choose: the ends of the tree that are in use, in its order. A branch that is archived, or another
    team's, takes what is under it along."""
    sees = or_(func.cardinality(ClosingReason.teams) == 0, ClosingReason.teams.contains([team]))
    rows = await session.scalars(
        select(ClosingReason)
        .where(ClosingReason.archived.is_(False), sees)
        .order_by(ClosingReason.position, ClosingReason.id)
        .limit(MOST)
    )
    under: dict[UUID | None, list[ClosingReason]] = {}
    for row in rows:
        under.setdefault(row.parent_id, []).append(row)
    return list(_ends(under, None, (), language))


def _ends(
    under: Mapping[UUID | None, Sequence[ClosingReason]], parent: UUID | None, path: tuple[str, ...], language: str
) -> list[Choice]:
    found: list[Choice] = []
    for row in under.get(parent, ()) if len(path) < DEEPEST else ():
        here = (*path, row.names[language])
        found += _ends(under, row.id, here, language) if row.id in under else [Choice(row.id, here)]
    return found


async def add(session: AsyncSession, *, actor: Actor, fields: Mapping[str, Any]) -> ClosingReason:
    """A new reason: `names` in both languages, `parent_id`, `teams`, `position`. Needs routing.configure. Raises
    Invalid, NotNow (`too_many_reasons`)."""
    actor.need(MAY)
    if "names" not in fields:
        raise Invalid("names", "missing")
    if (await session.scalar(select(func.count()).select_from(ClosingReason)) or 0) >= MOST:
        raise NotNow("too_many_reasons", most=MOST)
    row = ClosingReason(id=new_id(), teams=[], position=0, archived=False)
    await _set(session, row, fields)
    session.add(row)
    await session.flush()
    _note(session, actor, "added", row, new=_told(row))
    return row


async def change(
    session: AsyncSession, reason_id: UUID, *, actor: Actor, changes: Mapping[str, Any], version: int | None = None
) -> ClosingReason:
    """Changes a reason; `archived` takes it from what is offered. Needs routing.configure. Raises NotFound, Stale,
    Invalid."""
    actor.need(MAY)
    row = await _held(session, reason_id, version)
    old = _told(row)
    await _set(session, row, changes)
    await session.flush()
    _note(session, actor, "changed", row, old=old, new=_told(row))
    return row


async def remove(session: AsyncSession, reason_id: UUID, *, actor: Actor, version: int | None = None) -> None:
    """Deletes a reason that was never chosen and has none under it. Needs routing.configure. Raises NotFound, Stale,
    NotNow (`reason_in_use`)."""
    actor.need(MAY)
    row = await _held(session, reason_id, version)
    chosen = exists().where(WrapUp.reason_id == row.id)
    branches = exists().where(ClosingReason.parent_id == row.id)
    if await session.scalar(select(chosen | branches)):
        raise NotNow("reason_in_use")
    _note(session, actor, "deleted", row, old=_told(row))
    await session.delete(row)
    await session.flush()


async def _held(session: AsyncSession, reason_id: UUID, version: int | None) -> ClosingReason:
    row = await session.get(ClosingReason, reason_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound("no such reason")
    expect(row, version)
    return row


async def _set(session: AsyncSession, row: ClosingReason, fields: Mapping[str, Any]) -> None:
    for name, value in fields.items():
        match name:
            case "names":
                row.names = values.names_of(name, value, NAME)
            case "parent_id":
                await _under(session, row, value)
                row.parent_id = value
            case "teams":
                row.teams = await _teams(session, values.list_of(name, value, most=TEAMS, length=values.TAG))
            case "position":
                row.position = values.integer(name, value, LAST)
            case "archived" if isinstance(value, bool):
                row.archived = value
            case "archived":
                raise Invalid(name, "not_boolean")
            case _:
                raise Invalid(name, "unknown_field")


async def _under(session: AsyncSession, row: ClosingReason, parent_id: UUID | None) -> None:
    """Raises Invalid unless the tree stays one, and no deeper than `DEEPEST`."""
    above, seen = parent_id, 0
    with session.no_autoflush:
        while above is not None:
            if above == row.id:
                raise Invalid("parent_id", "reason_under_itself")
            found = (await session.execute(select(ClosingReason.parent_id).where(ClosingReason.id == above))).first()
            if found is None:
                raise Invalid("parent_id", "unknown_reason")
            above, seen = found.parent_id, seen + 1
        if seen + await _depth(session, row.id) > DEEPEST:
            raise Invalid("parent_id", "reason_too_deep", most=DEEPEST)


async def _depth(session: AsyncSession, reason_id: UUID) -> int:
    """How many levels a reason and those under it make."""
    level, depth = [reason_id], 1
    while level := list(await session.scalars(select(ClosingReason.id).where(ClosingReason.parent_id.in_(level)))):
        depth += 1
    return depth


async def _teams(session: AsyncSession, keys: list[str]) -> list[str]:
    known = set(await session.scalars(select(Team.key).where(Team.key.in_(keys)))) if keys else set()
    if unknown := [key for key in keys if key not in known]:
        raise Invalid(f"teams.{keys.index(unknown[0])}", "unknown_team")
    return keys


def _told(row: ClosingReason) -> dict[str, object]:
    return {
        "names": row.names,
        "parent_id": str(row.parent_id) if row.parent_id else None,
        "teams": row.teams,
        "position": row.position,
        "archived": row.archived,
    }


def _note(session: AsyncSession, actor: Actor, action: str, row: ClosingReason, **told: dict[str, object]) -> None:
    audit.record(session, actor=actor, action=action, subject=("closing_reason", row.id), plain=_PLAIN, **told)
