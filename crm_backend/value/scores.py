"""Recency, frequency and monetary scores: in which fifth of the customers somebody is, 5 being the best.

A. M. Hughes, "Strategic Database Marketing" (1994). Fifths are of the customers with an order in the window who
did not object to profiling, amounts among those of one currency: there are no rates of exchange here. Equal values get
equal scores, so that fifths need not be of one size: where half of all have ordered once, all of these are in the
first.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Uuid, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.customers.consents import PROFILING, objectors

FEWEST = 20
"""Customers that fifths are made of; of fewer there are no scores."""
_CUTS = text("""
with ordered as (
    select currency, extract(epoch from last_order_at)::float8 as recency, window_orders::float8 as frequency,
        window_spent_minor::float8 as monetary
    from customer_values where window_orders > 0 and customer_id not in (select unnest(:objectors))
), measured as (
    select 'recency' as measure, '' as currency, recency as value from ordered
    union all select 'frequency', '', frequency from ordered
    union all select 'monetary', currency, monetary from ordered
), cut as (
    select measure, currency, count(*) as customers,
        percentile_disc(array[0.2, 0.4, 0.6, 0.8]::float8[]) within group (order by value) as at
    from measured group by measure, currency having count(*) >= :fewest
)
insert into score_cuts (measure, currency, cut1, cut2, cut3, cut4, customers, computed_at)
select measure, currency, at[1], at[2], at[3], at[4], customers, :now from cut
""").bindparams(bindparam("objectors", type_=ARRAY(Uuid)))
_SCORES = text("""
with scored as (
    select v.customer_id,
        1 + (extract(epoch from v.last_order_at) > r.cut1)::int + (extract(epoch from v.last_order_at) > r.cut2)::int
          + (extract(epoch from v.last_order_at) > r.cut3)::int + (extract(epoch from v.last_order_at) > r.cut4)::int
            as recency,
        1 + (v.window_orders > f.cut1)::int + (v.window_orders > f.cut2)::int + (v.window_orders > f.cut3)::int
          + (v.window_orders > f.cut4)::int as frequency,
        1 + (v.window_spent_minor > m.cut1)::int + (v.window_spent_minor > m.cut2)::int
          + (v.window_spent_minor > m.cut3)::int + (v.window_spent_minor > m.cut4)::int as monetary
    from customer_values v
    left join score_cuts r on r.measure = 'recency' and v.window_orders > 0
    left join score_cuts f on f.measure = 'frequency' and v.window_orders > 0
    left join score_cuts m on m.measure = 'monetary' and m.currency = v.currency and v.window_orders > 0
    where v.customer_id = any(:ids)
)
update customer_values v
set recency_score = s.recency, frequency_score = s.frequency, monetary_score = s.monetary
from scored s
where s.customer_id = v.customer_id and (v.recency_score, v.frequency_score, v.monetary_score)
    is distinct from (s.recency::smallint, s.frequency::smallint, s.monetary::smallint)
""").bindparams(bindparam("ids", type_=ARRAY(Uuid)))


async def cut(session: AsyncSession, *, now: datetime) -> None:
    """Finds anew where the fifths lie."""
    await session.execute(text("delete from score_cuts"))
    objected = list(await session.scalars(objectors(PROFILING)))
    await session.execute(_CUTS, {"fewest": FEWEST, "now": now, "objectors": objected})


async def compute(session: AsyncSession, ids: Sequence[UUID]) -> None:
    """Gives these customers their scores by where the fifths lie; none where they are unknown, and none to whom has not
    ordered within the window."""
    await session.execute(_SCORES, {"ids": list(ids)})
