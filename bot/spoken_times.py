"""Times of day as they are spoken: "half past three", « vers trois heures et quart », "around 3"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.fact import Fact

TIME = "time"
HOURS = {
    word: hour
    for words in (
        ("une", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix", "onze"),
        ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    )
    for hour, word in enumerate(words, 1)
}
_HOUR = rf"2[0-3]|1\d|0?[1-9]|{'|'.join(HOURS)}"
_LIMIT = (
    r"(?:(?P<after>apr[eè]s|[àa]\spartir\sde|d[eè]s|after|from)|(?P<before>avant|before|by|until|jusqu['’][àa])"
    r"|[àa]|vers|autour\sde|aux\s(?:alentours|environs)\sde|at|around|about|make\sit)\s+"
)
_HALF = (
    r"(?P<half>[ap]\.?m\b\.?|(?:du|ce|le)\s(?:matin|soir)|(?:de\sl['’]|cet\s|l['’])apr[eè]s[\s-]midi"
    r"|(?:in\sthe|this)\s(?:morning|afternoon|evening))"
)
# "Half past three", « vers trois heures et quart », « 15 h et demie ».
WORDED = re.compile(
    rf"(?<![\w.,/-])(?:{_LIMIT})?(?:(?P<past>half\spast|(?<=at\s)half|(?<=around\s)half|(?:a\s)?quarter\s(?:past|to))\s(?P<hour>{_HOUR})"
    rf"|(?P<clock>{_HOUR})\s?h(?:eures?)?\s(?P<parts>et\s(?:demie?|quart)|moins\s(?:le\s|un\s)?quart)"
    rf"|(?:(?<=\s)(?P<hours>{'|'.join(HOURS)})\sheures?|(?P<oclock>{'|'.join(HOURS)})\so['’]?clock))(?:\s{_HALF})?(?![\w/])",
    re.IGNORECASE,
)
# Where nothing follows that could be counted, a bare number may be a time.
_NOTHING_COUNTED = (
    r"(?=\s*(?:$|[,;!?)]|\.(?!\d)"
    r"|(?:please|pls|svp|stp|s['’]il|if|si|instead|plut[oô]t|demain|tomorrow|today|tonight|aujourd|on|this|next|or|ou|thanks?|merci|would|"
    r"lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|"
    r"monday|tuesday|wednesday|thursday|friday|saturday|sunday)\b))"
)
ABOUT = re.compile(
    rf"(?<![\w.,/-])(?:{_LIMIT})(?P<hour>{_HOUR})(?:\s?ish)?(?:\s{_HALF})?{_NOTHING_COUNTED}", re.IGNORECASE
)
BARE_SLOT = re.compile(
    rf"\b(?:entre|between|from)\s(?P<first>2[0-3]|1\d|0?[1-9])\s(?:et|and|to)\s(?P<last>2[0-3]|1\d|0?[1-9])"
    rf"{_NOTHING_COUNTED}",
    re.IGNORECASE,
)
SPOKEN_OF_A_DAY = re.compile(
    r"\b(?:call\w*|ring|phone|rappel\w*|appel\w*|demain|tomorrow|today|aujourd\w*|(?:lun|mar|mercre|jeu|vendre|same)di"
    r"|dimanche|(?:mon|tues|wednes|thurs|fri|satur|sun)day)\b",
    re.IGNORECASE,
)
COUNTS = re.compile(r"\b(?:from|by|about|apr[eè]s|avant|d[eè]s|[àa])\s", re.IGNORECASE)
"""What may as well stand before any number: that is a time only where a day or a call is spoken of."""
LATEST_MORNING = 6
"""An hour up to this one that names no half of the day is of the afternoon: no shop calls at three in the night."""
LASTING = re.compile(
    r"(?:depuis|pendant|dans|fait|sous|in|for|within|durant|y\sa|bout\sde)\s+(?:plus\sde\s|over\s|environ\s)?$",
    re.IGNORECASE,
)


def spoken(text: str) -> Iterator[Fact]:
    """Each time that is told in words, or by a number alone where nothing else is counted."""
    by_day = bool(SPOKEN_OF_A_DAY.search(text))
    left = text
    for match in BARE_SLOT.finditer(text) if by_day else ():
        first, last = (spoken_hour(int(match[end])) for end in ("first", "last"))
        if first < last:
            yield slot(match, f"{first:02}:00", f"{last:02}:00")
            left = left[: match.start()] + " " * len(match[0]) + left[match.end() :]
    for pattern in (WORDED, ABOUT):
        for match in pattern.finditer(left):
            at = worded(match)
            counts = pattern is ABOUT and not by_day and COUNTS.match(match[0])
            if at is None or counts or LASTING.search(left[max(0, match.start() - 24) : match.start()]):
                continue
            yield moment(match, at)
            left = left[: match.start()] + " " * len(match[0]) + left[match.end() :]


def worded(match: re.Match[str]) -> str | None:
    """ "HH:MM" of an hour that stands alone or is told in words."""
    found = match.groupdict()
    said = next(found[name] for name in ("hour", "clock", "hours", "oclock") if found.get(name)).casefold()
    hour, half = HOURS.get(said) or int(said), (found["half"] or "").casefold()
    hour = of_day(hour, half) if half else spoken_hour(hour)
    beside = (found.get("past") or found.get("parts") or "").casefold()
    minutes = 60 * hour + (30 if beside.startswith(("half", "et d")) else 15 if beside else 0)
    if beside.endswith(" to") or beside.startswith("moins"):
        minutes -= 30
    return f"{minutes // 60:02}:{minutes % 60:02}" if minutes < 24 * 60 else None


def spoken_hour(hour: int) -> int:
    """The hour of the day that people mean by a number alone."""
    return hour + 12 if hour <= LATEST_MORNING else hour


def of_day(hour: int, half: str) -> int:
    """The hour from 0 to 23 of one that is told with its half of the day, or without."""
    if hour < 12 and re.match(r"p|.*(?:soir|evening|midi|afternoon)", half):
        return hour + 12
    if half.startswith("o"):
        return spoken_hour(hour)
    return 0 if half.startswith("a") and hour == 12 else hour


def moment(match: re.Match[str], at: str) -> Fact:
    """An instant, or the open slot before or after it."""
    after, before = match["after"], match["before"]
    if after or before:
        return slot(match, at if after else None, at if before else None)
    return Fact(TIME, at, match[0], match.start(), match.end(), {"from": at, "to": at})


def slot(match: re.Match[str], first: str | None, last: str | None) -> Fact:
    raw = match[0].strip()
    start = match.start() + len(match[0]) - len(match[0].lstrip())
    return Fact(TIME, f"{first or ''}/{last or ''}", raw, start, start + len(raw), {"from": first, "to": last})
