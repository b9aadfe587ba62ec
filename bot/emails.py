"""E-mail addresses, typed or spoken ("marie point roy arobase …")."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.fact import Fact

EMAIL = "email"
# "marie@" at the end is an address sent too early: the form says that it is not whole.
EMAIL_WRITTEN = re.compile(r"(?<![\w.+'’-])[\w.+'’-]+\s?@(?:\s?[\w-]+(?:\.[\w-]+)*|$)", re.IGNORECASE)
EMAIL_SPOKEN = re.compile(
    r"(?<![\w.-])[\w-]+(?:(?:\s(?:dot|point)\s|\.)[\w-]+){0,6}\s(?:at|arobase|arobas)\s"
    r"[\w-]+(?:(?:\s(?:dot|point)\s|\.)[\w-]+){1,6}\b",
    re.IGNORECASE,
)
SPOKEN_MARKS = (
    (re.compile(r"\s(?:dot|point)\s", re.IGNORECASE), "."),
    (re.compile(r"\s(?:at|arobase|arobas)\s", re.IGNORECASE), "@"),
)


def emails(text: str) -> Iterator[Fact]:
    """Each address, in small letters and without the spaces that slipped in."""
    for match in EMAIL_WRITTEN.finditer(text):
        raw = match[0].rstrip(".,;-'’")
        value = re.sub(r"\s", "", raw).casefold()
        yield Fact(EMAIL, value, raw, match.start(), match.start() + len(raw))
    for match in EMAIL_SPOKEN.finditer(text):
        value = match[0].casefold()
        for mark, sign in SPOKEN_MARKS:
            value = mark.sub(sign, value)
        yield Fact(EMAIL, value, match[0], match.start(), match.end())
