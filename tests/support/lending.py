"""Databases lent to one test after another: putting one back as it was takes a tenth of the time of a copy."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import asyncpg
from sqlalchemy import event
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from crm_backend.database import connect

POOL_SIZE = 12
MANY = 5000
"""Rows. When more than these were deleted from a database, looking for others in it takes longer than in a new one."""
TOGETHER = 40
"""Tables that one statement counts. asyncpg keeps no statement of more than 15 kB: PostgreSQL would plan a longer one
for every test, which takes ten times as long as to run it."""

_TABLES = """
    select relname,
           (select string_agg(quote_ident(attname), ', ' order by attnum) from pg_attribute
            where attrelid = t.oid and attnum > 0 and not attisdropped and attgenerated = '') as columns,
           (select string_agg(format('one.%1$I = kept.%1$I', attname), ' and ')
            from pg_index join pg_attribute on attrelid = indrelid and attnum = any(indkey)
            where indrelid = t.oid and indisprimary) as same
    from pg_class t where relnamespace = 'public'::regnamespace and relkind = 'r' order by 1
"""
_SEQUENCES = "select sequencename, coalesce(last_value, start_value), last_value is not null from pg_sequences"
_NEXT_TRANSACTION = "select pg_snapshot_xmax(pg_current_snapshot())::text::bigint"
# What a test may not leave changed, since it is not put back.
_SHAPE = """
    select (select md5(string_agg(concat(relname, relkind, relnatts, relchecks), ',' order by oid)) from pg_class
            where relnamespace = 'public'::regnamespace),
           (select md5(string_agg(concat(tgname, tgenabled), ',' order by oid)) from pg_trigger),
           (select md5(string_agg(prosrc, ',' order by oid)) from pg_proc where pronamespace = 'public'::regnamespace)
"""
# Those of processes and of engines that the test has started by itself.
_OTHER_CONNECTIONS = """
    select count(pg_terminate_backend(pid)) from pg_stat_activity
    where datname = current_database() and backend_type = 'client backend' and not pid = any($1)
"""


@dataclass
class Table:
    """One table of a database that is lent, and how many rows it has when it is."""

    name: str
    columns: str
    same: str
    """Compares primary keys."""
    rows: int

    @property
    def put_back(self) -> str:
        """Takes out what came or was changed after the transaction {begun}, and puts in again what was there."""
        taken = f'delete from public."{self.name}" where xmin::text::bigint >= {{begun}}; '
        if not self.rows:
            return taken
        return taken + (
            f'insert into public."{self.name}" ({self.columns}) overriding system value'
            f' select {self.columns} from kept."{self.name}" kept'
            f' where not exists (select from public."{self.name}" one where {self.same}); '
        )


@dataclass
class Lent:
    """A copy of a template, and an engine on it whose connections stay open from test to test."""

    name: str
    url: str
    engine: AsyncEngine
    _tables: dict[str, Table] = field(default_factory=dict)
    _counts: list[str] = field(default_factory=list)
    _shape: Any = None
    _begun: int = 0
    """The first transaction of the test that has it."""
    _sequences: str = ""
    _deleted: int = 0
    _pids: set[int] = field(default_factory=set)
    _looking: asyncpg.Connection | None = None
    _mending: asyncpg.Connection | None = None
    """Another one, since a session that acts as a replica forgets how it has planned its statements."""

    @classmethod
    async def fresh(cls, name: str, url: str) -> Lent:
        """Connects to a database that was just made, and keeps what it holds in a schema of its own."""
        lent = cls(name, url, connect(url, pool_size=POOL_SIZE))
        _lent[url] = lent
        event.listen(lent.engine.sync_engine, "connect", lent._connected)
        lent._looking, lent._mending = [await asyncpg.connect(url, server_settings={"jit": "off"}) for _ in range(2)]
        lent._pids |= {each.get_server_pid() for each in (lent._looking, lent._mending)}
        await lent._learn(lent._looking)
        return lent

    async def close(self) -> None:
        """Closes every connection."""
        _lent.pop(self.url, None)
        for each in filter(None, (self._looking, self._mending)):
            each.terminate()
        await self.engine.dispose()

    def _connected(self, connection: Any, _record: Any) -> None:
        self._pids.add(connection.driver_connection.get_server_pid())

    async def _learn(self, connection: asyncpg.Connection) -> None:
        await connection.execute("create schema kept")
        for name, columns, same in await connection.fetch(_TABLES):
            rows = await connection.fetchval(f'select count(*) from "{name}"')
            self._tables[name] = Table(name, columns, same, rows)
            if rows:
                await connection.execute(f'create unlogged table kept."{name}" as table public."{name}"')
        tables = list(self._tables.values())
        self._counts = [_counts(tables[at : at + TOGETHER]) for at in range(0, len(tables), TOGETHER)]
        self._shape = await connection.fetchrow(_SHAPE)
        self._sequences = "".join(
            f"select setval('{name}', {last}, {called}); " for name, last, called in await connection.fetch(_SEQUENCES)
        )
        self._begun = await connection.fetchval(_NEXT_TRANSACTION)

    async def is_left_alone(self) -> bool:
        """False when a process that outlived its test has come back to it."""
        assert self._looking
        try:
            return not await self._looking.fetchval(_OTHER_CONNECTIONS, list(self._pids))
        except (SQLAlchemyError, asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
            return False

    async def put_back(self) -> bool:
        """Undoes whatever a test has done. False when the database had better be thrown away."""
        try:
            async with asyncio.timeout(5):
                while self.engine.pool.checkedout():  # type: ignore[attr-defined]
                    await asyncio.sleep(0.01)
                assert self._looking and self._mending
                return await self._put_back(self._looking, self._mending)
        except (SQLAlchemyError, asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError):
            return False

    async def _put_back(self, looking: asyncpg.Connection, mending: asyncpg.Connection) -> bool:
        while await looking.fetchval(_OTHER_CONNECTIONS, list(self._pids)):
            await asyncio.sleep(0.002)
        if await looking.fetchrow(_SHAPE) != self._shape:
            return False
        found = [row for each in self._counts for row in await looking.fetch(each, self._begun)]
        changed = [name for name, old, new in found if new or old != self._tables[name].rows]
        self._deleted += sum(new for _, _, new in found)
        if self._deleted > MANY:
            return False
        statements = "".join(self._tables[name].put_back for name in changed).format(begun=self._begun)
        if statements:
            # As a replica, rows come and go in any order, and no trigger does anything about it.
            statements = f"set local session_replication_role = replica; {statements}"
        await mending.execute(f"begin; {statements}{self._sequences}commit")
        self._begun = await looking.fetchval(_NEXT_TRANSACTION)
        return True


def _counts(tables: Iterable[Table]) -> str:
    each = (
        f"select '{table.name}', count(*) - count(*) filter (where new), count(*) filter (where new)"
        f' from (select xmin::text::bigint >= $1 as new from public."{table.name}")'
        for table in tables
    )
    return " union all ".join(each)


class _Kept(AsyncEngine):
    async def dispose(self, close: bool = True) -> None:
        """Nothing: its connections and what it has compiled are for the next test too."""


_lent: dict[str, Lent] = {}


def kept_engine(url: str) -> AsyncEngine | None:
    """For a server on a database that is lent: an engine that outlives it. A new one would compile every query anew."""
    return _Kept(_lent[url].engine.sync_engine) if url in _lent else None
