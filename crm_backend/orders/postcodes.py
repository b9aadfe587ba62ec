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


_FORMS = {
    **dict.fromkeys(("FR", "DE", "ES", "IT", "FI", "MC", "MQ", "GP", "RE", "GF", "YT"), r"\d{5}"),
    **dict.fromkeys(("BE", "CH", "AT", "DK", "NO", "LU", "HU", "BG", "CY", "SI", "AU", "NZ"), r"\d{4}"),
    **dict.fromkeys(("SE", "CZ", "SK", "GR"), r"\d{3} ?\d{2}"),
    "GB": r"[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}",
    "IE": r"[A-Z]\d[\dW] ?[A-Z\d]{4}",
    "NL": r"[1-9]\d{3} ?[A-Z]{2}",
    "PT": r"\d{4}-?\d{3}",
    "PL": r"\d{2}-?\d{3}",
    "RO": r"\d{6}",
    "US": r"\d{5}([ -]\d{4})?",
    "CA": r"[A-Z]\d[A-Z] ?\d[A-Z]\d",
}
"""How postcodes are written, by country; facts of the Universal Postal Union's address guides."""
_ELSEWHERE = r"[A-Z\d][A-Z\d -]{0,11}|"


def looks_right(text: str, country: str) -> bool:
    """Whether a postcode is written as the country does; elsewhere it may be missing, as not every country has any."""
    plain = " ".join(text.upper().split())
    if country in _FORMS and country not in ("GB", "IE", "NL", "CA", "US", "PT", "PL"):
        plain = plain.replace(" ", "")
    return re.fullmatch(_FORMS.get(country, _ELSEWHERE), plain, re.ASCII) is not None
