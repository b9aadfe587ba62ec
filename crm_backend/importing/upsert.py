"""Writing a batch of rows with one statement, and knowing which of them were new, changed or the same."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import String, cast, column, func, literal, or_, select, text
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql import ColumnElement
from sqlalchemy.sql.selectable import TableValuedAlias

from crm_backend.database import Base

Rows = Sequence[dict[str, Any]]
Merge = Callable[[Any, Any], ColumnElement[Any]]


@dataclass(frozen=True)
class Written:
    """Which rows of a batch were inserted and which changed, by the values of the key."""

    created: set[tuple[Any, ...]] = field(default_factory=set)
    updated: set[tuple[Any, ...]] = field(default_factory=set)


async def upsert(
    session: AsyncSession,
    model: type[Base],
    rows: Rows,
    *,
    key: Sequence[str],
    update: Collection[str],
    merge: Mapping[str, Merge] | None = None,
) -> Written:
    """Inserts rows, or updates those whose key is known and whose `update` columns differ.

    Rows hold `id` and the same columns each; the key must be unique among them. `merge` says for a column what the
    stored and the new value become together, where the new one should not simply replace the old.
    """
    if not rows:
        return Written()
    table = model.__table__
    names = list(rows[0])
    source = _recordset(rows, {name: table.c[name].type for name in names})
    statement = insert(model).from_select(names, select(*(source.c[name] for name in names)))
    new = {name: (merge or {}).get(name, _replace)(table.c[name], statement.excluded[name]) for name in update}
    if new:
        changed = or_(*(table.c[name].is_distinct_from(value) for name, value in new.items()))
        touched: dict[str, ColumnElement[Any]] = {"updated_at": func.now()} if "updated_at" in table.c else {}
        if "version" in table.c:
            touched["version"] = table.c.version + 1
        statement = statement.on_conflict_do_update(index_elements=list(key), set_={**new, **touched}, where=changed)
    else:
        statement = statement.on_conflict_do_nothing(index_elements=list(key))
    known = {row["id"] for row in rows}
    result = await session.execute(statement.returning(table.c.id, *(table.c[name] for name in key)))
    written = Written()
    for identifier, *found in result:
        (written.created if identifier in known else written.updated).add(tuple(found))
    return written


async def identifiers(session: AsyncSession, attribute: Any, model: Any, values: Collection[str]) -> dict[str, UUID]:
    """The ids of the rows whose attribute is one of these values, by value."""
    found = await session.execute(select(attribute, model.id).where(attribute == func.any(list(values))))
    return dict(found.tuples().all())


def _replace(stored: Any, new: Any) -> ColumnElement[Any]:
    return new  # type: ignore[no-any-return]


def _recordset(rows: Rows, types: dict[str, Any]) -> TableValuedAlias:
    # One JSON parameter: PostgreSQL allows 32,767, and compiling thousands takes longer than the insert itself.
    document = cast(literal(json.dumps(rows, default=str), String), JSONB)
    columns = [column(name, kind) for name, kind in types.items()]
    return func.jsonb_to_recordset(document).table_valued(*columns).render_derived("new", with_types=True)


_SEEN = "create temporary table if not exists import_seen (key text primary key, row_number integer) on commit drop"
_REMEMBER = (
    "insert into import_seen select * from unnest(cast(:keys as text[]), cast(:rows as integer[]))"
    " on conflict do nothing returning key"
)
_RECALL = "select key, row_number from import_seen where key = any(cast(:keys as text[]))"


async def forget_seen(session: AsyncSession) -> None:
    """Begins a file: no key has been seen. The memory is a table, so that ours stays flat however long the file."""
    await session.execute(text(_SEEN))
    await session.execute(text("truncate import_seen"))


async def seen_before(session: AsyncSession, keys: dict[str, int]) -> dict[str, int]:
    """Remembers keys with their rows; answers those that an earlier batch had, with the row they were on."""
    if not keys:
        return {}
    fresh = await session.scalars(text(_REMEMBER), {"keys": list(keys), "rows": list(keys.values())})
    repeated = set(keys) - set(fresh)
    if not repeated:
        return {}
    found = await session.execute(text(_RECALL), {"keys": list(repeated)})
    return dict(found.tuples().all())
