"""Who objected to being profiled: what is concluded of everybody else leaves them out."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import SYSTEM
from crm_backend.customers import consents
from crm_backend.segments import services as segments
from crm_backend.value import services
from crm_backend.value.model import ValueModel
from tests.crm_backend.value.shop import NOW, customer, order
from tests.crm_backend.value.test_value import kept, up_to_date


async def test_who_objected_is_in_no_fifth_nor_model_and_a_vip_by_hand_only(crm: AsyncSession) -> None:
    people = [await customer(crm) for _ in range(21)]
    for place, one in enumerate(people):
        for days in range(1 + place // 5):
            order(crm, one, 1 + days)
    best = people[-1]
    await services.everything(crm, now=NOW)
    assert (await kept(crm, best)).frequency_score == 5
    consents.note(crm, customer_id=best, purpose="profiling", given=False, how="mail", actor="system", at=NOW)
    await services.choose_vip(crm, SYSTEM, best, vip=True)
    await up_to_date(crm)
    await services.everything(crm, now=NOW)
    found = await kept(crm, best)
    assert (found.recency_score, found.frequency_score, found.monetary_score, found.vip_by_rule) == (None,) * 3 + (
        False,
    )
    assert found.vip and found.orders == 5
    cuts = await crm.execute(text("select distinct customers from score_cuts where measure <> 'monetary'"))
    assert cuts.scalars().all() == [20]
    fits = await crm.scalars(select(ValueModel).where(ValueModel.kind == "bg_nbd").order_by(ValueModel.id))
    assert [fit.statistics["customers"] for fit in fits] == [21, 20]


async def test_segments_over_conclusions_leave_out_who_objected(crm: AsyncSession) -> None:
    one, other = await customer(crm), await customer(crm)
    for who in (one, other):
        order(crm, who, 5)
    consents.note(crm, customer_id=one, purpose="profiling", given=False, how="mail", actor="system", at=NOW)
    await up_to_date(crm)
    lost = {"field": "stage", "op": "is", "value": "lost"}
    asked: list[tuple[dict[str, Any], set[UUID]]] = [
        ({"not": lost}, {other}),
        ({"field": "stage", "op": "unknown"}, set()),
        ({"any": [{"field": "orders", "op": "eq", "value": 1}, lost]}, {other}),
        ({"field": "orders", "op": "eq", "value": 1}, {one, other}),
        ({"field": "vip", "op": "is", "value": False}, {one, other}),
        ({"field": "consents", "op": "any_of", "value": ["profiling"]}, {other}),
        ({"field": "consents", "op": "none_of", "value": ["surveys"]}, set()),
    ]
    for rule, right in asked:
        _, found = await segments.preview(crm, SYSTEM, rule)
        assert {each.id for each in found} == right, rule
        kept_one = await segments.add(crm, SYSTEM, name=str(rule)[:100], rule=rule)
        assert await segments.segments_of(crm, one, only=[kept_one.id]) == [kept_one.id] * (one in right)
