"""Business time: how much of it lies between two instants, and when so much of it will have passed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, tzinfo

from crm_backend.calendars.wall_clock import instant

Span = tuple[int, int]
"""Minutes after midnight, opening and closing; one that closes after 1440 runs into the day after."""
Stretch = tuple[datetime, datetime]
DAY, WEEK, NONE = timedelta(days=1), timedelta(days=7), timedelta()
FURTHEST = 60 * 53
"""Weeks that are looked ahead for business time: sixty years."""


def never(_: date) -> bool:
    """No day is a holiday."""
    return False


class NeverOpen(ValueError):
    """There is not so much business time within sixty years."""


@dataclass(frozen=True)
class BusinessHours:
    """A calendar to count with. `week` has the spans of each weekday (0 is Monday), `days` those of single days, which
    come before the week and before public holidays; none means closed. A span belongs to the day on which it opens:
    the night from Sunday into a holiday is still worked."""

    zone: tzinfo
    week: Mapping[int, Sequence[Span]]
    days: Mapping[date, Sequence[Span]] = field(default_factory=dict)
    holiday: Callable[[date], bool] = field(default=never)
    _weeks: dict[date, timedelta] = field(default_factory=dict, repr=False, compare=False)

    def spans(self, day: date) -> Sequence[Span]:
        """The spans that open on a day, as they stand in the calendar."""
        if day in self.days:
            return self.days[day]
        return () if self.holiday(day) else self.week.get(day.weekday(), ())

    def stretches(self, day: date) -> Iterator[Stretch]:
        """The same as instants in UTC, in order; what the day before still covers is left out."""
        before = self.spans(day - DAY)
        covered = instant(day - DAY, max(end for _, end in before), self.zone) if before else None
        for opens, closes in sorted(self.spans(day)):
            start, end = instant(day, opens, self.zone), instant(day, closes, self.zone)
            if covered is not None and covered > start:
                start = covered
            if start < end:
                yield start, end
                covered = end

    def week_total(self, monday: date) -> timedelta:
        """The business time of the seven days from a Monday: counted once, then known."""
        total = self._weeks.get(monday)
        if total is None:
            days = (monday + n * DAY for n in range(7))
            total = sum((end - start for day in days for start, end in self.stretches(day)), NONE)
            self._weeks[monday] = total
        return total

    def open_at(self, at: datetime) -> bool:
        """Whether an instant is business time."""
        today = at.astimezone(self.zone).date()
        return any(start <= at < end for day in (today - DAY, today) for start, end in self.stretches(day))


def business_time_between(hours: BusinessHours, start: datetime, end: datetime) -> timedelta:
    """How much business time lies from `start` to `end`; none when `end` is not later. Exact over changes of the
    clocks: an hour that comes twice counts twice."""
    if end <= start:
        return NONE
    day, last = _first_day(hours, start), end.astimezone(hours.zone).date()
    total = NONE
    while day <= last:
        # Both ends are days away from a whole week, so none of its stretches is cut.
        if day.weekday() == 0 and _is_clear(hours, day, start) and last - day > WEEK + DAY:
            total += hours.week_total(day)
            day += WEEK
            continue
        for opens, closes in hours.stretches(day):
            total += max(NONE, min(closes, end) - max(opens, start))
        day += DAY
    return total


def add_business_time(hours: BusinessHours, start: datetime, duration: timedelta) -> datetime:
    """The first instant, in UTC, at which `duration` of business time has passed since `start`: the end of a working
    day rather than the beginning of the next. `start` itself for no duration. Raises NeverOpen."""
    left, day = duration, _first_day(hours, start)
    if left <= NONE:
        return start.astimezone(UTC)
    furthest = day + FURTHEST * WEEK
    while day < furthest:
        if day.weekday() == 0 and _is_clear(hours, day, start) and (total := hours.week_total(day)) < left:
            left -= total
            day += WEEK
            continue
        for opens, closes in hours.stretches(day):
            begins = max(opens, start)
            if closes - begins >= left:
                return (begins + left).astimezone(UTC)
            left -= max(NONE, closes - begins)
        day += DAY
    raise NeverOpen(f"no {duration} of business time after {start.isoformat()}")


def _first_day(hours: BusinessHours, start: datetime) -> date:
    """The day whose stretches may still run at an instant."""
    return start.astimezone(hours.zone).date() - DAY


def _is_clear(hours: BusinessHours, monday: date, start: datetime) -> bool:
    return start.astimezone(hours.zone).date() < monday
