"""Back-test of what is foretold of customers: fitted to the demo company's past, compared with what then happened.

    .venv/bin/python -m benchmarks.value_backtest [days]
    .venv/bin/python -m benchmarks.value_backtest cdnow FILE

The company's two years, but for their last eleven days, are cut so many days (180) before their end. The models know
what came before the cut; the error over what came after it is printed beside that of two who know no model: "as before"
says that each goes on as often as until the cut, "like all" that each orders as often as all do on average. No database
is needed.

`cdnow` fits the models to the customers of the papers instead, from a CSV file with the columns x, t_x, T and zbar.
"""

from __future__ import annotations

import csv
import sys
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from crm_backend.orders.model import Order
from crm_backend.value import bg_nbd, gamma_gamma
from crm_backend.value.bg_nbd import Numbers, numbers
from crm_backend.value.model import NOT_COUNTED
from server.demo.company import tables_on

TODAY = date(2026, 11, 22)
"""The demo company depends on the day: with this one the numbers can be compared."""
LEFT_OUT = 11
"""The last days, in which the demo company has five times its usual orders, for every state of a parcel to exist."""
HOLDOUT = 180
QUIET_WEEKS = 26
"""Without a model, who has not ordered for so long is taken to have left."""


@dataclass
class Bought:
    """One customer's orders before and after the cut, as (instant, amount)."""

    before: list[tuple[datetime, int]] = field(default_factory=list)
    after: list[tuple[datetime, int]] = field(default_factory=list)
    currency: str = ""


def read(orders: list[dict[str, Any]], cut: datetime, end: datetime) -> list[Bought]:
    """Those who ordered before the cut."""
    found: dict[Any, Bought] = defaultdict(Bought)
    for order in orders:
        if order["status"] in NOT_COUNTED or order["placed_at"] > end:
            continue
        one = found[order["customer_id"]]
        one.currency = order["currency"]
        (one.before if order["placed_at"] <= cut else one.after).append((order["placed_at"], order["total_minor"]))
    return [one for one in found.values() if one.before]


def days_of(bought: list[tuple[datetime, int]]) -> int:
    """Days with an order, as the models count."""
    return len({at.date() for at, _ in bought})


def error(name: str, foretold: Numbers, happened: Numbers, unit: str) -> None:
    """Prints a line: the mean error of a customer, and how far the sum is off."""
    mean = float(np.mean(np.abs(foretold - happened)))
    total = float(np.sum(foretold) / np.sum(happened) - 1)
    print(f"  {name:24s} mean error {mean:8.2f} {unit:8s} total {total:+7.1%}")


def orders_test(people: list[Bought], cut: datetime, weeks: float) -> tuple[Numbers, Numbers]:
    """Orders and silence; what is foretold of orders by the model, and as before."""
    firsts = [min(one.before)[0] for one in people]
    x = numbers([days_of(one.before) - 1 for one in people])
    t_x = numbers([
        (max(one.before)[0] - first).total_seconds() / 604_800 if repeat else 0.0
        for one, first, repeat in zip(people, firsts, x, strict=True)
    ])  # fmt: skip
    age = numbers([(cut - first).total_seconds() / 604_800 for first in firsts])
    fitted = bg_nbd.fit(x, t_x, age)
    print(f"BG/NBD: {fitted.reason or fitted.model}\n  {fitted.statistics}")
    if fitted.model is None:
        sys.exit(1)
    happened = numbers([days_of(one.after) for one in people])
    model = bg_nbd.expected(fitted.model, x, t_x, age, weeks=weeks)
    # Counted over the whole time of observation, as nobody knows when somebody will have joined.
    watched = float(np.max(age))
    before = (x + 1) / watched * weeks
    print(f"Orders in the next {weeks:.0f} weeks, of {len(people)} customers ({happened.sum():.0f} in all):")
    error("BG/NBD", model, happened, "orders")
    error("as before", before, happened, "orders")
    error("like all", np.full(len(people), float(np.mean(before))), happened, "orders")
    silent = bg_nbd.silent(fitted.model, x, t_x, age, weeks=weeks)
    quiet = numbers([float(gap > QUIET_WEEKS) for gap in age - t_x])
    truth = (happened == 0).astype(np.float64)
    print(f"Who stays silent ({truth.mean():.0%} do), as mean squared error of the probability (Brier score):")
    for name, guess in (
        ("BG/NBD", silent),
        (f"{QUIET_WEEKS} weeks without order", quiet),
        ("the share of all", np.full(len(people), float(truth.mean()))),
    ):
        print(f"  {name:24s} {float(np.mean((guess - truth) ** 2)):.3f}")
    for low, high in ((0.0, 0.25), (0.25, 0.5), (0.5, 0.75), (0.75, 1.01)):
        some = (silent >= low) & (silent < high)
        if some.any():
            were = f"{truth[some].mean():4.0%} of {int(some.sum())} were silent"
            print(f"  foretold {low:.0%} to {min(high, 1):.0%}: {were}")
    return model, before


def value_test(people: list[Bought], model: Numbers, before: Numbers) -> None:
    """Turnover, by currency."""
    for currency in sorted({one.currency for one in people}):
        theirs = np.array([one.currency == currency for one in people])
        some = [one for one in people if one.currency == currency]
        count = numbers([len(one.before) for one in some])
        mean = numbers([sum(amount for _, amount in one.before) for one in some]) / count
        fitted = gamma_gamma.fit(count, mean)
        print(f"Gamma-gamma, {currency}: {fitted.reason or fitted.model}\n  {fitted.statistics}")
        if fitted.model is None:
            continue
        happened = numbers([sum(amount for _, amount in one.after) for one in some]) / 100
        error(
            "BG/NBD × gamma-gamma",
            model[theirs] * gamma_gamma.expected(fitted.model, count, mean) / 100,
            happened,
            currency,
        )
        error("as before", before[theirs] * mean / 100, happened, currency)


def cdnow(path: Path) -> None:
    """Fits both models to the customers of the papers; amounts are of their repeat purchases, as there."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    x, t_x, age, mean = (numbers([float(row[name]) for row in rows]) for name in ("x", "t_x", "T", "zbar"))
    for name, fitted in (("BG/NBD", bg_nbd.fit(x, t_x, age)), ("Gamma-gamma", gamma_gamma.fit(x, mean))):
        print(f"{name}: {fitted.reason or fitted.model}\n  {fitted.statistics}")


def main(holdout: int) -> None:
    end = datetime(TODAY.year, TODAY.month, TODAY.day, 6, tzinfo=UTC)
    end -= timedelta(days=LEFT_OUT)
    cut = end - timedelta(days=holdout)
    orders = [dict(row) for row in tables_on(TODAY, password_hash="")[Order]]
    people = read(orders, cut, end)
    model, before = orders_test(people, cut, holdout / 7)
    value_test(people, model, before)


if __name__ == "__main__":
    if sys.argv[1:2] == ["cdnow"]:
        cdnow(Path(sys.argv[2]))
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else HOLDOUT)
