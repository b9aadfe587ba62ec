"""How customers speak of a code: that they want one, or another, and the figures they type."""

from __future__ import annotations

import re
from typing import Final

_DIGITS: Final = re.compile(r"(?<!\d)\d(?:[ .\u00a0\u202f-]?\d){5}(?!\d)")
_WANTS: Final = re.compile(
    r"\b(?:envo\w+|re[çc]ev\w+|recois|par|avec|avoir|send|text|e-?mail|get|receive|use|with|by)\b.{0,30}\bcodes?\b",
    re.IGNORECASE,
)
_OTHER_CODES: Final = re.compile(
    r"\bcodes?\s+(?:postal|postaux|promo\w*|cadeau|avantage|de\s+(?:r[ée]duction|suivi|la\s+carte))\b|"
    r"\b(?:post|postal|zip|promo\w*|discount|gift|voucher|tracking)\s?-?codes?\b",
    re.IGNORECASE,
)
_AGAIN: Final = re.compile(
    r"\b(?:renvo\w+|rien re[çc]u|pas re[çc]u|jamais re[çc]u|rien (?:n['’]est )?arriv\w+|nouveau code|autre code|"
    r"resend|again|another code|new code|nothing (?:came|has come|arrived)|"
    r"(?:haven['’]?t|didn['’]?t|not) (?:got|get|received?))\b",
    re.IGNORECASE,
)
_DOES_NOT: Final = re.compile(
    r"\bcodes?\b.{0,30}(?:\bne |\bn['’]|\bpas\b|\bnot\b|n['’]t\b|\b(?:does|do|did|wo|is)nt\b|\brefus|\binvalid|\bexpir|"
    r"\berreur|\berror|\brejet|\breject|\bwrong|\bfaux\b|\bbug)|"
    r"^\W*(?:mais |but |et |and |ben |bah )?(?:pourquoi|pq|pk|why)\b.{0,30}$|"
    r"^\W*(?:[çc]a|il|it|that)\b.{0,12}(?:(?:marche|fonctionne) (?:pas|po|plus)|n['’]?t work|not work).{0,20}$",
    re.IGNORECASE,
)


def figures(text: str) -> str | None:
    """The code as it was typed, spaces and all; None where there is none."""
    found = _DIGITS.search(text)
    return found[0] if found else None


def does_not_work(text: str) -> bool:
    """Whether somebody says of a code that it does not work, or asks why."""
    return figures(text) is None and bool(_DOES_NOT.search(_OTHER_CODES.sub(" ", text)))


def speaks_of_one(text: str) -> bool:
    """Whether somebody asks to be sent a code: no postal, gift or promotion code."""
    return bool(_WANTS.search(_OTHER_CODES.sub(" ", text)))


def wants_another(text: str) -> bool:
    """Whether somebody says that nothing came, or asks for another."""
    return bool(_AGAIN.search(text))
