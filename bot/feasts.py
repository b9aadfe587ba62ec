"""Feasts that people name instead of a day, and the days beside them: "Boxing Day", « la veille de Noël »."""

from __future__ import annotations

import re
from datetime import date, timedelta

from bot.days import AHEAD

FIXED: dict[str, tuple[int, int]] = {
    r"(?:la\s)?(?:saint|st)[\s-]sylvestre|(?:le\s)?r[ée]veillon\sdu\s(?:jour\sde\sl['’\s]an|nouvel\san)": (12, 31),
    r"new\syear['’]?s\seve": (12, 31),
    r"(?:le\s)?jour\sde\sl['’\s]an|(?:le\s)?nouvel\san|new\syear['’]?s\sday": (1, 1),
    r"christmas\seve|(?:le\s)?r[ée]veillon(?:\sde\sno[eë]l)?": (12, 24),
    r"no[eë]l|christmas(?:\sday)?|xmas": (12, 25),
    r"boxing\sday|st\.?\sstephen['’]?s\sday": (12, 26),
    r"(?:l['’])?[ée]piphanie|epiphany": (1, 6),
    r"(?:la\s)?(?:saint|st)[\s-]valentin|(?:st\.?\s)?valentine['’]?s(?:\sday)?": (2, 14),
    r"(?:la\s)?f[eê]te\sdu\stravail": (5, 1),
    r"(?:la\s)?f[eê]te\snationale|bastille\sday": (7, 14),
    r"(?:l['’])?assomption": (8, 15),
    r"halloween": (10, 31),
    r"(?:la\s)?toussaint|all\ssaints['’]?(?:\sday)?": (11, 1),
    r"(?:l['’])?armistice(?:\sday)?": (11, 11),
}
"""Months and days. Of two that begin alike the longer one stands first."""
MOVABLE: dict[str, int] = {
    r"(?:le\s)?vendredi\ssaint|good\sfriday": -2,
    r"(?:le\s)?lundi\sde\sp[âa]ques|easter\smonday": 1,
    r"(?:le\s)?(?:dimanche\sde\s)?p[âa]ques|easter(?:\ssunday)?": 0,
    r"(?:l['’])?ascension": 39,
    r"(?:le\s)?lundi\sde\s(?:la\s)?pentec[ôo]te|whit\smonday": 50,
    r"(?:la\s)?pentec[ôo]te|whit\ssunday": 49,
}
"""Days after Easter."""
NAMED = "|".join((*FIXED, *MOVABLE))
BESIDE = (
    r"(?:(?P<eve>(?:la\s)?veille\s(?:de\s|du\s|d['’])|(?:the\s)?day\sbefore\s|(?:the\s)?eve\sof\s)"
    r"|(?P<morrow>(?:le\s)?lendemain\s(?:de\s|du\s|d['’])|(?:the\s)?day\safter\s))?"
)
WRITTEN = rf"{BESIDE}(?P<feast>{NAMED})"
"""A feast, or the day before or after it."""


def feast(match: re.Match[str], today: date) -> tuple[date, date] | None:
    """The day of a match of `WRITTEN`: the next one that comes within `AHEAD` days, else the last one."""
    beside = -1 if match["eve"] else 1 if match["morrow"] else 0
    days = [_day(match["feast"], today.year + add) + timedelta(days=beside) for add in (-1, 0, 1)]
    ahead = next(day for day in [*days, date.max] if day >= today)
    found = ahead if (ahead - today).days <= AHEAD else max(day for day in days if day < today)
    return found, found


def easter(year: int) -> date:
    """Easter Sunday (J. Meeus, Astronomical Algorithms, chapter 8)."""
    a, b, c = year % 19, year // 100, year % 100
    d, e = divmod(b, 4)
    h = (19 * a + b - d - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    i, k = divmod(c, 4)
    m = (32 + 2 * e + 2 * i - h - k) % 7
    month, day = divmod(h + m - 7 * ((a + 11 * h + 22 * m) // 451) + 114, 31)
    return date(year, month, day + 1)


def _day(name: str, year: int) -> date:
    for pattern, (month, day) in FIXED.items():
        if re.fullmatch(pattern, name, re.IGNORECASE):
            return date(year, month, day)
    after = next(days for pattern, days in MOVABLE.items() if re.fullmatch(pattern, name, re.IGNORECASE))
    return easter(year) + timedelta(days=after)
