"""Facts as people write them: all that the modules beside this one find in a message, in its order, and what is left of
the message without them.

Pure functions on text, so that the extractor, the classifier and the tests read the same thing. Their patterns take
time in proportion to the text: runs begin where they begin, and are bounded.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from functools import lru_cache

from bot.amounts import AMOUNT, amounts
from bot.around import MARKED, before_of, has_words, unmarked
from bot.choices import LAST, choices, number, quantities, scores
from bot.dates import DATE, dates
from bot.days_after import days_after
from bot.emails import EMAIL, emails
from bot.fact import Context, Fact, blank
from bot.order_numbers import ORDER_NUMBER, POSTCODE, guessed, lettered, numbers
from bot.parcels import CASE, TRACKING, cases, tracking
from bot.phones import PHONE, phones
from bot.spoken_times import TIME
from bot.times import times

LAST_ORDER = "last_order"
NOTHING_KNOWN = Context()
SAID_ALONE = frozenset({ORDER_NUMBER, EMAIL, POSTCODE, CASE, TRACKING, PHONE, AMOUNT, DATE, TIME})
"""Facts that are an answer by themselves."""
MASKED = frozenset({ORDER_NUMBER, EMAIL, POSTCODE, CASE, TRACKING, PHONE, AMOUNT})
"""Facts whose own letters and digits say nothing of what is wanted."""
MAY_BE_MASKED = re.compile(r"[\d@]|\s(?:at|arobase|arobas)\s", re.IGNORECASE)
"""What is in each of them: most sentences have nothing of it, and need not be looked through."""
DIGIT, ANY_NUMBER = re.compile(r"\d"), "10234"
READ = 4_000
"""Characters in which days, times and numbers are looked for."""
ADDRESS_OF_PAGE = re.compile(r"https?://\S+|\bwww\.\S+", re.IGNORECASE)
NOT_A_FACT = re.compile(
    r"""
      (?:\+|\b00)\d{1,3}[\s.\-]?(?:\(0\))?(?:[\s.\-]?\d){6,12}\b      # telephone, international
    | \b0\d(?:[\s.\-]?\d{2}){4}\b                                     # telephone, French
    | \b0\d{2,4}[\s-]\d{3,4}[\s-]?\d{3,4}\b                           # telephone, British
    | \b\d{1,2}[/.\-]\d{1,2}(?:[/.\-]\d{2,4})?\b                      # date
    | (?:[€£$]\s?\d[\d\s.,]{0,16}\d|\b\d[\d\s\u202f.,]{0,16}\s?(?:€|£|\$|eur\b|euros?\b|pounds?\b|cm\b|mm\b|kg\b|%))
    | \b\d{1,2}\s?[h:]\s?\d{2}\b                                      # time of day
    """,
    re.VERBOSE | re.IGNORECASE,
)
LAST_ORDER_WRITTEN = re.compile(
    r"""\b(?:
        (?:ma|la|mon|le|mes|une?)\s+derni[eè]re?\s+(?:commande|achat|cmd|colis)
      | (?:commande|achat|cmd|colis)\s+la?e?\s+plus\s+r[eé]cente?
      | ma\s+commande\s+r[eé]cente
      | (?:my|the)\s+(?:last|latest|most\s+recent|newest|recent)\s+(?:order|purchase|parcel|delivery)
      | (?:last|latest|most\s+recent)\s+order
    )\b""",
    re.VERBOSE | re.IGNORECASE,
)
DIGIT_OR_NAME = re.compile(r"\d|[^\W\d_]{3}")


def facts(text: str, context: Context = NOTHING_KNOWN) -> list[Fact]:
    """The facts in `text`, in the order they are written."""
    left = text
    found: list[Fact] = []

    def take(some: Iterator[Fact]) -> None:
        nonlocal left
        for fact in some:
            if fact.name:
                found.append(fact)
            left = blank(left, fact)

    take(Fact("", "", match[0], match.start(), match.end()) for match in ADDRESS_OF_PAGE.finditer(left))
    take(emails(left))
    take(cases(left))
    take(unmarked(phones(left, context.language), left))
    take(tracking(left))
    take(unmarked(amounts(left), left))
    if DIGIT_OR_NAME.search(left):
        take(scores(left[:READ]))
        take(unmarked(dates(left[:READ], context.today or date.today()), left))  # noqa: DTZ011  a day, not an instant
        take(days_after(left[:READ], context.known.get(DATE)))
        take(times(left[:READ]))
    take(non_facts(left))
    take(lettered(left))
    take(iter(numbers(left, context, found)))
    found += [
        Fact(LAST_ORDER, "yes", match[0], match.start(), match.end()) for match in LAST_ORDER_WRITTEN.finditer(text)
    ]
    if not found:
        found += guessed(text, context)
    if not found and context.asked == ORDER_NUMBER:
        # "The last one", where no list is shown.
        found += [replace(one, name=LAST_ORDER, value="yes") for one in choices(left) if one.value == LAST]
        left = "" if found else left
    if not found or len(left) < READ:
        take(choices(left))
        take(quantities(left[:READ]))
        take(number(left))
    return sorted(found, key=lambda fact: fact.start)


@lru_cache(maxsize=32)
def found_in(text: str) -> tuple[Fact, ...]:
    """The facts in `text` by itself: classifier and vectors ask several times for those of each part of a message."""
    return tuple(facts(text))


def mask(text: str) -> str:
    """`text` with each fact replaced by a word for its kind, so that a classifier learns kinds and not numbers."""
    if not MAY_BE_MASKED.search(text):
        return text
    masked = text
    for fact in reversed(found_in(text)):
        if fact.name in MASKED:
            masked = f"{masked[: fact.start]} {fact.name.replace('_', '')} {masked[fact.end :]}"
    return masked


def numbers_alike(text: str) -> str:
    """`text` with the same order number in the place of each: which one it is says nothing of what is wanted, and moves
    the sentence's vector all the same."""
    for fact in reversed(found_in(text)) if DIGIT.search(text) else ():
        if fact.name == ORDER_NUMBER:
            text = f"{text[: fact.start]}{ANY_NUMBER}{text[fact.end :]}"
    return text


def says_only_facts(text: str, found: list[Fact]) -> bool:
    """Whether nothing is left of `text` once its facts and the words that carry them are taken away."""
    return says_only(text, found, *SAID_ALONE)


def says_only(text: str, found: list[Fact], *names: str) -> bool:
    """Whether nothing is left of `text` once facts of these kinds and the words that carry them are taken away."""
    rest = text
    for fact in found:
        if fact.name in names:
            rest = blank(rest, fact)
    return any(fact.name in names for fact in found) and not has_words(rest)


def non_facts(text: str) -> Iterator[Fact]:
    for match in NOT_A_FACT.finditer(text):
        # "n°10.234" is written like a date or an amount but says itself what it is.
        if not MARKED.search(before_of(text, match.start())):
            yield Fact("", "", match[0], match.start(), match.end())
