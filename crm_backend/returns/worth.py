"""What goods that came back are worth, in minor units."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.orders.model import Order, OrderLine
from crm_backend.returns.model import Return, ReturnLine


async def all_back(session: AsyncSession, order: Order) -> bool:
    """Whether every piece of an order was taken back and paid back."""
    back = await _pieces(session, order.id)
    return all(back.get(line.id, 0) >= line.quantity for line in order.lines)


async def foreseen(session: AsyncSession, order: Order, pieces: Mapping[UUID, int]) -> tuple[int, bool]:
    """What these pieces of its lines, which have not come back, would be worth if they were taken back now; and
    whether nothing would be left of the order with the customer."""
    back = await _pieces(session, order.id)
    before = sum(back.get(line.id, 0) * line.unit_price_minor for line in order.lines)
    now = sum(pieces.get(line.id, 0) * line.unit_price_minor for line in order.lines)
    share, of = await _paid_for_goods(session, order)
    whole = all(back.get(line.id, 0) + pieces.get(line.id, 0) >= line.quantity for line in order.lines)
    return ((before + now) * share // of - before * share // of if of else 0), whole


async def worth(session: AsyncSession, order: Order, made: Return) -> int:
    """What the accepted pieces of a return were bought for: a discount on the order is shared out by price.

    It is the worth of all that has come back with it, less the worth of what had before, so that nothing is lost or won
    by rounding when an order comes back in several parcels.
    """
    back = await _pieces(session, order.id, without=made.id)
    before = sum(back.get(line.id, 0) * line.unit_price_minor for line in order.lines)
    now = sum((line.accepted or 0) * line.line.unit_price_minor for line in made.lines)
    share, of = await _paid_for_goods(session, order)
    return (before + now) * share // of - before * share // of if of else 0


async def cheaper(session: AsyncSession, order: Order, difference: int) -> int:
    """What of a difference in price was paid: what is cheaper has its share of the order's discount, too."""
    share, of = await _paid_for_goods(session, order)
    return difference * share // of if of else 0


async def _paid_for_goods(session: AsyncSession, order: Order) -> tuple[int, int]:
    """What was paid for the goods of an order, and their prices. A replacement was paid for with the first order: its
    own discount is what came back for it."""
    first = order
    while first.replaces_id is not None:
        first = await session.get_one(Order, first.replaces_id)
    prices = select(func.coalesce(func.sum(OrderLine.quantity * OrderLine.unit_price_minor), 0))
    of = int(await session.scalar(prices.where(OrderLine.order_id == first.id)) or 0)
    # The total of an order from elsewhere may hold what we are not told of.
    return max(0, min(of, first.total_minor - first.shipping_minor)), of


async def _pieces(session: AsyncSession, order_id: UUID, *, without: UUID | None = None) -> dict[UUID, int]:
    rows = await session.execute(
        select(ReturnLine.order_line_id, func.sum(ReturnLine.accepted))
        .join(Return, Return.id == ReturnLine.return_id)
        .where(Return.order_id == order_id, Return.status == "refunded", Return.id != without)
        .group_by(ReturnLine.order_line_id)
    )
    return {line: int(count or 0) for line, count in rows.tuples()}
