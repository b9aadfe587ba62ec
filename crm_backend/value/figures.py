"""Customers' figures from their orders, always with the same statement: after a change, and every night for all."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Uuid, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession

# What is compared says when a row is written at all: the nightly look at everybody changes few.
_FIGURES = text("""
with counted as (
    select o.customer_id, o.currency, o.total_minor, o.placed_at
    from orders o
    where o.customer_id = any(:ids) and o.status not in ('cancelled', 'returned') and o.placed_at <= :now
), by_currency as (
    select customer_id, currency, count(*) as orders, max(placed_at) as last_at,
        least(sum(total_minor), 9223372036854775807)::bigint as spent,
        least(coalesce(sum(total_minor) filter (where placed_at > :since), 0), 9223372036854775807)::bigint
            as window_spent
    from counted group by customer_id, currency
), chief as (
    select distinct on (customer_id) * from by_currency
    order by customer_id, orders desc, last_at desc, currency
), whole as (
    select customer_id, count(*) as orders, count(distinct (placed_at at time zone 'UTC')::date) as days,
        min(placed_at) as first_at, max(placed_at) as last_at,
        count(*) filter (where placed_at > :since) as window_orders
    from counted group by customer_id
)
insert into customer_values as v (customer_id, currency, orders, order_days, first_order_at, last_order_at,
    currency_orders, spent_minor, window_orders, window_spent_minor, figures_at)
select c.id, chief.currency, coalesce(whole.orders, 0), coalesce(whole.days, 0), whole.first_at, whole.last_at,
    coalesce(chief.orders, 0), coalesce(chief.spent, 0), coalesce(whole.window_orders, 0),
    coalesce(chief.window_spent, 0), :now
from customers c left join whole on whole.customer_id = c.id left join chief on chief.customer_id = c.id
where c.id = any(:ids)
on conflict (customer_id) do update set
    currency = excluded.currency, orders = excluded.orders, order_days = excluded.order_days,
    first_order_at = excluded.first_order_at, last_order_at = excluded.last_order_at,
    currency_orders = excluded.currency_orders, spent_minor = excluded.spent_minor,
    window_orders = excluded.window_orders, window_spent_minor = excluded.window_spent_minor,
    figures_at = excluded.figures_at
where (v.currency, v.orders, v.order_days, v.first_order_at, v.last_order_at, v.currency_orders, v.spent_minor,
        v.window_orders, v.window_spent_minor)
    is distinct from (excluded.currency, excluded.orders, excluded.order_days, excluded.first_order_at,
        excluded.last_order_at, excluded.currency_orders, excluded.spent_minor, excluded.window_orders,
        excluded.window_spent_minor)
""").bindparams(bindparam("ids", type_=ARRAY(Uuid)))
_TAKE = text("""
with oldest as (select id from changed_customers order by id limit :limit for update skip locked)
delete from changed_customers c using oldest where c.id = oldest.id returning c.customer_id
""")


async def take_changed(session: AsyncSession, *, limit: int) -> list[UUID]:
    """The customers whose orders changed, the longest ago first, taken off the list with the caller's transaction."""
    found = await session.execute(_TAKE, {"limit": limit})
    return list(dict.fromkeys(row.customer_id for row in found))


async def compute(session: AsyncSession, ids: Sequence[UUID], *, window_days: int, now: datetime) -> None:
    """Brings the figures of these customers up to date.

    Cancelled and returned orders count for nothing, and neither do orders without a date or of the future. The
    currency is the one of most orders, of the last where two have as many.
    """
    since = now - timedelta(days=window_days)
    await session.execute(_FIGURES, {"ids": list(ids), "now": now, "since": since})
