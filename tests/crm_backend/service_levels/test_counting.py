"""How clocks count, held against stepping through the minutes in which they ran."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from crm_backend.calendars.hours import BusinessHours
from crm_backend.service_levels import counting

PARIS = ZoneInfo("Europe/Paris")
MINUTE = timedelta(minutes=1)
HOURS = BusinessHours(PARIS, {day: [(9 * 60, 12 * 60), (14 * 60, 18 * 60)] for day in range(7)} | {6: [(60, 240)]})
START = datetime(2026, 10, 23, 22, tzinfo=UTC)  # two nights before Paris puts its clocks back
LENGTH = 4 * 1440


@cache
def worked() -> list[bool]:
    """For every minute of UTC whether it is worked, by a clock on the wall that stands still where it is put back."""
    found, furthest = [], datetime(1, 1, 1)  # noqa: DTZ001
    for n in range(LENGTH):
        furthest = max(furthest, (START + n * MINUTE).astimezone(PARIS).replace(tzinfo=None))
        minute = furthest.hour * 60 + furthest.minute
        found.append(any(opens <= minute < closes for opens, closes in HOURS.spans(furthest.date())))
    return found


@settings(max_examples=80, deadline=None)
@given(st.lists(st.integers(0, LENGTH - 1), min_size=1, max_size=9, unique=True), st.integers(1, 1500))
def test_a_clock_that_stops_and_goes_is_up_when_its_minutes_are(changes: list[int], target: int) -> None:
    begin, *others = sorted(changes)
    runs: list[counting.Run] = [(START + begin * MINUTE, None)]
    running, left, up, stops = True, target, None, set(others)
    for n in range(begin, LENGTH):
        if n in stops:
            at = START + n * MINUTE
            runs = counting.paused(runs, at) if running else counting.resumed(runs, at)
            running = not running
        if running and worked()[n]:
            left -= 1
            if left == 0 and up is None:
                up = START + (n + 1) * MINUTE
    found = counting.up_at(HOURS, runs, target * MINUTE)
    if up is None:
        assert found is None or found > START + LENGTH * MINUTE or not running
    else:
        assert found == up
    assert counting.read(counting.stored(runs)) == runs


def test_a_pause_that_was_noted_late_takes_back_what_ran_since() -> None:
    runs: list[counting.Run] = [(START, START + 10 * MINUTE), (START + 20 * MINUTE, None)]
    assert counting.paused(runs, START + 15 * MINUTE) == [(START, START + 10 * MINUTE)]
    assert counting.resumed(runs, START + 30 * MINUTE) == runs
