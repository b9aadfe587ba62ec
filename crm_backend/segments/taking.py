"""Taking a segment away as a table: who is in it now and how they are reached."""

from __future__ import annotations

from collections.abc import AsyncIterator
from uuid import UUID

from sqlalchemy import ScalarSelect, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import Actor
from crm_backend.audit import services as audit
from crm_backend.customers.model import Customer, Identity
from crm_backend.export import cells
from crm_backend.segments import services

BATCH = 500
HEADER = ("id", "external_id", "first_name", "last_name", "company", "language", "email", "phone")


async def members_csv(
    session: AsyncSession, actor: Actor, segment_id: UUID, *, bom: bool = False
) -> AsyncIterator[bytes]:
    """The customers in a segment as CSV in pieces, by their names; `bom` puts the mark before it by which Excel knows
    UTF-8. The transaction must stay open until the end, and must be committed: the audit log tells who took what.

    Raises NotFound, NotAllowed, and NotNow where the rule is broken or cannot be told in time, before the first piece.
    """
    actor.need("tables.export", "segments.read", "customers.read")
    segment = await services.get(session, actor, segment_id)
    rule = await services.rule_of(session, segment)
    async with services.patience(session):
        chosen = services.members(actor, rule).with_only_columns(Customer.id)
        ids = list(await session.scalars(chosen.order_by(Customer.last_name, Customer.first_name, Customer.id)))
    audit.record(session, actor=actor, action="exported", subject=("segment", segment_id), rows=len(ids))

    async def pieces() -> AsyncIterator[bytes]:
        yield (cells.BOM if bom else b"") + cells.lines([HEADER])
        for start in range(0, len(ids), BATCH):
            some = ids[start : start + BATCH]
            rows = {row[0]: tuple(row) for row in await session.execute(_ROWS.where(Customer.id.in_(some)))}
            yield cells.lines([rows[each] for each in some if each in rows])

    return pieces()


def _first(kind: str) -> ScalarSelect[str]:
    """The address of this kind that is shown and written to first."""
    own = select(Identity.value).where(Identity.customer_id == Customer.id, Identity.kind == kind)
    return own.order_by(Identity.is_primary.desc(), Identity.created_at).limit(1).scalar_subquery()


_ROWS = select(
    Customer.id,
    Customer.external_id,
    Customer.first_name,
    Customer.last_name,
    Customer.company,
    Customer.language,
    _first("email"),
    _first("phone"),
)
