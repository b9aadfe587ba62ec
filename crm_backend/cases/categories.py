"""The tree of what cases are about."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import exists, func, literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import Actor
from crm_backend.audit import services as audit
from crm_backend.cases import values
from crm_backend.cases.model import Case
from crm_backend.cases.settings_model import CaseCategory, CaseTemplate
from crm_backend.database import expect
from crm_backend.errors import Invalid, NotFound, NotNow

DEEPEST = 8
_TREE = func.hashtextextended("case categories", 0)


async def whole(session: AsyncSession) -> list[CaseCategory]:
    """Every category, those of one parent together and in their order."""
    rows = await session.scalars(
        select(CaseCategory).order_by(CaseCategory.parent_id.nulls_first(), CaseCategory.position, CaseCategory.id)
    )
    return list(rows)


async def within(session: AsyncSession, category_id: UUID) -> list[UUID]:
    """The identifiers of a category and of everything below it."""
    return [found for found, _ in await _below(session, category_id)]


async def usable(session: AsyncSession, category_id: UUID | None) -> UUID | None:
    """The category, in use, or None. Raises Invalid."""
    if category_id is None:
        return None
    found = await session.get(CaseCategory, category_id)
    if found is None or not found.active:
        raise Invalid("category_id", "case_unknown")
    return category_id


async def add(
    session: AsyncSession,
    *,
    actor: Actor,
    names: Mapping[str, str],
    parent_id: UUID | None = None,
    position: int = 0,
) -> CaseCategory:
    """A new category. Raises Invalid, NotAllowed, and NotNow when the tree would become too deep."""
    actor.need("cases.configure")
    await _hold(session)
    if parent_id is not None:
        await _parent(session, parent_id)
        if len(await _above(session, parent_id)) >= DEEPEST:
            raise NotNow("case_category_deep", most=DEEPEST)
    category = CaseCategory(
        parent_id=parent_id,
        names=values.both("names", names),
        position=values.number("position", position, least=0, most=10_000),
    )
    session.add(category)
    await session.flush()
    audit.record(
        session,
        actor=actor,
        action="case_category_added",
        subject=("case_category", category.id),
        new={"names": category.names, "parent_id": str(parent_id) if parent_id else None},
    )
    return category


async def change(
    session: AsyncSession,
    category_id: UUID,
    *,
    actor: Actor,
    changes: Mapping[str, Any],
    version: int | None = None,
) -> CaseCategory:
    """Changes `names`, `position`, `active` or `parent_id`: with the last, everything below moves along.

    Raises NotFound, Stale, NotAllowed, Invalid, and NotNow for a parent that is the category itself or below it.
    """
    actor.need("cases.configure")
    await _hold(session)
    category = await session.get(CaseCategory, category_id, with_for_update=True, populate_existing=True)
    if category is None:
        raise NotFound("no such category")
    expect(category, version)
    wanted: dict[str, Any] = {}
    for name, value in changes.items():
        if name == "names":
            wanted[name] = values.both(name, value)
        elif name == "position":
            wanted[name] = values.number(name, value, least=0, most=10_000)
        elif name == "active":
            wanted[name] = values.boolean(name, value)
        elif name == "parent_id":
            wanted[name] = await _new_parent(session, category, value)
        else:
            raise Invalid(name, "case_unknown_field")
    before = {name: getattr(category, name) for name in wanted}
    for name, value in wanted.items():
        setattr(category, name, value)
    await session.flush()
    audit.record(
        session,
        actor=actor,
        action="case_category_changed",
        subject=("case_category", category.id),
        old={name: values.plain(value) for name, value in before.items()},
        new={name: values.plain(value) for name, value in wanted.items()},
    )
    return category


async def remove(session: AsyncSession, category_id: UUID, *, actor: Actor, version: int | None = None) -> None:
    """Takes an empty category away. Raises NotFound, Stale, NotAllowed, and NotNow while anything is filed there."""
    actor.need("cases.configure")
    await _hold(session)
    category = await session.get(CaseCategory, category_id, with_for_update=True, populate_existing=True)
    if category is None:
        raise NotFound("no such category")
    expect(category, version)
    for using in (
        exists().where(CaseCategory.parent_id == category_id),
        exists().where(Case.category_id == category_id),
        exists().where(CaseTemplate.category_id == category_id),
    ):
        if await session.scalar(select(using)):
            raise NotNow("case_category_used")
    await session.delete(category)
    await session.flush()
    audit.record(
        session,
        actor=actor,
        action="case_category_removed",
        subject=("case_category", category_id),
        old={"names": category.names},
    )


async def _hold(session: AsyncSession) -> None:
    # Two moves at once could each be right by itself and make a loop together.
    await session.execute(select(func.pg_advisory_xact_lock(_TREE)))


async def _parent(session: AsyncSession, parent_id: UUID) -> None:
    if await session.get(CaseCategory, parent_id) is None:
        raise Invalid("parent_id", "case_unknown")


async def _new_parent(session: AsyncSession, category: CaseCategory, parent_id: UUID | None) -> UUID | None:
    if parent_id is None:
        return None
    await _parent(session, parent_id)
    below = await _below(session, category.id)
    if parent_id in {found for found, _ in below}:
        raise NotNow("case_category_loop")
    if len(await _above(session, parent_id)) + max(depth for _, depth in below) > DEEPEST:
        raise NotNow("case_category_deep", most=DEEPEST)
    return parent_id


async def _below(session: AsyncSession, category_id: UUID) -> list[tuple[UUID, int]]:
    """A category and all below it, each with its depth from there: the category itself has 1."""
    start = select(CaseCategory.id, literal(1).label("depth")).where(CaseCategory.id == category_id)
    tree = start.cte("below", recursive=True)
    tree = tree.union_all(select(CaseCategory.id, tree.c.depth + 1).join(tree, CaseCategory.parent_id == tree.c.id))
    return [(found, depth) for found, depth in (await session.execute(select(tree.c.id, tree.c.depth))).tuples()]


async def _above(session: AsyncSession, category_id: UUID) -> list[UUID]:
    """A category and all above it."""
    start = select(CaseCategory.id, CaseCategory.parent_id).where(CaseCategory.id == category_id)
    tree = start.cte("above", recursive=True)
    tree = tree.union_all(
        select(CaseCategory.id, CaseCategory.parent_id).join(tree, CaseCategory.id == tree.c.parent_id)
    )
    return list(await session.scalars(select(tree.c.id)))
