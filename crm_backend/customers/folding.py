"""Making one row of two, with everything that refers to them, and a record of each step that can be played back.

What refers to a row is read from the tables' own foreign keys, so that a table that somebody adds tomorrow is not
forgotten.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Column, ColumnElement, Index, Table, UniqueConstraint, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.database import Base, Versioned

_DIALECT = postgresql.dialect()  # type: ignore[no-untyped-call]
_TO_CHANGE = """
select to_jsonb(t) from {table} t
where ({where}) and (to_jsonb(t) -> '{column}') is distinct from cast(:new as jsonb) for update
"""
_CHANGE = """
update {table} t set "{column}" = (jsonb_populate_record(null::{table}, cast(:value as jsonb)))."{column}"{bump}
from jsonb_populate_recordset(null::{table}, cast(:keys as jsonb)) k where {same} returning to_jsonb(t)
"""
_REMOVE = "delete from {table} t where {where} returning to_jsonb(t)"
_MAKE = """
insert into {table} ({columns}) select {columns} from jsonb_populate_record(null::{table}, cast(:row as jsonb))
"""
_COLLIDING = """
select jsonb_build_object('gone', to_jsonb(l), 'kept', to_jsonb(r))
from (select {told} from {table} where {column} = cast(:gone as uuid) and ({only})) l
join (select {told} from {table} where {column} = cast(:kept as uuid) and ({only})) r on {alike}
"""

Row = dict[str, Any]
"""A row as PostgreSQL's `to_jsonb` tells it; `jsonb_populate_record` makes the same values of it again."""


@dataclass(frozen=True)
class Reference:
    """A column whose values are primary keys of another table."""

    table: Table
    column: str


@dataclass(frozen=True)
class Unique:
    """Columns, or expressions, no two rows of a table may have alike, among those that `only` holds for."""

    columns: tuple[str, ...]
    only: str


@dataclass
class Step:
    """One row changed, removed or made. `key` finds it as it is after the step; of changes, `old` and `new` hold the
    changed column only."""

    table: str
    action: str
    key: Row
    old: Row | None
    new: Row | None


Rule = Callable[["Folding", str, str], Awaitable[None]]
"""What is done in a table before its references are moved from one row (by its key) to the other."""
Combine = Callable[[Row, Row], Row]
"""What changes in the row that stays (the first) when another, which says the same, goes (the second)."""


