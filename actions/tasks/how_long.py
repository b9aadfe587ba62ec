"""Whether a message asks how long it takes until what is spoken of is done."""

from __future__ import annotations

import re
from typing import Final

from actions.tasks import after_thanks

BRIEF: Final = 12
"""Words of a question, where a longer text is a story."""
_HOW_LONG: Final = re.compile(
    r"\b(?:combien de (?:temps|jours)|quels? d[ée]lais?|(?:sous|dans) (?:combien|quel)|quand|c['’ ]?est long|"
    r"[çc]a prend|how (?:long|soon|quickly|fast|many days)|when|will it take|take long)\b",
    re.IGNORECASE,
)
_UNTIL_DONE: Final = re.compile(
    r"\br[ée]pon\w*|\brappel\w*|\btrait[ée]\w*|\bsuites?\b|\bun retour\b|\b(?:long|prend)\b|\brembours\w*|"
    r"\b(?:answer|repl(?:y|ies)|respon\w+|hear|get back|come back to|take|dealt|deal with|sorted|"
    r"refunded|money back)\b",
    re.IGNORECASE,
)
_ALONE: Final = re.compile(
    r"\W*(?:et |and |dans |sous )?(?:(?:combien de|quel) (?:temps|d[ée]lai)|combien|quand|how long|how soon|when)\W*",
    re.IGNORECASE,
)
_TOLD: Final = re.compile(
    r"\b(?:depuis|d[ée]j[àa]|jamais|toujours pas|since|already|never|still|yet|waited)\b", re.IGNORECASE
)
"""What belongs to a story."""


def asks_how_long(text: str) -> bool:
    """Whether a message asks how long it takes until what is spoken of is done."""
    text = after_thanks.rest(text)
    if _ALONE.fullmatch(text):
        return True
    asks = _HOW_LONG.search(text) and _UNTIL_DONE.search(text) and not _TOLD.search(text)
    return bool(asks) and len(text.split()) <= BRIEF
