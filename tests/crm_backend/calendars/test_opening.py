"""Opening hours: read from a line of settings, told by instants."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from crm_backend.calendars.opening import parse

PARIS = ZoneInfo("Europe/Paris")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=PARIS)


@pytest.mark.parametrize(
    ("when", "there"),
    [
        ("2026-11-23 08:59", False),
        ("2026-11-23 09:00", True),
        ("2026-11-23 12:29", True),
        ("2026-11-23 12:30", False),
        ("2026-11-23 13:30", True),
        ("2026-11-28 15:59", True),
        ("2026-11-28 16:00", False),
        ("2026-11-29 11:00", False),
    ],
)
def test_who_is_there_when(when: str, there: bool) -> None:
    hours = parse("Mon-Fri 09:00-12:30, Mon-Fri 13:30-18:00; Sat 10:00-16:00", PARIS)
    assert hours.open_at(at(when)) is there


def test_the_next_opening_skips_nights_sundays_and_holidays() -> None:
    hours = parse("Mon-Sat 09:00-18:00", PARIS, holiday=lambda day: day == date(2026, 11, 23))
    assert hours.next_opening(at("2026-11-20 20:00")) == at("2026-11-21 09:00")
    assert hours.next_opening(at("2026-11-21 18:30")) == at("2026-11-24 09:00")
    assert hours.next_opening(at("2026-11-24 07:00")) == at("2026-11-24 09:00")


def test_a_week_that_ends_in_the_next_one_and_a_day_that_ends_at_midnight() -> None:
    hours = parse("Fri-Mon 18:00-24:00", PARIS)
    assert hours.open_at(at("2026-11-29 23:59"))
    assert not hours.open_at(at("2026-11-25 23:00"))


def test_an_hour_that_the_clock_skips_is_still_told() -> None:
    hours = parse("Sun 02:30-03:30", PARIS)
    assert hours.next_opening(at("2026-03-28 12:00")) is not None


def test_never_open_never_opens() -> None:
    assert parse("Mon-Sun 09:00-18:00", PARIS, holiday=lambda _: True).next_opening(at("2026-11-20 20:00")) is None


@pytest.mark.parametrize(
    "text", ["", "always", "Mon-Sat", "Mon 9-18", "Mon 18:00-09:00", "Moo-Sat 09:00-18:00", "Mon 25:00-26:00"]
)
def test_what_is_no_opening_hours_says_so(text: str) -> None:
    with pytest.raises(ValueError, match=r"opening hours|closes before|no such day|hour must be"):
        parse(text, PARIS)
