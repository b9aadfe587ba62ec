"""Telephone numbers as people write them, in one way of writing: E.164."""

from __future__ import annotations

import re
from collections.abc import Iterator

import phonenumbers

from bot.fact import Fact

PHONE = "phone"
WRITTEN = re.compile(
    r"(?<![\w.,+])(?:"
    r"(?:\+|00)\d{1,3}[\s.\-]?(?:\(0\)[\s.\-]?)?(?:[\s.\-]?\d){6,12}"  # international
    r"|0\d(?:[\s.\-/]?\d{2}){4}"  # French
    r"|0\d{2,4}[\s-]\d{3,4}[\s-]?\d{3,4}|07\d{9}"  # British
    r")(?![\w]|[.,]\d)"
)


def phones(text: str, language: str) -> Iterator[Fact]:
    """Each number; `valid` is false for one that nobody can have, whose value is its digits."""
    for match in WRITTEN.finditer(text):
        digits = re.sub(r"\(0\)", "", match[0])
        digits = re.sub(r"[^\d+]", "", digits)
        if digits.startswith("00"):
            digits = "+" + digits[2:]
        # Ten digits in a French sentence are a French number; in an English one, British if they can be.
        regions = ("FR", "GB") if language == "fr" else ("GB", "FR")
        number = next((found for region in regions if (found := parsed(digits, region))), None)
        yield Fact(PHONE, number or digits, match[0], match.start(), match.end(), {"valid": number is not None})


def parsed(digits: str, region: str) -> str | None:
    try:
        number = phonenumbers.parse(digits, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))
