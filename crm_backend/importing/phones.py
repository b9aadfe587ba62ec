"""Telephone numbers into E.164 where that can be told, and as given where it cannot."""

from __future__ import annotations

import re

_CALLING = {"FR": "33", "GB": "44", "UK": "44", "IE": "353", "BE": "32", "CH": "41", "LU": "352", "DE": "49"}
_NORTH_AMERICA = ("US", "USA", "CA")
_E164 = re.compile(r"\+[1-9]\d{7,14}")
_DECORATION = re.compile(r"[\s\u00a0\u202f().\-/]")


def normalised(text: str, *, country: str = "") -> str:
    """`+33612345678` for `06 12 34 56 78` of a customer in FR. What cannot be parsed comes back as it was given."""
    plain = _DECORATION.sub("", text.replace("(0)", ""))
    if plain.startswith("00"):
        plain = "+" + plain[2:]
    if _E164.fullmatch(plain):
        return plain
    code = _CALLING.get(country.strip().upper())
    if code and re.fullmatch(r"0[1-9]\d{6,9}", plain):
        return f"+{code}{plain[1:]}"
    if country.strip().upper() in _NORTH_AMERICA and re.fullmatch(r"1?[2-9]\d{2}[2-9]\d{6}", plain):
        return f"+1{plain[-10:]}"
    return text.strip()
