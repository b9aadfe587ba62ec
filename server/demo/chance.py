"""Chance that repeats itself: one seed, and identifiers and instants drawn from it."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

SEED = 20_250_401
ZONES = {"FR": ZoneInfo("Europe/Paris"), "GB": ZoneInfo("Europe/London")}
_HOLIDAYS = {
    "FR": {(1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25)},
    "GB": {(1, 1), (12, 25), (12, 26)},
}
_WINDOW = timedelta(days=730)


class Chance(random.Random):
    """A seeded generator. Two made for the same purpose draw the same things."""

    def __init__(self, purpose: str) -> None:
        super().__init__(f"{SEED} {purpose}")

    def identifier(self, at: datetime) -> UUID:
        """A UUIDv7 (RFC 9562) of this instant, whose random bits come from the seed."""
        value = int(at.timestamp() * 1000) << 80 | 0x7 << 76 | self.getrandbits(12) << 64
        return UUID(int=value | 0b10 << 62 | self.getrandbits(62))

    def digits(self, count: int) -> str:
        """That many digits, the first not zero."""
        return str(self.randrange(1, 10)) + "".join(str(self.randrange(10)) for _ in range(count - 1))


def morning(today: date) -> datetime:
    """The demo's present: 06:00 UTC, so that nothing told as past lies ahead for whoever starts it during the day."""
    return datetime.combine(today, time(6), UTC)


def beginning(today: date) -> datetime:
    """The first instant of the demo's two years."""
    return morning(today) - _WINDOW


def instant(day: date, clock: tuple[int, int], country: str) -> datetime:
    """An instant given in the country's own time, in UTC."""
    return datetime.combine(day, time(*clock), ZONES[country]).astimezone(UTC)


def local_day(at: datetime, country: str) -> date:
    """The day it is in the country."""
    return at.astimezone(ZONES[country]).date()


def is_working_day(day: date, country: str) -> bool:
    """Monday to Friday but fixed holidays."""
    return day.weekday() < 5 and (day.month, day.day) not in _HOLIDAYS[country]


def working_days_after(day: date, count: int, country: str) -> date:
    """The working day that many working days later; with 0, the day itself or the first working day after."""
    while count > 0 or not is_working_day(day, country):
        day += timedelta(days=1)
        count -= is_working_day(day, country)
    return day
