"""Tracking numbers of carriers, and the numbers of cases."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.fact import Fact

TRACKING, CASE = "tracking_number", "case_number"
CASE_WRITTEN = re.compile(r"(?<![\w-])C[-\s]?(20\d\d)[-\s]?(\d{4,9})(?![\w-])", re.IGNORECASE)
SHAPES = re.compile(
    r"""(?<![\w@.-])(?:
        [A-Z]{2}\s?\d{3}\s?\d{3}\s?\d{3}\s?[A-Z]{2}     # Universal Postal Union S10: RB123456789GB
      | 1Z[0-9A-Z]{16}                                    # UPS
      | \d[A-Z]\s?(?:\d\s?){11}                           # Colissimo: 6A12345678901
      | JJ?D\d{12,20}                                     # DHL
      | H00[A-Z0-9]{3}\d{10}                             # Evri
      | [A-Z]{2,4}\d{10,16}[A-Z]?
      | \d{14}[A-Z]                                       # DPD with its check letter
      | \d{11,22}
    )(?![\w@-])""",
    re.VERBOSE | re.IGNORECASE,
)
SPACED = re.compile(r"(?<![\w@.,-])\d{2,5}(?:[ \u00a0]\d{2,5}){2,6}(?![\w@.,-])")
CUE = re.compile(
    r"(?:suivi|tracking|track|colis|parcel|transporteur|carrier|colissimo|chronopost|dpd|ups|dhl|gls|royal\smail|evri)\b[^\d@]{0,30}$",
    re.IGNORECASE,
)
NEAR = 60


def cases(text: str) -> Iterator[Fact]:
    """Numbers such as C-2026-000123."""
    for match in CASE_WRITTEN.finditer(text):
        yield Fact(CASE, f"C-{match[1]}-{match[2].zfill(6)}", match[0], match.start(), match.end())


def tracking(text: str) -> Iterator[Fact]:
    """Numbers in the carriers' shapes; other long numbers too, unless they are a bank card's."""
    for match in SHAPES.finditer(text):
        value = re.sub(r"\s", "", match[0]).upper()
        if not is_card(value):
            yield Fact(TRACKING, value, match[0], match.start(), match.end())
    for match in SPACED.finditer(text):
        value = re.sub(r"\s", "", match[0])
        if (
            11 <= len(value) <= 22
            and not is_card(value)
            and CUE.search(text[max(0, match.start() - NEAR) : match.start()])
        ):
            yield Fact(TRACKING, value, match[0], match.start(), match.end())


def is_card(digits: str) -> bool:
    """Whether digits can be a payment card's number (Luhn's check, ISO/IEC 7812): such are never kept."""
    if not digits.isdigit() or not 15 <= len(digits) <= 19 or digits[0] not in "23456":
        return False
    doubled = [int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits))]
    return sum(number - 9 * (number > 9) for number in doubled) % 10 == 0
