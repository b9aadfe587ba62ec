"""The few statements that run with every message, handed to asyncpg as they are.

SQLAlchemy puts a statement together once and keeps it. To find it again, and what it does for its session and its rows,
still takes longer than asyncpg needs for the whole question. Here text, order of values and conversions are found once,
and nothing is asked of SQLAlchemy but a connection of its pool.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Delete, Dialect, Insert, Select, Table, TextClause, Update
from sqlalchemy.dialects.postgresql import asyncpg as dialects
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession
from sqlalchemy.orm import make_transient_to_detached

from crm_backend.database import FAULTS, Base, alone

_Values = Sequence[Any]
_DIALECT: Dialect = dialects.dialect()  # type: ignore[no-untyped-call]

_FLOAT = 701
"""The object identifier of `double precision` (PostgreSQL, pg_type.dat): all numbers that are no whole ones here."""


class Quick:
    """A statement of named values that gives rows of columns: those of a text as asyncpg reads them."""

    def __init__(self, statement: Select[Any] | Insert | Update | Delete | TextClause) -> None:
        compiled = statement.compile(dialect=_DIALECT)
        binds = [(name, compiled.binds[name].type) for name in compiled.positiontup or ()]
        self._fixed = {name: compiled.params[name] for name, _ in binds if not compiled.binds[name].required}
        columns = () if isinstance(statement, TextClause) else statement.exported_columns
        self._statement, self._text = statement, str(compiled)
        self._given = [(name, kind.dialect_impl(_DIALECT).bind_processor(_DIALECT)) for name, kind in binds]
        read = [column.type.dialect_impl(_DIALECT).result_processor(_DIALECT, _FLOAT) for column in columns]
        self._read = [(place, each) for place, each in enumerate(read) if each is not None]

    async def rows(self, session: AsyncSession, values: Mapping[str, Any]) -> list[_Values]:
        """What it gives, in the order of its columns. In a session of `database.one_by_one` in which nothing else was
        asked it is a transaction of its own, and may be run twice: it has to see for itself that it was done.

        Raises what the session raises.
        """
        if (engine := alone(session)) is not None:
            try:
                return await self._asked(engine, values)
            except FAULTS:
                # Met again on the usual way, and told as everything is that goes wrong there.
                pass
        return [tuple(row) for row in (await session.execute(self._statement, dict(values))).all()]

    async def _asked(self, engine: AsyncEngine, values: Mapping[str, Any]) -> list[_Values]:
        known = {**self._fixed, **values}
        given = [known[name] if process is None else process(known[name]) for name, process in self._given]
        connection = await engine.raw_connection()
        try:
            driver: Any = connection.driver_connection
            records = await driver.fetch(self._text, *given)
        finally:
            connection.close()
        return [self._row(record.values()) for record in records]

    def _row(self, values: Iterable[Any]) -> _Values:
        row = list(values)
        for place, process in self._read:
            row[place] = process(row[place])
        return row


def columns_of(entity: type[Base]) -> Sequence[Any]:
    """Its columns, in the order in which `objects_of` takes their values."""
    table = entity.__table__
    assert isinstance(table, Table)
    return list(table.c)


def objects_of(*entities: type[Base]) -> Callable[[_Values], list[Any]]:
    """Makes of a row that begins with all columns of each entity one that begins with their objects: as loaded ones,
    that are no part of a session."""
    making, begins = [], 0
    for entity in entities:
        names = [entity.__mapper__.get_property_by_column(column).key for column in columns_of(entity)]
        making.append((entity.__mapper__.class_manager, names, begins))
        begins += len(names)

    def made(row: _Values) -> list[Any]:
        objects = []
        for manager, names, at in making:
            one = manager.new_instance()
            one.__dict__.update(zip(names, row[at:], strict=False))
            make_transient_to_detached(one)
            objects.append(one)
        return [*objects, *row[begins:]]

    return made
