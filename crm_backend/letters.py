"""Letters without their accents: how words are compared that people write one way or another."""

from __future__ import annotations

import unicodedata


def unaccented(text: str) -> str:
    """Without accents, and with letters that are one sign for several taken apart (Unicode NFKD)."""
    return "".join(each for each in unicodedata.normalize("NFKD", text) if not unicodedata.combining(each))


def folded(text: str) -> str:
    """Small letters and digits without accents, one blank between the words."""
    letters = unaccented(text.casefold().replace("œ", "oe").replace("æ", "ae"))
    return " ".join("".join(letter if letter.isalnum() else " " for letter in letters).split())
