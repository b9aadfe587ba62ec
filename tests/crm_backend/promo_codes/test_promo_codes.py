"""A code holds or does not, for a reason; guessing is limited."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import SYSTEM
from crm_backend.database import utc_now
from crm_backend.errors import Invalid, NotAllowed
from crm_backend.promo_codes import services
from crm_backend.promo_codes.checking import TRIES, Basket, BasketLine, check
from crm_backend.promo_codes.model import PromoCode
from tests.crm_backend.call_backs.test_call_backs import talk
from tests.support import shop

NOW = utc_now()
DAY = timedelta(days=1)


async def code(crm: AsyncSession, **more: Any) -> PromoCode:
    values = {"code": "tilleul 15", "kind": "amount", "amount_minor": 1500, "currency": "EUR", "minimum_minor": 10_000}
    values |= {"valid_from": NOW - DAY, "categories": ["tableware"]}
    return await services.add(crm, actor=SYSTEM, **values | more)


def basket(amount: int, category: str = "tableware", currency: str = "EUR") -> Basket:
    return Basket(currency, [BasketLine(category, amount), BasketLine("furniture", 50_000)])


@pytest.mark.parametrize(
    ("change", "bought", "reason"),
    [
        ({}, None, None),
        ({}, basket(10_000), None),
        ({}, basket(9_999), "below_minimum"),
        ({}, basket(10_000, "lighting"), "other_goods"),
        ({}, basket(10_000, currency="GBP"), "other_currency"),
        ({"valid_from": NOW + DAY}, None, "not_yet"),
        ({"valid_to": NOW}, None, "over"),
        ({"active": False}, None, "unknown"),
    ],
)
async def test_a_code_holds_or_says_why_not(
    crm: AsyncSession, change: dict[str, Any], bought: Basket | None, reason: str | None
) -> None:
    await code(crm, **change)
    told = await check(crm, " Tilleul15 ", now=NOW, basket=bought)
    assert (told.valid, told.reason) == (reason is None, reason)
    if told.valid and bought:
        assert told.discount_minor == 1500
    if reason == "below_minimum":
        assert told.facts["missing"] == (1, "EUR")
    if reason in ("unknown", "not_yet"):
        assert told.code is None


async def test_a_percentage_is_taken_off_what_it_is_for(crm: AsyncSession) -> None:
    percent = {"kind": "percent", "percent": 1250, "amount_minor": None, "currency": None, "minimum_minor": 0}
    await code(crm, **percent)
    assert (await check(crm, "TILLEUL15", now=NOW, basket=basket(9_999, currency="GBP"))).discount_minor == 1249


async def test_uses_are_counted_once_each(crm: AsyncSession) -> None:
    made = await code(crm, usage_limit=3, per_customer=1)
    marie = (await shop.customer(crm)).id
    for _ in range(2):
        await services.used(crm, made.id, actor=SYSTEM, reference="10888", customer_id=marie)
    told = await check(crm, made.code, now=NOW, customer_id=marie)
    assert told.reason == "used_by_customer" and (await check(crm, made.code, now=NOW)).valid
    for reference in ("1", "2"):
        await services.used(crm, made.id, actor=SYSTEM, reference=reference)
    assert (await check(crm, made.code, now=NOW)).reason == "used_up"


async def test_guessing_ends_after_a_few_tries_in_a_conversation(crm: AsyncSession) -> None:
    made = await code(crm)
    here, elsewhere = (await talk(crm)).id, (await talk(crm, "browser-2")).id
    for number in range(TRIES):
        assert (await check(crm, f"X{number}", now=NOW, conversation_id=here)).reason == "unknown"
    assert (await check(crm, made.code, now=NOW, conversation_id=here)).reason == "too_many_tries"
    assert (await check(crm, made.code, now=NOW, conversation_id=elsewhere)).valid
    assert (await check(crm, made.code, now=NOW + timedelta(hours=2), conversation_id=here)).valid
    for odd in ("", "\0", "é" * 10_000):
        assert (await check(crm, odd, now=NOW, conversation_id=elsewhere)).reason == "unknown"


async def test_what_is_no_code_is_refused(crm: AsyncSession) -> None:
    made = await code(crm)
    for wrong, field in (
        ({"percent": 100}, "percent"),
        ({"amount_minor": None}, "amount_minor"),
        ({"amount_minor": -1}, "amount_minor"),
        ({"currency": None}, "currency"),
        ({"currency": "ABC"}, "currency"),
        ({"valid_to": made.valid_from}, "valid_to"),
        ({"usage_limit": 0}, "usage_limit"),
        ({"texts": {"de": "x"}}, "texts"),
        ({"code": "OTHER"}, "code"),
    ):
        with pytest.raises(Invalid) as refused:
            await services.change(crm, made.id, actor=SYSTEM, version=None, **wrong)
        assert refused.value.field == field
        crm.expire(made)
        await crm.refresh(made)
    for name in ("", "é", "TILLEUL15", "x" * 41, "a\0b"):
        with pytest.raises(Invalid) as refused:
            await code(crm, code=name)
        assert refused.value.field == "code"
    with pytest.raises(NotAllowed):
        await services.add(crm, actor=shop.AGENT, code="A", kind="amount")
