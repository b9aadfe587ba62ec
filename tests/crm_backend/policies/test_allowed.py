"""What is allowed for an order: by the policies of its day, with a reason otherwise, in few queries."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import SYSTEM
from crm_backend.orders import moving
from crm_backend.orders.creating import NewLine
from crm_backend.orders.locking import locked
from crm_backend.orders.model import STATUSES, TrackingEvent
from crm_backend.policies import services, words
from crm_backend.policies.allowed import allowed, arrived_at, months_later
from crm_backend.returns import services as returns
from tests.support import shop

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


async def line_of(crm: AsyncSession, **product: object) -> NewLine:
    return NewLine(1, 2500, (await shop.variant(crm, **product)).id)


async def test_until_it_ships_an_order_may_be_cancelled_and_until_prepared_sent_elsewhere(crm: AsyncSession) -> None:
    order = await shop.order(crm)
    found = {}
    for status in STATUSES:
        order.status = status
        said = await allowed(crm, order)
        found[status] = (said.cancel.allowed, said.change_address.allowed)
    assert found["placed"] == found["paid"] == (True, True)
    assert found["preparing"] == (True, False)
    assert {found[each] for each in STATUSES[3:]} == {(False, False)}


async def test_goods_come_back_until_the_end_of_the_thirtieth_day(crm: AsyncSession) -> None:
    order = await shop.delivered(crm, at=NOON)
    last = datetime(2026, 4, 1, 21, 59, 59, tzinfo=UTC)
    said = await allowed(crm, order, last)
    assert said.back.allowed and said.back.until == last and said.lines[0].returnable == 2
    late = (await allowed(crm, order, last + timedelta(seconds=1))).back
    assert not late.allowed and late.facts == {"days": 30, "last": date(2026, 4, 1)} and late.until == last
    assert words.why(late, "en") == "It could be returned until 1 April 2026, 30 days after delivery."
    assert (
        words.why(late, "fr") == "Le retour était possible jusqu’au 1er avril 2026, 30\u00a0jours après la livraison."
    )


async def test_where_no_carrier_told_of_the_arrival_it_is_judged_by_what_is_known(crm: AsyncSession) -> None:
    order = await shop.delivered(crm, at=NOON)
    (parcel,) = order.shipments
    parcel.delivered_at, parcel.expected_to = None, date(2026, 3, 20)
    report = TrackingEvent(at=NOON + timedelta(days=5), code="at_depot")
    parcel.events = [TrackingEvent(at=NOON + timedelta(days=1), code="in_transit"), report]
    found = []
    for change in ((), (parcel, "events", []), (parcel, "expected_to", None)):
        if change:
            setattr(*change)
        said = await allowed(crm, order, NOON)
        arrived = arrived_at(order)
        assert arrived is not None and said.back.facts["last"] == arrived.date() + timedelta(days=30)
        found.append(arrived)
    assert found == [report.at, datetime(2026, 3, 20, 12, tzinfo=UTC), order.placed_at]


async def test_some_goods_do_not_come_back_unless_faulty(crm: AsyncSession) -> None:
    order = await shop.delivered(
        crm, *[await line_of(crm, return_exclusion=why) for why in ("hygiene", "made_to_measure", None)], at=NOON
    )
    said = await allowed(crm, order, NOON + timedelta(days=2))
    assert [line.back.reason for line in said.lines] == ["excluded_hygiene", "excluded_made_to_measure", None]
    assert all(line.warranty.allowed for line in said.lines) and said.back.allowed
    late = await allowed(crm, order, NOON + timedelta(days=732))
    assert late.warranty.reason == "warranty_over" and late.warranty.facts["last"] == date(2028, 3, 2)


async def test_the_nearest_rule_of_the_day_of_the_order_holds(crm: AsyncSession) -> None:
    first, second = await shop.variant(crm, category="candles"), await shop.variant(crm, category="candles")
    before, after = NOON - timedelta(days=30), NOON + timedelta(days=30)

    async def rule(days: int, category: str = "", product: UUID | None = None) -> None:
        await services.add(
            crm, actor=SYSTEM, kind="return", parameters={"days": days}, category=category, product_id=product,
            valid_from=before, valid_to=after,
        )  # fmt: skip

    await rule(20)
    await rule(10, "candles")
    await rule(0, product=first.product_id)
    lines = [NewLine(1, 100, first.id), NewLine(1, 100, second.id), await line_of(crm)]
    order = await shop.delivered(crm, *lines, at=NOON)
    said = await allowed(crm, order, NOON)
    assert [line.back.reason for line in said.lines] == ["not_taken_back", None, None]
    assert [line.back.facts.get("days") for line in said.lines] == [None, 10, 20]
    # An order of another day: the rules that hold by themselves.
    order.placed_at = after
    assert [line.back.facts["days"] for line in (await allowed(crm, order, NOON)).lines] == [30, 30, 30]


async def test_what_has_come_back_cannot_come_back_again(crm: AsyncSession) -> None:
    order = await shop.delivered(crm)
    wanted = returns.Wanted(order.lines[0].id, 2, "changed_mind")
    made = await returns.request(crm, order.id, actor=shop.AGENT, lines=[wanted])
    said = await allowed(crm, order)
    assert (said.lines[0].returnable, said.back.reason) == (0, "return_under_way"), "nothing is back yet"
    await returns.cancel(crm, made.id, actor=shop.AGENT)
    assert (await allowed(crm, order)).back.allowed
    made = await returns.request(crm, order.id, actor=shop.AGENT, lines=[wanted])
    await returns.receive(crm, made.id, actor=shop.AGENT)
    assert (await allowed(crm, order)).back.reason == "all_came_back"


async def test_an_order_with_many_lines_takes_no_more_queries(crm: AsyncSession) -> None:
    statements: list[str] = []
    connection = (await crm.connection()).sync_connection
    counts = []
    for lines in (1, 8):
        order = await shop.delivered(crm, *[await line_of(crm) for _ in range(lines)])
        order = await locked(crm, order.id, actor=SYSTEM)

        def note(*args: object) -> None:
            statements.append(str(args[2]))

        event.listen(connection, "before_cursor_execute", note)
        await allowed(crm, order)
        event.remove(connection, "before_cursor_execute", note)
        counts.append(len(statements))
        statements.clear()
    assert counts == [1, 1]


async def test_every_reason_has_both_sentences(crm: AsyncSession) -> None:
    order = await shop.paid(crm)
    seen = set()
    for status in STATUSES:
        order.status = status
        said = await allowed(crm, order)
        for decision in (said.cancel, said.change_address, said.back, said.warranty):
            for language in ("fr", "en"):
                told = words.why(decision, language)
                assert (told is None) == decision.allowed and "{" not in (told or "") and "…" not in (told or "")
            seen.add(decision.reason)
    assert {"order_is_lost", "order_is_cancelled", "not_delivered", "too_far"} <= seen
    await moving.prepare(crm, (await shop.paid(crm)).id, actor=SYSTEM)


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2024, 2, 29), 24, date(2026, 2, 28)),
        (date(2026, 12, 15), 1, date(2027, 1, 15)),
        (date(2026, 11, 30), 12, date(2027, 11, 30)),
        (date(2026, 5, 5), 0, date(2026, 5, 5)),
    ],
)
def test_months_later(day: date, months: int, later: date) -> None:
    assert months_later(day, months) == later
