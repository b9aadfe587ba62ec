"""Order numbers as people type them."""

from __future__ import annotations


def number_key(text: str) -> str:
    """Upper-case ASCII letters and digits only: `#W7678072` and `w 7678072` are the same order. May be empty."""
    return "".join(letter for letter in text.upper() if letter.isascii() and letter.isalnum())
