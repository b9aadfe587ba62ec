"""Whether a calendar is open now, until when or from when, and its hours of the next days."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from crm_backend.calendars.hours import DAY, BusinessHours, Span

LOOKED_AHEAD = 60
"""Days in which the next opening is looked for."""


@dataclass(frozen=True)
class DayHours:
    """The hours of one day: minutes after midnight, none where it is closed. `special` tells a day unlike others of its
    weekday: a public holiday, or one that the company named."""

    day: date
    spans: Sequence[Span]
    special: bool


@dataclass(frozen=True)
class Opening:
    """`closes_at` is set while it is open, `opens_at` while it is not and will be within sixty days; both with the
    zone of the place."""

    open: bool
    closes_at: datetime | None
    opens_at: datetime | None


def opening(hours: BusinessHours, now: datetime) -> Opening:
    """What holds at an instant. Stretches that touch are one: a shop that is open over midnight closes once."""
    today = now.astimezone(hours.zone).date()
    until: datetime | None = None
    for ahead in range(-1, LOOKED_AHEAD):
        for opens, closes in hours.stretches(today + ahead * DAY):
            if until is not None:
                if opens > until:
                    return Opening(open=True, closes_at=until.astimezone(hours.zone), opens_at=None)
                until = closes
            elif opens <= now < closes:
                until = closes
            elif opens > now:
                return Opening(open=False, closes_at=None, opens_at=opens.astimezone(hours.zone))
    return Opening(open=until is not None, closes_at=until and until.astimezone(hours.zone), opens_at=None)


def week(hours: BusinessHours, now: datetime, *, days: int = 7) -> list[DayHours]:
    """The hours of today and the days after it, where the place is."""
    today = now.astimezone(hours.zone).date()
    return [on(hours, today + timedelta(days=ahead)) for ahead in range(days)]


def on(hours: BusinessHours, day: date) -> DayHours:
    """The hours of one day."""
    spans = sorted(hours.spans(day))
    return DayHours(day, spans, special=spans != sorted(hours.week.get(day.weekday(), ())))
