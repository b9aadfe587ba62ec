"""Periods of whole days in the company's time zone, and the one before each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from crm_backend.calendars.wall_clock import instant
from crm_backend.errors import Invalid

LONGEST = 3 * 366
"""Days."""
STEPS = ("day", "week", "month")
EARLIEST, LATEST = date(2000, 1, 1), date(2100, 1, 1)


@dataclass(frozen=True)
class Period:
    """From the first instant of a day to the last of another, both days included. A day on which the clocks change has
    23 or 25 hours."""

    first: date
    last: date
    zone: ZoneInfo

    @property
    def start(self) -> datetime:
        """The first instant that belongs to it."""
        return instant(self.first, 0, self.zone)

    @property
    def end(self) -> datetime:
        """The first instant after it."""
        return instant(self.last + timedelta(days=1), 0, self.zone)

    @property
    def days(self) -> int:
        """How many."""
        return (self.last - self.first).days + 1

    @property
    def before(self) -> Period:
        """As many days right before it; before whole months, as many months."""
        months = _whole_months(self.first, self.last)
        if months:
            first = self.first
            for _ in range(months):
                first = (first - timedelta(days=1)).replace(day=1)
            return Period(first, self.first - timedelta(days=1), self.zone)
        return Period(self.first - timedelta(days=self.days), self.first - timedelta(days=1), self.zone)

    @property
    def step(self) -> str:
        """What a course over it is told by: days, for longer ones weeks or months."""
        return "day" if self.days <= 62 else "week" if self.days <= 366 else "month"

    def steps(self, step: str) -> list[date]:
        """The first day of each step that it touches: weeks begin on Monday (ISO 8601)."""
        day, found = begins(self.first, step), []
        while day <= self.last:
            found.append(day)
            day = begins(day + timedelta(days={"day": 1, "week": 7, "month": 31}[step]), step)
        return found


def period(first: object, last: object, *, zone: ZoneInfo) -> Period:
    """A period from two days as ISO 8601 has them. Raises Invalid (`from`, `to`)."""
    start, end = _day("from", first), _day("to", last)
    if end < start:
        raise Invalid("to", "report_ends_before")
    if (end - start).days >= LONGEST:
        raise Invalid("to", "report_too_long", days=LONGEST)
    return Period(start, end, zone)


def begins(day: date, step: str) -> date:
    """The first day of the step that a day is in."""
    if step == "week":
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if step == "month" else day


def _day(field: str, given: object) -> date:
    try:
        found = date.fromisoformat(str(given))
    except ValueError:
        raise Invalid(field, "report_no_day") from None
    if not EARLIEST <= found < LATEST:
        raise Invalid(field, "report_no_day")
    return found


def _whole_months(first: date, last: date) -> int:
    if first.day != 1 or (last + timedelta(days=1)).day != 1:
        return 0
    return (last.year - first.year) * 12 + last.month - first.month + 1
