"""The way of a parcel: when it left, what its carrier reported, when it is expected or arrived."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from server.demo.carriers import HUBS, WAREHOUSE, WORKING_DAYS, Carrier
from server.demo.chance import Chance, instant, is_working_day, local_day, morning, working_days_after

Row = dict[str, Any]


@dataclass
class Parcel:
    """One parcel on its way; the steps append to `events` in the order of time."""

    chance: Chance
    carrier: Carrier
    country: str
    town: str
    placed_at: datetime
    today: date
    shipped_on: date = date.min
    arrived_on: date | None = None
    status: str = "preparing"
    events: list[tuple[datetime, str, str]] = field(default_factory=list)

    def report(self, day: date, hours: tuple[int, int], code: str, place: str) -> None:
        """The carrier's event, some time between these hours; events of one day are reported in the order of hours."""
        clock = (self.chance.randrange(*hours), self.chance.randrange(60))
        self.events.append((instant(day, clock, self.country), code, place))

    def leave(self, *, latest: date) -> None:
        """Leaves the warehouse on the working day after the order, at the latest on the day given."""
        ordered = local_day(self.placed_at, self.country)
        candidates = [ordered + timedelta(days=days) for days in range(1, (latest - ordered).days + 1)]
        working = [day for day in candidates if is_working_day(day, self.country)] or candidates[:1] or [latest]
        self.shipped_on = working[0]
        self.status = "shipped"
        self.report(self.shipped_on, (9, 12), "announced", "")
        self.report(self.shipped_on, (15, 19), "picked_up", WAREHOUSE[self.country])

    def travel(self) -> None:
        """The night after leaving, through a hub."""
        self.report(self.shipped_on + timedelta(days=1), (1, 4), "in_transit", self.chance.choice(HUBS[self.country]))

    def delay(self, *, days: int) -> None:
        """The carrier reports a delay that many days after the parcel left, if that day has come."""
        day = self.shipped_on + timedelta(days=days)
        if day < self.today:
            self.report(day, (10, 16), "delayed", self.chance.choice(HUBS[self.country]))

    def go_out(self, day: date) -> None:
        """To the depot of the town before dawn, and out with the driver at breakfast."""
        self.status = "out_for_delivery"
        self.report(day, (4, 5), "at_depot", self.town)
        self.report(day, (5, 6), "out_for_delivery", self.town)

    def wait_at_shop(self, day: date) -> None:
        """To the parcel shop, where it waits for the customer."""
        self.report(day, (4, 5), "at_depot", self.town)
        self.report(day, (9, 12), "at_pickup_point", self.town)

    def arrive(self, day: date) -> None:
        """Into the customer's hands, sometimes at the second try, or from the parcel shop."""
        if self.carrier.method == "parcel_shop":
            self.wait_at_shop(day)
            if day + timedelta(days=1) < self.today and self.chance.random() < 0.5:
                day += timedelta(days=1)
        elif day + timedelta(days=1) < self.today and self.chance.random() < 0.06:
            self.go_out(day)
            self.report(day, (10, 17), "attempted", self.town)
            day += timedelta(days=1)
            self.go_out(day)
        else:
            self.go_out(day)
        self.report(day, (13, 19), "delivered", self.town)
        self.arrived_on, self.status = day, "delivered"

    def get_lost(self) -> None:
        """Last seen in a hub; declared lost two weeks after it left."""
        self.delay(days=5)
        self.report(self.shipped_on + timedelta(days=14), (9, 17), "lost", "")
        self.status = "lost"

    def go_back(self, day: date) -> None:
        """Back to the warehouse."""
        self.report(day, (9, 17), "returning", self.town)
        self.report(working_days_after(day, 3, self.country), (9, 16), "returned", WAREHOUSE[self.country])
        self.status = "returned"

    @property
    def last_change(self) -> datetime:
        """When something last happened to it."""
        return self.events[-1][0] if self.events else self.placed_at

    def expected(self, *, late: bool) -> tuple[date, date]:
        """First and last day it is expected, as promised with the order; days to come for what is under way in time."""
        ordered = local_day(self.placed_at, self.country)
        first, last = (working_days_after(ordered, days, self.country) for days in WORKING_DAYS[self.carrier.method])
        if self.status == "out_for_delivery":
            return self.today, self.today
        if self.status in ("preparing", "shipped") and not late:
            soonest = working_days_after(self.today, 1 if self.status == "shipped" else 2, self.country)
            first = max(first, soonest)
            last = max(last, first)
        return first, last

    def rows(self, order_id: object, *, late: bool) -> tuple[Row, list[Row]]:
        """Rows of the shipment and its events."""
        made = self.events[0][0] if self.events else min(self.placed_at + timedelta(hours=4), morning(self.today))
        identifier = self.chance.identifier(made)
        first, last = self.expected(late=late)
        left = next((at for at, code, _ in self.events if code == "picked_up"), None)
        number = self.carrier.number(self.chance) if left else None
        shipment = {
            "id": identifier, "created_at": made, "order_id": order_id, "carrier": self.carrier.name,
            "tracking_number": number, "tracking_url": self.carrier.url.format(number=number) if number else None,
            "status": self.status, "shipped_at": left, "expected_from": first, "expected_to": last,
            "delivered_at": next((at for at, code, _ in self.events if code == "delivered"), None),
        }  # fmt: skip
        events = [
            {"id": self.chance.identifier(at), "created_at": at, "shipment_id": identifier, "at": at, "code": code,
             "place": place}
            for at, code, place in self.events
        ]  # fmt: skip
        return shipment, events
