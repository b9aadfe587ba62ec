"""Who stands for customers that were merged: their identifiers and numbers go on leading somewhere."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.customers.merges import Merge
from crm_backend.customers.model import Customer


async def now_called(session: AsyncSession, customer_id: UUID) -> UUID:
    """Who holds what was this customer's: the one they were merged into, or they themselves."""
    found: UUID | None = await session.scalar(
        select(Merge.kept_id)
        .where(Merge.gone_id == customer_id, Merge.undone_at.is_(None))
        .order_by(Merge.created_at.desc())
        .limit(1)
    )
    return found or customer_id


async def numbered(session: AsyncSession, external_id: str) -> UUID | None:
    """The customer whom the company's own systems know by this number, also since they were merged into another."""
    found: UUID | None = await session.scalar(select(Customer.id).where(Customer.external_id == external_id))
    return found or (await merged_numbers(session, [external_id])).get(external_id)


async def merged_numbers(session: AsyncSession, external_ids: Collection[str]) -> dict[str, UUID]:
    """Of these numbers, those of customers who were merged away, with who stands for each now."""
    if not external_ids:
        return {}
    rows = await session.execute(
        select(Merge.gone_external_id, Merge.kept_id)
        .where(Merge.gone_external_id.in_(list(external_ids)), Merge.undone_at.is_(None))
        .order_by(Merge.created_at)
    )
    return {str(number): kept for number, kept in rows}
