"""Deliveries that nobody sends any more though their lease goes on: those of processes that died.

A lease names the process that took it, which holds an advisory lock as long as it lives. One that is given back runs
out early, and nothing else: who takes it up is told that the platform may have the message (`outbox.claim`).
"""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

import asyncpg

from crm_backend.database import utc_now


class Found(NamedTuple):
    """Processes that took a delivery and hold no lock, and how many deliveries were given back."""

    dead: set[str]
    given_back: int


async def give_back(connection: asyncpg.Connection, *, space: int, process: str, dead: Collection[str]) -> Found:
    """Ends the leases of the processes that are `dead` still: their deliveries may be sent at once. Of others, and of
    those that somebody has locked, it only tells. `space` is where the locks are, `process` the name of who asks."""
    rows = await connection.fetch(_GIVE_BACK, utc_now(), process, space, list(dead))
    return Found({row[0] for row in rows if row[0]}, sum(row[0] is None for row in rows))


_GIVE_BACK = """
    with dead as (
        select id, lease, substr(lease::text, 1, 8) as process from outbox
        where state = 'sending' and lease is not null and lease_until > $1
            and substr(lease::text, 15, 1) = '8' and substr(lease::text, 1, 8) <> $2
            and substr(lease::text, 1, 8) <> all (
                select lpad(to_hex(objid::bigint), 8, '0') from pg_locks
                where locktype = 'advisory' and granted and classid = $3 and objsubid = 2
                    and database = (select oid from pg_database where datname = current_database()))
    ), left_alone as (
        select id from outbox
        where state = 'sending' and lease is not null and lease_until > $1
            and (id, lease) in (select id, lease from dead where process = any($4))
        for update skip locked
    ), freed as (
        update outbox set lease_until = $1 where id in (select id from left_alone) returning id
    )
    select distinct process from dead union all select null from freed
"""
