"""Postcodes as people type them."""

from __future__ import annotations

import re

_ZIP_PLUS_FOUR = re.compile(r"(\d{5})[\s-]\s*\d{4}")


def postcode_key(text: str) -> str:
    """Upper-case, without spaces and hyphens; an American ZIP+4 is cut to its first five digits. May be empty."""
    plain = text.strip().upper()
    if long := _ZIP_PLUS_FOUR.fullmatch(plain):
        return long[1]
    return "".join(letter for letter in plain if letter.isascii() and letter.isalnum())
