"""Deliveries that nobody sends any more though their lease goes on: those of processes that died.

A lease names the process that took it, which holds a lock as long as it lives (`processes`). One that is given back
runs out early, and nothing else: who takes it up is told that the platform may have the message (`outbox.claim`).
"""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

import asyncpg

from crm_backend.conversations.processes import DEAD, NAMED, SPACE, name_of
from crm_backend.database import utc_now


class Found(NamedTuple):
    """Processes that took a delivery and hold no lock, and how many deliveries were given back."""

    dead: set[str]
    given_back: int


async def give_back(connection: asyncpg.Connection, *, process: int, dead: Collection[str]) -> Found:
    """Ends the leases of the processes that are `dead` still: their deliveries may be sent at once. Of others, and of
    those that somebody has locked, it only tells; `process` is who asks."""
    rows = await connection.fetch(_GIVE_BACK, utc_now(), name_of(process), SPACE, list(dead))
    return Found({row[0] for row in rows if row[0]}, sum(row[0] is None for row in rows))


_GIVE_BACK = f"""
    with dead as (
        select id, lease, {NAMED} as process from outbox
        where state = 'sending' and lease is not null and lease_until > $1
            and {DEAD}
    ), left_alone as (
        select id from outbox
        where state = 'sending' and lease is not null and lease_until > $1
            and (id, lease) in (select id, lease from dead where process = any($4))
        for update skip locked
    ), freed as (
        update outbox set lease_until = $1 where id in (select id from left_alone) returning id
    )
    select distinct process from dead union all select null from freed
"""  # noqa: S608  two texts of `processes`
