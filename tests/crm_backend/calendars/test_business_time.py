"""Business time, held against a reference that steps through the minutes of UTC and looks at a clock on the wall."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_backend.calendars.hours import BusinessHours, NeverOpen, add_business_time, business_time_between
from crm_backend.calendars.public_holidays import is_holiday

MINUTE, DAYS = timedelta(minutes=1), 5
PARIS, NEW_YORK, LONDON = ZoneInfo("Europe/Paris"), ZoneInfo("America/New_York"), ZoneInfo("Europe/London")
OFFICE = {day: [(9 * 60, 12 * 60 + 30), (13 * 60 + 30, 18 * 60)] for day in range(5)}
NIGHTS = {day: [(22 * 60, 30 * 60)] for day in range(7)}
ALWAYS = {day: [(0, 1440)] for day in range(7)}
EARLY = {day: [(0, 150), (150, 200), (23 * 60, 25 * 60)] for day in range(7)}
EVENTFUL = [
    date(2026, 3, 27),  # Paris puts its clocks forward two days later
    date(2026, 10, 23),  # Paris puts them back
    date(2026, 3, 6),  # New York puts its clocks forward
    date(2026, 10, 30),  # New York puts them back
    date(2028, 2, 27),  # a leap year
    date(2026, 12, 23),  # public holidays, two in London
]


def minutes(hours: BusinessHours, start: datetime, days: int) -> list[datetime]:
    """The reference: every minute of UTC from `start` in which somebody works.

    A clock on the wall is never turned back: in the hour that comes twice it stands still. A minute is worked when the
    clock shows one of a span, of that day or of the day before if that runs past midnight.
    """
    found, furthest = [], datetime(1, 1, 1)  # noqa: DTZ001  the clock on the wall
    begin = start - timedelta(days=2)
    for n in range((days + 2) * 1440):
        at = begin + n * MINUTE
        furthest = max(furthest, at.astimezone(hours.zone).replace(tzinfo=None))
        day, minute = furthest.date(), furthest.hour * 60 + furthest.minute
        today = any(opens <= minute < closes for opens, closes in hours.spans(day))
        yesterday = hours.spans(day - timedelta(days=1))
        if at >= start and (today or any(opens <= minute + 1440 < closes for opens, closes in yesterday)):
            found.append(at)
    return found


def a_calendar(zone: ZoneInfo, week: str, days: str) -> BusinessHours:
    weeks = {"office": OFFICE, "nights": NIGHTS, "always": ALWAYS, "early": EARLY}
    place = {PARIS: "FR", NEW_YORK: "US", LONDON: "GB-ENG"}[zone]
    own = {
        "none": {},
        "closed": {day + timedelta(days=1): () for day in EVENTFUL},
        "special": {day + timedelta(days=2): ((120, 180), (1380, 1560)) for day in EVENTFUL},
    }[days]
    return BusinessHours(zone, weeks[week], own, holiday=lambda day: is_holiday(place, day))


@cache
def worked(zone: ZoneInfo, week: str, days: str, begin: date) -> tuple[BusinessHours, datetime, list[datetime]]:
    hours = a_calendar(zone, week, days)
    start = datetime(begin.year, begin.month, begin.day, tzinfo=UTC)
    return hours, start, minutes(hours, start, DAYS)


FORWARD, BACK, US_FORWARD, US_BACK, LEAP, CHRISTMAS = EVENTFUL
calendars = st.sampled_from(
    [
        (PARIS, "early", "none", FORWARD),
        (PARIS, "early", "special", BACK),
        (PARIS, "nights", "closed", BACK),
        (PARIS, "nights", "special", FORWARD),
        (PARIS, "office", "none", CHRISTMAS),
        (NEW_YORK, "early", "special", US_FORWARD),
        (NEW_YORK, "always", "closed", US_BACK),
        (NEW_YORK, "early", "none", US_BACK),
        (LONDON, "office", "special", LEAP),
        (LONDON, "nights", "none", CHRISTMAS),
    ]
)


@settings(max_examples=30, deadline=None)
@given(calendars, st.integers(0, DAYS * 1440), st.integers(0, DAYS * 1440))
def test_time_between_is_what_stepping_through_the_minutes_counts(
    which: tuple[ZoneInfo, str, str, date], one: int, other: int
) -> None:
    hours, start, found = worked(*which)
    first, last = start + min(one, other) * MINUTE, start + max(one, other) * MINUTE
    assert business_time_between(hours, first, last) == sum(first <= at < last for at in found) * MINUTE
    assert business_time_between(hours, last, first) == timedelta()


@settings(max_examples=30, deadline=None)
@given(calendars, st.integers(0, 3 * 1440), st.integers(1, 1500))
def test_time_added_ends_where_stepping_through_the_minutes_does(
    which: tuple[ZoneInfo, str, str, date], after: int, amount: int
) -> None:
    hours, start, found = worked(*which)
    first = start + after * MINUTE
    later = [at for at in found if at >= first]
    if len(later) >= amount:
        assert add_business_time(hours, first, amount * MINUTE) == later[amount - 1] + MINUTE
    else:
        assert add_business_time(hours, first, amount * MINUTE) >= start + timedelta(days=DAYS)


@settings(max_examples=25, deadline=None)
@given(
    calendars,
    st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1)),  # noqa: DTZ001  zoned below
    st.integers(0, 2 * 365 * 24 * 3600),
)
def test_adding_is_the_inverse_of_counting_over_years(
    which: tuple[ZoneInfo, str, str, date], naive: datetime, seconds: int
) -> None:
    hours, at = a_calendar(*which[:3]), naive.replace(tzinfo=UTC, microsecond=0)
    duration = timedelta(seconds=seconds)
    due = add_business_time(hours, at, duration)
    assert business_time_between(hours, at, due) == duration
    if seconds:
        assert business_time_between(hours, at, due - timedelta(seconds=1)) < duration


@settings(max_examples=25, deadline=None)
@given(calendars, st.lists(st.integers(0, 900 * 86400), min_size=3, max_size=3))
def test_weeks_skipped_count_as_much_as_days_walked(which: tuple[ZoneInfo, str, str, date], offsets: list[int]) -> None:
    hours = a_calendar(*which[:3])
    start = datetime(2025, 9, 1, tzinfo=UTC)
    a, b, c = (start + timedelta(seconds=offset) for offset in sorted(offsets))
    between = business_time_between
    assert between(hours, a, b) + between(hours, b, c) == between(hours, a, c)


@pytest.mark.parametrize(
    ("zone", "day", "hours_of_day"),
    [(PARIS, "2026-03-29", 23), (PARIS, "2026-10-25", 25), (NEW_YORK, "2026-03-08", 23), (NEW_YORK, "2026-11-01", 25)],
)
def test_a_day_around_the_clock_is_as_long_as_it_is(zone: ZoneInfo, day: str, hours_of_day: int) -> None:
    start = datetime.fromisoformat(day).replace(tzinfo=zone)
    end = datetime.combine(start.date() + timedelta(days=1), start.timetz().replace(tzinfo=None), tzinfo=zone)
    assert business_time_between(BusinessHours(zone, ALWAYS), start, end) == timedelta(hours=hours_of_day)


def test_the_end_of_a_working_day_comes_before_the_next_morning() -> None:
    hours = BusinessHours(PARIS, OFFICE)
    friday = datetime(2026, 11, 20, 17, 0, tzinfo=PARIS)
    assert add_business_time(hours, friday, timedelta(hours=1)) == datetime(2026, 11, 20, 18, 0, tzinfo=PARIS)
    assert add_business_time(hours, friday, timedelta(minutes=61)) == datetime(2026, 11, 23, 9, 1, tzinfo=PARIS)
    saturday = datetime(2026, 11, 21, 12, 0, tzinfo=PARIS)
    assert add_business_time(hours, saturday, timedelta()) == saturday


def test_a_calendar_that_never_opens_says_so() -> None:
    with pytest.raises(NeverOpen):
        add_business_time(BusinessHours(PARIS, {}), datetime(2026, 1, 1, tzinfo=UTC), MINUTE)
