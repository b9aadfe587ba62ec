"""What may stand in a calendar: every field checked, none of it trusted."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from crm_backend.calendars.hours import Span
from crm_backend.calendars.opening import DAYS
from crm_backend.calendars.public_holidays import PLACE, known
from crm_backend.calendars.wall_clock import MINUTES
from crm_backend.errors import Invalid

LONGEST_NAME, MOST_SPANS, MOST_DAYS = 100, 12, 2000
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d|24:00")
_UNTIL = (date(1990, 1, 1), date(2100, 12, 31))


def name(given: Any, field: str = "name") -> str:
    """A name of one line. Raises Invalid."""
    if not isinstance(given, str) or not given.strip() or not given.isprintable():
        raise Invalid(field, "not_a_name")
    if len(given.strip()) > LONGEST_NAME:
        raise Invalid(field, "name_too_long", most=LONGEST_NAME)
    return given.strip()


def zone(given: Any) -> str:
    """A time zone by its name in the IANA database. Raises Invalid."""
    if not isinstance(given, str) or given not in available_timezones():
        raise Invalid("zone", "no_such_zone")
    ZoneInfo(given)
    return given


def place(given: Any) -> str | None:
    """Whose public holidays are kept, if any are. Raises Invalid."""
    if given is None:
        return None
    if not isinstance(given, str) or not re.fullmatch(PLACE, given):
        raise Invalid("place", "no_such_place")
    try:
        known(given)
    except NotImplementedError:
        raise Invalid("place", "no_such_place") from None
    return given


def week(given: Any) -> dict[str, list[list[str]]]:
    """The hours of each weekday, in order, days without any left out.

    Raises Invalid: unknown days, times that are none, spans that overlap (one may run past midnight, into the day
    after), or a week without an hour.
    """
    if not isinstance(given, Mapping):
        raise Invalid("week", "not_a_week")
    for day in given:
        if day not in DAYS:
            raise Invalid("week", "no_such_day")
    found = {day: _spans(given[day], f"week.{day}") for day in DAYS if given.get(day)}
    if not found:
        raise Invalid("week", "never_open")
    placed = sorted(
        (n * MINUTES + opens, n * MINUTES + closes, day)
        for n, day in enumerate(DAYS)
        for opens, closes in minutes(found.get(day, []))
    )
    first = placed[0]
    for (_, closes, _), (opens, _, day) in zip(
        placed, [*placed[1:], (first[0] + 7 * MINUTES, 0, first[2])], strict=True
    ):
        if closes > opens:
            raise Invalid(f"week.{day}", "spans_overlap")
    return found


def days(given: Any) -> list[tuple[date, str, list[list[str]]]]:
    """Closing days and special openings, in order. Raises Invalid."""
    if not isinstance(given, Sequence) or isinstance(given, str) or len(given) > MOST_DAYS:
        raise Invalid("days", "not_a_list_of_days", most=MOST_DAYS)
    found: dict[date, tuple[str, list[list[str]]]] = {}
    for n, each in enumerate(given):
        if not isinstance(each, Mapping):
            raise Invalid(f"days.{n}", "not_a_day")
        day = _day(each.get("day"), f"days.{n}.day")
        if day in found:
            raise Invalid(f"days.{n}.day", "day_twice")
        label = each.get("name") or ""
        found[day] = (name(label, f"days.{n}.name") if label else "", _spans(each.get("spans"), f"days.{n}.spans"))
    return [(day, *found[day]) for day in sorted(found)]


def minutes(spans: Sequence[Sequence[str]]) -> list[Span]:
    """Spans as minutes after midnight; what closes at or before its opening closes the day after."""
    found = []
    for opens, closes in spans:
        start, end = _minute(opens), _minute(closes)
        found.append((start, end if end > start else end + MINUTES))
    return found


def _spans(given: Any, field: str) -> list[list[str]]:
    given = [] if given is None else given
    if not isinstance(given, Sequence) or isinstance(given, str) or len(given) > MOST_SPANS:
        raise Invalid(field, "not_hours", most=MOST_SPANS)
    found = []
    for n, span in enumerate(given):
        right = isinstance(span, Sequence) and not isinstance(span, str) and len(span) == 2
        if not right or not all(isinstance(at, str) and _TIME.fullmatch(at) for at in span) or span[0] == "24:00":
            raise Invalid(f"{field}.{n}", "not_a_span")
        found.append([span[0], span[1]])
    found.sort()
    placed = minutes(found)
    for (_, closes), (opens, _) in pairwise(placed):
        if closes > opens:
            raise Invalid(field, "spans_overlap")
    return found


def _day(given: Any, field: str) -> date:
    if isinstance(given, str) and len(given) == len("2026-01-01"):
        try:
            given = date.fromisoformat(given)
        except ValueError:
            raise Invalid(field, "not_a_date") from None
    if type(given) is not date or not _UNTIL[0] <= given <= _UNTIL[1]:
        raise Invalid(field, "not_a_date")
    return given


def _minute(text: str) -> int:
    hour, minute = text.split(":")
    return int(hour) * 60 + int(minute)
