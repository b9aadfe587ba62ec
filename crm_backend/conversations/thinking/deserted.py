"""Turns that nobody thinks about any more though their lease goes on: those of processes that died, and those that a
living one took without learning that it had.

A lease names the process that took it. That one lives as long as it holds the advisory lock of its number, which ends
with its connection to the database, and so with the process (PostgreSQL, 13.3.5).
"""

from __future__ import annotations

import secrets
from collections.abc import Collection
from typing import NamedTuple
from uuid import UUID

import asyncpg

from crm_backend.database import utc_now

SPACE = 0x52454C54
"""Our advisory locks among those of others in the same database."""
LARGEST = 2**31 - 1
"""A process's number is a signed integer of 32 bits."""
_VERSION, _VARIANT = 8 << 76, 2 << 62
_NEITHER = ~((0xF << 76) | (3 << 62))


class Found(NamedTuple):
    """Processes that took a turn and hold no lock, and the leases that were ended."""

    dead: set[str]
    ended: set[UUID]


def lease_of(process: int) -> UUID:
    """A new lease on a turn that names its process: a UUIDv8 (RFC 9562), the number first. Others name none."""
    plain = (process << 96) | secrets.randbits(96)
    return UUID(int=plain & _NEITHER | _VERSION | _VARIANT)


def name_of(process: int) -> str:
    """The number as it stands in its leases."""
    return f"{process:08x}"


async def give_back(
    connection: asyncpg.Connection, *, process: int, dead: Collection[str], lost: Collection[UUID]
) -> Found:
    """Ends the leases of the processes that are `dead` still, and those that are `lost`: their turns may run at once.
    Of others, and of those that somebody has locked, it only tells; `process` is who asks."""
    rows = await connection.fetch(_GIVE_BACK, utc_now(), name_of(process), SPACE, list(dead), list(lost))
    return Found({row[0] for row in rows if row[0]}, {row[1] for row in rows if row[1]})


_GIVE_BACK = """
    with dead as (
        select id, lease, substr(lease::text, 1, 8) as process from turns
        where state = 'running' and lease_until > $1
            and substr(lease::text, 15, 1) = '8' and substr(lease::text, 1, 8) <> $2
            and substr(lease::text, 1, 8) <> all (
                select lpad(to_hex(objid::bigint), 8, '0') from pg_locks
                where locktype = 'advisory' and granted and classid = $3 and objsubid = 2
                    and database = (select oid from pg_database where datname = current_database()))
    ), left_alone as (
        select id from turns
        where state = 'running' and lease_until > $1
            and (lease = any($5) or (id, lease) in (select id, lease from dead where process = any($4)))
        for update skip locked
    ), freed as (
        update turns set lease_until = $1 where id in (select id from left_alone) returning lease
    )
    select process, null::uuid from dead union select null, lease from freed
"""
