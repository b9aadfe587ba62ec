"""A present that is to be wrapped: what the help centre is asked by whoever says so in passing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

BRIEF: Final = 12
"""Words of it."""
WRAPPING: Final[Mapping[str, str]] = {
    "fr": "Faites-vous des emballages cadeaux ?",
    "en": "Do you offer gift wrapping?",
}
_PRESENT: Final = re.compile(
    r"\b(?:paquets?|emballages?|papiers?|pochettes?)[- ]?(?:cadeaux?|kdo)\b|\bemball(?:ez|er|é)\b|\bgift[- ]?wrap\w*|"
    r"\bwrap(?:ped|ping)?\b",
    re.IGNORECASE,
)
_OTHERWISE: Final = re.compile(
    r"\b(?:retour\w*|renvo\w+|ray[ée]\w*|cass\w+|origine|mal emball\w+|combien|prix|co[uû]t\w*|cher|mariage|liste|"
    r"return\w*|sen[dt] (?:it )?back|damaged|broken|original|badly|poorly|bubble|how much|price|cost\w*|wedding|list|"
    r"cards?|cartes?|message|mot|note|commande|order|forgot\w*|oubli\w*|jet[ée]\w*)\b",
    re.IGNORECASE,
)
"""What asks something more particular, or of an order."""


def is_to_be_wrapped(text: str) -> bool:
    """Whether a short message asks for a present to be wrapped, and nothing more particular."""
    brief = len(text.split()) <= BRIEF and not text.startswith("/")
    return brief and bool(_PRESENT.search(text)) and not _OTHERWISE.search(text)


def in_a_question(text: str, language: str) -> str:
    """The question that such a message asks; any other as it is."""
    return WRAPPING[language] if is_to_be_wrapped(text) else text
