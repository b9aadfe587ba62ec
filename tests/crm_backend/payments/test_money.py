"""Money is never created: what was paid, less what went back, is what is left, whoever asks for what at once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import SYSTEM, Actor
from crm_backend.database import Sessions
from crm_backend.errors import Invalid, NotAllowed, NotFound, NotNow, RelaisError
from crm_backend.gift_cards import services as cards
from crm_backend.gift_cards.model import GiftCard, GiftCardEntry
from crm_backend.orders import moving
from crm_backend.orders.doers import customer_actor
from crm_backend.orders.model import Order
from crm_backend.payments import refunds
from crm_backend.payments import services as payments
from crm_backend.payments.model import Payment, Refund, RefundPart
from crm_backend.policies import services as policies
from crm_backend.policies.allowed import refundable
from tests.support import shop


async def balanced(session: AsyncSession) -> None:
    """For every order and every card, the sums agree."""
    paid = dict(
        (await session.execute(select(Payment.order_id, func.sum(Payment.amount_minor)).group_by(Payment.order_id)))
        .tuples()
        .all()
    )
    back = dict(
        (await session.execute(select(Refund.order_id, func.sum(Refund.amount_minor)).group_by(Refund.order_id)))
        .tuples()
        .all()
    )
    for order_id, total in paid.items():
        left = await refundable(session, order_id)
        assert total - back.get(order_id, 0) - left == 0 and left >= 0
        assert total <= (await session.get_one(Order, order_id)).total_minor
    assert set(back) <= set(paid)
    for payment in await session.scalars(select(Payment)):
        parts = select(func.coalesce(func.sum(RefundPart.amount_minor), 0)).where(RefundPart.payment_id == payment.id)
        assert await session.scalar(parts) == payment.refunded_minor
    for refund in await session.scalars(select(Refund)):
        parts = select(func.sum(RefundPart.amount_minor)).where(RefundPart.refund_id == refund.id)
        assert await session.scalar(parts) == refund.amount_minor
    for card in await session.scalars(select(GiftCard)):
        entries = select(func.sum(GiftCardEntry.amount_minor)).where(GiftCardEntry.gift_card_id == card.id)
        assert await session.scalar(entries) == card.balance_minor >= 0


async def pay(session: AsyncSession, order: Order, amount: int, reference: str = "r", **more: Any) -> Payment:
    values: dict[str, Any] = {"method": "card", "currency": "EUR", "actor": SYSTEM} | more
    return await payments.pay(session, order.id, amount_minor=amount, reference=reference, **values)


async def test_an_order_is_paid_when_all_of_it_is(crm: AsyncSession) -> None:
    order = await shop.order(crm)
    await pay(crm, order, 5000, "a")
    assert order.status == "placed"
    with pytest.raises(NotNow) as refused:
        await pay(crm, order, 491, "b")
    assert refused.value.facts == {"due": (490, "EUR")}
    await pay(crm, order, 490, "b")
    assert order.status == "paid"
    with pytest.raises(NotNow, match="fully_paid"):
        await pay(crm, order, 1, "c")
    await balanced(crm)


async def test_the_same_payment_told_twice_is_one(crm: AsyncSession) -> None:
    order = await shop.order(crm)
    first, again = await pay(crm, order, 1000), await pay(crm, order, 1000)
    assert first.id == again.id
    with pytest.raises(NotNow, match="payment_known"):
        await pay(crm, order, 2000)
    for change, field in (
        ({"currency": "GBP"}, "currency"),
        ({"method": "gold"}, "method"),
        ({"method": "gift_card"}, "method"),
    ):
        with pytest.raises(Invalid) as refused:
            await pay(crm, order, 100, "other", **change)
        assert refused.value.field == field
    with pytest.raises(NotAllowed):
        await pay(crm, order, 100, "x", actor=customer_actor(order.customer_id, origin="portal"))


async def by_card_and_gift_card(crm: AsyncSession) -> tuple[Order, GiftCard]:
    order = await shop.order(crm)
    card, code = await cards.issue(crm, actor=SYSTEM, amount_minor=2000, currency="EUR")
    assert code is not None
    await payments.pay_by_gift_card(crm, order.id, actor=SYSTEM, code=code.lower().replace("-", " "))
    await pay(crm, order, 3490)
    return order, card


async def test_money_goes_back_to_where_it_came_from(crm: AsyncSession) -> None:
    order, card = await by_card_and_gift_card(crm)
    assert (order.status, card.balance_minor) == ("paid", 0)
    first = await refunds.refund(crm, order.id, actor=SYSTEM, amount_minor=3000, reason="goodwill")
    assert [(part.payment.method, part.amount_minor, part.status) for part in first.parts] == [
        ("card", 3000, "requested")
    ]
    second = await refunds.refund(crm, order.id, actor=SYSTEM, reason="goodwill")
    assert [(part.payment.method, part.amount_minor, part.status) for part in second.parts] == [
        ("card", 490, "requested"),
        ("gift_card", 2000, "done"),
    ]
    assert card.balance_minor == 2000 and second.status == "requested"
    with pytest.raises(NotNow, match="nothing_to_refund"):
        await refunds.refund(crm, order.id, actor=SYSTEM, reason="goodwill")
    await balanced(crm)
    settled = {"actor": SYSTEM, "payment_id": second.parts[0].payment_id}
    for _ in range(2):
        assert (await refunds.settle(crm, second.id, reference="R1", **settled)).status == "done"
    with pytest.raises(NotNow, match="part_done"):
        await refunds.settle(crm, second.id, reference="R2", **settled)


async def test_the_company_may_have_gift_cards_filled_up_first(crm: AsyncSession) -> None:
    await policies.add(
        crm, actor=SYSTEM, kind="refund", parameters={"first": "gift_card", "days": 5},
        valid_from=shop.utc_now() - shop.timedelta(days=1),
    )  # fmt: skip
    order, card = await by_card_and_gift_card(crm)
    refund = await refunds.refund(crm, order.id, actor=SYSTEM, amount_minor=1500, reason="price")
    assert card.balance_minor == 1500 and refund.status == "done"


async def test_never_more_than_was_paid(crm: AsyncSession) -> None:
    order = await shop.paid(crm)
    with pytest.raises(NotNow) as refused:
        await refunds.refund(crm, order.id, actor=SYSTEM, amount_minor=5491, reason="goodwill")
    assert refused.value.facts == {"left": (5490, "EUR")}
    for amount in (0, -1, 10**30, 1.5, "5"):
        with pytest.raises(Invalid):
            await refunds.refund(crm, order.id, actor=SYSTEM, amount_minor=amount, reason="goodwill")
    for actor in (shop.AGENT, customer_actor(order.customer_id, origin="portal")):
        with pytest.raises(NotAllowed):
            await refunds.refund(crm, order.id, actor=actor, reason="goodwill")
    await balanced(crm)


ASKED = st.lists(
    st.tuples(st.sampled_from(["pay", "gift", "refund", "all", "cancel"]), st.integers(1, 4000)), min_size=1, max_size=7
)


@given(asked=ASKED)
@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
async def test_whatever_is_asked_the_sums_agree(crm: AsyncSession, asked: list[tuple[str, int]]) -> None:
    order = await shop.order(crm)
    _, code = await cards.issue(crm, actor=SYSTEM, amount_minor=3000, currency="EUR")
    for at, (what, amount) in enumerate(asked):
        try:
            async with crm.begin_nested():
                await step(crm, order.id, what, amount, reference=str(at), code=str(code))
        except NotNow:
            continue
        await balanced(crm)
    await balanced(crm)


async def step(session: AsyncSession, order: UUID, what: str, amount: int, *, reference: str, code: str) -> None:
    values: dict[str, Any] = {"method": "card", "currency": "EUR"}
    calls: dict[str, Callable[[], Any]] = {
        "pay": lambda: payments.pay(session, order, actor=SYSTEM, amount_minor=amount, reference=reference, **values),
        "gift": lambda: payments.pay_by_gift_card(session, order, actor=SYSTEM, code=code, amount_minor=amount),
        "refund": lambda: refunds.refund(session, order, actor=SYSTEM, amount_minor=amount, reason="other"),
        "all": lambda: refunds.refund(session, order, actor=SYSTEM, reason="other"),
        "cancel": lambda: moving.cancel(session, order, actor=SYSTEM, reason="other"),
    }
    await calls[what]()


async def test_commands_at_once_create_no_money(sessions: Sessions) -> None:
    async with sessions.begin() as session:
        one, two = await shop.order(session), await shop.order(session)
        _, code = await cards.issue(session, actor=SYSTEM, amount_minor=3000, currency="EUR")

    async def go(order: UUID, what: str, amount: int, reference: str) -> bool:
        try:
            async with sessions.begin() as session:
                await step(session, order, what, amount, reference=reference, code=str(code))
        except RelaisError:
            return False
        return True

    # One card, two orders: it is spent once.
    await asyncio.gather(*(go(order.id, "gift", 2000, "") for order in (one, two) for _ in range(2)))
    await asyncio.gather(*(go(one.id, "pay", 2000, str(at % 2)) for at in range(4)))
    await asyncio.gather(
        *(go(one.id, "refund", 1500, "") for _ in range(3)), *(go(one.id, "cancel", 0, "") for _ in range(2)),
        go(two.id, "all", 0, ""),
    )  # fmt: skip
    async with sessions() as session:
        await balanced(session)
        assert (
            await session.scalar(select(func.sum(GiftCardEntry.amount_minor)).where(GiftCardEntry.kind != "refunded"))
            >= 0
        )
        assert (await session.get_one(Order, one.id)).status == "cancelled"
        assert await refundable(session, one.id) == 0


async def test_one_key_at_once_refunds_once(sessions: Sessions) -> None:
    async with sessions.begin() as session:
        order = await shop.paid(session)

    async def go() -> UUID:
        async with sessions.begin() as session:
            return (await refunds.refund(session, order.id, actor=SYSTEM, amount_minor=100, reason="other", key="k")).id

    assert len(set(await asyncio.gather(*(go() for _ in range(4))))) == 1
    async with sessions() as session:
        assert await refundable(session, order.id) == 5390


async def test_an_unknown_refund(crm: AsyncSession) -> None:
    with pytest.raises(NotFound):
        await refunds.settle(crm, shop.new_id(), actor=SYSTEM, payment_id=shop.new_id(), reference="x")
    with pytest.raises(NotAllowed):
        await refunds.settle(crm, shop.new_id(), actor=Actor("key:x"), payment_id=shop.new_id(), reference="x")
