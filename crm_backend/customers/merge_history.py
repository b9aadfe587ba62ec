"""What was merged into a customer, as people read it: whom, by whom, and whether it can be undone now."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Uuid, bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import Actor

MOST = 50


class Merged(NamedTuple):
    """A merge. `gone_name` is None once its details were let go; `undoable` is of the last alone, and only while there
    are details. The names of the fields are those of the columns that are read, in this order."""

    id: UUID
    created_at: datetime
    actor: str
    undone_at: datetime | None
    undone_by: str | None
    outcome: dict[str, Any] | None
    gone_name: str | None
    undoable: bool


# The name of who is gone stands in the step that took the row away, and is with the other customer again once undone.
_MERGES = text("""
select m.id, m.created_at, m.actor, m.undone_at, m.undone_by, m.outcome,
  coalesce(
    (select trim(concat(s.old ->> 'first_name', ' ', s.old ->> 'last_name')) from merge_steps s
     where s.merge_id = m.id and s.subject = 'customers' and s.action = 'removed' limit 1),
    (select trim(c.first_name || ' ' || c.last_name) from customers c where c.id = m.gone_id)),
  m.undone_at is null and exists (select from merge_steps s where s.merge_id = m.id)
    and not exists (select from merges l where (l.into_id = m.into_id or l.gone_id = m.into_id)
      and l.id <> m.id and l.created_at >= m.created_at and l.undone_at is null)
from merges m where m.kept_id = :customer order by m.created_at desc, m.id desc limit :most
""").bindparams(bindparam("customer", type_=Uuid()))


async def of_customer(session: AsyncSession, *, actor: Actor, customer_id: UUID) -> list[Merged]:
    """The merges that a customer came out of, the last first."""
    actor.need("customers.read")
    rows = await session.execute(_MERGES, {"customer": customer_id, "most": MOST})
    return [Merged._make(row) for row in rows]
