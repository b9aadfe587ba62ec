"""What instant a time on the wall is, on days when the clocks are changed too."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, tzinfo

MINUTES = 24 * 60
"""Of a day as it is written. The end of a day is minute 1440."""


def instant(day: date, minute: int, zone: tzinfo) -> datetime:
    """The first instant, in UTC, at which a clock in `zone` shows `minute` minutes after midnight of `day`, or has
    passed it.

    A time that is skipped when clocks go forward is the moment they are changed; of a time that comes twice when they
    go back, the first is meant. So spans that touch on the wall touch in time, and none overlap. `minute` may be
    beyond 1440: that is the day after.
    """
    shown = datetime.combine(day, time()) + timedelta(minutes=minute)
    # PEP 495: a time that comes twice is the first with fold=0; one that never comes is read by the offset before.
    found = shown.replace(tzinfo=zone).astimezone(UTC)
    if found.astimezone(zone).replace(tzinfo=None) == shown:
        return found
    before, after = shown.replace(tzinfo=zone, fold=1).astimezone(UTC), found
    while after - before > timedelta(seconds=1):
        middle = before + (after - before) // 2
        if middle.astimezone(zone).replace(tzinfo=None) >= shown:
            after = middle
        else:
            before = middle
    return after.replace(microsecond=0)
