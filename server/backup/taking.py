"""Taking a backup: every table by COPY in one snapshot, then the files that it speaks of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, BinaryIO
from uuid import UUID

import asyncpg

from crm_backend.errors import NotFound
from server.backup.archive import PIECE, Writer
from server.files.places import Place
from server.supervise.stores import plain

_TABLES = """
select c.relname as name, array_agg(a.attname::text order by a.attnum) as columns
from pg_class c join pg_attribute a on a.attrelid = c.oid
where c.relnamespace = current_schema()::regnamespace and c.relkind = 'r' and c.relname <> 'alembic_version'
    and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
    and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid
                    and d.deptype = 'e')
group by c.relname order by c.relname
"""
_SEQUENCES = "select sequencename::text as name, last_value from pg_sequences where schemaname = current_schema()"
_FILES = "select id from attachments where state = 'kept' order by id"


class Unusable(Exception):
    """There is nothing to take; the message says why."""


@dataclass(frozen=True)
class Taken:
    """What a backup holds: rows by table, files and their bytes. `lost` are files that are in the database only, and
    `elsewhere` those that stay in their bucket."""

    tables: dict[str, int]
    files: int
    bytes: int
    lost: list[str]
    elsewhere: int


async def take(
    url: str, stream: BinaryIO, *, place: Place | None, tell: Callable[[str], None] = lambda _: None
) -> Taken:
    """Writes a backup of the database at `url`; without `place`, of its files only the list.

    All of it is of one moment (REPEATABLE READ), and nobody waits meanwhile. Raises Unusable and what the database and
    the place raise; what was written until then is no backup.
    """
    connection = await asyncpg.connect(plain(url), server_settings={"application_name": "relais backup", "jit": "off"})
    try:
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            return await _taken(connection, stream, place, tell)
    finally:
        await connection.close()


async def _taken(connection: Any, stream: BinaryIO, place: Place | None, tell: Callable[[str], None]) -> Taken:
    if await connection.fetchval("select to_regclass('alembic_version')") is None:
        raise Unusable("there is no database of Relais yet")
    revision = await connection.fetchval("select version_num from alembic_version")
    tables = await connection.fetch(_TABLES)
    header = {
        "revision": revision,
        "taken_at": datetime.now(UTC).isoformat(),
        "tables": {row["name"]: row["columns"] for row in tables},
    }
    writer = Writer(stream, header)
    counts = {}
    for row in tables:
        tell(row["name"])
        counts[row["name"]] = await _copy(connection, writer, row["name"], row["columns"])
    sequences = {row["name"]: row["last_value"] for row in await connection.fetch(_SEQUENCES)}
    ids: list[UUID] = [row["id"] for row in await connection.fetch(_FILES)]
    size, lost = (await _files(writer, ids, place, tell)) if place else (0, [])
    elsewhere = [] if place else [str(each) for each in ids]
    writer.close({"rows": counts, "sequences": sequences, "lost": lost, "elsewhere": elsewhere})
    return Taken(counts, 0 if place is None else len(ids) - len(lost), size, lost, len(elsewhere))


async def _copy(connection: Any, writer: Writer, table: str, columns: list[str]) -> int:
    waiting, number = bytearray(), 0

    async def keep(piece: bytes) -> None:
        nonlocal number
        waiting.extend(piece)
        if len(waiting) >= PIECE:
            writer.add(f"tables/{table}/{number:08}", bytes(waiting))
            waiting.clear()
            number += 1

    status: str = await connection.copy_from_table(table, columns=columns, output=keep)
    if waiting:
        writer.add(f"tables/{table}/{number:08}", bytes(waiting))
    return int(status.rpartition(" ")[2])


async def _files(writer: Writer, ids: list[UUID], place: Place, tell: Callable[[str], None]) -> tuple[int, list[str]]:
    size, lost = 0, []
    tell("files")
    for each in ids:
        try:
            content = await place.get(each)
        except NotFound:
            # Swept since the snapshot, or gone before: the list says so.
            lost.append(str(each))
            continue
        writer.add(f"files/{each}", content)
        size += len(content)
    return size, lost
