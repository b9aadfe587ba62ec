"""Policies are data: checked, dated, one at a time."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import SYSTEM
from crm_backend.audit.model import AuditEntry
from crm_backend.database import new_id, utc_now
from crm_backend.errors import Invalid, NotAllowed, NotFound, NotNow, Stale
from crm_backend.policies import kinds, services
from crm_backend.policies.kinds import KINDS
from tests.support import shop

NOW = utc_now()
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("kind", "parameters", "field"),
    [
        ("nothing", {}, "kind"),
        ("return", {"days": -1}, "parameters.days"),
        ("return", {"days": 10**9}, "parameters.days"),
        ("return", {"days": "30"}, "parameters.days"),
        ("return", {"day": 30}, "parameters.day"),
        ("return", {"not_for": ["poetry"]}, "parameters.not_for.0"),
        ("cancel", {"until": "delivered"}, "parameters.until"),
        ("vat", {"countries": {"France": 2000}}, "parameters.countries.France.[key]"),
        ("vat", {"rate": 10_001}, "parameters.rate"),
        ("company", {"time_zone": "Mars/Olympus"}, "parameters.time_zone"),
        ("company", {"time_zone": "../../etc/passwd"}, "parameters.time_zone"),
        ("company", {"name": "a\0b"}, "parameters.name"),
    ],
)
def test_parameters_are_checked_by_kind(kind: str, parameters: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        services.check(kind, parameters)
    assert refused.value.field == field


def test_every_kind_has_defaults_that_it_takes() -> None:
    for kind in KINDS:
        assert services.check(kind, {}) == services.check(kind, services.check(kind, {}))


async def test_no_two_hold_for_the_same_at_once(crm: AsyncSession) -> None:
    async def rule(kind: str, start: int, end: int | None, category: str = "") -> None:
        until = NOW + end * DAY if end is not None else None
        await services.add(
            crm, actor=SYSTEM, kind=kind, parameters={}, category=category, valid_from=NOW + start * DAY, valid_to=until
        )

    await rule("return", 0, 10)
    await rule("return", 10, None)
    await rule("return", 0, None, "candles")
    await rule("warranty", 0, None)
    for start, end in ((20, None), (-5, 1), (9, 11)):
        async with crm.begin_nested():
            pass
        with pytest.raises(NotNow, match="policy_overlaps"):
            async with crm.begin_nested():
                await rule("return", start, end)


async def test_a_rule_in_force_is_ended_not_rewritten(crm: AsyncSession) -> None:
    policy = await services.add(crm, actor=SYSTEM, kind="return", parameters={"days": 14}, valid_from=NOW - DAY)
    for change in (
        services.change(crm, policy.id, actor=SYSTEM, parameters={"days": 5}),
        services.remove(crm, policy.id, actor=SYSTEM),
    ):
        with pytest.raises(NotNow, match="policy_in_force"):
            await change
    with pytest.raises(Stale):
        await services.change(crm, policy.id, actor=SYSTEM, version=7, valid_to=NOW)
    await services.change(crm, policy.id, actor=SYSTEM, version=1, valid_to=NOW)
    assert (policy.version, policy.parameters["days"]) == (2, 14)
    later = await services.add(crm, actor=SYSTEM, kind="return", parameters={"days": 9}, valid_from=NOW + DAY)
    await services.change(crm, later.id, actor=SYSTEM, parameters={"days": 21})
    book = await services.in_force(crm, NOW + 2 * DAY)
    assert book.of(kinds.Return).days == 21
    await services.remove(crm, later.id, actor=SYSTEM)
    assert (await services.in_force(crm, NOW + 2 * DAY)).of(kinds.Return).days == 30
    entries = await crm.scalars(select(AuditEntry).where(AuditEntry.subject_kind == "policy").order_by(AuditEntry.id))
    assert [entry.action for entry in entries] == ["set", "changed", "set", "changed", "removed"]


async def test_what_cannot_be_set(crm: AsyncSession) -> None:
    product = (await shop.variant(crm)).product_id
    for change, field in (
        ({"kind": "cancel", "category": "candles"}, "category"),
        ({"kind": "company", "product_id": product}, "product_id"),
        ({"category": "candles", "product_id": product}, "product_id"),
        ({"product_id": new_id()}, "product_id"),
        ({"valid_from": NOW, "valid_to": NOW}, "valid_to"),
        ({"valid_from": NOW.replace(tzinfo=None)}, "valid_from"),
        ({"valid_from": NOW.replace(year=9999)}, "valid_from"),
    ):
        with pytest.raises(Invalid) as refused:
            await services.add(crm, actor=SYSTEM, **({"kind": "return", "parameters": {}} | change))
        assert refused.value.field == field
    with pytest.raises(NotAllowed):
        await services.add(crm, actor=shop.AGENT, kind="return", parameters={})
    with pytest.raises(NotFound):
        await services.change(crm, new_id(), actor=SYSTEM)
