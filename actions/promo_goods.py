"""Whether a short message asks what the promotion code that was spoken of is good for: "does it work on sofas?"."""

from __future__ import annotations

import re
from typing import Final

BRIEF: Final = 12
"""Words of it."""
_APPLIES: Final = re.compile(
    r"\b(?:marche\w*|fonctionne\w*|passe\w*|vaut|valable\w*|valide\w*|applique\w*|utilis\w+|"
    r"works?|working|appl(?:y|ies)|valid|good|use[ds]?|using|count)\b"
    r"(?:\W+(?:aussi|also|too|bien|m[eê]me|it|le|this|that|code))*\W+"
    r"(?:sur|pour|avec|dans|aux?|on|for|with|against|in|to)\b.{2,}|"
    r"\b(?:covers?|includes?|comprend|inclut|couvre)\b.{3,}",
    re.IGNORECASE,
)
_OPENS: Final = re.compile(
    r"^\W*(?:et|and|what about|how about|also)\W+(?:sur|pour|avec|on|for|with)\b.{2,}", re.IGNORECASE
)
_OTHERWISE: Final = re.compile(
    r"\b(?:comment|points?|how|livraisons?|frais|port|soldes?|sold[ée]e?s?|promos?|cumul\w*|autre code|"
    r"carte|cadeaux?|emball\w+|magasins?|"
    r"boutiques?|commandes?|site|application|appli|mois|temps|jours?|semaines?|pas|plus|refus\w*|rembours\w*|"
    r"delivery|shipping|postage|sales?|discounted|combin\w+|stack\w*|other code|another code|gift|wrap\w*|"
    r"shops?|stores?|orders?|website|app|months?|weeks?|days?|long|not|dont|doesnt|refund\w*|me|you)\b|n['’]t\b",
    re.IGNORECASE,
)
"""What the help centre answers, or what is said of a code that does not work."""


def is_asked(text: str) -> bool:
    """Whether it is asked on which goods a code is good."""
    if text.startswith("/") or len(text.split()) > BRIEF or _OTHERWISE.search(text):
        return False
    return bool(_APPLIES.search(text) or _OPENS.search(text))
