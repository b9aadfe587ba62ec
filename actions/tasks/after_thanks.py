"""What is said after thanks in the same message: "thx. and how long?"."""

from __future__ import annotations

import re
from typing import Final

_THANKS: Final = re.compile(
    r"^\W*(?:(?:ok(?:ay)?|d['’ ]?accord|super|parfait|g[ée]nial|nickel|top|tr[eè]s bien|great|perfect|brilliant|lovely|"
    r"cool|"
    r"right|merci(?: (?:beaucoup|bcp|bien|[àa] vous|pour (?:votre|la|l['’]) ?\w+))?|mrc|mci|"
    r"thank(?:s| you| u)(?: (?:so much|very much|a lot|for that|for (?:the|your) \w+))?|thx|thnx|thanx|ty|cheers|ta)"
    r"\b\W*){1,4}",
    re.IGNORECASE,
)
_AND: Final = re.compile(r"^(?:(?:et|and|but|mais|also|so|alors|donc|puis)\b\W*)+", re.IGNORECASE)
_ASKS: Final = re.compile(
    r"\?|^(?:combien|quand|o[uù]|qui|quel\w*|comment|pourquoi|est-ce|c['’ ]?est (?:quand|o[uù]|combien)|"
    r"[çc]a (?:prend|co[uû]te|dure)|sous combien|dans combien|je peux|on peut|"
    r"how|when|where|who|what|which|why|can|could|will|would|do|does|is it|are|any)\b",
    re.IGNORECASE,
)


def rest(text: str) -> str:
    """What is left of a message without the thanks that it begins with; all of it where it begins with none."""
    return text if text.startswith("/") else _AND.sub("", _THANKS.sub("", text))


def asks(text: str) -> bool:
    """Whether a message thanks first, and then asks something."""
    left = rest(text)
    return left != text and bool(_ASKS.search(left)) and any(each.isalnum() for each in left)
