"""The words around a fact: those that say what it is, and those that only carry it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.fact import Fact

NEAR = 80
"""Characters around a number in which the words that explain it stand."""
MARKED = re.compile(
    r"(?:#|\bn\s?[°ºo]\s?\.?|\bnum[eé]ro|\bnumber|\bnum|\bno\.?|\bref\.?|\br[eé]f[eé]rence)\s*+[:.]?\s*+(?:(?:c['’])?est\s++(?:le\s++)?|is\s++)?#?\s*+$",
    re.IGNORECASE,
)
FILLER = re.compile(
    r"""\b(?:c['’]?est|voici|voila|voilà|le|la|les|de|du|et|mon|ma|mes|num[eé]ro|commande|cmd|cde|num|mail|e-?mail|courriel|adresse|code
    |postal|cp|est|pour|avec|svp|merci|ok|oui|it['’]?s|its|it|is|here|my|the|and|order|number|postcode|post|zip|address|for
    |please|pls|plz|thanks|thank\syou|thx|cheers|in\sadvance|d['’]avance|stp|s['’]il\s(?:vous|vs|te)\spla[iî]t|yes|sorry|d[eé]sol[eé]|pardon|plut[oô]t|rather|no|n|o|ref|r[eé]f[eé]rence|attendez|ah|euh|i\s+meant|meant|actually|en\s+fait)\b""",
    re.VERBOSE | re.IGNORECASE,
)


def unmarked(some: Iterator[Fact], text: str) -> Iterator[Fact]:
    """Without those that a word before them says are order numbers: "n°10.234" is written like a date, "no Friday" is
    not."""
    return (fact for fact in some if fact.raw[:1].isalpha() or not MARKED.search(before_of(text, fact.start)))


def has_words(text: str) -> bool:
    """Whether `text` says more than the words that carry facts do."""
    return bool(re.search(r"\w{2}", FILLER.sub(" ", text)))


def before_of(text: str, start: int) -> str:
    """The words just before a place in `text`."""
    return text[max(0, start - NEAR) : start]
