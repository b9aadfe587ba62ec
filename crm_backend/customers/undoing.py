"""Undoing a merge: every step played back, the last first; what has changed since is kept and told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy import Table, delete, or_, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import Actor
from crm_backend.audit import services as audit
from crm_backend.customers.folding import references, versioned
from crm_backend.customers.merges import Merge, MergeStep
from crm_backend.customers.model import Customer
from crm_backend.database import Base, utc_now
from crm_backend.errors import NotFound, NotNow
from crm_backend.events import services as events

AT_ONCE = 500
_CHANGE_BACK = """
update {table} t set "{column}" = (jsonb_populate_record(null::{table}, s.old))."{column}"{bump}
from merge_steps s, jsonb_populate_record(null::{table}, s.key) k
where s.merge_id = :merge and s.position = any(:positions) and {same}
and (to_jsonb(t) -> '{column}') is not distinct from (s.new -> '{column}')
"""
_PUT_BACK = """
insert into {table} ({columns}) overriding system value
select {taken} from merge_steps s, jsonb_populate_record(null::{table}, s.old) r
where s.merge_id = :merge and s.position = any(:positions)
"""
_TAKE_BACK = """
delete from {table} t using merge_steps s, jsonb_populate_record(null::{table}, s.key) k
where s.merge_id = :merge and s.position = any(:positions) and {same}
"""
_BEGUN_SINCE = """
update conversations c set customer_id = :gone, proof = case when owner = 'nobody' then proof else 'anonymous' end,
version = version + (owner = 'bot')::int
where c.customer_id = :kept and c.last_message_at > :at
and exists (select from participants p join identities i on i.id = p.identity_id
            where p.conversation_id = c.id and i.customer_id = :gone)
and not exists (select from participants p join identities i on i.id = p.identity_id
                where p.conversation_id = c.id and i.customer_id = :kept)
returning c.id
"""
_RANK_OF_BOTH = """
update conversations c set proof = 'anonymous', version = version + (owner = 'bot')::int
from merge_steps s
where s.merge_id = :merge and s.subject = 'conversations' and s.key ->> 'id' = c.id::text
and s.new ->> 'customer_id' = :into and c.customer_id = :gone and c.owner <> 'nobody' and c.proof <> 'anonymous'
and c.proof is distinct from (
  select o.old ->> 'proof' from merge_steps o
  where o.merge_id = :merge and o.subject = 'conversations' and o.key = s.key and o.old ? 'proof')
