"""Stages of life and VIPs by rule, with the history of the stages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import case, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.customers.model import Customer
from crm_backend.database import new_id
from crm_backend.segments.rules import Rule
from crm_backend.segments.sql import Scope, condition, customers
from crm_backend.value.model import STAGES, CustomerValue, StageChange

_V = CustomerValue


async def compute(
    session: AsyncSession, ids: Sequence[UUID], *, rules: Mapping[str, Rule], vip: Rule, scope: Scope
) -> None:
    """Puts these customers into the stages that the rules say, noting every change; then says who is a VIP by rule,
    which may ask for the stage."""
    whens = [(condition(rule, scope), stage) for stage, rule in rules.items()]
    stage = case(*whens, else_=STAGES[-1])
    asked = customers(_V.customer_id, _V.stage.label("previous"), stage.label("stage")).where(
        Customer.id == func.any(list(ids)), _V.customer_id.is_not(None)
    )
    found = asked.subquery()
    changed = (
        await session.execute(select(found).where(or_(found.c.previous.is_(None), found.c.previous != found.c.stage)))
    ).all()
    if changed:
        by_stage: dict[str, list[UUID]] = {}
        for row in changed:
            by_stage.setdefault(row.stage, []).append(row.customer_id)
        for name, theirs in by_stage.items():
            await session.execute(
                update(_V)
                .where(_V.customer_id == func.any(theirs))
                .values(stage=name, stage_since=scope.now)
                .execution_options(synchronize_session=False)
            )
        await session.execute(
            insert(StageChange),
            [
                {
                    "id": new_id(),
                    "customer_id": row.customer_id,
                    "stage": row.stage,
                    "previous": row.previous,
                    "at": scope.now,
                }
                for row in changed
            ],
        )
    await _vips(session, ids, vip, scope)


async def _vips(session: AsyncSession, ids: Sequence[UUID], vip: Rule, scope: Scope) -> None:
    is_vip = func.coalesce(condition(vip, scope), False)
    asked = customers(_V.customer_id.label("customer_id"), is_vip.label("vip")).where(
        Customer.id == func.any(list(ids))
    )
    found = asked.subquery()
    await session.execute(
        update(_V)
        .where(_V.customer_id == found.c.customer_id, _V.vip_by_rule != found.c.vip)
        .values(vip_by_rule=found.c.vip)
        .execution_options(synchronize_session=False)
    )
