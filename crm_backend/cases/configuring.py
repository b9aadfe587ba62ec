"""Setting up how cases are worked on: types, statuses, the steps between them, priorities, and codes of resolution."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import Actor
from crm_backend.access.permissions import ALL
from crm_backend.audit import services as audit
from crm_backend.cases import values
from crm_backend.cases.model import Case
from crm_backend.cases.services import FIRST
from crm_backend.cases.settings_model import (
    GIVEN,
    LEVELS,
    PRIORITIES,
    STAGES,
    CasePriority,
    CaseResolution,
    CaseStatus,
    CaseTemplate,
    CaseTransition,
    CaseType,
)
from crm_backend.cases.workflow import NEEDS
from crm_backend.database import expect
from crm_backend.errors import Invalid, NotFound, NotNow

Keyed = TypeVar("Keyed", CaseType, CaseStatus, CaseResolution)
Check = Callable[[str, Any], Any]
MOST = 100
"""Rows of one table of settings."""


def _within(least: int, most: int, *, optional: bool = False) -> Check:
    def check(field: str, value: Any) -> Any:
        return None if optional and value is None else values.number(field, value, least=least, most=most)

    return check


CHECKS: dict[type, dict[str, Check]] = {
    CaseType: {
        "names": values.both,
        "position": _within(0, 10_000),
        "active": values.boolean,
        "team": lambda field, value: values.line(field, value, most=40),
        "due_months": _within(1, 120, optional=True),
        "extend_months": _within(1, 120, optional=True),
        "customers_see": values.boolean,
        "acknowledge": values.boolean,
        "close_after_days": _within(0, 3650, optional=True),
    },
    CaseStatus: {
        "names": values.both,
        "stage": lambda field, value: values.one_of(field, value, STAGES),
        "position": _within(0, 10_000),
    },
    CaseResolution: {"names": values.both, "position": _within(0, 10_000), "active": values.boolean},
}
_NAMED = {CaseType: "case_type", CaseStatus: "case_status", CaseResolution: "case_resolution"}


async def all_of(session: AsyncSession, table: type[Keyed], *, actor: Actor) -> Sequence[Keyed]:
    """Every row, in its order. Raises NotAllowed."""
    actor.need("cases.read")
    return (await session.scalars(select(table).order_by(table.position, table.key))).all()


async def of_key(session: AsyncSession, table: type[Keyed], key: str, *, actor: Actor) -> Keyed:
    """The row of this key. Raises NotFound, NotAllowed."""
    actor.need("cases.read")
    found = await session.get(table, key)
    if found is None:
        raise NotFound("no such setting")
    return found


async def add(session: AsyncSession, table: type[Keyed], *, actor: Actor, key: str, given: Mapping[str, Any]) -> Keyed:
    """A new type, status or code. Raises Invalid, NotAllowed, and NotNow for a key that is taken or too many."""
    actor.need("cases.configure")
    key = values.key("key", key)
    if await session.get(table, key) is not None:
        raise NotNow("case_key_taken", key=key)
    if len((await session.scalars(select(table.key).limit(MOST))).all()) >= MOST:
        raise NotNow("case_too_many_settings", most=MOST)
    for needed in ("names", "stage"):
        if needed in CHECKS[table] and needed not in given:
            raise Invalid(needed, "case_empty")
    row = table(key=key, **_checked(table, given))
    session.add(row)
    await session.flush()
    audit.record(session, actor=actor, action="added", subject=(_NAMED[table], key), new=dict(given), plain=["names"])
    return row


async def change(
    session: AsyncSession,
    table: type[Keyed],
    key: str,
    *,
    actor: Actor,
    changes: Mapping[str, Any],
    version: int | None = None,
) -> Keyed:
    """Changes a type, a status or a code. Raises NotFound, Stale, NotAllowed, Invalid (also where a type of `GIVEN` is
    hidden or retired), and NotNow for what a status in use means, or the first status."""
    actor.need("cases.configure")
    row = await _row(session, table, key, version)
    wanted = _checked(table, changes)
    if isinstance(row, CaseType) and key in GIVEN:
        for name in ("customers_see", "active"):
            if wanted.get(name) is False and getattr(row, name):
                raise Invalid(name, "case_type_given")
    if isinstance(row, CaseStatus) and wanted.get("stage", row.stage) != row.stage:
        used = select(exists().where(Case.status == key))
        if key == FIRST or await session.scalar(used):
            raise NotNow("case_status_used")
    old = {name: getattr(row, name) for name in wanted}
    for name, value in wanted.items():
        setattr(row, name, value)
    await session.flush()
    of = (_NAMED[table], key)
    audit.record(session, actor=actor, action="changed", subject=of, old=old, new=wanted, plain=["names"])
    return row


async def remove(
    session: AsyncSession, table: type[Keyed], key: str, *, actor: Actor, version: int | None = None
) -> None:
    """Takes away what no case has ever used, and customers open none of. Raises NotFound, Stale, NotAllowed, NotNow."""
    actor.need("cases.configure")
    row = await _row(session, table, key, version)
    column = {CaseType: Case.type_key, CaseStatus: Case.status, CaseResolution: Case.resolution_key}[table]
    given = isinstance(row, CaseType) and key in GIVEN
    if given or key == FIRST or await session.scalar(select(exists().where(column == key))):
        raise NotNow("case_setting_used")
    if isinstance(row, CaseType) and await session.scalar(select(exists().where(CaseTemplate.type_key == key))):
        raise NotNow("case_setting_used")
    await session.delete(row)
    await session.flush()
    audit.record(session, actor=actor, action="removed", subject=(_NAMED[table], key))


async def steps(session: AsyncSession, *, actor: Actor, type_key: str | None) -> Sequence[CaseTransition]:
    """The steps that a type has of its own; without a type, the common ones. Raises NotAllowed."""
    actor.need("cases.read")
    of_type = CaseTransition.type_key.is_(None) if type_key is None else CaseTransition.type_key == type_key
    order = (CaseTransition.from_status, CaseTransition.to_status)
    return (await session.scalars(select(CaseTransition).where(of_type).order_by(*order))).all()


async def set_steps(
    session: AsyncSession, *, actor: Actor, type_key: str | None, given: Sequence[Mapping[str, Any]]
) -> Sequence[CaseTransition]:
    """Replaces the steps of a type, or the common ones: each has `from_status`, `to_status`, `needs`, `permission`.

    A type without steps of its own follows the common ones, which cannot be emptied. Raises Invalid, NotFound,
    NotAllowed.
    """
    actor.need("cases.configure")
    if type_key is not None and await session.get(CaseType, type_key, with_for_update=True) is None:
        raise NotFound("no such type")
    if type_key is None and not given:
        raise Invalid("steps", "case_empty")
    if len(given) > MOST * 5:
        raise Invalid("steps", "case_too_many", most=MOST * 5)
    statuses = set(await session.scalars(select(CaseStatus.key)))
    rows = [_step(f"steps.{at}", each, statuses, type_key) for at, each in enumerate(given)]
    pairs = [(row.from_status, row.to_status) for row in rows]
    if len(set(pairs)) != len(pairs):
        raise Invalid("steps", "case_twice")
    old = await steps(session, actor=actor, type_key=type_key)
    before = [_told(row) for row in old]
    for row in old:
        await session.delete(row)
    await session.flush()
    session.add_all(rows)
    await session.flush()
    audit.record(
        session,
        actor=actor,
        action="steps_set",
        subject=("case_type", type_key or "common"),
        old={"steps": before},
        new={"steps": [_told(row) for row in rows]},
        plain=["steps"],
    )
    return await steps(session, actor=actor, type_key=type_key)


async def matrix(session: AsyncSession, *, actor: Actor) -> dict[str, dict[str, str]]:
    """The priorities, by impact and then by urgency. Raises NotAllowed."""
    actor.need("cases.read")
    found: dict[str, dict[str, str]] = {impact: {} for impact in LEVELS}
    for row in await session.scalars(select(CasePriority)):
        found[row.impact][row.urgency] = row.priority
    return found


async def set_matrix(
    session: AsyncSession, *, actor: Actor, given: Mapping[str, Mapping[str, str]]
) -> dict[str, dict[str, str]]:
    """Sets every field of the matrix; cases that are open keep the priority they have. Raises Invalid, NotAllowed."""
    actor.need("cases.configure")
    old = await matrix(session, actor=actor)
    for impact in LEVELS:
        row = given.get(impact)
        if not isinstance(row, Mapping):
            raise Invalid(impact, "case_empty")
        for urgency in LEVELS:
            field = await session.get_one(CasePriority, (impact, urgency), with_for_update=True)
            field.priority = values.one_of(f"{impact}.{urgency}", row.get(urgency), PRIORITIES)
    await session.flush()
    new = await matrix(session, actor=actor)
    audit.record(session, actor=actor, action="matrix_set", subject=("case_priorities", "all"), old=old, new=new)
    return new


def _step(field: str, given: Mapping[str, Any], statuses: set[str], type_key: str | None) -> CaseTransition:
    known = sorted(statuses)
    start = values.one_of(f"{field}.from_status", given.get("from_status"), known)
    to = values.one_of(f"{field}.to_status", given.get("to_status"), [key for key in known if key != start])
    needs = given.get("needs", [])
    if isinstance(needs, str) or not isinstance(needs, Sequence):
        raise Invalid(f"{field}.needs", "case_not_list")
    return CaseTransition(
        type_key=type_key,
        from_status=start,
        to_status=to,
        needs=list(dict.fromkeys(values.one_of(f"{field}.needs.{at}", each, NEEDS) for at, each in enumerate(needs))),
        permission=values.one_of(f"{field}.permission", given.get("permission", "cases.write"), sorted(ALL)),
    )


def _told(row: CaseTransition) -> list[Any]:
    return [row.from_status, row.to_status, list(row.needs), row.permission]


def _checked(table: type[Keyed], given: Mapping[str, Any]) -> dict[str, Any]:
    for name in given:
        if name not in CHECKS[table]:
            raise Invalid(name, "case_unknown_field")
    return {name: CHECKS[table][name](name, value) for name, value in given.items()}


async def _row(session: AsyncSession, table: type[Keyed], key: str, version: int | None) -> Keyed:
    row = await session.get(table, key, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound("no such setting")
    expect(row, version)
    return row
