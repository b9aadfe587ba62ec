"""Whether somebody says that what they were told did not help: "still not working", « j’ai déjà essayé »."""

from __future__ import annotations

import re
from typing import Final

LONGEST: Final = 10
"""Words of it."""
_STILL: Final = re.compile(
    r"\b(?:toujours|encore|m[eê]me (?:chose|erreur|probl[eè]me)|still|same (?:thing|error|problem|issue))\b|"
    r"\b(?:d[ée]j[àa]|already)\b|"
    r"\b(?:[çc]a|cela|it|that) (?:ne )?(?:marche|fonctionne|change|did|does|do)\w*(?: rien| pas|n['’]?t| not)|"
    r"\bne? (?:marche|fonctionne) (?:toujours )?pas|\b(?:not|n['’]?t) work",
    re.IGNORECASE,
)


def says_so(text: str) -> bool:
    """Whether a short message says it."""
    return not text.startswith("/") and len(text.split()) <= LONGEST and bool(_STILL.search(text))
