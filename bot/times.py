"""Times of day and slots: "entre 14 h et 16 h", "after 5pm", "demain matin"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.fact import Fact, blank
from bot.spoken_times import LASTING, moment, of_day, slot, spoken

PARTS = {
    "morning": ("08:00", "12:00"), "lunch": ("12:00", "14:00"), "afternoon": ("12:00", "18:00"),
    "evening": ("18:00", "21:00"),
}  # fmt: skip
PART_WORDS = re.compile(
    r"\b(?:(?P<morning>(?:le\s|en\s|ce\s|dans\sla\s|in\sthe\s|this\s)?(?:matin(?:[ée]e)?|mornings?))"
    r"|(?P<afternoon>(?:l['’]|en\sd[ée]but\sd['’]|en\sfin\sd['’]|dans\sl['’]|cet\s|in\sthe\s"
    r"|this\s)?(?:apr[eè]s[\s-]midi|aprem|afternoons?))"
    r"|(?P<evening>(?:le\s|en\s|ce\s|dans\sla\s|in\sthe\s|this\s)?(?:soir(?:[ée]e)?|evenings?)|tonight"
    r"|en\sfin\sde\sjourn[ée]e)"
    r"|(?P<lunch>(?:[àa]\s(?:l['’]heure\sdu\s)?d[ée]jeuner|entre\smidi\set\sdeux|lunch\s?time|at\slunch))\b)",
    re.IGNORECASE,
)
CLOCK = (
    r"(?:(?P<{0}word>midi|noon|midday|minuit|midnight)"
    r"|(?P<{0}hour>2[0-4]|1\d|0?\d)\s?(?:(?:h(?:eures?)?|:"
    r"|\.(?=\d\d\s?[ap]\.?m))\s?(?P<{0}minute>[0-5]\d)?)?\s?(?P<{0}half>[ap]\.?m\b\.?|o['’]?clock"
    r"|du\s(?:matin|soir)|de\sl['’]apr[eè]s[\s-]midi|in\sthe\s(?:morning|afternoon|evening))?)"
)
ONE = CLOCK.format("a")
TWO = CLOCK.format("b")
BETWEEN = re.compile(
    rf"(?<![\w.,/-])(?:(?:entre|between|de|from)\s+)?{ONE}\s?(?:-|–|et|and|[àa]|to|until"
    rf"|jusqu['’][àa])\s?{TWO}(?![\w/])",
    re.IGNORECASE,
)
SINGLE = re.compile(
    rf"(?<![\w.,/-])(?:(?P<after>apr[eè]s|[àa]\spartir\sd[e'’]\s?|d[eè]s|after|from|past)\s+|(?P<before>avant"
    rf"|before|by|until|jusqu['’][àa])\s+|(?:[àa]|vers|at|around|about|pour)\s+)?"
    rf"{ONE}(?![\w/])",
    re.IGNORECASE,
)


def times(text: str) -> Iterator[Fact]:
    """Each time or slot, with `from` and `to` ("HH:MM", None where it is open)."""
    left = text
    for match in BETWEEN.finditer(text):
        # "5 to 7" may be anything: one of the two has to look like a time.
        if not (says_time(match, "a") or says_time(match, "b")):
            continue
        last = clock(match, "b")
        first = clock(match, "a", like=None if match["ahalf"] else match["bhalf"])
        if first and last and first < last:
            fact = slot(match, first, last)
            left = left[: match.start()] + " " * len(match[0]) + left[match.end() :]
            yield fact
    for fact in spoken(left):
        left = blank(left, fact)
        yield fact
    for match in SINGLE.finditer(left):
        if not says_time(match, "a") or LASTING.search(left[max(0, match.start() - 24) : match.start()]):
            continue
        at = clock(match, "a")
        if at:
            yield moment(match, at)
            left = left[: match.start()] + " " * len(match[0]) + left[match.end() :]
    for match in PART_WORDS.finditer(left):
        first, last = PARTS[next(name for name in PARTS if match[name])]
        yield slot(match, first, last)


def says_time(match: re.Match[str], which: str) -> bool:
    """Whether it can only be a time of day: "14 h", "5pm", "14:30", "midi"; a bare number cannot."""
    if match[f"{which}word"] or match[f"{which}half"]:
        return True
    hour_end = match.end(f"{which}hour")
    return bool(re.match(r"\s?(?:h|:\s?[0-5]\d)", match.string[hour_end : hour_end + 4], re.IGNORECASE))


def clock(match: re.Match[str], which: str, *, like: str | None = None) -> str | None:
    """ "HH:MM", or None for what no clock shows. `like`: the half of the day that the other end of a slot names."""
    word = match[f"{which}word"]
    if word:
        return "12:00" if word.casefold() in ("midi", "noon", "midday") else "00:00"
    hour, minute = int(match[f"{which}hour"]), int(match[f"{which}minute"] or 0)
    half = (match[f"{which}half"] or like or "").casefold()
    return f"{of_day(hour, half):02}:{minute:02}" if hour < 24 else None
