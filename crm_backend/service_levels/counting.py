"""How a clock counts: when its time is up, from the stretches in which it ran."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from crm_backend.calendars.hours import BusinessHours, add_business_time, business_time_between

Run = tuple[datetime, datetime | None]
"""From when to when a clock ran; until now, where there is no end. In order, and never two at a time."""


def up_at(hours: BusinessHours, runs: Sequence[Run], target: timedelta) -> datetime | None:
    """The instant at which the time of `target` is, was or will be used up; None while the clock stands still with time
    left. Raises NeverOpen."""
    left = target
    for start, end in runs:
        if end is None:
            return add_business_time(hours, start, left)
        used = business_time_between(hours, start, end)
        if used >= left:
            return add_business_time(hours, start, left)
        left -= used
    return None


def paused(runs: Sequence[Run], at: datetime) -> list[Run]:
    """The runs, ended at an instant: what came later never was."""
    kept: list[Run] = [(start, min(end or at, at)) for start, end in runs if start < at]
    return kept or [(start, start) for start, _ in runs[:1]]


def resumed(runs: Sequence[Run], at: datetime) -> list[Run]:
    """The runs, going on from an instant; the same if they go on already."""
    if runs and runs[-1][1] is None:
        return list(runs)
    return [*runs, (max(at, runs[-1][1] or at) if runs else at, None)]


def stored(runs: Sequence[Run]) -> list[Any]:
    """As the table has them."""
    return [[start.isoformat(), end.isoformat() if end else None] for start, end in runs]


def read(runs: Sequence[Any]) -> list[Run]:
    """As they are counted with."""
    return [(datetime.fromisoformat(start), datetime.fromisoformat(end) if end else None) for start, end in runs]
