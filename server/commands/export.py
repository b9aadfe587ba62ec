"""`./relais export`: a table as CSV on standard output."""

from __future__ import annotations

import sys

import crm_backend.model  # noqa: F401  every table must be known
from crm_backend.access.actor import COMMAND_LINE
from crm_backend.errors import NotFound
from crm_backend.export import services, tables
from server.settings import Settings
from server.supervise.records import open_sessions

UNKNOWN = 2


async def export(settings: Settings, table: str, *, bom: bool = False) -> int:
    """Writes the table, or the names of all when none is named. Exit code 0 or UNKNOWN."""
    if not table:
        print("\n".join(tables.names()))
        return 0
    out = sys.stdout.buffer
    try:
        async with open_sessions(settings) as sessions, sessions.begin() as session:
            async for piece in services.as_csv(session, table, actor=COMMAND_LINE, bom=bom):
                out.write(piece)
    except NotFound:
        print(f"relais: {table} is no table that can be exported; `./relais export` lists them", file=sys.stderr)
        return UNKNOWN
    out.flush()
    return 0
