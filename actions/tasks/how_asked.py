"""Whether a message asks how something is done, before it is to be done."""

from __future__ import annotations

import re
from typing import Final

from actions.tasks.by_the_way import given
from actions.turn import Turn

BRIEF: Final = 14
"""Words of a question, where a longer text is a story."""
_OPENS: Final = r"^\W*(?:(?:bonjour|bonsoir|bjr|salut|slt|hello|hi|hey|please|ok|so|alors|et|and|mais|but)\W+){0,3}"
_HOW: Final = re.compile(
    rf"{_OPENS}(?:how (?:do|can|could|would|should) (?:i|you|we|one)\b|how to\b|how does one\b|"
    r"(?:comment|cmt) (?!(?:[çc]a|cela|se fait|est-ce possible)\b)|"
    r"(?:what(?:['’]?s| is) the|quelle est la) (?:process|proc[ée]dure|way|marche)\b)",
    re.IGNORECASE,
)
_MAY: Final = re.compile(
    rf"{_OPENS}(?:(?:can|could|may) (?:i|you|we|one)\b|(?:est-ce (?:que |qu['’]))?(?:je|on) peu[xt]\b|puis-je\b|"
    r"peut-on\b).{1,30}\b(?:an?|something|things|un|une|des|quelque chose)\b",
    re.IGNORECASE,
)
_THEIRS: Final = re.compile(
    r"\b(?:my|mine|ma|mon|mes|this|these|cet|cette|vous le|vous la|vous les|"
    r"i(?:['’]ve)? (?:just )?(?:bought|ordered|got|received|placed|paid)|re[çc]ue?s?|"
    r"achet\w+(?! (?:chez vous|sur|en ligne|en boutique|en magasin))|command[ée]e?s?|viens)\b|"
    r"\b(?:renvo\w+|retourn\w+|rend\w*|[ée]chang\w+|return|exchange|swap|send(?: back)?) (?:la|le|les|the|l['’])|"
    r"\b(?:la|the) (?:\w+ )?(?:commande|cmd|order|colis|parcel)\b",
    re.IGNORECASE,
)
"""Said of something that they have: then it is to be done."""


def is_asked(turn: Turn) -> bool:
    """Whether a message asks how something is done, and names nothing that it is to be done with."""
    if turn.text.startswith("/") or turn.also or given(turn).keys() - {"product"}:
        return False
    text = turn.meant
    if len(text.split()) > BRIEF or _THEIRS.search(text):
        return False
    return bool(_HOW.search(text) or _MAY.search(text))
