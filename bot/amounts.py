"""Sums of money: "129,90 €", "£20", "1 299 euros", "12€50"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.fact import Fact

AMOUNT = "amount"
SIGNS = {"€": "EUR", "£": "GBP", "$": "USD"}
WORDS = {
    "eur": "EUR",
    "euro": "EUR",
    "gbp": "GBP",
    "pound": "GBP",
    "quid": "GBP",
    "usd": "USD",
    "dollar": "USD",
    "chf": "CHF",
    "livre": "GBP",
}
NUMBER = r"\d{1,3}(?:[ \u00a0\u202f.,]\d{3}){1,3}(?:[.,]\d{1,2})?(?!\d)|\d{1,9}(?:[.,]\d{1,2})?(?!\d)"
WRITTEN = re.compile(
    rf"(?P<sign>[€£$])\s?(?P<after>{NUMBER})"
    rf"|(?<![\w.,/-])(?P<whole>\d{{1,6}})\s?(?P<middle>[€£])\s?(?P<cents>\d{{2}})(?!\d)"
    rf"|(?<![\w.,/-])(?P<before>{NUMBER})\s?(?P<unit>[€£$]|(?:eur|euros?|gbp|pounds?|quid|usd|dollars?|chf|livres?\ssterling)\b)",
    re.IGNORECASE,
)


def amounts(text: str) -> Iterator[Fact]:
    """Each sum with its smallest units ("minor") and its currency."""
    for match in WRITTEN.finditer(text):
        if match["whole"]:
            minor, currency = int(match["whole"]) * 100 + int(match["cents"]), SIGNS[match["middle"]]
        else:
            minor = in_minor(match["after"] or match["before"])
            currency = currency_of(match["sign"] or match["unit"])
        value = f"{minor // 100}.{minor % 100:02} {currency}"
        yield Fact(AMOUNT, value, match[0], match.start(), match.end(), {"minor": minor, "currency": currency})


def in_minor(number: str) -> int:
    """Hundredths. The last mark with one or two digits after it is the decimal one, whichever it is."""
    match = re.fullmatch(r"(.*?)(?:[.,](\d{1,2}))?", number)
    assert match
    return int(re.sub(r"\D", "", match[1]) or 0) * 100 + int((match[2] or "0").ljust(2, "0"))


def currency_of(written: str) -> str:
    word = written.casefold().split()[0]
    return SIGNS.get(word) or WORDS[word.removesuffix("s")]
