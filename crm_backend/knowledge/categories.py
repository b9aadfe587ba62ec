"""The shelves that articles stand on: a tree, named in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import exists, func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import Actor
from crm_backend.audit.services import record
from crm_backend.catalogue.words import category_name
from crm_backend.database import expect, new_id
from crm_backend.errors import Invalid, NotFound, NotNow
from crm_backend.knowledge import drafts
from crm_backend.knowledge.model import Article, Category
from crm_backend.values import integer, key_of, names_of

DEEPEST = 5
"""Levels of shelves in shelves."""
LAST = 1_000_000
_ONE_AT_A_TIME = 7235214


@dataclass(frozen=True)
class Shelf:
    """A category as readers meet it."""

    key: str
    names: Mapping[str, str]
    parent: str | None
    position: int


async def ensure(session: AsyncSession, key: str) -> None:
    """Makes the category if there is none with this key, named as the catalogue names it or by the key itself."""
    names = {language: category_name(key, language) for language in ("fr", "en")}
    if names["fr"] == key:
        names = dict.fromkeys(names, key[:1].upper() + key[1:].replace("-", " "))
    await session.execute(
        insert(Category).values(id=new_id(), key=key, names=names, position=100).on_conflict_do_nothing()
    )


async def shelves(session: AsyncSession) -> list[Shelf]:
    """Every category in the order of the tree's positions."""
    columns = (Category.id, Category.key, Category.names, Category.parent_id, Category.position)
    rows = (await session.execute(select(*columns).order_by(Category.position, Category.key))).all()
    keys = {row.id: row.key for row in rows}
    return [Shelf(row.key, row.names, keys.get(row.parent_id) if row.parent_id else None, row.position) for row in rows]


async def add(
    session: AsyncSession,
    *,
    actor: Actor,
    key: str,
    names: Mapping[str, str],
    parent_id: UUID | None = None,
    position: int = 0,
) -> Category:
    """A new category. Needs knowledge.write. Raises Invalid."""
    actor.need("knowledge.write")
    key = key_of("key", key)
    if await session.scalar(select(exists().where(Category.key == key))):
        raise Invalid("key", "key_taken")
    row = Category(id=new_id(), key=key, names=names_of("names", names), position=integer("position", position, LAST))
    await _place(session, row, parent_id)
    session.add(row)
    await session.flush()
    _note(session, actor, "created", row, new=_told(row))
    return row


async def change(
    session: AsyncSession, *, actor: Actor, category_id: UUID, changes: Mapping[str, Any], version: int | None = None
) -> Category:
    """Changes `names`, `parent_id` or `position`. Needs knowledge.write. Raises NotFound, Stale, Invalid."""
    actor.need("knowledge.write")
    row = await _locked(session, category_id, version)
    old = _told(row)
    if "names" in changes:
        row.names = names_of("names", changes["names"])
    if "position" in changes:
        row.position = integer("position", changes["position"], LAST)
    if "parent_id" in changes:
        await _place(session, row, changes["parent_id"])
    await session.flush()
    _note(session, actor, "changed", row, old=old, new=_told(row))
    return row


async def counts(session: AsyncSession, *, actor: Actor) -> dict[str, int]:
    """How many articles stand in each category itself, by key; those without any are left out. Needs knowledge.read."""
    actor.need("knowledge.read")
    rows = await session.execute(select(Article.category, func.count()).group_by(Article.category))
    return dict(rows.tuples().all())


async def move_articles(session: AsyncSession, *, actor: Actor, category_id: UUID, to: str) -> int:
    """Puts the articles of a category into another, and returns how many. Needs knowledge.write. Raises NotFound,
    Invalid for no such category."""
    actor.need("knowledge.write")
    row = await _locked(session, category_id, None)
    if to == row.key:
        raise Invalid("to", "category_same")
    if await session.scalar(select(Category.id).where(Category.key == to)) is None:
        raise Invalid("to", "no_such_category")
    inside = await session.scalars(select(Article.id).where(Article.category == row.key).order_by(Article.id))
    moved = list(inside)
    for article_id in moved:
        await drafts.change_article(session, actor=actor, article_id=article_id, changes={"category": to})
    return len(moved)


async def remove(session: AsyncSession, *, actor: Actor, category_id: UUID, version: int | None = None) -> None:
    """Takes an empty category away. Needs knowledge.write. Raises NotFound, Stale, NotNow."""
    actor.need("knowledge.write")
    row = await _locked(session, category_id, version)
    articles = await session.scalar(select(func.count()).select_from(Article).where(Article.category == row.key))
    inside = await session.scalar(select(func.count()).select_from(Category).where(Category.parent_id == row.id))
    if articles or inside:
        raise NotNow("category_in_use", articles=articles or 0, categories=inside or 0)
    _note(session, actor, "deleted", row, old=_told(row))
    await session.delete(row)
    await session.flush()


async def _locked(session: AsyncSession, category_id: UUID, version: int | None) -> Category:
    row = await session.get(Category, category_id, with_for_update=True)
    if row is None:
        raise NotFound("no such category")
    expect(row, version)
    return row


async def _place(session: AsyncSession, row: Category, parent_id: UUID | None) -> None:
    """Puts a category under another. Raises Invalid for one that is not there, stands below it, or stands too deep."""
    # Two moves at once could close a circle that neither sees.
    await session.execute(text("select pg_advisory_xact_lock(:lock)"), {"lock": _ONE_AT_A_TIME})
    pairs = await session.execute(select(Category.id, Category.parent_id))
    parents: dict[UUID, UUID | None] = {found.id: found.parent_id for found in pairs}
    if parent_id is not None and parent_id not in parents:
        raise Invalid("parent_id", "no_such_category")
    parents[row.id] = parent_id
    for start in parents.values():
        depth, above = 1, start
        while above is not None:
            depth, above = depth + 1, parents[above]
            if depth > len(parents):
                raise Invalid("parent_id", "category_circle")
        if depth > DEEPEST:
            raise Invalid("parent_id", "category_too_deep", most=DEEPEST)
    row.parent_id = parent_id


def _note(session: AsyncSession, actor: Actor, action: str, row: Category, **told: dict[str, object]) -> None:
    record(session, actor=actor, action=action, subject=("article_category", row.id), plain=("names", "key"), **told)


def _told(row: Category) -> dict[str, object]:
    parent = str(row.parent_id) if row.parent_id else None
    return {"key": row.key, "names": dict(row.names), "parent_id": parent, "position": row.position}
