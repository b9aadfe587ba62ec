"""Returns and exchanges: never more than was bought, inspected piece by piece, paid back to the cent."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import SYSTEM, Actor
from crm_backend.database import Sessions, utc_now
from crm_backend.errors import Invalid, NotAllowed, NotFound, NotNow, RelaisError, Stale
from crm_backend.orders.creating import NewLine
from crm_backend.orders.doers import customer_actor
from crm_backend.orders.model import Order
from crm_backend.payments.model import Refund
from crm_backend.policies.allowed import allowed, refundable
from crm_backend.returns import closing, services
from crm_backend.returns.closing import Verdict
from crm_backend.returns.model import Return
from crm_backend.returns.services import STEPS, Wanted
from tests.support import shop


def some(order: Order, pieces: int = 1, *, at: int = 0, reason: str = "changed_mind", **more: Any) -> list[Wanted]:
    return [Wanted(order.lines[at].id, pieces, reason, **more)]


async def inspected(
    crm: AsyncSession, order: Order, lines: list[Wanted], *, accepted: int | None = None, **more: Any
) -> Return:
    made = await services.request(crm, order.id, actor=shop.AGENT, lines=lines, **more)
    await services.receive(crm, made.id, actor=shop.AGENT)
    verdicts = [
        Verdict(each.line_id, each.quantity if accepted is None else accepted, "worn" if accepted is not None else "")
        for each in lines
    ]
    return await closing.inspect(crm, made.id, actor=shop.AGENT, verdicts=verdicts)


async def refunded(crm: AsyncSession, order: Order) -> list[int]:
    rows = await crm.scalars(select(Refund.amount_minor).where(Refund.order_id == order.id).order_by(Refund.id))
    return list(rows)


async def test_a_return_goes_its_way_step_by_step(crm: AsyncSession) -> None:
    order = await shop.delivered(crm)
    made = await services.request(crm, order.id, actor=shop.AGENT, lines=some(order, 2), note="too small", key="r")
    again = await services.request(crm, order.id, actor=shop.AGENT, lines=some(order, 2), note="too small", key="r")
    assert again.id == made.id
    with pytest.raises(NotNow, match="return_status"):
        await closing.pay_back(crm, made.id, actor=SYSTEM)
    await services.label(crm, made.id, actor=shop.AGENT, carrier="Colis", reference="L1", url="https://label.example/1")
    with pytest.raises(Stale):
        await services.receive(crm, made.id, actor=shop.AGENT, version=1)
    await services.receive(crm, made.id, actor=shop.AGENT, version=made.version)
    with pytest.raises(NotNow, match="return_status"):
        await services.cancel(crm, made.id, actor=shop.AGENT)
    await closing.inspect(crm, made.id, actor=shop.AGENT, verdicts=[Verdict(order.lines[0].id, 2)])
    for _ in range(2):
        await closing.pay_back(crm, made.id, actor=SYSTEM, key="p")
    # All of it came back, so what sending it cost goes back too.
    assert (made.status, order.status, await refunded(crm, order)) == ("refunded", "returned", [5490])
    assert set(STEPS) == set(services.STEPS)


async def test_no_more_comes_back_than_was_bought(crm: AsyncSession) -> None:
    order = await shop.delivered(crm)
    await services.request(crm, order.id, actor=shop.AGENT, lines=some(order))
    with pytest.raises(NotNow) as refused:
        await services.request(crm, order.id, actor=shop.AGENT, lines=some(order, 2))
    assert refused.value.facts == {"left": 1}
    for lines, reason in (
        ([], "missing"),
        (some(order) * 2, "listed_twice"),
        ([Wanted(shop.new_id(), 1, "other")], "unknown_line"),
        (some(order, reason="poetry"), "not_choice"),
        (some(order, 0), "too_small"),
        (some(order, 10**9), "too_big"),
        (some(order, variant_id=shop.new_id()), "unknown_field"),
    ):
        with pytest.raises(Invalid, match=reason):
            await services.request(crm, order.id, actor=shop.AGENT, lines=lines)


async def test_what_is_refused_stays_the_customers(crm: AsyncSession) -> None:
    order = await shop.delivered(crm)
    made = await inspected(crm, order, some(order, 2), accepted=0)
    assert made.status == "refused" and made.lines[0].refused_because == "worn"
    assert (await allowed(crm, order)).lines[0].returnable == 2
    half = await inspected(crm, order, some(order, 2), accepted=1)
    await closing.pay_back(crm, half.id, actor=SYSTEM)
    assert (order.status, await refunded(crm, order)) == ("delivered", [2500])


async def test_a_discount_is_given_back_to_the_cent_in_however_many_parcels(crm: AsyncSession) -> None:
    lines = [NewLine(3, 333, names={"fr": "Bol"}), NewLine(1, 1000, names={"fr": "Lampe"})]
    order = await shop.delivered(crm, *lines, shipping_minor=500, discount_minor=200)
    for at, pieces in ((0, 1), (0, 1), (1, 1), (0, 1)):
        made = await inspected(crm, order, some(order, pieces, at=at))
        await closing.pay_back(crm, made.id, actor=SYSTEM)
    amounts = await refunded(crm, order)
    # Goods of 19.99 € were had for 17.99 €; the last parcel brings back the 5.00 € of sending.
    assert amounts[:3] == [299, 300, 900] and sum(amounts) == order.total_minor == 2299
    assert order.status == "returned"


@pytest.mark.parametrize(
    ("days", "reason", "back"), [(20, "changed_mind", 5000), (20, "damaged", 5490), (10, "late", 5490)]
)
async def test_what_sending_cost_goes_back_when_all_comes_back_in_time(
    crm: AsyncSession, days: int, reason: str, back: int
) -> None:
    order = await shop.delivered(crm, at=utc_now() - timedelta(days=days))
    made = await inspected(crm, order, some(order, 2, reason=reason))
    await closing.pay_back(crm, made.id, actor=SYSTEM)
    assert await refunded(crm, order) == [back]


async def test_faulty_goods_come_back_under_warranty(crm: AsyncSession) -> None:
    sold = await shop.variant(crm, return_exclusion="hygiene")
    order = await shop.delivered(crm, NewLine(1, 2500, sold.id), at=utc_now() - timedelta(days=400))
    with pytest.raises(NotNow, match="excluded_hygiene"):
        await services.request(crm, order.id, actor=shop.AGENT, lines=some(order))
    assert (await services.request(crm, order.id, actor=shop.AGENT, lines=some(order, reason="defective"))).status


async def test_customers_ask_and_call_off_their_own_and_no_more(crm: AsyncSession) -> None:
    order = await shop.delivered(crm)
    marie = customer_actor(order.customer_id, origin="webchat")
    made = await services.request(crm, order.id, actor=marie, lines=some(order))
    paul = customer_actor((await shop.customer(crm)).id, origin="webchat")
    with pytest.raises(NotFound):
        await services.request(crm, order.id, actor=paul, lines=some(order))
    with pytest.raises(NotFound):
        await services.cancel(crm, made.id, actor=paul)
    with pytest.raises(NotAllowed):
        await services.receive(crm, made.id, actor=marie)
    with pytest.raises(NotAllowed):
        await services.receive(crm, made.id, actor=Actor("key:x"))
    with pytest.raises(NotAllowed):
        await services.receive(crm, shop.new_id(), actor=Actor("key:x"))
    await services.cancel(crm, made.id, actor=marie)
    assert made.status == "cancelled"


@pytest.mark.parametrize(
    ("price", "status", "total", "back"), [(None, "paid", 0, []), (3000, "placed", 500, []), (2000, "paid", 0, [500])]
)
async def test_an_exchange_makes_the_order_that_replaces(
    crm: AsyncSession, price: int | None, status: str, total: int, back: list[int]
) -> None:
    order = await shop.delivered(crm)
    wanted = (await shop.variant(crm, price=price)).id if price else None
    made = await inspected(crm, order, some(order, variant_id=wanted), kind="exchange")
    await closing.exchange(crm, made.id, actor=SYSTEM, key="x")
    await closing.exchange(crm, made.id, actor=SYSTEM, key="x")
    new = (await crm.scalars(select(Order).where(Order.replaces_id == order.id))).one()
    assert (new.status, new.total_minor, made.replacement_id, made.status) == (status, total, new.id, "exchanged")
    assert (new.ship_line1, new.customer_id) == (order.ship_line1, order.customer_id)
    assert await refunded(crm, order) == back
    # Money stays where it was paid: no more goes back than came.
    assert await refundable(crm, order.id) == order.total_minor - sum(back)


async def test_an_exchange_gives_no_more_back_than_was_paid_for_the_difference(crm: AsyncSession) -> None:
    order = await shop.delivered(crm, discount_minor=2500)  # everything at half its price
    wanted = (await shop.variant(crm, price=1250)).id
    made = await inspected(crm, order, some(order, variant_id=wanted), kind="exchange")
    await closing.exchange(crm, made.id, actor=SYSTEM)
    assert await refunded(crm, order) == [625]
    new = await crm.get_one(Order, made.replacement_id)
    await shop.moving.ship(crm, new.id, actor=SYSTEM, carrier="Colis")
    await shop.tracking.report(crm, new.shipments[0].id, actor=SYSTEM, code="delivered")
    back = await inspected(crm, new, some(new))
    await closing.pay_back(crm, back.id, actor=SYSTEM)
    assert await refunded(crm, order) == [625, 625]


async def test_a_replacement_that_comes_back_is_paid_back_with_the_first_order(crm: AsyncSession) -> None:
    order = await shop.delivered(crm, discount_minor=500)
    made = await inspected(crm, order, some(order, reason="defective"), kind="exchange")
    await closing.exchange(crm, made.id, actor=SYSTEM)
    new = await crm.get_one(Order, made.replacement_id)
    await shop.moving.ship(crm, new.id, actor=SYSTEM, carrier="Colis")
    await shop.tracking.report(crm, new.shipments[0].id, actor=SYSTEM, code="delivered")
    back = await inspected(crm, new, some(new))
    await closing.pay_back(crm, back.id, actor=SYSTEM)
    assert (new.status, await refunded(crm, order), await refunded(crm, new)) == ("returned", [2250], [])


@pytest.mark.parametrize("difference_paid", [True, False])
async def test_a_dearer_replacement_that_comes_back_is_paid_back_by_both_orders(
    crm: AsyncSession, difference_paid: bool
) -> None:
    order = await shop.delivered(crm)
    wanted = (await shop.variant(crm, price=3000)).id
    made = await inspected(crm, order, some(order, variant_id=wanted), kind="exchange")
    await closing.exchange(crm, made.id, actor=SYSTEM)
    new = await crm.get_one(Order, made.replacement_id)
    paid: dict[str, Any] = {"method": "card", "amount_minor": 500, "currency": "EUR"}
    assert not (await allowed(crm, new)).cancel.allowed
    if difference_paid:
        await shop.payments.pay(crm, new.id, actor=SYSTEM, reference="difference", **paid)
    await shop.moving.ship(crm, new.id, actor=SYSTEM, carrier="Colis")
    await shop.tracking.report(crm, new.shipments[0].id, actor=SYSTEM, code="delivered")
    back = await inspected(crm, new, some(new))
    await closing.pay_back(crm, back.id, actor=SYSTEM)
    assert (await refunded(crm, new), await refunded(crm, order)) == ([500] if difference_paid else [], [2500])


async def test_an_exchange_for_what_is_gone_is_refused(crm: AsyncSession) -> None:
    order = await shop.delivered(crm)
    gone = await shop.variant(crm)
    gone.available = False
    await crm.flush()
    with pytest.raises(Invalid, match="variant_gone"):
        await services.request(crm, order.id, actor=shop.AGENT, lines=some(order, variant_id=gone.id), kind="exchange")
    made = await inspected(crm, order, some(order))
    with pytest.raises(NotNow, match="not_an_exchange"):
        await closing.exchange(crm, made.id, actor=SYSTEM)


async def test_every_line_is_looked_at(crm: AsyncSession) -> None:
    order = await shop.delivered(crm)
    made = await services.request(crm, order.id, actor=shop.AGENT, lines=some(order, 2))
    await services.receive(crm, made.id, actor=shop.AGENT)
    line = order.lines[0].id
    for verdicts, field in (
        ([], "lines"),
        ([Verdict(shop.new_id(), 1)], "lines.0.line_id"),
        ([Verdict(line, 3)], "lines.0.accepted"),
        ([Verdict(line, -1)], "lines.0.accepted"),
        ([Verdict(line, 1)], "lines.0.refused_because"),
        ([Verdict(line, 1, "worn")] * 2, "lines"),
    ):
        with pytest.raises(Invalid) as refused:
            async with crm.begin_nested():
                await closing.inspect(crm, made.id, actor=shop.AGENT, verdicts=verdicts)
        assert refused.value.field == field


async def test_requests_at_once_take_no_more_back_than_was_bought(sessions: Sessions) -> None:
    async with sessions.begin() as session:
        order = await shop.delivered(session)

    async def ask() -> bool:
        try:
            async with sessions.begin() as session:
                await services.request(session, order.id, actor=shop.AGENT, lines=some(order))
        except RelaisError:
            return False
        return True

    assert sum(await asyncio.gather(*(ask() for _ in range(5)))) == 2
