"""Days as people name them, in French and English, resolved against the day of the message.

"Next Friday" and "vendredi" are the first Friday after today,
"last Friday" the last one before. A day without a year is
the next such day if it comes within 120 days, else the last one. 3/4 is the third of April, in both languages.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta

from bot import feasts
from bot.days import Span, day_of, nearest, plausible, shifted, value_of, whole_month
from bot.fact import Fact

DATE = "date"
TWO_MONTHS = 62
MONTHS = (
    r"janv(?:ier)?\b\.?|january|jan\b\.?", r"f[ée]v(?:rier)?\b\.?|february|feb\b\.?", r"mars|march|mar\b\.?",
    r"avr(?:il)?\b\.?|april|apr\b\.?", r"mai|may",
    r"juin|june|jun\b\.?", r"juil(?:let)?\b\.?|july|jul\b\.?", r"ao[uû]t|august|aug\b\.?",
    r"sept(?:embre|ember)?\b\.?|sep\b\.?", r"oct(?:obre|ober)?\b\.?",
    r"nov(?:embre|ember)?\b\.?", r"d[ée]c(?:embre|ember)?\b\.?",
)  # fmt: skip
DAYS = (
    r"lundis?|mondays?|mon", r"mardis?|tuesdays?|tues?", r"mercredis?|wednesdays?|wed",
    r"jeudis?|thursdays?|thurs?", r"vendredis?|fridays?|fri",
    r"samedis?|saturdays?|sat", r"dimanches?|sundays?|sun",
)  # fmt: skip
MONTH = "|".join(MONTHS)
DAY = "|".join(DAYS)
COUNTED = {
    "un": 1, "une": 1, "a": 1, "an": 1, "one": 1, "deux": 2, "two": 2, "trois": 3, "three": 3, "quatre": 4,
    "four": 4, "cinq": 5, "five": 5, "six": 6,
    "sept": 7, "seven": 7, "huit": 8, "eight": 8, "neuf": 9, "nine": 9, "dix": 10, "ten": 10, "quinze": 15,
    "fifteen": 15, "couple of": 2,
    "a couple of": 2, "quelques": 3, "a few": 3, "few": 3,
}  # fmt: skip
COUNT = r"\d{1,3}|" + "|".join(sorted(COUNTED, key=len, reverse=True))
UNIT = r"jours?|days?|j|semaines?|weeks?|sem|mois|months?|ans?|ann[ée]es?|years?|fortnight"
DAY_OF_MONTH = r"(?:(?:3[01]|[12]\d|0?[1-9])(?:er|st|nd|rd|th)?|premier)"
YEAR = r"(?:,?\s*(?P<year>20\d\d))?"


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w@/.,-])(?:{text})(?![\w@/])", re.IGNORECASE)


def named(which: str, patterns: tuple[str, ...]) -> int:
    """Which of the patterns a word is, counted from 1."""
    return next(place for place, pattern in enumerate(patterns, 1) if re.fullmatch(pattern, which, re.IGNORECASE))


def _day_of_month(written: str) -> int:
    return int(re.sub(r"\D", "", written) or 1)


def _numeric(match: re.Match[str], today: date) -> Span | None:
    day, month = int(match["day"]), int(match["month"])
    if month > 12 >= day:
        day, month = month, day
    if not 1 <= month <= 12:
        return None
    found = nearest(today, month=month, day=day, year=match["year"])
    return (found, found) if found else None


def _iso(match: re.Match[str], today: date) -> Span | None:
    found = (
        nearest(today, month=int(match["month"]), day=int(match["day"]), year=match["year"])
        if int(match["month"]) <= 12
        else None
    )
    return (found, found) if found else None


def _written(match: re.Match[str], today: date) -> Span | None:
    month = named(match["month"], MONTHS)
    last = nearest(today, month=month, day=_day_of_month(match["day"]), year=match["year"])
    first = last
    if last and match["first"]:
        first = day_of(last.year, month, _day_of_month(match["first"]))
    return (first, last) if first and last and first <= last else None


def _relative(match: re.Match[str], today: date) -> Span | None:
    words = re.sub(r"[\s'’-]+", " ", match[0].casefold())
    for days, names in {
        0: ("aujourd hui", "today", "auj", "tonight", "ce soir", "ce matin", "cet après midi", "cet apres midi",
        "this morning", "this afternoon", "this evening"),
        2: ("après demain", "apres demain", "day after tomorrow", "the day after tomorrow"),
        -2: ("avant hier", "day before yesterday", "the day before yesterday"),
        1: ("demain", "2main", "tomorrow", "tmrw", "tomoz"),
        -1: ("hier", "yesterday", "last night"),
    }.items():  # fmt: skip
        if words in names:
            day = today + timedelta(days=days)
            return day, day
    return None


def _away(match: re.Match[str], today: date) -> Span | None:
    count = match["count"].casefold()
    number = COUNTED.get(count) or int(count)
    back = -1 if match["ago"] or match["back"] else 1
    unit = match["unit"].casefold()
    try:
        if unit.startswith(("mois", "month")):
            day = shifted(today, back * number)
        elif unit.startswith(("an", "year")):
            day = shifted(today, 12 * back * number)
        else:
            days = 14 if unit == "fortnight" else 7 if unit.startswith(("sem", "week")) else 1
            day = today + timedelta(days=back * number * days)
    except (ValueError, OverflowError):
        return None
    return day, day


def _weekday(match: re.Match[str], today: date) -> Span | None:
    wanted = named(match["day"], DAYS) - 1
    if match["last"] or match["dernier"]:
        day = today - timedelta(days=(today.weekday() - wanted - 1) % 7 + 1)
    else:
        day = today + timedelta(days=(wanted - today.weekday() - 1) % 7 + 1)
    return day, day


def _numbered(match: re.Match[str], today: date) -> Span | None:
    """ "Monday the 30th": the next such day, or the last one, within two months."""
    wanted, number = named(match["day"], DAYS) - 1, _day_of_month(match["number"])
    near = (today + timedelta(days=way * off) for way in (1, -1) for off in range(TWO_MONTHS))
    day = next((each for each in near if (each.day, each.weekday()) == (number, wanted)), None)
    return (day, day) if day else None


def _weekdays(match: re.Match[str], today: date) -> Span | None:
    """ "Between Monday and Wednesday": the next Monday, and the Wednesday after it."""
    first, last = named(match["begins"], DAYS) - 1, named(match["ends"], DAYS) - 1
    begins = today + timedelta(days=(first - today.weekday() - 1) % 7 + 1)
    return begins, begins + timedelta(days=(last - first) % 7)


def _turn(match: re.Match[str]) -> int:
    """-1 for the last, 0 for this, 1 for the next."""
    words = match[0].casefold()
    if re.search(r"derni|pass[ée]|last|past|previous", words):
        return -1
    return 1 if re.search(r"prochain|next|coming|suivant|[àa] venir", words) else 0


def _period(match: re.Match[str], today: date) -> Span | None:
    words, turn = match[0].casefold(), _turn(match)
    monday = today - timedelta(days=today.weekday())
    if "week-end" in words or "weekend" in words or "week end" in words:
        # On a Sunday "this weekend" is the one that is ending.
        saturday = monday + timedelta(days=5 + 7 * turn)
        return saturday, saturday + timedelta(days=1)
    if "sem" in words or "week" in words:
        start = monday + timedelta(days=7 * turn)
        return start, start + timedelta(days=6)
    if "mois" in words or "month" in words:
        there = shifted(today.replace(day=1), turn)
        return whole_month(there.year, there.month)
    return date(today.year + turn, 1, 1), date(today.year + turn, 12, 31)


def _month(match: re.Match[str], today: date) -> Span | None:
    month = named(match["month"], MONTHS)
    middle = nearest(today, month=month, day=15, year=match["year"])
    if middle is None:
        return None
    first, last = whole_month(middle.year, month)
    part = match["part"].casefold() if match["part"] else ""
    if part.startswith(("d", "early", "beg", "start")):
        return first, first.replace(day=10)
    if part.startswith("mi"):
        return first.replace(day=11), first.replace(day=20)
    return (first.replace(day=21), last) if part else (first, last)


Reader = Callable[[re.Match[str], date], Span | None]
READERS: tuple[tuple[re.Pattern[str], Reader], ...] = (
    (_pattern(feasts.WRITTEN), feasts.feast),
    (_pattern(r"(?P<year>20\d\d)-(?P<month>\d\d)-(?P<day>\d\d)"), _iso),
    (_pattern(r"(?P<day>3[01]|[12]\d|0?[1-9])(?P<mark>[/.-])(?P<month>3[01]|[12]\d"
    r"|0?[1-9])(?:(?P=mark)(?P<year>20\d\d|\d\d))?(?!\d|,\d|\.\d)"), _numeric),
    (_pattern(rf"(?:(?:du|entre\sle|from|between)\s+(?:the\s)?(?P<first>{DAY_OF_MONTH})\s+(?:au|et\sle|et|to"
    rf"|and|until)\s+(?:the\s)?)?"
              rf"(?:le\s+|the\s+)?(?:(?:{DAY})\s+(?:the\s)?)?(?P<day>{DAY_OF_MONTH})\s+"
              rf"(?:of\s+)?(?P<month>{MONTH}){YEAR}"), _written),
    (_pattern(rf"(?:(?:{DAY}),?\s+)?(?P<first>(?!))?(?P<month>{MONTH})\s+(?:the\s)?(?P<day>{DAY_OF_MONTH}){YEAR}"),
    _written),
    (_pattern(r"(?:the\s)?day\s(?:after\stomorrow|before\syesterday)|apr[eè]s[\s-]demain|avant[\s-]hier"
    r"|aujourd['’\s]?hui|auj|today|tonight|demain|2main|"
              r"tomorrow|tmrw|tomoz|hier|yesterday|last\snight|ce\s(?:soir|matin)|cet\sapr[eè]s[\s-]midi"
              r"|this\s(?:morning|afternoon|evening)"), _relative),
    (_pattern(rf"(?:(?P<back>il\sy\sa|y\sa|depuis)|dans|d['’]ici|in|within)\s+(?:plus\sde\s|environ\s|about\s"
    rf"|over\s)?(?P<count>{COUNT})\s?(?P<unit>{UNIT})(?P<ago>(?!))?"), _away),
    (_pattern(rf"(?P<count>{COUNT})\s?(?P<unit>{UNIT})\s+(?P<ago>ago|back|plus\st[ôo]t|auparavant)(?P<back>(?!))?"),
    _away),
    (_pattern(r"(?:(?:ce|cette|le|la|this|the)\s{1,3}|l['’])?(?:(?:last|past|previous|next|coming"
    r"|this)\s+(?:week-?\s?end|week|month|year)"
              r"|(?:week-?\s?end|semaine|sem|mois|ann[ée]e)\s+(?:derni[eè]re?|pass[ée]e?|prochaine?|suivante?"
              r"|[àa]\svenir)"
              r"|(?<=ce\s)(?:week-?\s?end|mois)(?:-ci)?|(?<=cette\s)(?:semaine|ann[ée]e))"), _period),
    (_pattern(rf"(?:entre|between|du|de|from)\s(?:le\s)?(?P<begins>{DAY})\s(?:et|and|au|[àa]|to|until)\s(?:le\s)?"
    rf"(?P<ends>{DAY})"), _weekdays),
    (_pattern(rf"(?:(?:le|on)\s)?(?P<day>{DAY}),?\s(?:the\s|le\s)?(?P<number>{DAY_OF_MONTH})"
    r"(?!\s?(?:h|heures?|am|pm|o['’]clock|fois|times|colis|parcels)\b|:)"), _numbered),
    (_pattern(rf"(?:(?:(?P<last>last|past)|next|this|on|coming|ce"
    rf"|le)\s{{1,3}})?(?P<day>{DAY})(?:\s+(?:(?P<dernier>dernier|pass[ée]|last)|prochain|qui\svient|next"
    rf"|coming))?"), _weekday),
    (_pattern(rf"(?:(?P<part>d[ée]but|fin|mi|early|late|mid|the\send\sof|end\sof|beginning\sof"
    rf"|start\sof)[\s-]+(?:de\s)?|en\s|au\smois\sd[e'’]\s?|courant\s|in\s|during\s)(?P<month>{MONTH}){YEAR}"), _month),
)  # fmt: skip
BEFORE = re.compile(
    r"\b(?:avant|d['’]ici|before|by|until|till|jusqu['’](?:au|à)|au\splus\stard)\s*(?:le|la|the)?\s*$", re.IGNORECASE
)
AFTER = re.compile(
    r"\b(?:apr[eè]s|[àa]\spartir\s(?:de|du)|d[eè]s|depuis|after|from|since)\s*(?:le|la|the)?\s*$", re.IGNORECASE
)
NOT = re.compile(r"\b(?:pas|jamais|not|never)\s*$", re.IGNORECASE)
SHORT_WORDS = re.compile(r"(?:mon|sat|sun|fri|wed|tue|tues|thu|thur|mar|mai|may|jan|sep|j)", re.IGNORECASE)


def dates(text: str, today: date) -> Iterator[Fact]:
    """Each day or interval, with `from` and `to` (the same for a day) and, where a word says so, `relation`."""
    left = text
    for pattern, read in READERS:
        for match in pattern.finditer(left):
            start = match.start() + len(match[0]) - len(match[0].lstrip())
            raw = text[start : match.end()].rstrip()
            if SHORT_WORDS.fullmatch(raw):
                continue  # "mon", "mai", "sat" are other words as well
            span = read(match, today)
            if span is None or not plausible(span, today):
                continue
            fact = Fact(
                DATE,
                value_of(span),
                raw,
                start,
                start + len(raw),
                {"from": span[0].isoformat(), "to": span[1].isoformat(), **relation(text, start)},
            )
            left = left[:start] + " " * len(raw) + left[start + len(raw) :]
            yield fact


def relation(text: str, start: int) -> dict[str, str]:
    before = text[max(0, start - 24) : start]
    if said := BEFORE.search(before):
        # "Not before Friday" is from Friday on.
        return {"relation": "after" if NOT.search(before[: said.start()]) else "before"}
    return {"relation": "after"} if AFTER.search(before) else {}
