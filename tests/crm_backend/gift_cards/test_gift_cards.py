"""Gift cards: their code is kept by nobody, their balance is the sum of their entries."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import SYSTEM
from crm_backend.database import new_id, utc_now
from crm_backend.errors import Invalid, NotAllowed, NotFound, NotNow
from crm_backend.gift_cards import guessing, queries, services
from crm_backend.gift_cards.model import GiftCard, GiftCardEntry
from crm_backend.payments import refunds
from crm_backend.payments import services as payments
from tests.crm_backend.call_backs.test_call_backs import talk
from tests.support import shop


async def issue(crm: AsyncSession, amount: int = 3000, **more: object) -> tuple[GiftCard, str]:
    card, code = await services.issue(crm, actor=SYSTEM, amount_minor=amount, currency="EUR", **more)
    assert code is not None
    return card, code


async def test_the_code_is_told_once_and_stored_nowhere(crm: AsyncSession) -> None:
    card, code = await issue(crm, key="k")
    again, unknown = await services.issue(crm, actor=SYSTEM, amount_minor=3000, currency="EUR", key="k")
    assert (again.id, unknown) == (card.id, None) and len(code) == 19 and card.last_letters == code[-4:]
    plain = code.replace("-", "")
    for table in ("gift_cards", "gift_card_entries", "audit_log", "order_commands", "events"):
        stored = str((await crm.execute(text(f"select t::text from {table} t"))).all())
        assert plain not in stored and code not in stored
    mistyped = code.lower().replace("0", "o").replace("1", "l")
    assert (await services.look_up(crm, mistyped, actor=shop.AGENT)).id == card.id


async def test_what_was_spent_is_entered_and_comes_back_with_the_refund(crm: AsyncSession) -> None:
    card, code = await issue(crm, 10_000)
    order = await shop.order(crm)
    payment = await payments.pay_by_gift_card(crm, order.id, actor=shop.AGENT, code=code, key="g")
    assert (payment.amount_minor, card.balance_minor, order.status) == (5490, 4510, "paid")
    assert (await payments.pay_by_gift_card(crm, order.id, actor=shop.AGENT, code=code, key="g")).id == payment.id
    card.expires_at = utc_now() - timedelta(days=1)
    await refunds.refund(crm, order.id, actor=SYSTEM, amount_minor=490, reason="late")
    # Money that goes back is worth something.
    assert card.balance_minor == 5000 and card.expires_at > utc_now() + timedelta(days=700)
    entered = await crm.scalars(queries.entries(SYSTEM, card.id).order_by(GiftCardEntry.id))
    found = [(each.kind, each.amount_minor) for each in entered]
    assert found == [("issued", 10_000), ("redeemed", -5490), ("refunded", 490)]


async def test_a_card_that_is_over_blocked_short_or_of_another_currency_pays_nothing(crm: AsyncSession) -> None:
    order = await shop.order(crm)
    card, code = await issue(crm)

    async def refused() -> str:
        with pytest.raises(NotNow) as error:
            await payments.pay_by_gift_card(crm, order.id, actor=shop.AGENT, code=code, amount_minor=3001)
        return error.value.reason

    assert await refused() == "gift_card_short"
    await services.block(crm, card.id, actor=SYSTEM)
    assert await refused() == "gift_card_blocked"
    await services.block(crm, card.id, actor=SYSTEM, blocked=False)
    card.expires_at = utc_now()
    assert await refused() == "gift_card_expired"
    for wrong in ("", "0000-0000-0000-0000", "a\0b", "x" * 500):
        with pytest.raises(Invalid):
            await payments.pay_by_gift_card(crm, order.id, actor=shop.AGENT, code=wrong)
    pounds, code = await services.issue(crm, actor=SYSTEM, amount_minor=100, currency="GBP")
    with pytest.raises(Invalid, match="other_currency"):
        await payments.pay_by_gift_card(crm, order.id, actor=shop.AGENT, code=str(code))
    assert (card.balance_minor, pounds.balance_minor) == (3000, 100)


async def test_who_may_issue_and_what(crm: AsyncSession) -> None:
    with pytest.raises(NotAllowed):
        await services.issue(crm, actor=shop.AGENT, amount_minor=100, currency="EUR")
    for change, field in (
        ({"amount_minor": 0}, "amount_minor"),
        ({"currency": "ABC"}, "currency"),
        ({"customer_id": shop.new_id()}, "customer_id"),
        ({"expires_at": utc_now() - timedelta(days=1)}, "expires_at"),
    ):
        with pytest.raises(Invalid) as refused:
            await services.issue(crm, actor=SYSTEM, **({"amount_minor": 100, "currency": "EUR"} | change))
        assert refused.value.field == field


async def test_tries_at_codes_are_counted_once_a_turn_and_known_by_fingerprints_alone(crm: AsyncSession) -> None:
    card, code = await issue(crm)
    here, turn, wrong = (await talk(crm)).id, new_id(), "AAAA-BBBB-CCCC-DDD9"
    for _ in range(guessing.OF_CONVERSATION + 1):
        assert await guessing.look_up(crm, wrong, conversation_id=here, turn_id=turn) == "unknown"
    assert await guessing.look_up(crm, code, conversation_id=here, turn_id=new_id()) == card
    for _ in range(guessing.OF_CONVERSATION):
        said = await guessing.look_up(crm, wrong, conversation_id=here, turn_id=new_id())
    assert said == "too_many" and await guessing.too_many(crm, conversation_id=here)
    assert await guessing.look_up(crm, code, conversation_id=here, turn_id=new_id()) == "too_many"
    stored = str((await crm.execute(text("select t::text from gift_card_tries t"))).all())
    assert "BBBB" not in stored
    with pytest.raises(NotFound):
        await guessing.look_up(crm, code, conversation_id=new_id(), turn_id=new_id())
