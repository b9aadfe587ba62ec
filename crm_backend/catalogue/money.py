"""Amounts of money as each language writes them."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from babel.numbers import format_currency, get_currency_precision

_LOCALES: Final = {"fr": "fr_FR", "en": "en_GB"}


@lru_cache(maxsize=1024)
def money(minor: int, currency: str, language: str) -> str:
    """An amount given in minor units: `1 249,90 €`, `330,50 £`, `£1,249.90`."""
    amount = minor / 10 ** get_currency_precision(currency)
    # The standard French sign, "£GB", tells these pounds from others; nobody writes it so.
    return format_currency(amount, currency, locale=_LOCALES[language]).replace("£GB", "£")


def lowest(minor: int, currency: str, language: str) -> str:
    """The lowest of several prices: `dès 39,00 €`, `from £39.00`."""
    return ("dès " if language == "fr" else "from ") + money(minor, currency, language)
