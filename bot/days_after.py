"""Days that are named by the one that was spoken of: "the day after", "la veille", "deux jours plus tard"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

from bot.days import plausible, value_of
from bot.fact import Fact

DATE = "date"
COUNTED = {"un": 1, "une": 1, "a": 1, "one": 1, "deux": 2, "two": 2, "trois": 3, "three": 3, "quatre": 4, "four": 4}
NAMED = (
    (2, r"(?:le\s)?surlendemain"),
    (
        1,
        r"(?:le\s)?lendemain|le\sjour\s(?:suivant|d['’]apr[eè]s)|the\s(?:next|following)\sday|(?:the\s)?day\safter(?:\sthat)?",
    ),
    (-1, r"la\sveille|le\sjour\s(?:pr[ée]c[ée]dent|d['’]avant)|(?:the\s)?day\sbefore(?:\sthat)?"),
    (7, r"la\ssemaine\sd['’]apr[eè]s|the\s(?:following\sweek|week\safter)"),
)
COUNT = (
    rf"(?P<count>\d{{1,2}}|{'|'.join(COUNTED)})\s(?P<unit>jours?|days?|semaines?|weeks?)\s"
    r"(?:plus\stard|apr[eè]s|later|after)"
)
# "le lendemain de Noël" is a feast's, "the day after tomorrow" today's, "the day after my birthday" nobody's.
END = r"(?!\s?(?:d[eu]s?\b|d['’]|que\b|of\b|tomorrow|yesterday|my\b|i\b|the\b|we\b|\d))"
WORDS = re.compile(
    rf"(?<![\w@-])(?:{'|'.join(f'(?P<by{place}>{words})' for place, (_, words) in enumerate(NAMED))}|{COUNT})\b{END}",
    re.IGNORECASE,
)


def days_after(text: str, spoken_of: str | None) -> Iterator[Fact]:
    """Each such day, where `spoken_of` is the day that was spoken of last; none without it."""
    day = _day(spoken_of)
    for match in WORDS.finditer(text) if day else ():
        assert day is not None
        found = day + timedelta(days=_away(match))
        if plausible((found, found), day):
            iso = value_of((found, found))
            yield Fact(DATE, iso, match[0], match.start(), match.end(), {"from": iso, "to": iso})


def _day(written: str | None) -> date | None:
    try:
        return date.fromisoformat(written or "")
    except (TypeError, ValueError):
        return None


def _away(match: re.Match[str]) -> int:
    if match["count"]:
        number = COUNTED.get(match["count"].casefold()) or int(match["count"])
        return number * (7 if match["unit"].casefold().startswith(("sem", "week")) else 1)
    return next(days for place, (days, _) in enumerate(NAMED) if match[f"by{place}"])
