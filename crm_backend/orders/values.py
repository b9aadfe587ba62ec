"""What is taken for a text, an amount, a currency, an instant or an address of an order."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cache

from babel import Locale
from babel.numbers import list_currencies

from crm_backend.database import utc_now
from crm_backend.errors import Invalid
from crm_backend.orders.postcodes import looks_right

MOST_MINOR = 10**11
"""The largest amount that is taken, a thousand million euros: beyond it somebody mistyped, or means harm."""
MOST_PIECES = 10_000
LONGEST, LONGEST_NOTE = 200, 2_000
AHEAD = timedelta(hours=1)
"""How far other clocks may be ahead of ours."""
ADDRESS = ("name", "line1", "line2", "city", "region", "postcode", "country")
_NEEDED = frozenset({"name", "line1", "city", "country"})


def text(field: str, value: object, *, longest: int = LONGEST, needed: bool = False) -> str:
    """The text without blanks around it. Raises Invalid when it is none, too long, empty though needed, or holds what
    no text may (NUL, half of a character)."""
    if not isinstance(value, str):
        raise Invalid(field, "not_text")
    found = value.strip()
    if "\0" in found or found.encode("utf-8", "ignore").decode() != found:
        raise Invalid(field, "unstorable_text")
    if len(found) > longest:
        raise Invalid(field, "too_long", most=longest)
    if needed and not found:
        raise Invalid(field, "missing")
    return found


def amount(field: str, value: object, *, least: int = 1) -> int:
    """An amount in minor units. Raises Invalid unless it is a whole number from `least` to MOST_MINOR."""
    return whole(field, value, least=least, most=MOST_MINOR)


def whole(field: str, value: object, *, least: int, most: int) -> int:
    """A whole number. Raises Invalid unless it lies between the two."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise Invalid(field, "not_integer")
    if value < least:
        raise Invalid(field, "too_small", least=least)
    if value > most:
        raise Invalid(field, "too_big", most=most)
    return value


def currency(field: str, value: object) -> str:
    """A currency of ISO 4217. Raises Invalid."""
    found = text(field, value, longest=10, needed=True).upper()
    if found not in _currencies():
        raise Invalid(field, "unknown_currency")
    return found


def past(field: str, value: datetime | None) -> datetime:
    """An instant that has come; now, without one. Raises Invalid without zone, before 2000 or in the future."""
    now = utc_now()
    if value is None:
        return now
    if value.tzinfo is None:
        raise Invalid(field, "no_time_zone")
    if value.year < 2000:
        raise Invalid(field, "too_long_ago")
    if value > now + AHEAD:
        raise Invalid(field, "in_the_future")
    return value


def address(given: Mapping[str, object], *, field: str = "address") -> dict[str, str]:
    """A whole postal address; `country` by its two letters (ISO 3166). Raises Invalid with the part that is wrong."""
    for name in given:
        if name not in ADDRESS:
            raise Invalid(f"{field}.{name}", "unknown_field")
    found = {name: text(f"{field}.{name}", given.get(name, ""), needed=name in _NEEDED) for name in ADDRESS}
    found["country"] = found["country"].upper()
    if found["country"] not in _countries():
        raise Invalid(f"{field}.country", "unknown_country")
    if not looks_right(found["postcode"], found["country"]):
        raise Invalid(f"{field}.postcode", "wrong_postcode", country=found["country"])
    return found


@cache
def _currencies() -> frozenset[str]:
    return frozenset(list_currencies())


@cache
def _countries() -> frozenset[str]:
    codes: list[str] = [str(code) for code in Locale("en").territories]
    found = {code for code in codes if len(code) == 2 and code.isalpha()}
    return frozenset(found - {"ZZ", "EU", "UN", "EZ", "QO"})
