"""Days in full and opening hours, as they are spoken in each language."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from itertools import groupby
from typing import Final

from babel.dates import format_date

from actions import wording
from crm_backend.calendars.hours import Span
from crm_backend.shops.opening import DayHours, Opening

CLOSED: Final = {"fr": "fermé", "en": "closed"}
ONCE: Final = {"fr": "exceptionnellement", "en": "that day only"}
OPEN_UNTIL: Final = {"fr": "Ouvert en ce moment, jusqu’à {at}.", "en": "Open now, until {at}."}
OPENS: Final = {"fr": "Fermé en ce moment\u00a0; ouvre {at}.", "en": "Closed now; opens {at}."}
COLON: Final = {"fr": "\u00a0: ", "en": ": "}


def full_date(when: date, language: str) -> str:
    """`1er décembre 2026`, `1 December 2026`."""
    text = format_date(when, "d MMMM y", locale=wording.LOCALES[language])
    return text.replace("1 ", "1er ", 1) if language == "fr" and when.day == 1 else text


def hour(minutes: int, language: str) -> str:
    """A time of the day, in minutes after midnight: `9 h 30`, `9.30 am`."""
    hours, rest = divmod(minutes % 1440, 60)
    if language == "fr":
        return f"{hours}\u00a0h" + (f"\u00a0{rest:02}" if rest else "")
    return f"{hours % 12 or 12}{f'.{rest:02}' if rest else ''}\u00a0{'am' if hours < 12 else 'pm'}"


def at(when: datetime, language: str) -> str:
    """The time of an instant, where it is."""
    return hour(60 * when.hour + when.minute, language)


def spans(hours: Sequence[Span], language: str) -> str:
    """`de 10 h à 13 h et de 14 h à 19 h`, `10 am to 1 pm and 2 pm to 7 pm`; `fermé` where there are none."""
    if not hours:
        return CLOSED[language]
    pair = "de {} à {}" if language == "fr" else "{} to {}"
    joined = " et " if language == "fr" else " and "
    return joined.join(pair.format(hour(opens, language), hour(closes, language)) for opens, closes in hours)


def now(opening: Opening, language: str, *, today: date) -> str:
    """Whether a place is open, and until or from when; empty where it does not open for long."""
    if opening.closes_at is not None:
        return OPEN_UNTIL[language].format(at=at(opening.closes_at, language))
    if opening.opens_at is None:
        return ""
    return OPENS[language].format(at=wording.instant(opening.opens_at, language, today=today))


def day(hours: DayHours, language: str, *, today: date) -> str:
    """`Vendredi 25 décembre : fermé, exceptionnellement`."""
    name = wording.day(hours.day, language, today=today).removeprefix("on ")
    said = name[:1].upper() + name[1:] + COLON[language] + spans(hours.spans, language)
    return f"{said} ({ONCE[language]})" if hours.special else said


def week(days: Sequence[DayHours], language: str, *, today: date) -> list[str]:
    """The hours of seven days, Monday first: runs of days that are alike on one line, then those that are special."""
    usual = sorted((each for each in days if not each.special), key=lambda each: each.day.weekday())
    lines = []
    for hours, run in groupby(usual, key=lambda each: tuple(each.spans)):
        names = [format_date(each.day, "EEEE", locale=wording.LOCALES[language]) for each in run]
        joined = names[0]
        if len(names) > 1:
            joined += {"fr": " et " if len(names) == 2 else " à ", "en": " and " if len(names) == 2 else " to "}[
                language
            ] + names[-1]
        lines.append(joined[:1].upper() + joined[1:] + COLON[language] + spans(hours, language))
    return lines + [day(each, language, today=today) for each in days if each.special]
