"""When people answer, as one line of settings says it: opening hours by weekday, in the company's zone, and when they
open next. Calendars that the company keeps in the desk are in hours.py."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, tzinfo

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_RANGE = re.compile(
    r"(?P<first>[a-z]{3})(?:\s*[-–]\s*(?P<last>[a-z]{3}))?\s+(?P<opens>\d{1,2}:\d{2})\s*[-–]\s*(?P<closes>\d{1,2}:\d{2})"
)
LOOKED_AHEAD = 30

Hours = tuple[time, time]


def _never(_: date) -> bool:
    return False


@dataclass(frozen=True)
class OpeningHours:
    """A week of opening hours. `holiday` says which days are closed all the same."""

    week: dict[int, list[Hours]]
    zone: tzinfo
    holiday: Callable[[date], bool] = field(default=_never)

    def open_at(self, at: datetime) -> bool:
        """Whether somebody is there at this instant."""
        local = at.astimezone(self.zone)
        return any(opens <= local.time() < closes for opens, closes in self._of(local.date()))

    def next_opening(self, at: datetime) -> datetime | None:
        """The next instant after `at` at which they open; None when they do not within 30 days."""
        local = at.astimezone(self.zone)
        for ahead in range(LOOKED_AHEAD):
            day = local.date() + timedelta(days=ahead)
            for opens, _ in sorted(self._of(day)):
                instant = datetime.combine(day, opens, tzinfo=self.zone)
                if instant > at:
                    return instant
        return None

    def closing(self, at: datetime) -> datetime | None:
        """The instant at which the hours that run at `at` end, midnight where a day ends open; None when none run."""
        local = at.astimezone(self.zone)
        for opens, closes in self._of(local.date()):
            if opens <= local.time() < closes:
                day, end = (local.date(), closes) if closes < time.max else (local.date() + timedelta(days=1), time.min)
                return datetime.combine(day, end, tzinfo=self.zone)
        return None

    def _of(self, day: date) -> list[Hours]:
        return [] if self.holiday(day) else self.week.get(day.weekday(), [])


def parse(text: str, zone: tzinfo, holiday: Callable[[date], bool] = _never) -> OpeningHours:
    """Opening hours from `Mon-Fri 09:00-12:30, Mon-Fri 13:30-18:00; Sat 10:00-16:00`.

    Raises ValueError, with what could not be read.
    """
    week: dict[int, list[Hours]] = {}
    for part in re.split(r"[,;]", text):
        found = _RANGE.fullmatch(part.strip().casefold())
        if found is None:
            raise ValueError(f"opening hours like “Mon-Sat 09:00-18:00” expected, not “{part.strip()}”")
        opens, closes = (_time(found[name]) for name in ("opens", "closes"))
        if opens >= closes:
            raise ValueError(f"“{part.strip()}” closes before it opens")
        for day in _days(found["first"], found["last"] or found["first"]):
            week.setdefault(day, []).append((opens, closes))
    return OpeningHours(week, zone, holiday)


def _time(text: str) -> time:
    hour, minute = (int(part) for part in text.split(":"))
    # The end of a day is written 24:00.
    return time.max if (hour, minute) == (24, 0) else time(hour, minute)


def _days(first: str, last: str) -> list[int]:
    if first not in DAYS or last not in DAYS:
        raise ValueError(f"no such day: {first if first not in DAYS else last}")
    start, end = DAYS.index(first), DAYS.index(last)
    return [day % 7 for day in range(start, (end if end >= start else end + 7) + 1)]
