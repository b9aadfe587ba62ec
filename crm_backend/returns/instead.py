"""What an article can be exchanged for: the versions of the same product."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import Actor
from crm_backend.catalogue.model import Variant
from crm_backend.errors import NotFound
from crm_backend.orders.queries import order as read


@dataclass(frozen=True)
class Version:
    """A version that can be had. `dearer_by` is how much more one piece costs than what was bought, in minor units of
    the order's currency, less than nothing where it is cheaper; nothing where the catalogue has another currency
    (`closing.exchange`). `same` is what was bought."""

    id: UUID
    options: dict[str, str]
    dearer_by: int
    same: bool


async def versions(session: AsyncSession, order_id: UUID, *, actor: Actor, line_id: UUID) -> list[Version]:
    """The versions of a line's product that are available, the cheapest first; none where the catalogue does not know
    it. Customers may ask, of their own order. Raises NotFound, NotAllowed."""
    order = await read(session, order_id, actor=actor)
    line = next((each for each in order.lines if each.id == line_id), None)
    if line is None:
        raise NotFound("no such line")
    if line.variant_id is None:
        return []
    product = select(Variant.product_id).where(Variant.id == line.variant_id).scalar_subquery()
    rows = await session.scalars(
        select(Variant)
        .where(Variant.product_id == product, Variant.available)
        .order_by(Variant.price_minor, Variant.id)
    )
    return [
        Version(
            id=row.id,
            options=row.options,
            dearer_by=row.price_minor - line.unit_price_minor
            if row.currency == order.currency and row.id != line.variant_id
            else 0,
            same=row.id == line.variant_id,
        )
        for row in rows
    ]


async def same_again(session: AsyncSession, order_id: UUID, *, actor: Actor, line_ids: Collection[UUID]) -> bool:
    """Whether each of these lines can be had again, the same. Raises as `versions`."""
    for line_id in line_ids:
        there = await versions(session, order_id, actor=actor, line_id=line_id)
        if not any(each.same for each in there):
            return False
    return True


def reason_of(version: Version, bought: Mapping[str, str]) -> str | None:
    """Why an article is exchanged, as the version that is wanted says it; None for the same again, which does not."""
    if version.same:
        return None
    return "wrong_size" if version.options.get("size") != bought.get("size") else "changed_mind"
