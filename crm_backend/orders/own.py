"""Orders as their own customers go through them."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.catalogue.model import Product, Variant
from crm_backend.orders.model import Order, OrderLine
from crm_backend.orders.queries import PARTS
from crm_backend.orders.services import OPEN


async def listing(
    session: AsyncSession, customer_id: UUID, *, under_way: bool | None = None, limit: int, offset: int = 0
) -> Sequence[Order]:
    """A customer's orders with their lines and parcels, the newest first; those that are not over yet, or those that
    are, where `under_way` says so."""
    query = select(Order).where(Order.customer_id == customer_id).options(*PARTS)
    if under_way is not None:
        query = query.where(Order.status.in_(OPEN) if under_way else Order.status.not_in(OPEN))
    query = query.order_by(Order.placed_at.desc().nulls_last(), Order.number_key.desc())
    return (await session.scalars(query.limit(limit).offset(offset))).all()


async def pictures(session: AsyncSession, lines: Sequence[OrderLine]) -> dict[UUID, str]:
    """The addresses of the products' pictures, by line; nothing for those without any."""
    wanted = {line.variant_id for line in lines if line.variant_id is not None}
    if not wanted:
        return {}
    rows = await session.execute(
        select(Variant.id, Product.image)
        .join(Product, Product.id == Variant.product_id)
        .where(Variant.id.in_(wanted), Product.image.is_not(None))
    )
    found = {variant: image for variant, image in rows.tuples() if image}
    return {line.id: found[line.variant_id] for line in lines if line.variant_id in found}