@dataclass
class Folding:
    """The work on one pair. `rules` and `combine` are by table, `steps` is the record in order, `moved` counts rows."""

    session: AsyncSession
    rules: Mapping[str, Rule]
    combine: Mapping[str, Combine]
    steps: list[Step] = field(default_factory=list)
    moved: Counter[str] = field(default_factory=Counter)

    async def absorb(self, table: Table, gone: Row, kept: Row) -> None:
        """Moves everything that refers to the row `gone` to `kept`, lets it take over what `combine` says, and removes
        `gone`. Both are the whole rows."""
        key = _only_key(table) if (pointing := references(table)) else ""
        for reference in pointing:
            await self.move(reference, str(gone[key]), str(kept[key]))
        taken = self.combine[table.name](kept, gone) if table.name in self.combine else {}
        await self.remove(table, gone)
        for column, value in taken.items():
            await self.change(table, "{key}", {column: value}, self.found_by(table, kept))

    async def move(self, reference: Reference, gone: str, kept: str) -> None:
        """Makes what refers to one row refer to another. Rows that would then say the same twice become one."""
        table, column = reference.table, reference.column
        if rule := self.rules.get(table.name):
            await rule(self, gone, kept)
        for unique in uniques(table, column):
            for mine, theirs in await self._colliding(table, column, unique, gone, kept):
                await self.absorb(table, mine, theirs)
        changed = await self.change(table, f"{_quoted(column)} = cast(:gone as uuid)", {column: kept}, {"gone": gone})
        self.moved[table.name] += changed

    async def change(self, table: Table, where: str, values: Row, facts: Row) -> int:
        """Sets columns of the rows that `where` finds, of each row on its own record; how many rows. `{key}` in `where`
        stands for the row whose primary key `facts` holds."""
        where = where.replace("{key}", _by_key(table))
        bump = ", version = t.version + 1" if versioned(table) else ""
        count = 0
        for column, value in values.items():
            named = {"table": table.name, "where": where, "column": column, "bump": bump, "same": _same(table)}
            found = await self.rows(_TO_CHANGE.format(**named), {**facts, "new": json.dumps(value)})
            if not found:
                continue
            count = max(count, len(found))
            keys = [self.keys_of(table, row) for row in found]
            told = {"value": json.dumps({column: value}), "keys": json.dumps(keys)}
            changed = await self.rows(_CHANGE.format(**named), told)
            # As PostgreSQL writes it, which is what is compared when it is undone.
            new = {column: changed[0][column]}
            for row, key in zip(found, keys, strict=True):
                after = {**key, **new} if column in key else key
                self.steps.append(Step(table.name, "changed", after, {column: row[column]}, new))
        return count

    async def remove(self, table: Table, row: Row) -> None:
        """Removes a row, as it is by now."""
        statement = _REMOVE.format(table=table.name, where=_by_key(table))
        (now,) = await self.rows(statement, self.found_by(table, row))
        self.steps.append(Step(table.name, "removed", self.keys_of(table, row), now, None))

    async def make(self, table: Table, row: Row) -> None:
        """Adds a row, of which the columns without default are given."""
        columns = ", ".join(_quoted(name) for name in row)
        statement = _MAKE.format(table=table.name, columns=columns)
        await self.session.execute(text(statement), {"row": json.dumps(row, default=str)})
        self.steps.append(Step(table.name, "made", self.keys_of(table, row), None, None))

    async def rows(self, statement: str, facts: Row) -> list[Row]:
        """What a statement tells, whose only column is JSON."""
        return list(await self.session.scalars(text(statement), facts))

    @staticmethod
    def keys_of(table: Table, row: Row) -> Row:
        """The primary key of a row."""
        return {column.name: row[column.name] for column in table.primary_key}

    @classmethod
    def found_by(cls, table: Table, row: Row) -> Row:
        """The same as the facts of a statement."""
        return {name: str(value) for name, value in cls.keys_of(table, row).items()}

    async def _colliding(
        self, table: Table, column: str, unique: Unique, gone: str, kept: str
    ) -> Iterable[tuple[Row, Row]]:
        others = [each for each in unique.columns if each != _quoted(column)]
        named = {
            "told": ", ".join(["*", *(f"({each}) as u{at}" for at, each in enumerate(others))]),
            "table": table.name,
            "column": _quoted(column),
            "only": unique.only,
            "alike": " and ".join(f"l.u{at} = r.u{at}" for at in range(len(others))) or "true",
        }
        found = await self.rows(_COLLIDING.format(**named), {"gone": gone, "kept": kept})
        plain = {each.name for each in table.columns}
        sides = [(each["gone"], each["kept"]) for each in found]
        return [({n: one[n] for n in plain}, {n: other[n] for n in plain}) for one, other in sides]


def references(table: Table) -> list[Reference]:
    """Every column of every table that refers to this one."""
    import crm_backend.model  # noqa: F401  every table must be known

    return [
        Reference(other, column.name)
        for other in sorted(Base.metadata.tables.values(), key=lambda each: each.name)
        for column in other.columns
        if any(key.column.table is table for key in column.foreign_keys)
    ]


def uniques(table: Table, column: str) -> list[Unique]:
    """What of a table may not be there twice, as far as this column has a part in it."""
    found = [Unique(tuple(_quoted(each.name) for each in table.primary_key), "true")]
    found += [
        Unique(tuple(_quoted(each.name) for each in constraint.columns), "true")
        for constraint in table.constraints
        if isinstance(constraint, UniqueConstraint)
    ]
    found += [
        Unique(tuple(_told(each) for each in index.expressions), _where(index))
        for index in table.indexes
        if index.unique
    ]
    return sorted((each for each in found if _quoted(column) in each.columns), key=lambda each: each.columns)


def versioned(table: Table) -> bool:
    """Whether its rows count their changes."""
    return any(mapper.local_table is table and issubclass(mapper.class_, Versioned) for mapper in Base.registry.mappers)


def _told(expression: str | ColumnElement[Any]) -> str:
    return _quoted(expression.name) if isinstance(expression, Column) else str(expression)


def _where(index: Index) -> str:
    where = index.dialect_options["postgresql"].get("where")
    return "true" if where is None else str(where)


def _quoted(name: str) -> str:
    return f'"{name}"'


def _only_key(table: Table) -> str:
    (column,) = table.primary_key
    return str(column.name)


def _by_key(table: Table) -> str:
    kinds = ((column.name, column.type.compile(dialect=_DIALECT)) for column in table.primary_key)
    return " and ".join(f"t.{_quoted(name)} = cast(cast(:{name} as text) as {kind})" for name, kind in kinds)


def _same(table: Table) -> str:
    return " and ".join(f"t.{_quoted(column.name)} = k.{_quoted(column.name)}" for column in table.primary_key)
