"""Whether "cancel it" is said, and means yes: where what was shown calls something off."""

from __future__ import annotations

import re
from typing import Final

from rapidfuzz import fuzz

from actions.tasks import reading
from actions.tasks.state import Asked, Task
from actions.tasks.topic import TOPICS
from actions.turn import Turn

_CANCEL_IT: Final = re.compile(r"\b(?:annul|cancel)\w*", re.IGNORECASE)
_NOT_THAT: Final = re.compile(
    r"\b(?:ne|n['’]\w+|pas|rien|jamais|plus|don['’]?t|not|never|demande|request)\b|\?", re.IGNORECASE
)
"""What makes "cancel" anything but a yes: nothing is called off by "forget it", "don't cancel" or a question."""
_MIND: Final = re.compile(
    r"\b(?:avis|mind|plus|stop|pas|not|no longer|veux rien|renonc\w*|r[ée]tract\w*)\b", re.IGNORECASE
)
_CHANGE: Final = ("change", "changer", "modifier", "modify")
ALIKE: Final = 85
A_WISH: Final = 160
"""Characters of a wish; in a longer story "only" may be about anything."""
_KEEPS: Final = re.compile(
    r"\b(?:juste|seulement|uniquement) (?:le|la|les|l['’]|un|une|mon|ma|mes)\b|\bgarde\w* (?:le|la|les|l['’])|"
    r"\b(?:un|une|l['’]un|l['’]une|deux) (?:seul\w* )?des (?:articles?|produits?|deux|trois)\b|"
    r"\b(?:just|only) (?:want |need |keep )?(?:the|my|one|a)\b|\bkeep (?:the|my|one)\b|"
    r"\b(?:only|just) (?:want to |need to )?(?:cancel|remove) (?:the|my|one|a) (?!order|purchase|whole|last)\w|"
    r"\bcancel\w* .{1,30}\bnot the\b|\bannul\w* .{1,30}\bpas (?:le|la|les|l['’])|"
    r"\b(?:one|some) of the (?:items?|articles?|things|products?)\b|\bbut (?:not|keep) the\b",
    re.IGNORECASE,
)
_ALL_OF_IT: Final = re.compile(
    r"\b(?:juste|seulement|just|only) (?:want |need )?(?:la|ma|the|my|this|cette) "
    r"(?:commande|cmd|order|last|derni[eè]re)\b"
    r"|\b(?:toute|enti[eè]re|whole|entire)\b",
    re.IGNORECASE,
)
_THE_ORDER: Final = re.compile(r"\b(?:commande|cmd|achat|order|purchase)", re.IGNORECASE)


def is_meant(turn: Turn, task: Task, asked: Asked) -> bool:
    """Whether what was shown is to be called off, in so many words. The button "leave it" does not say that."""
    meant = {"cancel", task.topic}
    if asked.about.get("cancels") and not _THE_ORDER.search(turn.text):
        # "Cancel it" alone is often taken for an order's.
        meant.add("cancel_order")
    elif not (asked.about.get("cancels") or TOPICS[task.topic].cancelling):
        return False
    return turn.intent in meant and says_cancel(turn.text)


def only_changes(text: str) -> bool:
    """Whether a text that was taken for a cancellation says "change" with a slip of the finger ("cange my order"), and
    nothing of calling anything off."""
    if text.startswith("/") or _CANCEL_IT.search(text) or _MIND.search(text):
        return False
    words = re.findall(r"[^\W\d_]{5,}", reading.folded(text))
    return any(fuzz.ratio(word, change) >= ALIKE for word in words for change in _CHANGE)


def keeps_some(text: str) -> bool:
    """Whether only a part of an order is to be called off: "not the lamp any more, just the mugs"."""
    brief = len(text) <= A_WISH and not text.startswith("/")
    return brief and bool(_KEEPS.search(text)) and not _ALL_OF_IT.search(text)


def says_cancel(text: str) -> bool:
    """Whether a text says "cancel" in so many words, and means it."""
    return not text.startswith("/") and bool(_CANCEL_IT.search(text)) and not _NOT_THAT.search(text)
