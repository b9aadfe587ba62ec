"""What state an order is in for its age, and the parcels it came to have."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from server.demo.carriers import Carrier, carrier_for
from server.demo.chance import Chance, local_day, morning, working_days_after
from server.demo.parcels import Parcel
from server.demo.showcase import Person

_MOVED = ("shipped", "out_for_delivery", "delivered", "lost", "returned")
_BY_AGE: tuple[tuple[float, dict[str, int]], ...] = (
    (0.3, {"placed": 60, "paid": 40}),
    (0.9, {"placed": 25, "paid": 55, "preparing": 20}),
    (2.2, {"placed": 4, "paid": 16, "preparing": 70, "cancelled": 6}),
    (3.4, {"placed": 3, "preparing": 27, "shipped": 60, "cancelled": 7}),
    (5.6, {"preparing": 8, "shipped": 46, "out_for_delivery": 26, "delivered": 15, "cancelled": 5}),
    (10.5, {"shipped": 14, "out_for_delivery": 8, "delivered": 73, "cancelled": 5}),
    (16.0, {"shipped": 6, "delivered": 88, "cancelled": 6}),
    (30.0, {"delivered": 90, "lost": 3, "cancelled": 7}),
    (9999.0, {"delivered": 86, "returned": 7, "lost": 1, "cancelled": 6}),
)
"""Weights of the states by the order's age in days, up to the first number."""
_LATE_AFTER = timedelta(days=7)


def status_for(placed_at: datetime, today: date, country: str, chance: Chance) -> str:
    """A state that an order of this age may be in."""
    now = morning(today)
    age = (now - placed_at) / timedelta(days=1)
    weights = next(weights for limit, weights in _BY_AGE if age <= limit)
    status = chance.choices(list(weights), list(weights.values()))[0]
    if status == "out_for_delivery" and today.weekday() == 6:
        return "shipped"
    ordered = local_day(placed_at, country)
    needed = {"shipped": 1, "out_for_delivery": 2, "delivered": 2}.get(status, 0)
    if needed and working_days_after(ordered, 1, country) > today - timedelta(days=needed):
        return "preparing"
    return status


def parcels_of(
    status: str, *, placed_at: datetime, person: Person, today: date, chance: Chance, exemplary: bool
) -> tuple[list[Parcel], bool]:
    """The parcels of an order, and whether they are late. An exemplary order is never late, split or left at a shop."""
    if status in ("placed", "paid", "cancelled"):
        return [], False
    carrier = carrier_for(person.country, chance)
    while not _fits(carrier, status, exemplary=exemplary):
        carrier = carrier_for(person.country, chance)
    late = not exemplary and _is_late(status, placed_at, today, chance)
    twice = not exemplary and status in _MOVED[:3] and chance.random() < 0.08
    found = []
    for second in (False, True)[: 1 + twice]:
        parcel = Parcel(chance, carrier, person.country, person.city, placed_at, today)
        ahead = twice and not second and status == "shipped"
        _send(parcel, "delivered" if ahead and _can_arrive(placed_at, today, person.country) else status, late=late)
        found.append(parcel)
    return found, late


def _fits(carrier: Carrier, status: str, *, exemplary: bool) -> bool:
    if exemplary:
        return carrier.method == "standard"
    return carrier.method != "parcel_shop" or status != "out_for_delivery"


def _is_late(status: str, placed_at: datetime, today: date, chance: Chance) -> bool:
    if status == "shipped":
        return morning(today) - placed_at > _LATE_AFTER
    return status == "delivered" and chance.random() < 0.07


def _can_arrive(placed_at: datetime, today: date, country: str) -> bool:
    return working_days_after(local_day(placed_at, country), 2, country) < today


def _send(parcel: Parcel, status: str, *, late: bool) -> None:
    if status == "preparing":
        return
    today, chance = parcel.today, parcel.chance
    parcel.leave(latest=today - timedelta(days=1 if status == "shipped" else 2))
    parcel.travel()
    if status == "shipped":
        if late:
            parcel.delay(days=3)
        elif _waits_at_shop(parcel):
            parcel.wait_at_shop(today - timedelta(days=1))
    elif status == "out_for_delivery":
        parcel.go_out(today)
    elif status == "lost":
        parcel.get_lost()
    else:
        _deliver(parcel, late=late)
        if status == "returned":
            back = min(parcel.last_change.date() + timedelta(days=chance.randrange(4, 14)), today - timedelta(days=8))
            parcel.go_back(back)


def _waits_at_shop(parcel: Parcel) -> bool:
    there = (parcel.today - parcel.shipped_on).days >= 3
    return parcel.carrier.method == "parcel_shop" and there and parcel.chance.random() < 0.5


def _deliver(parcel: Parcel, *, late: bool) -> None:
    transit = {"express": (1, 1), "standard": (1, 3), "parcel_shop": (2, 3)}[parcel.carrier.method]
    days = parcel.chance.randint(*transit)
    if late:
        parcel.delay(days=2)
        days += parcel.chance.randint(3, 6)
    day = working_days_after(parcel.shipped_on, days, parcel.country)
    latest = parcel.today - timedelta(days=1)
    parcel.arrive(max(min(day, latest), parcel.shipped_on + timedelta(days=1)))
