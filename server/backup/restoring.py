"""Restoring a backup: checked to its end before anything is touched, then all of it in one transaction.

The tables are made by the migrations, up to the revision that the backup is of; the rows come in by COPY; then the
later migrations run. So a backup of an older Relais is restored into a newer one, on any PostgreSQL that runs it.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any, BinaryIO, cast
from uuid import UUID

from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from crm_backend import migrate
from crm_backend.database import connect
from server.backup import archive, wiping
from server.backup.archive import FORMAT, HEADER, MANIFEST, Damaged
from server.backup.sealed import SealedReader, is_sealed
from server.files.places import Place

IN_USE = "something still uses the database: stop Relais first"


class Refused(Exception):
    """The backup is whole, but is not restored; the message says why."""


@dataclass
class Found:
    """What a backup says of itself."""

    header: dict[str, Any] = field(default_factory=dict)
    manifest: dict[str, Any] = field(default_factory=dict)
    files: int = 0

    @property
    def rows(self) -> int:
        """Of all tables."""
        return sum(self.manifest["rows"].values())


@contextmanager
def opened(path: Path, passphrase: str | None) -> Iterator[BinaryIO]:
    """The archive in the file, decrypted. Raises Damaged; Refused when it is encrypted and there is no passphrase."""
    with path.open("rb") as below:
        sealed = is_sealed(below.read(64))
        below.seek(0)
        if sealed and passphrase is None:
            raise Refused("it is encrypted: name its passphrase's file with --passphrase-file")
        yield cast("BinaryIO", SealedReader(below, passphrase)) if sealed and passphrase is not None else below


def check(path: Path, *, passphrase: str | None = None) -> Found:
    """Reads the whole backup. Raises Damaged, and Refused for one that this version cannot restore."""
    found = Found()
    with opened(path, passphrase) as stream:
        for name, content in archive.members(stream):
            if name == HEADER:
                found.header = json.loads(content)
            elif name == MANIFEST:
                found.manifest = json.loads(content)
            elif name.startswith("files/"):
                found.files += 1
    if found.header.get("format") != FORMAT or not migrate.knows(str(found.header.get("revision"))):
        raise Refused("it was made by a newer version of Relais")
    return found


async def restore(
    url: str,
    path: Path,
    *,
    place: Place | None,
    replace: bool = False,
    passphrase: str | None = None,
    tell: Callable[[str], None] = lambda _: None,
) -> Found:
    """Puts what the backup holds into the database at `url` and its files into `place`.

    Raises Damaged or Refused (newer version; without `replace`, a database that holds something; one that is in use),
    before anything has changed, and whatever the database raises: then, too, it is as it was.
    """
    found = check(path, passphrase=passphrase)
    engine = connect(url, pool_size=1)
    try:
        async with engine.begin() as connection:
            await connection.exec_driver_sql("set local lock_timeout = '10s'")
            await connection.exec_driver_sql("select pg_advisory_xact_lock(7235201)")
            if not replace and await wiping.holds_something(connection):
                raise Refused("the database is not empty: with --replace, everything in it is deleted first")
            if await wiping.is_in_use(connection):
                raise Refused(IN_USE)
            await wiping.wipe(connection)
            await connection.run_sync(migrate.upgrade_within, str(found.header["revision"]))
            with opened(path, passphrase) as stream:
                await _fill(connection, archive.members(stream), found, place, tell)
            await connection.run_sync(migrate.upgrade_within, "head")
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) == "55P03":  # lock_not_available
            raise Refused(IN_USE) from error
        raise
    finally:
        await engine.dispose()
    return found


async def _fill(
    connection: AsyncConnection,
    members: Iterator[tuple[str, bytes]],
    found: Found,
    place: Place | None,
    tell: Callable[[str], None],
) -> None:
    raw = (await connection.get_raw_connection()).driver_connection
    assert raw is not None
    bare = await wiping.bared(raw)
    counts = dict.fromkeys(found.header["tables"], 0)
    # Pieces of one table follow each other; what stands between tables and files has no second part.
    for (kind, name), pieces in groupby(members, key=lambda member: _place(member[0])):
        if kind == "tables":
            tell(name)
            counts[name] += await _copy(raw, name, found.header["tables"][name], pieces)
        elif kind == "files":
            for _, content in pieces:
                if place is not None:
                    await place.put(UUID(name), content)
    if counts != found.manifest["rows"]:
        raise Damaged("the tables do not have the rows that were counted")
    for sequence, last in found.manifest["sequences"].items():
        if last is not None:
            await raw.execute("select setval(quote_ident($1)::regclass, $2)", sequence, last)
    tell("constraints")
    await wiping.dressed(raw, bare)


async def _copy(raw: Any, table: str, columns: list[str], pieces: Iterator[tuple[str, bytes]]) -> int:
    async def contents() -> AsyncIterator[bytes]:
        for _, content in pieces:
            yield content

    status: str = await raw.copy_to_table(table, columns=columns, source=contents())
    return int(status.rpartition(" ")[2])


def _place(name: str) -> tuple[str, str]:
    kind, _, rest = name.partition("/")
    return kind, rest.partition("/")[0]
