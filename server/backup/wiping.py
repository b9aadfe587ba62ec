"""Emptying a database, and taking off what stands in the way of rows in any order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

_DROPS = (
    ("view", "pg_class", "relnamespace", "relkind = 'v'", "quote_ident(relname)"),
    ("materialized view", "pg_class", "relnamespace", "relkind = 'm'", "quote_ident(relname)"),
    ("table", "pg_class", "relnamespace", "relkind in ('r', 'p')", "quote_ident(relname)"),
    ("sequence", "pg_class", "relnamespace", "relkind = 'S'", "quote_ident(relname)"),
    ("routine", "pg_proc", "pronamespace", "true", "oid::regprocedure::text"),
    ("text search configuration", "pg_ts_config", "cfgnamespace", "true", "quote_ident(cfgname)"),
    ("type", "pg_type", "typnamespace", "typtype in ('e', 'd')", "quote_ident(typname)"),
)
"""What there is to drop, in an order in which most of it is still there when its turn comes; what extensions brought
stays."""
_FOREIGN_KEYS = """
select format('alter table %s drop constraint %I', conrelid::regclass, conname) as off,
    format('alter table %s add constraint %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid)) as on
from pg_constraint where contype = 'f' and connamespace = current_schema()::regnamespace and conparentid = 0
"""
_TABLES = "select quote_ident(tablename) from pg_tables where schemaname = current_schema() and tablename <> $1"
_HOLDERS = ("agents", "customers", "conversations", "orders", "articles")


@dataclass(frozen=True)
class Bare:
    """What was taken off: the statements that put it back."""

    back: list[str]


async def holds_something(connection: AsyncConnection) -> bool:
    """Whether there is an agent, a customer, a conversation, an order or an article, or a table that is not ours. What
    the migrations themselves put into new tables is nothing."""
    asked = "select tablename from pg_tables where schemaname = current_schema()"
    tables = set((await connection.exec_driver_sql(asked)).scalars())
    if not tables:
        return False
    if "alembic_version" not in tables:
        return True
    for table in _HOLDERS:
        if table in tables:
            first = await connection.exec_driver_sql(f"select 1 from {table} limit 1")  # noqa: S608
            if first.first() is not None:
                return True
    return False


async def is_in_use(connection: AsyncConnection) -> bool:
    """Whether a Relais is connected beside this one; it would go on with what it remembers of other rows."""
    others = "datname = current_database() and pid <> pg_backend_pid() and application_name like 'relais%'"
    asked = f"select exists (select from pg_stat_activity where {others})"  # noqa: S608
    return bool((await connection.exec_driver_sql(asked)).scalar())


async def wipe(connection: AsyncConnection) -> None:
    """Drops everything in the schema but what extensions brought."""
    for what, catalogue, schema, kind, name in _DROPS:
        of_extensions = f"select objid from pg_depend where classid = '{catalogue}'::regclass and deptype = 'e'"  # noqa: S608
        query = (
            f"select {name} from {catalogue} where {schema} = current_schema()::regnamespace "  # noqa: S608
            f"and {kind} and oid not in ({of_extensions})"
        )
        for found in (await connection.exec_driver_sql(query)).scalars().all():
            await connection.exec_driver_sql(f"drop {what} if exists {found} cascade")


async def bared(raw: Any) -> Bare:
    """Empties every table, and takes off foreign keys and our triggers: rows refer to each other in circles, and to
    rows of their own table. It needs no more than to own the tables."""
    keys = await raw.fetch(_FOREIGN_KEYS)
    tables = [row[0] for row in await raw.fetch(_TABLES, "alembic_version")]
    for row in keys:
        await raw.execute(row["off"])
    for table in tables:
        await raw.execute(f"alter table {table} disable trigger user")
    if tables:
        await raw.execute(f"truncate {', '.join(tables)}")
    return Bare([*(row["on"] for row in keys), *(f"alter table {table} enable trigger user" for table in tables)])


async def dressed(raw: Any, bare: Bare) -> None:
    """Puts back what was taken off; the database checks every foreign key of every row."""
    for statement in bare.back:
        await raw.execute(statement)
