from typing import Any
from uuid import uuid4

import pytest

from tests.support.scenarios import after, report
from tests.support.scenarios.after import Change, changes, judge, of_worlds
from tests.support.scenarios.judging import Outcome
from tests.support.scenarios.made import World
from tests.support.scenarios.reading import scenarios

ORDER, MARIE, EMMA = uuid4(), uuid4(), uuid4()
WORLD = World(known={"A.total": 900}, rows={"A": ORDER, "marie": MARIE})
CANCELLED = Change("orders", str(ORDER), "changed", {"status": "cancelled"}, {"customer_id": str(MARIE)})


def refund(amount: int) -> Change:
    row = {"order_id": str(ORDER), "amount_minor": amount}
    return Change("refunds", "r", "new", row, row)


def wrong(found: list[Change], *expected: dict[str, Any]) -> tuple[int, int]:
    verdict = judge(list(expected), found, WORLD)
    return len(verdict.wrong), len(verdict.missing)


IS_CANCELLED = {"orders A": {"status": "cancelled"}}
IS_PAID_BACK = {"new refunds": {"order": "A", "amount_minor": "{A.total}"}}


def test_what_was_to_change_and_did_is_right() -> None:
    assert wrong([CANCELLED, refund(900)], IS_CANCELLED, IS_PAID_BACK) == (0, 0)


@pytest.mark.parametrize(
    ("found", "expected", "verdict"),
    [
        ([CANCELLED], [], (1, 0)),
        ([], [IS_CANCELLED], (0, 1)),
        ([CANCELLED, refund(901)], [IS_CANCELLED, IS_PAID_BACK], (1, 1)),
        ([CANCELLED, refund(900), refund(900)], [IS_CANCELLED, IS_PAID_BACK], (1, 0)),
        (
            [Change("orders", str(ORDER), "changed", {"status": "cancelled", "ship_city": "Lyon"}, {})],
            [IS_CANCELLED],
            (1, 1),
        ),
        ([Change("payments", "p", "changed", {"refunded_minor": 900}, {})], [], (1, 0)),
    ],
)
def test_anything_else_is_wrong(found: list[Change], expected: list[Any], verdict: tuple[int, int]) -> None:
    assert wrong(found, *expected) == verdict


def test_payments_change_with_a_refund_that_was_to_be() -> None:
    paid = Change("payments", "p", "changed", {"refunded_minor": 900}, {})
    assert wrong([CANCELLED, refund(900), paid], IS_CANCELLED, IS_PAID_BACK) == (0, 0)


def test_only_what_says_something_counts_as_a_change() -> None:
    old = {("orders", "1"): {"id": "1", "status": "paid", "version": 1}}
    new = {("orders", "1"): {"id": "1", "status": "paid", "version": 2}}
    assert changes(old, new) == []
    assert [each.kind for each in changes({}, new)] == ["new"]
    assert [each.kind for each in changes(old, {})] == ["gone"]


def test_a_change_belongs_to_the_world_it_refers_to() -> None:
    lines = {("orders", "o"): {"id": "o", "customer_id": str(MARIE)}, ("returns", "r"): {"id": "r", "order_id": "o"}}
    line = {"id": "l", "return_id": "r"}
    found = changes({}, {**lines, ("return_lines", "l"): line, ("shops", "s"): {"id": "s"}})
    mine, nobodys = of_worlds(found, {"a": [MARIE], "b": [EMMA]}, {**lines, ("return_lines", "l"): line})
    assert {each.table for each in mine["a"]} == {"orders", "returns", "return_lines"}
    assert mine["b"] == []
    assert [each.table for each in nobodys] == ["shops"]


async def test_every_table_of_business_is_looked_at(crm) -> None:
    seen = {table for table, _ in await after.snapshot(crm)}
    assert seen & {"case_types", "loyalty_programme", "booking_schedules", "case_statuses"}
    assert not seen & after.BOOKKEEPING


def test_all_runs_of_a_scenario_have_to_pass_for_the_last_figure() -> None:
    one, two = scenarios()[:2]
    good = [Outcome(one, seed) for seed in range(4)]
    half = [Outcome(two, seed, failures=["x"] * (seed > 1)) for seed in range(4)]
    row = report.tally([*good, *half])["all"]
    assert (row["pass^1"], row["pass^4"], row["breaches"]) == (0.75, 0.5, 0)
    assert "x" in report.printed([*good, *half])


def test_the_estimate_is_the_unbiased_one() -> None:
    assert report.passes(3, 4, 2) == pytest.approx(0.5)
