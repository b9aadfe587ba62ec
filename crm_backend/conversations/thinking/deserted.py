"""Turns that nobody thinks about any more though their lease goes on: those of processes that died, and those that a
living one took without learning that it had.

A lease names the process that took it, which holds a lock as long as it lives (`processes`).
"""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple
from uuid import UUID

import asyncpg

from crm_backend.conversations.processes import DEAD, NAMED, SPACE, name_of
from crm_backend.database import utc_now


class Found(NamedTuple):
    """Processes that took a turn and hold no lock, and the leases that were ended."""

    dead: set[str]
    ended: set[UUID]


async def give_back(
    connection: asyncpg.Connection, *, process: int, dead: Collection[str], lost: Collection[UUID]
) -> Found:
    """Ends the leases of the processes that are `dead` still, and those that are `lost`: their turns may run at once.
    Of others, and of those that somebody has locked, it only tells; `process` is who asks."""
    rows = await connection.fetch(_GIVE_BACK, utc_now(), name_of(process), SPACE, list(dead), list(lost))
    return Found({row[0] for row in rows if row[0]}, {row[1] for row in rows if row[1]})


_GIVE_BACK = f"""
    with dead as (
        select id, lease, {NAMED} as process from turns
        where state = 'running' and lease_until > $1
            and {DEAD}
    ), left_alone as (
        select id from turns
        where state = 'running' and lease_until > $1
            and (lease = any($5) or (id, lease) in (select id, lease from dead where process = any($4)))
        for update skip locked
    ), freed as (
        update turns set lease_until = $1 where id in (select id from left_alone) returning lease
    )
    select process, null::uuid from dead union select null, lease from freed
"""  # noqa: S608  two texts of `processes`
