"""Customers' figures, scores, stages and VIPs: as orders change, and when all is computed anew."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import delete, event, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import SYSTEM, Actor
from crm_backend.customers import consents
from crm_backend.customers.model import Customer
from crm_backend.database import new_id
from crm_backend.errors import Invalid, NotAllowed, NotFound, Stale
from crm_backend.orders.model import Order
from crm_backend.value import services, settings
from crm_backend.value.model import ChangedCustomer, CustomerValue, StageChange, ValueModel
from tests.crm_backend.value.shop import NOW, customer, order

FIGURES = (
    *("currency", "orders", "order_days", "first_order_at", "last_order_at", "currency_orders", "spent_minor"),
    *("window_orders", "window_spent_minor", "recency_score", "frequency_score", "monetary_score", "stage"),
)


async def kept(session: AsyncSession, customer_id: UUID) -> CustomerValue:
    return await session.get_one(CustomerValue, customer_id, populate_existing=True)


async def up_to_date(session: AsyncSession, **more: Any) -> int:
    await session.flush()
    return await services.refresh_changed(session, now=more.pop("now", NOW), **more)


async def test_only_orders_that_were_kept_count(crm: AsyncSession) -> None:
    one = await customer(crm)
    order(crm, one, 10, 5_000)
    order(crm, one, 10.1, 3_000, status="lost")
    order(crm, one, 800, 1_000)
    for left_out in ("cancelled", "returned"):
        order(crm, one, 1, 9_000, status=left_out)
    order(crm, one, None)
    order(crm, one, -3)
    assert await up_to_date(crm) == 1
    found = await kept(crm, one)
    assert (found.orders, found.order_days, found.spent_minor) == (3, 2, 9_000)
    assert (found.window_orders, found.window_spent_minor, found.stage) == (2, 8_000, "active")
    assert (found.first_order_at, found.last_order_at) == (NOW - timedelta(days=800), NOW - timedelta(days=10))


async def test_amounts_are_in_the_currency_of_most_orders(crm: AsyncSession) -> None:
    one = await customer(crm)
    for days, currency in ((5, "EUR"), (20, "GBP"), (30, "GBP")):
        order(crm, one, days, 1_000, currency=currency)
    await up_to_date(crm)
    found = await kept(crm, one)
    assert (found.currency, found.currency_orders, found.spent_minor, found.orders) == ("GBP", 2, 2_000, 3)


async def test_amounts_beyond_measure_are_kept_at_the_most_there_is(crm: AsyncSession) -> None:
    one = await customer(crm)
    for days in (1, 2, 3):
        order(crm, one, days, 2**62)
    await up_to_date(crm)
    assert (await kept(crm, one)).spent_minor == 2**63 - 1


async def test_kept_up_to_date_is_the_same_as_computed_anew(crm: AsyncSession) -> None:
    """By chance: orders come, change hands, prices and states, and go; whatever is done, nobody is forgotten."""
    chance = random.Random(11)
    people = [await customer(crm) for _ in range(30)]
    orders = [order(crm, chance.choice(people), chance.randrange(900), chance.randrange(9_000)) for _ in range(60)]
    await crm.flush()
    await services.everything(crm, now=NOW)
    for _ in range(6):
        for one in chance.sample(orders, 8):
            what = chance.randrange(5)
            if what == 0:
                one.status = chance.choice(("cancelled", "returned", "delivered", "shipped"))
            elif what == 1:
                one.customer_id = chance.choice(people)
            elif what == 2:
                one.total_minor, one.currency = chance.randrange(9_000), chance.choice(("EUR", "GBP"))
            elif what == 3:
                one.placed_at = chance.choice((None, NOW - timedelta(days=chance.randrange(900))))
            else:
                orders.append(order(crm, chance.choice(people), chance.randrange(900)))
        gone = orders.pop(chance.randrange(len(orders)))
        await crm.flush()
        await crm.execute(delete(Order).where(Order.id == gone.id))
        crm.expunge(gone)
        await up_to_date(crm)
    incremental = {one: [getattr(await kept(crm, one), name) for name in FIGURES] for one in people}
    await crm.execute(
        text("update customer_values set orders = 99, spent_minor = 0, window_orders = 98, stage = 'lost'")
    )
    await services.refresh(crm, people, now=NOW)
    anew = {one: [getattr(await kept(crm, one), name) for name in FIGURES] for one in people}
    assert incremental == anew


async def test_what_changes_no_figure_wakes_nobody(crm: AsyncSession) -> None:
    one = await customer(crm)
    placed = order(crm, one, 3)
    await up_to_date(crm)
    placed.status, placed.ship_city = "out_for_delivery", "Lyon"
    await crm.flush()
    assert await crm.scalar(select(func.count()).select_from(ChangedCustomer)) == 0
    placed.status = "returned"
    assert await up_to_date(crm) == 1
    assert (await kept(crm, one)).orders == 0


async def test_whoever_was_deleted_is_passed_over(crm: AsyncSession) -> None:
    one = await customer(crm)
    order(crm, one, 3)
    await crm.flush()
    await crm.execute(delete(Customer).where(Customer.id == one))
    assert await up_to_date(crm) == 1
    assert await crm.scalar(select(func.count()).select_from(CustomerValue)) == 0


async def test_scores_are_the_fifth_somebody_is_in_and_equals_get_the_same(crm: AsyncSession) -> None:
    people = [await customer(crm) for _ in range(25)]
    for at, one in enumerate(people):
        # The later in the list, the longer ago; half have ordered once; amounts are all different.
        for again in range(1 if at < 15 else 2):
            order(crm, one, at + 1 + again / 10, 1_000 * (at + 1))
    stranger = await customer(crm)
    order(crm, stranger, 2, 10**9, currency="CHF")
    await crm.flush()
    await services.everything(crm, now=NOW)
    found = [await kept(crm, one) for one in people]
    assert [each.recency_score for each in found][:3] == [5, 5, 5] and found[-1].recency_score == 1
    assert {each.frequency_score for each in found[:15]} == {1}
    assert len({each.frequency_score for each in found[15:]}) == 1
    assert [each.monetary_score for each in found[:5]] == [1] * 5 and found[-1].monetary_score == 5
    # Nobody else orders in that currency: there are no fifths of one.
    alone = await kept(crm, stranger)
    assert alone.recency_score is not None and alone.monetary_score is None


async def test_too_few_customers_have_no_scores_and_nothing_is_foretold(crm: AsyncSession) -> None:
    one = await customer(crm)
    order(crm, one, 3)
    await crm.flush()
    await services.everything(crm, now=NOW)
    found = await kept(crm, one)
    unknown = (found.recency_score, found.alive, found.leaving_risk, found.expected_orders, found.lifetime_value_minor)
    assert unknown == (None,) * 5
    reasons = await crm.execute(select(ValueModel.kind, ValueModel.reason).order_by(ValueModel.kind))
    assert reasons.all() == [("bg_nbd", "too_few_customers"), ("gamma_gamma", "too_few_repeaters")]


async def test_customers_pass_through_their_stages(crm: AsyncSession) -> None:
    one = await customer(crm)
    assert await up_to_date(crm) == 1
    assert (await kept(crm, one)).stage == "prospect"
    order(crm, one, 0)
    for days, stage in ((1, "new"), (100, "active"), (200, "declining"), (400, "lost"), (401, "lost")):
        await up_to_date(crm, now=NOW + timedelta(days=days))
        await services.refresh(crm, [one], now=NOW + timedelta(days=days))
        assert (await kept(crm, one)).stage == stage
    history = await crm.scalars(await services.stage_history(crm, SYSTEM, one))
    told = [(each.previous, each.stage) for each in sorted(history, key=lambda each: each.at)]
    assert told == [
        (None, "prospect"),
        ("prospect", "new"),
        ("new", "active"),
        ("active", "declining"),
        ("declining", "lost"),
    ]


async def test_the_company_decides_when_somebody_is_new(crm: AsyncSession) -> None:
    one = await customer(crm)
    order(crm, one, 40)
    rule = {"field": "first_order", "op": "in_last_days", "value": 30}
    await settings.change(crm, SYSTEM, {"stage_rules": {"new": rule}}, version=1)
    await up_to_date(crm)
    assert (await kept(crm, one)).stage == "active"


@pytest.mark.parametrize(
    ("given", "place"),
    [
        ({"window_days": 3}, "window_days"),
        ({"window_days": 30.5}, "window_days"),
        ({"yearly_discount": float("nan")}, "yearly_discount"),
        ({"every_hours": True}, "every_hours"),
        ({"sql": 1}, "sql"),
        ({"stage_rules": []}, "stage_rules"),
        ({"stage_rules": {"lost": {"field": "orders", "op": "eq", "value": 1}}}, "stage_rules.lost"),
        ({"stage_rules": {"new": {"field": "vip", "op": "is", "value": True}}}, "stage_rules.new.field"),
        ({"vip_rule": {"field": "vip", "op": "is", "value": True}}, "vip_rule.field"),
        ({"vip_rule": {"all": []}}, "vip_rule.all"),
    ],
)
async def test_settings_that_make_no_sense_are_refused(crm: AsyncSession, given: dict[str, Any], place: str) -> None:
    with pytest.raises(Invalid) as raised:
        await settings.change(crm, SYSTEM, given, version=None)
    assert raised.value.field == place


async def test_a_vip_is_one_by_rule_or_by_hand(crm: AsyncSession) -> None:
    one = await customer(crm)
    for days in (1, 2, 3):
        order(crm, one, days)
    await settings.change(crm, SYSTEM, {"vip_rule": {"field": "orders", "op": "ge", "value": 3}}, version=None)
    await up_to_date(crm)
    assert (await kept(crm, one)).vip
    by_hand = await services.choose_vip(crm, SYSTEM, one, vip=False, note="Asked not to be one", version=1)
    assert not by_hand.vip and by_hand.version == 2
    with pytest.raises(Stale):
        await services.choose_vip(crm, SYSTEM, one, vip=True, version=1)
    order(crm, one, 4)
    await up_to_date(crm)
    assert not (await kept(crm, one)).vip
    assert (await services.choose_vip(crm, SYSTEM, one, vip=None)).vip
    with pytest.raises(NotFound):
        await services.choose_vip(crm, SYSTEM, new_id(), vip=True)
    with pytest.raises(NotAllowed):
        await services.choose_vip(crm, Actor("agent:1"), one, vip=True)
    for note in ("x" * 501, "a\0b", "\ud800"):
        with pytest.raises(Invalid):
            await services.choose_vip(crm, SYSTEM, one, vip=True, note=note)


async def test_who_refuses_to_be_profiled_is_foretold_nothing_and_has_no_stage(crm: AsyncSession) -> None:
    one = await customer(crm)
    for days in (300, 200, 20):
        order(crm, one, days)
    fitted = {"r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426}
    crm.add(ValueModel(kind="bg_nbd", parameters=fitted, statistics={}, as_of=NOW))
    crm.add(
        ValueModel(
            kind="gamma_gamma",
            currency="EUR",
            parameters={"p": 6.25, "q": 3.74, "v": 1_544.0},
            statistics={},
            as_of=NOW,
        )
    )
    await up_to_date(crm)
    found = await kept(crm, one)
    assert found.alive is not None and 0 < found.alive < 1
    assert found.lifetime_value_minor and found.expected_orders and found.expected_order_minor
    consents.note(crm, customer_id=one, purpose="profiling", given=False, how="mail", actor="system", at=NOW)
    assert await up_to_date(crm) == 1
    found = await kept(crm, one)
    assert (found.alive, found.leaving_risk, found.lifetime_value_minor, found.model_id) == (None,) * 4
    assert (found.stage, found.stage_since, found.vip_by_rule, found.orders) == (None, None, False, 3)
    assert await crm.scalar(select(func.count()).select_from(StageChange)) == 0
    consents.note(
        crm, customer_id=one, purpose="profiling", given=True, how="mail", actor="system", at=NOW + timedelta(hours=1)
    )
    await up_to_date(crm)
    found = await kept(crm, one)
    assert (found.stage, found.alive is not None) == ("active", True)
    once = await customer(crm)
    order(crm, once, 30)
    await up_to_date(crm)
    # Of who has bought once the model says 1, which is no knowledge; its risk is.
    assert (await kept(crm, once)).alive is None and (await kept(crm, once)).leaving_risk is not None


async def test_stages_of_many_are_written_without_a_statement_each(crm: AsyncSession) -> None:
    people = [await customer(crm) for _ in range(40)]
    for one in people[:30]:
        order(crm, one, 5)
    await up_to_date(crm)
    assert await crm.scalar(select(func.count()).select_from(StageChange)) == 40
    counted = 0

    def count(*_: Any) -> None:
        nonlocal counted
        counted += 1

    connection = (await crm.connection()).sync_connection
    event.listen(connection, "before_cursor_execute", count)
    try:
        await services.refresh(crm, people, now=NOW + timedelta(days=100))
    finally:
        event.remove(connection, "before_cursor_execute", count)
    assert counted < 16
