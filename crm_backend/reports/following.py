"""Keeping what reports count up to date with what happens: a bit at a time, from where it stood."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import bindparam, select, text
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.reports.model import ReportProgress
from crm_backend.reports.rolling import roll

BATCH = 100
"""Conversations that are worked out in one transaction."""
NOTES = 3_000
SETTLED = timedelta(seconds=60)
"""What had its time before another one may be committed after it: what is younger waits, and so does a conversation in
which somebody wrote since. Each is then worked out once when it falls silent, not at each message."""
_ZERO = UUID(int=0)
_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
_INSTANT = TIMESTAMP(timezone=True)

_HEARD = text("""
select id, last_message_at from conversations where (last_message_at, id) > (:at, :id) and last_message_at <= :settled
order by last_message_at, id limit :most
""").bindparams(bindparam("at", type_=_INSTANT), bindparam("settled", type_=_INSTANT))
_NOTED = text("""
select id, subject_kind, subject_id, details from audit_log where id > :id and id < :settled order by id limit :most
""")
_OF_CUSTOMERS = text("select id from conversations where customer_id = any(cast(:customers as uuid[]))")
_SILENT = text("""
select distinct conversation_id from (
    select conversation_id from report_contacts where check_at <= :now and conversation_id is not null
    order by check_at limit :most
) due
""").bindparams(bindparam("now", type_=_INSTANT))
_FORGET = text("update report_contacts set person_id = null where conversation_id is null and person_id is not null")
_DONE = text("select done_at from report_progress")


async def follow(session: AsyncSession, *, now: datetime) -> bool:
    """Works out the next conversations that fell silent after something was said, noted or left unanswered; whether
    there may be more. Of several servers one does it at a time. The caller commits."""
    await session.execute(
        text(
            "insert into report_progress (id, heard_at, heard_id, noted_id) values (1, :at, :zero, :noted)"
            " on conflict do nothing"
        ).bindparams(bindparam("at", type_=_INSTANT)),
        # What was noted before the first time concerns conversations that are all worked out then.
        {"at": _BEGINNING, "zero": _ZERO, "noted": _first_id(now - SETTLED)},
    )
    progress = await session.scalar(
        select(ReportProgress).with_for_update(skip_locked=True).execution_options(populate_existing=True)
    )
    if progress is None:
        return False
    heard, more_heard = await _heard(session, progress, now)
    noted, more_noted = await _noted(session, progress, now)
    silent = list(await session.scalars(_SILENT, {"now": now, "most": BATCH}))
    await roll(session, sorted({*heard, *noted, *silent}), now=now)
    await session.execute(_FORGET)
    more = more_heard or more_noted or len(silent) == BATCH
    if not more:
        progress.done_at = now - SETTLED
    await session.flush()
    return more


async def up_to(session: AsyncSession) -> datetime | None:
    """When everything that had happened by then was in; None before the first time."""
    found: datetime | None = await session.scalar(_DONE)
    return found


async def _heard(session: AsyncSession, progress: ReportProgress, now: datetime) -> tuple[list[UUID], bool]:
    given = {"at": progress.heard_at, "id": progress.heard_id, "settled": now - SETTLED, "most": BATCH}
    rows = list(await session.execute(_HEARD, given))
    if rows:
        progress.heard_at, progress.heard_id = rows[-1].last_message_at, rows[-1].id
    return [row.id for row in rows], len(rows) == BATCH


async def _noted(session: AsyncSession, progress: ReportProgress, now: datetime) -> tuple[list[UUID], bool]:
    """Conversations of which the audit log tells something that no message does: a closing, a merge of customers."""
    given = {"id": progress.noted_id, "settled": _first_id(now - SETTLED), "most": NOTES}
    rows = list(await session.execute(_NOTED, given))
    more = len(rows) == NOTES
    if rows:
        progress.noted_id = rows[-1].id
    found = {UUID(row.subject_id) for row in rows if row.subject_kind == "conversation"}
    customers = {row.subject_id for row in rows if row.subject_kind == "customer"}
    customers |= {str(row.details["gone"]) for row in rows if row.subject_kind == "customer" and "gone" in row.details}
    if customers:
        found |= set(await session.scalars(_OF_CUSTOMERS, {"customers": sorted(customers)}))
    return sorted(found), more


def _first_id(at: datetime) -> UUID:
    """The first identifier (UUIDv7, RFC 9562) of an instant: they sort by time."""
    return UUID(int=int(at.timestamp() * 1000) << 80)
