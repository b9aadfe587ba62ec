"""Cells into values: what each type of field accepts, and the sentence when it does not."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal, InvalidOperation
from typing import Any

from crm_backend.catalogue import addresses
from crm_backend.importing.fields import Type
from crm_backend.importing.report import BadValue, hinted, shown
from crm_backend.orders.model import STATUSES

_CHANNEL = re.compile(r"[a-z][a-z0-9_]{1,30}")
_EMAIL = re.compile(r"[^\s@,;<>\"]+@[^\s@,;<>\".]+(\.[^\s@,;<>\".]+)+")
_FLAGS = {
    **dict.fromkeys(("yes", "y", "true", "t", "1", "oui", "o", "vrai", "on"), True),
    **dict.fromkeys(("no", "n", "false", "f", "0", "non", "faux", "off"), False),
}
_NO_MINOR = frozenset(
    """BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF""".split()  # noqa: SIM905
)
_THREE_MINOR = frozenset(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"))
_LARGEST_MINOR = 10**15
_LARGEST_WHOLE = 2**31 - 1
_NOISE = Decimal("0.000001")


@dataclass(frozen=True)
class Format:
    """How numbers and dates are written in a column."""

    decimal: str = "."
    dates: tuple[str, ...] = ()
    zone: tzinfo = UTC


def parser(kind: Type, form: Format) -> Callable[[str], Any]:
    """What turns the text of a filled cell into a value of this type; it raises BadValue."""
    if kind == "amount":
        return lambda text: amount(text, decimal=form.decimal)
    if kind == "instant":
        return lambda text: instant(text, form)
    if kind == "day":
        return lambda text: day(text, form)
    return _PARSERS[kind]


def email(text: str) -> str:
    """Lower-case, without surroundings such as `mailto:`."""
    plain = text.strip().lower().removeprefix("mailto:")
    if len(plain) > 254 or not _EMAIL.fullmatch(plain):
        raise BadValue(f"“{hinted(text)}” is not an e-mail address.")
    return plain


def amount(text: str, *, decimal: str = ".") -> Decimal:
    """An amount that is not negative; spaces and the other separator are for thousands, currency signs are noise."""
    thousands = "," if decimal == "." else "."
    plain = re.sub(r"[\s\u00a0\u202f'’€$£]", "", text).replace(thousands, "").replace(decimal, ".")
    try:
        value = Decimal(plain)
    except InvalidOperation:
        raise BadValue(f"“{shown(text)}” is not an amount.") from None
    if not value.is_finite():
        raise BadValue(f"“{shown(text)}” is not an amount.")
    if value < 0:
        raise BadValue(f"the amount {shown(text)} is negative.")
    return value


def to_minor(value: Decimal, currency: str) -> int:
    """The amount in the currency's smallest unit (ISO 4217), such as cents. Raises BadValue when it does not fit."""
    exponent = 0 if currency in _NO_MINOR else 3 if currency in _THREE_MINOR else 2
    if value >= _LARGEST_MINOR:
        raise BadValue("the amount is too large.")
    scaled = value.scaleb(exponent)
    whole = scaled.to_integral_value()
    if abs(scaled - whole) > _NOISE:
        raise BadValue(f"{shown(str(value))} has more decimals than {currency} has.")
    return int(whole)


def instant(text: str, form: Format) -> datetime:
    """A date and time with zone; without formats, ISO 8601. A time without zone is read in the format's zone."""
    found = _moment(text, form)
    return found if found.tzinfo else found.replace(tzinfo=form.zone)


def day(text: str, form: Format) -> date:
    """A date."""
    return _moment(text, form).date()


def _moment(text: str, form: Format) -> datetime:
    for pattern in form.dates:
        try:
            return datetime.strptime(text, pattern)  # noqa: DTZ007 (the caller adds the zone)
        except ValueError:
            continue
    try:
        if not form.dates:
            return datetime.fromisoformat(text)
    except ValueError:
        pass
    expected = " or ".join(form.dates) if form.dates else "ISO 8601, such as 2025-11-25 or 2025-11-25T09:30"
    raise BadValue(f"“{shown(text)}” is not a date written as {expected}.")


def _text(text: str) -> str:
    return text


def _currency(text: str) -> str:
    code = text.upper()
    if not (len(code) == 3 and code.isascii() and code.isalpha()):
        raise BadValue(f"“{shown(text)}” is not a currency of three letters.")
    return code


def _language(text: str) -> str:
    code = re.split(r"[-_]", text.lower(), maxsplit=1)[0]
    if code not in ("fr", "en"):
        raise BadValue(f"“{shown(text)}” is neither fr nor en.")
    return code


def _status(text: str) -> str:
    if text not in STATUSES:
        raise BadValue(f"“{shown(text)}” is not a status; known: {', '.join(STATUSES)}. Use `map` to translate.")
    return text


def _flag(text: str) -> bool:
    try:
        return _FLAGS[text.casefold()]
    except KeyError:
        raise BadValue(f"“{shown(text)}” is neither yes nor no.") from None


def _whole(text: str) -> int:
    found = re.fullmatch(r"(\d{1,10})(\.0+)?", text, re.ASCII)
    if not found or not 0 < int(found[1]) <= _LARGEST_WHOLE:
        raise BadValue(f"“{shown(text)}” is not a whole number from 1.")
    return int(found[1])


def _options(text: str) -> dict[str, str]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        raise BadValue("the cell is not JSON.") from None
    if not isinstance(found, dict):
        raise BadValue("the JSON in the cell is not an object of names and values.")
    if any(isinstance(value, dict | list) for value in found.values()) or "\\u0000" in text:
        raise BadValue("a value in the JSON is not a plain text.")
    return {str(name): _plain(value) for name, value in found.items() if value is not None}


def _plain(value: object) -> str:
    return json.dumps(value) if isinstance(value, bool) else str(value)


def _channel(text: str) -> str:
    plain = text.strip().lower()
    if not _CHANNEL.fullmatch(plain):
        raise BadValue(f"“{shown(text)}” is not the name of a channel.")
    return plain


def _web_address(text: str) -> str:
    plain = text.strip()
    if len(plain) > addresses.LONGEST or not addresses.fits(plain):
        raise BadValue(f"“{shown(text)}” is no address that begins with https:// or /.")
    return plain


_PARSERS: dict[Type, Callable[[str], Any]] = {
    "text": _text,
    "identifier": _text,
    "personal identifier": _text,
    "phone": _text,
    "language": _language,
    "channel": _channel,
    "e-mail": email,
    "currency": _currency,
    "options": _options,
    "flag": _flag,
    "address": _web_address,
    "whole number": _whole,
    "status": _status,
}
