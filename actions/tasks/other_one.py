"""The other one: who says so where an order, or an article of it, is shown means another one than that."""

from __future__ import annotations

import re
from typing import Final

from actions.tasks import going_back, reading
from actions.tasks.by_the_way import given
from actions.tasks.orders import ALL
from actions.tasks.state import NOT_THIS, Asked, Task
from actions.turn import Turn

ORDER, LINES = "order", "lines"
BRIEF: Final = 12
"""Words of it."""
SHOWN: Final = frozenset({"confirm", "change"})
NO_LINE: Final = frozenset({ALL, "none", "other"})
"""Choices beside the articles themselves."""
_OF_ORDERS = r"(?:commandes?|cmde?s?|achats?|orders?|purchases?)"
_OF_LINES = r"(?:articles?|produits?|choses?|items?|products?|things?)"
_OTHER: Final = re.compile(
    rf"\b(?:l['’ ]?autre|lautre|(?:mon|une?|ma) autre|the other|my other|another|a different)\b"
    rf"(?:\s+(?:(?P<order>{_OF_ORDERS})|(?P<line>{_OF_LINES})|ones?))?"
    # "The other day", "on the other hand", "another question" are no other one.
    r"(?=\W*$|\s*[,;.!:?)]|\W+(?:pas|not|svp|stp|please|pls|plz|merci|thanks|thx|instead|plut[oô]t|que|qui|i|je|j['’]|l[àa]|"
    r"c['’ ]?est|sorry|pardon|d[ée]sol\w+|actually|en fait|avec|with|then|alors|from|de|du)\b)",
    re.IGNORECASE,
)
_TOO: Final = re.compile(
    r"\b(?:aussi|[ée]galement|les deux|too|also|as well|both|encore une|no other|pas d['’]autre)\b", re.IGNORECASE
)
_EITHER: Final = re.compile(r"\b(?:or (?:the |an ?)other|ou l['’]autre)\b", re.IGNORECASE)
_NO: Final = r"^\W*(?:(?:non|no|nope|nan|sorry|pardon|oh|ah|wait|attendez|mais|but)\W+){0,3}"
_NOT_THAT: Final = re.compile(
    rf"{_NO}(?:not (?:that|this)(?: one| order| item)?|(?:that['’]?s )?(?:the )?wrong (?:one|order|item)|"
    r"(?:c['’ ]?est )?pas (?:celle|celui|ceux|celles)[- ]?(?:l[àa]|ci)?|pas cette commande|pas cet article|"
    r"(?:c['’ ]?est )?(?:la |le )?mauvaise? (?:commande|article)|"
    r"(?:c['’ ]?est )?pas (?:la bonne|le bon)(?: commande| article)?)\W*$",
    re.IGNORECASE,
)
_INSTEAD: Final = re.compile(
    r"^\W*(?:(?:ah|oh|euh|mais|but|wait|attendez)\W+){0,3}"
    r"(?:non|no|nope|nan|en fait|actually|plut[oô]t|rather|sorry|pardon|oups|oops|je voulais dire|i mean|i meant|"
    r"finalement)\b",
    re.IGNORECASE,
)


def is_meant(turn: Turn, task: Task, asked: Asked | None) -> str | None:
    """The fact that another one is wanted of: the order, or the article; None where the message says nothing of it.

    A bare "the other one" is of the article where one was chosen, else of the order; before anything is shown only
    what names an order is.
    """
    if asked is None or turn.text.startswith("/") or "order_number" in given(turn):
        return None
    text = turn.meant
    if len(text.split()) > BRIEF or _TOO.search(text) or _EITHER.search(text):
        return None
    said = _OTHER.search(text)
    if said is None:
        return None
    if asked.kind not in SHOWN:
        chosen = task.facts.get(ORDER) and asked.fact != ORDER and asked.kind not in ("text", "switch")
        return ORDER if chosen and said["order"] else None
    may = asked.options if asked.kind == "change" else asked.about.get("changes") or {}
    if said["order"]:
        return ORDER if ORDER in may else None
    if LINES in may and LINES in task.facts:
        return LINES
    return ORDER if ORDER in may and not said["line"] else None


def is_wrong(turn: Turn) -> bool:
    """Whether somebody says no more than that what was shown is not the one: "not that one"."""
    return not turn.text.startswith("/") and len(turn.text.split()) <= BRIEF and bool(_NOT_THAT.search(turn.meant))


async def names_another(turn: Turn, task: Task, asked: Asked | None) -> bool:
    """Settles the article that is named instead of the one that was chosen ("actually, the napkins"); false where the
    message names none."""
    if asked is None or asked.kind not in (*SHOWN, "choice") or asked.fact == LINES or LINES not in task.facts:
        return False
    text = turn.meant
    if text.startswith("/") or len(text.split()) > BRIEF or "?" in text or not _INSTEAD.search(text):
        return False
    tried = Task.read(task.stored())
    assert tried is not None
    before = {str(code) for code in tried.facts[LINES]}
    tried.forget(LINES)
    open_again = await going_back.next_question(turn, tried)
    if open_again is None or open_again.fact != LINES:
        return False
    names = {code: words for code, words in open_again.options.items() if code not in NO_LINE}
    named = reading.named(text, names)
    if len(named) != 1 or named[0] in before:
        return False
    task.forget(LINES)
    task.settle(LINES, named)
    task.asked, task.missed = None, 0
    return True


def sets_aside(task: Task) -> None:
    """Unsettles the order, so that it is none of those that are looked for next."""
    number = task.facts.get(ORDER)
    task.forget(ORDER)
    task.facts[NOT_THIS] = number


async def take(turn: Turn, task: Task, fact: str) -> None:
    """Unsettles what was shown; of two articles the other is settled at once, as the plan does of two orders."""
    task.asked, task.missed = None, 0
    if fact == ORDER:
        sets_aside(task)
        return
    before = {str(code) for code in task.facts[LINES]}
    task.forget(LINES)
    asked = await going_back.next_question(turn, task)
    if asked is not None and asked.fact == LINES:
        left = [code for code in asked.options if code not in before | NO_LINE]
        if len(left) == 1:
            task.settle(LINES, left)
