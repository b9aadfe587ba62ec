"""Who objected to being profiled (GDPR, article 21): nothing is concluded of them, and what was is taken away."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import delete, func, or_, update
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.customers.consents import PROFILING, objectors
from crm_backend.value.model import CustomerValue, StageChange

_V = CustomerValue
_CONCLUDED = (
    _V.recency_score,
    _V.frequency_score,
    _V.monetary_score,
    _V.stage,
    _V.stage_since,
    _V.alive,
    _V.leaving_risk,
    _V.expected_orders,
    _V.expected_order_minor,
    _V.lifetime_value_minor,
    _V.model_id,
)
"""What is said of customers beyond what their orders come to."""


async def honour(session: AsyncSession, ids: Sequence[UUID]) -> list[UUID]:
    """Takes away what was concluded of those among these customers who objected, with the history of their stages; the
    others. Counts and amounts of orders stay, and so does a VIP by hand: these are no conclusions."""
    objected = list(await session.scalars(objectors(PROFILING, among=ids)))
    if not objected:
        return list(ids)
    await session.execute(
        update(_V)
        .where(
            _V.customer_id == func.any(objected),
            or_(_V.vip_by_rule, *(column.is_not(None) for column in _CONCLUDED)),
        )
        .values({**dict.fromkeys(_CONCLUDED), _V.vip_by_rule: False})
        .execution_options(synchronize_session=False)
    )
    await session.execute(
        delete(StageChange)
        .where(StageChange.customer_id == func.any(objected))
        .execution_options(synchronize_session=False)
    )
    left_out = set(objected)
    return [each for each in ids if each not in left_out]
