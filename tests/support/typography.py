"""What is wrong with how a text is set, in its language."""

from __future__ import annotations

import re
from typing import Literal

NO_BREAK = "\u00a0\u202f"
# After a straight quotation mark a colon is code.
_FRENCH = re.compile(rf'[^{NO_BREAK}][;?!»]|[^{NO_BREAK}"]:(?=\s|$)|«[^{NO_BREAK}]')
_ENGLISH = re.compile(r"\s[:;?!](?:\s|$)|[«»]")


def faults(text: str, language: Literal["fr", "en"]) -> list[str]:
    """One line for each fault: straight apostrophes; in French, no no-break space where there has to be one."""
    found = [f"a straight apostrophe: {text}"] if "'" in text else []
    if (_FRENCH if language == "fr" else _ENGLISH).search(text):
        found.append(f"spaces around punctuation: {text}")
    return found
