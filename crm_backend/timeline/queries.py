"""Reading a timeline, a page at a time from the newest."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, DateTime, Integer, String, TextClause, Uuid, bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import Actor
from crm_backend.errors import Invalid, NotFound
from crm_backend.timeline.entries import KINDS, SOURCES

MOST = 200
END = datetime(9999, 1, 1, tzinfo=UTC)
_TYPES: dict[str, Any] = {
    "customer": Uuid(),
    "limit": Integer(),
    "until": DateTime(timezone=True),
    "since": DateTime(timezone=True),
    "before_at": DateTime(timezone=True),
    "before_id": Uuid(),
    "channels": ARRAY(String()),
}


@dataclass(frozen=True)
class Entry:
    """One thing that happened. `facts` depend on the kind (entries.py)."""

    at: datetime
    id: UUID
    kind: str
    channel: str | None
    conversation_id: UUID | None
    facts: dict[str, Any]


async def timeline(
    session: AsyncSession,
    *,
    actor: Actor,
    customer_id: UUID,
    kinds: Collection[str] = (),
    channels: Collection[str] = (),
    since: datetime | None = None,
    until: datetime | None = None,
    before: tuple[datetime, UUID] | None = None,
    limit: int = 50,
) -> list[Entry]:
    """The newest entries, the newest first, of these `kinds` and `channels` (all), from `since` and before `until`;
    `before` is the place (at, id) of the last entry of the page before.

    Kinds that the actor may not see are left out, and so, when channels are asked for, are those that have none. Raises
    NotFound, Invalid (no such kind).
    """
    actor.need("customers.read")
    if unknown := set(kinds) - set(KINDS):
        raise Invalid("kind", "not_choice", expected=", ".join(KINDS), given=len(unknown))
    wanted = tuple(
        source.kind
        for source in SOURCES
        if (not kinds or source.kind in kinds) and actor.may(source.needs) and (source.channel or not channels)
    )
    facts: dict[str, Any] = {"customer": customer_id, "limit": max(1, min(limit, MOST + 1)), "until": until or END}
    if since is not None:
        facts["since"] = since
    if before is not None:
        facts["before_at"], facts["before_id"] = before
    if channels:
        facts["channels"] = sorted(channels)
    question = _question(wanted, bool(channels), before is not None, since is not None)
    rows = (await session.execute(question, facts)).all()
    if not rows:
        raise NotFound("no such customer")
    return [Entry(*row) for row in rows if row.id is not None]


# Who had nothing happen to them is a row of nulls, who is not there is none.
_NEWEST = """
select entries.* from customers left join ({every}) entries on true where customers.id = :customer
order by entries.at desc, entries.id desc limit :limit
"""
_NONE = "select null::timestamptz as at, null::uuid as id"


@cache
def _question(kinds: tuple[str, ...], channels: bool, before: bool, after: bool) -> TextClause:
    parts = [
        source.question(channels=channels, before=before, after=after) for source in SOURCES if source.kind in kinds
    ]
    every = " union all ".join(parts) or _NONE
    statement = _NEWEST.format(every=every)
    return text(statement).bindparams(
        *(bindparam(name, type_=kind) for name, kind in _TYPES.items() if f":{name}" in statement)
    )
