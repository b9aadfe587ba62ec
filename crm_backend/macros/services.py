"""Writing macros and finding them: an agent's own, and those that everybody has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import Actor
from crm_backend.audit.services import record
from crm_backend.customers import checks
from crm_backend.database import expect, new_id
from crm_backend.errors import Invalid, NotAllowed, NotFound, NotNow
from crm_backend.macros.model import Macro
from crm_backend.macros.steps import checked
from crm_backend.notices.services import agent_of
from crm_backend.tags.services import CONFIGURES

LONGEST_NAME, MOST = 60, 200
_PLAIN = ("name", "shared", "does")


def macros(actor: Actor, *, shared: bool | None = None, query: str | None = None) -> Select[tuple[Macro]]:
    """The macros that the actor may run, to be sorted and paged: everybody's and their own. Needs
    conversations.read."""
    actor.need("conversations.read")
    found = select(Macro).where(_theirs(actor))
    if shared is not None:
        found = found.where(Macro.agent_id.is_(None) if shared else Macro.agent_id.is_not(None))
    if query:
        wanted = func.unaccent(func.lower(query))
        found = found.where(func.strpos(func.unaccent(func.lower(Macro.name)), wanted) > 0)
    return found


async def read(session: AsyncSession, *, actor: Actor, macro_id: UUID) -> Macro:
    """One that the actor may run. Needs conversations.read. Raises NotFound."""
    actor.need("conversations.read")
    row: Macro | None = await session.scalar(select(Macro).where(Macro.id == macro_id, _theirs(actor)))
    if row is None:
        raise NotFound("no such macro")
    return row


async def add(session: AsyncSession, *, actor: Actor, name: str, steps: Any, shared: bool = False) -> Macro:
    """A new macro. One's own needs conversations.write, a `shared` one conversations.configure. Raises Invalid, NotNow
    (`macros_too_many`)."""
    _may(actor, shared=shared)
    whose = None if shared else agent_of(actor)
    mine = Macro.agent_id == whose if whose else Macro.agent_id.is_(None)
    if (await session.scalar(select(func.count()).where(mine)) or 0) >= MOST:
        raise NotNow("macros_too_many", most=MOST)
    row = Macro(id=new_id(), agent_id=whose, author=actor.name)
    await _set(session, row, {"name": name, "steps": steps})
    session.add(row)
    await session.flush()
    record(session, actor=actor, action="created", subject=("macro", row.id), new=_told(row), plain=_PLAIN)
    return row


async def change(
    session: AsyncSession, *, actor: Actor, macro_id: UUID, changes: Mapping[str, Any], version: int | None = None
) -> Macro:
    """Changes `name` and `steps`; `shared` gives one's own to everybody, or takes one back. Raises NotAllowed,
    NotFound, Stale, Invalid."""
    row = await _own(session, macro_id, actor)
    expect(row, version)
    old, given = _told(row), dict(changes)
    if (shared := given.pop("shared", None)) is not None:
        if not isinstance(shared, bool):
            raise Invalid("shared", "not_boolean")
        _may(actor, shared=shared)
        row.agent_id = None if shared else agent_of(actor)
    await _set(session, row, {"name": row.name, **given})
    await session.flush()
    record(session, actor=actor, action="changed", subject=("macro", row.id), old=old, new=_told(row), plain=_PLAIN)
    return row


async def remove(session: AsyncSession, *, actor: Actor, macro_id: UUID, version: int | None = None) -> None:
    """Deletes a macro. Raises NotAllowed, NotFound, Stale."""
    row = await _own(session, macro_id, actor)
    expect(row, version)
    record(session, actor=actor, action="deleted", subject=("macro", row.id), old=_told(row), plain=_PLAIN)
    await session.delete(row)
    await session.flush()


def _theirs(actor: Actor) -> ColumnElement[bool]:
    mine = agent_of(actor)
    return Macro.agent_id.is_(None) if mine is None else or_(Macro.agent_id.is_(None), Macro.agent_id == mine)


def _may(actor: Actor, *, shared: bool) -> None:
    actor.need(CONFIGURES if shared else "conversations.write")
    if not shared and agent_of(actor) is None:
        raise NotAllowed("only agents have macros of their own")


async def _own(session: AsyncSession, macro_id: UUID, actor: Actor) -> Macro:
    query = select(Macro).where(Macro.id == macro_id, _theirs(actor)).with_for_update()
    row: Macro | None = await session.scalar(query.execution_options(populate_existing=True))
    if row is None:
        raise NotFound("no such macro")
    _may(actor, shared=row.agent_id is None)
    return row


async def _set(session: AsyncSession, row: Macro, fields: Mapping[str, Any]) -> None:
    for name, value in fields.items():
        match name:
            case "name":
                row.name = " ".join(checks.text(name, value, longest=LONGEST_NAME, needed=True).split())
                same = Macro.agent_id == row.agent_id if row.agent_id else Macro.agent_id.is_(None)
                taken = select(exists().where(same, Macro.name == row.name, Macro.id != row.id))
                with session.no_autoflush:
                    if await session.scalar(taken):
                        raise Invalid(name, "macro_name_taken")
            case "steps":
                row.steps = checked(value)
            case _:
                raise Invalid(name, "unknown_field")


def _told(row: Macro) -> dict[str, object]:
    return {"name": row.name, "shared": row.agent_id is None, "does": [step["do"] for step in row.steps]}
