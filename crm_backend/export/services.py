"""Exporting a table, row by row, so that memory stays flat."""

from __future__ import annotations

from collections.abc import AsyncIterator

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import Actor
from crm_backend.audit import services as audit
from crm_backend.export import cells, tables

BATCH = 500


def as_csv(session: AsyncSession, name: str, *, actor: Actor, bom: bool = False) -> AsyncIterator[bytes]:
    """The table as CSV in pieces: its header, then its rows in the order of their key, all as they are at one moment.

    The transaction must stay open until the end, and must be committed, for the audit log tells who took what. `bom`
    puts the mark before it by which Excel knows UTF-8. Raises NotFound and NotAllowed before the first piece.
    """
    table = tables.permitted(name, actor=actor)
    audit.record(session, actor=actor, action="exported", subject=("table", name))
    chosen = tables.columns(table)
    statement = select(*chosen).order_by(*table.primary_key.columns)

    async def pieces() -> AsyncIterator[bytes]:
        yield (cells.BOM if bom else b"") + cells.lines([[column.name for column in chosen]])
        await session.flush()
        rows = await session.stream(statement.execution_options(yield_per=BATCH))
        async for batch in rows.partitions():
            yield cells.lines([tuple(row) for row in batch])

    return pieces()
