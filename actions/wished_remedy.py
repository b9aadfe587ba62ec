"""What a customer wishes for what went wrong, said in a few words in the middle of the report: the same again, or the
money back."""

from __future__ import annotations

import re
from typing import Final

from actions.tasks.by_the_way import given
from actions.tasks.state import Task
from actions.turn import Turn
from crm_backend.texts import shorten

EXCHANGE, REFUND = "exchange", "return"
WISH, SAID = "wish", "said"
"""The facts of the wish, and of the words that whoever reads the case is given."""
BRIEF, ALONE, QUOTED = 9, 2, 400
AGAIN: Final = re.compile(
    r"\b(?:le|la|les) m[eê]mes?\b|\bidentiques?\b|\b[ée]chang\w*|\bremplac\w*|\bneu(?:f|ve)\b|"
    r"\b(?:le|la|les) bon(?:ne)?s?\b(?! (?:d|co))|\bsame\b|\bexchang\w*|\breplac\w*|\bnew one\b|"
    r"\b(?:right|correct) (?:one|item|thing)s?\b",
    re.IGNORECASE,
)
MONEY: Final = re.compile(
    r"\brembours\w*|\brefund\w*|\bmoney back\b|"
    r"\b(?:rend\w*|r[ée]cup[ée]r\w*|veux|want)[- ](?:moi )?(?:mon argent|my money)\b",
    re.IGNORECASE,
)
_OF_ANOTHER: Final = re.compile(
    r"\b(?:o[uù]|quand|toujours|encore|d[ée]j[àa]|depuis|attend\w*|jamais|pas|plus|re[çc]ue?s?|combien|comment|pourquoi|"
    r"d[ée]lais?|autre|statut|suivi|vu|"
    r"where|when|still|already|yet|since|wait\w*|never|not|dont|how|why|long|other|status|late|got|received|"
    r"has|have|did|track\w*)\b|n['’]t\b",
    re.IGNORECASE,
)
"""What asks where money is that was promised before, or says that it is not wanted."""
UNHEARD: Final = frozenset({"ask_person", "distress", "fraud", "cancel"})


def said(turn: Turn) -> str | None:
    """The one that is wished for in a few words; None where the message is none, or a question about another."""
    if turn.text.startswith("/") or turn.intent in UNHEARD or "order_number" in given(turn):
        return None
    return in_words(turn.meant)


def in_words(text: str) -> str | None:
    """The same of a sentence that stands alone."""
    words = text.split()
    if len(words) > BRIEF or _OF_ANOTHER.search(text) or ("?" in text and len(words) > ALONE):
        return None
    meant = [code for code, pattern in ((EXCHANGE, AGAIN), (REFUND, MONEY)) if pattern.search(text)]
    return meant[0] if len(meant) == 1 else None


def taken_up(turn: Turn, task: Task) -> bool:
    """Settles the wish where the message says one and nothing else is asked that it answers."""
    wish, asked = said(turn), task.asked
    if wish is None or asked is None or asked.fact == WISH or asked.kind in ("switch", "change"):
        return False
    if turn.intent == "affirm" and asked.kind == "confirm" and task.facts.get(WISH, wish) == wish:
        return False
    task.facts[WISH], task.missed = wish, 0
    return True


def noted_in_case(turn: Turn, task: Task) -> str | None:
    """The same where people decide: it is added to the words that the case quotes. The response that says so."""
    before = task.facts.get(WISH)
    if not taken_up(turn, task):
        return None
    if before != task.facts[WISH]:
        told = str(task.facts.get(SAID) or task.came_with).rstrip(" .")
        task.facts[SAID] = shorten(f"{told}. {turn.text.strip()}" if told else turn.text.strip(), QUOTED)
    return "utter_wish_in_case"
