"""Which products are bought together: association rules between two products, found in SQL."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.value.model import ValueSettings

MOST_EACH = 20
"""Rules kept of one product, the surest."""
LARGEST_ORDER = 100
"""Products of an order above which it says nothing of taste, and has pairs by the thousand."""
# materialized: the rows of an order are looked at twice.
_FIND = text("""
with bought as materialized (
    select distinct l.order_id, v.product_id
    from order_lines l
    join orders o on o.id = l.order_id
    join variants v on v.id = l.variant_id
    where o.status not in ('cancelled', 'returned') and o.placed_at > :since and o.placed_at <= :now
), kept as materialized (
    select order_id, product_id from bought
    where order_id not in (select order_id from bought group by order_id having count(*) > :largest)
), total as (
    select count(distinct order_id)::float8 as orders from kept
), single as (
    select product_id, count(*)::float8 as orders from kept group by product_id
), both_ways as (
    select a.product_id, b.product_id as with_id, count(*) as orders
    from kept a join kept b on b.order_id = a.order_id and b.product_id <> a.product_id
    group by a.product_id, b.product_id having count(*) >= :orders
), rules as (
    select p.product_id, p.with_id, p.orders, p.orders / total.orders as support, p.orders / a.orders as confidence,
        p.orders * total.orders / (a.orders * b.orders) as lift
    from both_ways p
    join single a on a.product_id = p.product_id
    join single b on b.product_id = p.with_id
    cross join total
), ranked as (
    select *, row_number() over (partition by product_id order by confidence desc, lift desc, with_id) as place
    from rules where confidence >= :confidence and lift >= :lift
)
insert into product_pairs (product_id, with_id, orders, support, confidence, lift, computed_at)
select product_id, with_id, orders, support, confidence, lift, :now from ranked where place <= :most
returning 1
""")


async def compute(session: AsyncSession, settings: ValueSettings, *, now: datetime) -> int:
    """Finds the rules anew among the orders of the window; how many there are.

    Cancelled and returned orders do not count, and neither do orders of more than `LARGEST_ORDER` products.
    """
    await session.execute(text("delete from product_pairs"))
    found = await session.execute(
        _FIND,
        {
            "since": now - timedelta(days=settings.window_days),
            "now": now,
            "largest": LARGEST_ORDER,
            "orders": settings.pair_orders,
            "confidence": settings.pair_confidence,
            "lift": settings.pair_lift,
            "most": MOST_EACH,
        },
    )
    return len(found.all())
