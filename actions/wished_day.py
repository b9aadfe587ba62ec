"""The day on which a delivery is wished for, however it is said, and in words.

A wish is `2026-12-05`, both ends `2026-12-05/2026-12-07`, from a day on `2026-12-05/`, or until a day `/2026-12-05`.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final

from actions.tasks import reading
from actions.tasks.asking import Refused, Words
from actions.wording import day as day_in_words
from actions.wording import span

AHEAD: Final = timedelta(days=92)
"""How far off a wished day may be."""
FROM: Final[Words] = {"fr": "à partir de {day}", "en": "from {day}"}
UNTIL: Final[Words] = {"fr": "au plus tard {day}", "en": "by {day}"}
_NOT: Final = re.compile(r"\b(?:pas|non|sauf|not|except|no)\s+(?:le|on|the)?\s*$", re.IGNORECASE)
_AFTER: Final = re.compile(r"\b(?:apr[eè]s|after)\s+(?:le\s+|the\s+)?$", re.IGNORECASE)
_BEFORE: Final = re.compile(r"\b(?:avant|before)\s+(?:le\s+|the\s+)?$", re.IGNORECASE)
_ALONE: Final = re.compile(
    r"^\W*(?:(?:le|the|on|pour|for|plut[oô]t|c['’]est|mettez|oui|yes|ok)\s+)*(\d{1,2})(?:er|st|nd|rd|th)?"
    r"(?:\s+(?:svp|stp|merci|please|thanks|alors|plut[oô]t|instead))*\W*$",
    re.IGNORECASE,
)
_COUNT: Final = {
    "un": 1,
    "une": 1,
    "a": 1,
    "one": 1,
    "deux": 2,
    "two": 2,
    "trois": 3,
    "three": 3,
    "quatre": 4,
    "four": 4,
}
_COUNTS: Final = "|".join((r"\d{1,2}", *_COUNT))
_MOVED: Final = re.compile(
    rf"\b(?:(?:de|d['’]|by)\s*(?P<by>{_COUNTS})\s+(?P<unit>jours?|days?|semaines?|weeks?)"
    rf"|(?P<count>{_COUNTS})\s+(?P<of>jours?|days?|semaines?|weeks?)\s+(?P<way>plus\s+tard|apr[eè]s|later|after(?:wards)?|"
    r"plus\s+t[oô]t|avant|earlier|sooner|before))\b",
    re.IGNORECASE,
)
_NEXT: Final = re.compile(
    r"\b(?:le\s+(?:lendemain|surlendemain|jour\s+(?:suivant|d['’]apr[eè]s))|the\s+(?:next|following)\s+day|the\s+day\s+after)\b"
    r"(?!\s+tomorrow)",
    re.IGNORECASE,
)
_EARLIER: Final = re.compile(r"\b(?:avanc\w*|plus\s+t[oô]t|avant|earlier|sooner|before|forward)\b", re.IGNORECASE)
_OF_MONTH: Final = re.compile(r"\b(\d{1,2})(?:st|nd|rd|th)?\s+(?:of\s+)?([^\W\d_]{3,9})", re.IGNORECASE)
_MONTHS: Final = (
    *(("janv", "jan"), ("fev", "feb"), ("mars", "mar"), ("avr", "apr"), ("mai", "may"), ("juin", "jun")),
    *(("juil", "jul"), ("aout", "aug"), ("sept", "sep"), ("oct",), ("nov",), ("dec",)),
)
LEAP: Final = 2028


def said(text: str, entities: Sequence[Mapping[str, Any]]) -> str | None:
    """The wish in a message and its entities: days that it rules out do not count, two in a row are taken together.
    Raises Refused for a day that no calendar has."""
    days = [each for each in entities if each.get("entity") == "date" and not _ruled_out(text, each)]
    if not days:
        _refuse_impossible(text)
        return None
    first = str(days[0]["value"])
    if len(days) > 1 and (second := _next_to(first)) == str(days[1]["value"]):
        return f"{first}/{second}"
    relation, before = days[0].get("relation"), text[: int(days[0].get("start") or 0)]
    if relation == "before":
        last = first.rpartition("/")[2]
        return f"/{_next_to(last, -1) if _BEFORE.search(before) else last}"
    if relation == "after":
        begins = first.partition("/")[0]
        return f"{_next_to(begins) if _AFTER.search(before) else begins}/"
    return first


def alone(text: str, *, today: date) -> str | None:
    """The next day with the number that is the whole answer: "le 5", "the 5th"."""
    found = _ALONE.match(text)
    if found is None or not 1 <= int(found[1]) <= 31:
        return None
    ahead = (today + timedelta(days=off) for off in range(1, 62))
    return next((each.isoformat() for each in ahead if each.day == int(found[1])), None)


def moved(text: str) -> int | None:
    """By how many days it is to be later than it is expected; fewer than none for sooner."""
    if found := _MOVED.search(text):
        count = reading.folded(found["by"] or found["count"])
        number = _COUNT.get(count) or int(count)
        week = (found["unit"] or found["of"]).lower().startswith(("sem", "week"))
        sooner = _EARLIER.search(found["way"] or text)
        return (-1 if sooner else 1) * number * (7 if week else 1)
    if found := _NEXT.search(text):
        return 2 if "surlendemain" in found[0].lower() else 1
    return None


def accepted(wish: Any, *, today: date) -> str:
    """The wish, where it can be one. Raises Refused for days that have passed, or are too far off."""
    first, slash, last = str(wish).partition("/")
    try:
        begins = date.fromisoformat(first) if first else today + timedelta(days=1)
        ends = date.fromisoformat(last) if last else begins
    except ValueError as error:
        raise Refused("utter_delivery_date_past") from error
    if ends <= today or ends < begins or (slash and not last and begins <= today):
        raise Refused("utter_delivery_date_past")
    if begins > today + AHEAD:
        raise Refused("utter_delivery_date_far")
    return str(wish)


def in_words(wish: str, language: str, *, today: date) -> str:
    """`jeudi 27 novembre`, `entre lundi 30 novembre et mercredi 2 décembre`, `from Friday 4 December`."""
    first, slash, last = wish.partition("/")
    if slash and not (first and last):
        spoken = day_in_words(date.fromisoformat(first or last), language, today=today).removeprefix("on ")
        near = spoken in ("demain", "aujourd’hui") or language == "en"
        if first and not near:
            return f"à partir du {spoken}"
        return (FROM if first else UNTIL)[language].format(day=spoken)
    return span(date.fromisoformat(first), date.fromisoformat(last or first), language, today=today) or ""


def _ruled_out(text: str, entity: Mapping[str, Any]) -> bool:
    return bool(_NOT.search(text[: int(entity.get("start") or 0)]))


def _next_to(day: str, days: int = 1) -> str | None:
    try:
        return (date.fromisoformat(day) + timedelta(days=days)).isoformat()
    except ValueError:
        return None


def _refuse_impossible(text: str) -> None:
    for number, word in _OF_MONTH.findall(text):
        month = reading.folded(word)
        at = next((at for at, names in enumerate(_MONTHS, 1) if month.startswith(names)), None)
        if at is not None and int(number) > monthrange(LEAP, at)[1]:
            raise Refused("utter_delivery_date_no_such_day")