returning c.id
"""


async def undo(session: AsyncSession, *, actor: Actor, merge_id: UUID) -> Merge:
    """Makes two customers again of those that were merged, with everything where it was.

    What has changed since stays as it is now, and what was added since stays with who was kept: `outcome` tells both. A
    conversation that was begun since by an account that goes back goes with it. Raises NotFound, NotNow
    (`undone_already`; `merge_forgotten`, when its details were let go (privacy/kinds.py); `later_merge`, whose undoing
    comes first; `in_use_since`, when a value that has to be there once only was taken by somebody else; then nothing is
    changed).
    """
    actor.need("customers.merge")
    merge = await _undoable(session, merge_id)
    steps = list(
        await session.scalars(
            select(MergeStep).where(MergeStep.merge_id == merge_id).order_by(MergeStep.position.desc())
        )
    )
    if not steps:
        raise NotNow("merge_forgotten")
    since = await _added_since(session, merge)
    kept: Counter[str] = Counter()
    for table, action, column, positions in _runs(steps):
        done = await _play_back(session, merge_id, table, action, column, positions)
        if action == "changed" and done < len(positions):
            kept[f"{table.name}.{column}"] += len(positions) - done
    both = {"gone": merge.gone_id, "kept": merge.into_id, "at": merge.created_at}
    begun = len((await session.execute(text(_BEGUN_SINCE), both)).all())
    await session.execute(text(_RANK_OF_BOTH), {"merge": merge_id, "gone": merge.gone_id, "into": str(merge.into_id)})
    merge.undone_at, merge.undone_by = utc_now(), actor.name
    if begun:
        since["conversations"] = since.get("conversations", 0) - begun
    stayed = {name: count for name, count in sorted(since.items()) if count > 0}
    merge.outcome = {"changed_since": dict(kept), "added_since": stayed, "begun_since": begun}
    # They hold what people wrote and who they are, and are of no use any more.
    await session.execute(delete(MergeStep).where(MergeStep.merge_id == merge_id))
    await _tell(session, actor, merge)
    await session.flush()
    session.expire_all()
    await session.refresh(merge)
    return merge


async def _undoable(session: AsyncSession, merge_id: UUID) -> Merge:
    merge: Merge | None = await session.scalar(
        select(Merge).where(Merge.id == merge_id).with_for_update().execution_options(populate_existing=True)
    )
    if merge is None:
        raise NotFound("no such merge")
    if merge.undone_at is not None:
        raise NotNow("undone_already")
    # Only from the last can every step be played back: a later one may have moved on what this one had moved.
    later = await session.scalar(
        select(Merge.id)
        .where(
            or_(Merge.into_id == merge.into_id, Merge.gone_id == merge.into_id),
            Merge.id != merge.id,
            Merge.created_at >= merge.created_at,
            Merge.undone_at.is_(None),
        )
        .order_by(Merge.created_at.desc())
        .limit(1)
    )
    if later is not None:
        raise NotNow("later_merge", merge=str(later))
    await session.flush()
    await session.execute(select(Customer.id).where(Customer.id == merge.into_id).with_for_update())
    return merge


async def _tell(session: AsyncSession, actor: Actor, merge: Merge) -> None:
    subject, merge_id, again = ("customer", merge.into_id), str(merge.id), str(merge.gone_id)
    details: dict[str, Any] = {"merge": merge_id, "again": again, "outcome": merge.outcome}
    audit.record(session, actor=actor, action="merge_undone", subject=subject, **details)
    ids = {"merge_id": merge_id, "kept_id": str(merge.into_id), "again_id": again}
    await events.emit(session, kind="customer.parted", subject=subject, data=ids, actor=actor.name)


def _runs(steps: Sequence[MergeStep]) -> Iterator[tuple[Table, str, str, list[int]]]:
    """Steps that can be played back together: of one table, the same way, one after the other."""

    def alike(step: MergeStep) -> tuple[str, str, str]:
        return step.subject, step.action, next(iter(step.old)) if step.action == "changed" and step.old else ""

    for (subject, action, column), run in groupby(steps, alike):
        positions = [step.position for step in run]
        for start in range(0, len(positions), AT_ONCE):
            yield Base.metadata.tables[subject], action, column, positions[start : start + AT_ONCE]


async def _play_back(
    session: AsyncSession, merge_id: UUID, table: Table, action: str, column: str, positions: list[int]
) -> int:
    """How many of the rows are as they were before."""
    plain = [f'"{each.name}"' for each in table.columns if each.computed is None]
    template = {"changed": _CHANGE_BACK, "removed": _PUT_BACK, "made": _TAKE_BACK}[action]
    statement = template.format(
        table=table.name,
        column=column,
        columns=", ".join(plain),
        taken=", ".join(f"r.{each}" for each in plain),
        same=" and ".join(f't."{each.name}" = k."{each.name}"' for each in table.primary_key),
        bump=", version = t.version + 1" if versioned(table) else "",
    )
    try:
        async with session.begin_nested():
            done = await session.execute(text(statement), {"merge": merge_id, "positions": positions})
    except IntegrityError:
        raise NotNow("in_use_since", table=table.name) from None
    return int(done.rowcount)  # type: ignore[attr-defined]


async def _added_since(session: AsyncSession, merge: Merge) -> dict[str, int]:
    """How many rows of each table came to who was kept after the merge."""
    found: Counter[str] = Counter()
    for reference in references(Customer.__table__):  # type: ignore[arg-type]
        table = reference.table
        if "created_at" not in table.c or table.name in ("merges", "duplicate_pairs"):
            continue
        column, created = table.c[reference.column], table.c.created_at
        count = await session.scalar(
            select(text("count(*)")).select_from(table).where(column == merge.into_id, created > merge.created_at)
        )
        if count:
            found[table.name] += count
    return dict(found)
