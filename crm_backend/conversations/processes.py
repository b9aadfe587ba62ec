"""Processes that work on conversations: the number each has, the leases that name it, and which have died.

A process lives as long as it holds the advisory lock of its number, which ends with its connection to the database, and
so with the process (PostgreSQL, 13.3.5).
"""

from __future__ import annotations

import secrets
from uuid import UUID

SPACE = 0x52454C54
"""Our advisory locks among those of others in the same database."""
LARGEST = 2**31 - 1
"""A process's number is a signed integer of 32 bits."""
_VERSION, _VARIANT = 8 << 76, 2 << 62
_NEITHER = ~((0xF << 76) | (3 << 62))


def lease_of(process: int) -> UUID:
    """A new lease that names its process: a UUIDv8 (RFC 9562), the number first. Others name none."""
    plain = (process << 96) | secrets.randbits(96)
    return UUID(int=plain & _NEITHER | _VERSION | _VARIANT)


def name_of(process: int) -> str:
    """The number as it stands in its leases."""
    return f"{process:08x}"


NAMED = "substr(lease::text, 1, 8)"
"""In SQL, the process that a lease names."""
DEAD = f"""
    substr(lease::text, 15, 1) = '8' and {NAMED} <> $2
        and {NAMED} <> all (
            select lpad(to_hex(objid::bigint), 8, '0') from pg_locks
            where locktype = 'advisory' and granted and classid = $3 and objsubid = 2
                and database = (select oid from pg_database where datname = current_database()))
"""  # noqa: S608  a text from above
"""In SQL, whether a lease names a process that holds no lock: $2 is the name of who asks, $3 `SPACE`."""
