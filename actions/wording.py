"""Dates, amounts and numbers as they are spoken in each language."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Final

from babel.dates import format_date

REFUNDED_WHEN: Final = {"fr": "Sous combien de temps suis-je remboursé ?", "en": "How long does a refund take?"}
"""What the help centre is asked by whoever wants to know when the money is back."""
LOCALES: Final = {"fr": "fr_FR", "en": "en_GB"}
NUMBERS: Final = {
    "fr": ("aucune", "une", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix"),
    "en": ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
}
NEAR: Final = {
    "fr": {-1: "hier", 0: "aujourd’hui", 1: "demain"},
    "en": {-1: "yesterday", 0: "today", 1: "tomorrow"},
}


def day(when: date, language: str, *, today: date) -> str:
    """`demain`, `mardi 25 novembre`; `tomorrow`, `on Tuesday 25 November`. The year only when it is another."""
    near = NEAR[language].get((when - today).days)
    if near:
        return near
    return ("on " if language == "en" else "") + _date(when, language, today)


def on(when: date, language: str, *, today: date) -> str:
    """The day where a sentence tells when: `hier`, `le mardi 25 novembre`; `on Tuesday 25 November`."""
    spoken = day(when, language, today=today)
    near = spoken in NEAR[language].values()
    return spoken if near or language != "fr" else f"le {spoken}"


def instant(when: datetime, language: str, *, today: date) -> str:
    """`demain à 9 h`, `lundi 24 novembre à 13 h 30`; `tomorrow at 9 am`, `on Monday 24 November at 1.30 pm`."""
    spoken = day(when.date(), language, today=today)
    if language == "fr":
        return f"{spoken} à {when.hour}\u00a0h" + (f"\u00a0{when.minute:02}" if when.minute else "")
    minutes_past = f".{when.minute:02}" if when.minute else ""
    return f"{spoken} at {when.hour % 12 or 12}{minutes_past}\u00a0{'am' if when.hour < 12 else 'pm'}"


def span(first: date | None, last: date | None, language: str, *, today: date) -> str | None:
    """A day, or the days between two; None when neither is known."""
    first, last = first or last, last or first
    if first is None or last is None:
        return None
    if first < today <= last:
        first = today
    if first == last:
        return day(last, language, today=today)
    if last - first == timedelta(days=1) and first == today:
        return "aujourd’hui ou demain" if language == "fr" else "today or tomorrow"
    start, end = _date(first, language, today), _date(last, language, today)
    if (first.year, first.month) == (last.year, last.month):
        start = _first(first, format_date(first, "EEEE d", locale=LOCALES[language]), language)
    return f"entre {start} et {end}" if language == "fr" else f"between {start} and {end}"


@lru_cache(maxsize=1024)
def _date(when: date, language: str, today: date) -> str:
    year = "" if when.year == today.year or abs((when - today).days) < 90 else " y"
    return _first(when, format_date(when, "EEEE d MMMM" + year, locale=LOCALES[language]), language)


def _first(when: date, text: str, language: str) -> str:
    return text.replace(" 1", " 1er", 1) if language == "fr" and when.day == 1 else text


def people(count: int, language: str) -> str:
    """`Deux personnes`, `One person`: the start of a sentence."""
    number = NUMBERS[language][count] if count < len(NUMBERS[language]) else str(count)
    noun = {"fr": ("personne", "personnes"), "en": ("person", "people")}[language][count != 1]
    return f"{number} {noun}".capitalize()


def minutes(count: int, language: str) -> str:
    """`environ 4 minutes`, `about 4 minutes`."""
    if count <= 1:
        return "environ une minute" if language == "fr" else "about a minute"
    return f"environ {count}\u00a0minutes" if language == "fr" else f"about {count} minutes"
