"""Opening hours in words: what a company writes in its settings, as a French or an English visitor would say it."""

from __future__ import annotations

from datetime import time

from babel.dates import get_day_names

from crm_backend.calendars.opening import Hours, OpeningHours
from crm_backend.conversations.schema import Language

_WEEK = range(7)
_WORDS = {
    "fr": {
        "every": "tous les jours",
        "run": "du {first} au {last}",
        "day": "le {first}",
        "and": " et ",
        "range": "de {opens} à {closes}",
        "always": "24\u00a0h sur 24",
        "part": "\u00a0; ",
        "midnight": "minuit",
    },
    "en": {
        "every": "every day",
        "run": "{first} to {last}",
        "day": "{first}",
        "and": " and ",
        "range": "{opens} to {closes}",
        "always": "round the clock",
        "part": "; ",
        "midnight": "midnight",
    },
}
_DAY = (time.min, time.max)


def in_words(opening: OpeningHours, language: Language) -> str:
    """The usual week: `du lundi au vendredi, de 9 h à 12 h 30 ; le samedi, de 10 h à 16 h`. Holidays are no part of it.

    Days with the same hours are told together, a run of three or more by its ends; hours that touch or overlap are one.
    """
    words = _WORDS[language]
    week = {day: _joined(hours) for day, hours in opening.week.items() if hours}
    told: dict[tuple[Hours, ...], list[int]] = {}
    for day in sorted(week):
        told.setdefault(week[day], []).append(day)
    parts = [f"{_days(days, language)}, {_ranges(hours, language)}" for hours, days in told.items()]
    return words["part"].join(parts)


def _joined(hours: list[Hours]) -> tuple[Hours, ...]:
    joined: list[Hours] = []
    for opens, closes in sorted(hours):
        if joined and opens <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], closes))
        else:
            joined.append((opens, closes))
    return tuple(joined)


def _days(days: list[int], language: Language) -> str:
    words, names = _WORDS[language], get_day_names("wide", locale=language)
    if len(days) == len(_WEEK):
        return words["every"]
    told: list[str] = []
    for run in _runs(days):
        if len(run) > 2:
            told.append(words["run"].format(first=names[run[0]], last=names[run[-1]]))
        else:
            told += [words["day"].format(first=names[day]) for day in run]
    return _listed(told, words["and"])


def _runs(days: list[int]) -> list[list[int]]:
    """Days that follow each other, also from Sunday to Monday."""
    runs: list[list[int]] = []
    for day in days:
        if runs and runs[-1][-1] == day - 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    if len(runs) > 1 and runs[0][0] == 0 and runs[-1][-1] == 6:
        runs[0] = runs.pop() + runs[0]
    return runs


def _ranges(hours: tuple[Hours, ...], language: Language) -> str:
    words = _WORDS[language]
    if hours == (_DAY,):
        return words["always"]
    told = [
        words["range"].format(opens=_clock(opens, language), closes=_clock(closes, language)) for opens, closes in hours
    ]
    return _listed(told, words["and"])


def _listed(parts: list[str], last: str) -> str:
    return last.join(part for part in (", ".join(parts[:-1]), parts[-1]) if part)


def _clock(at: time, language: Language) -> str:
    if at in (time.min, time.max):
        return _WORDS[language]["midnight"]
    minute = f"{at.minute:02}" if at.minute else ""
    if language == "fr":
        return f"{at.hour}\u00a0h" + (f"\u00a0{minute}" if minute else "")
    return f"{at.hour % 12 or 12}{':' + minute if minute else ''}\u00a0{'am' if at.hour < 12 else 'pm'}"
