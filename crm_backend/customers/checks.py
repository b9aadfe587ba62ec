"""What is taken as a value of a customer: texts, dates, hours, zones, telephones and mail addresses."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, time
from urllib.parse import urlsplit
from zoneinfo import available_timezones

import phonenumbers

from crm_backend.customers.emails import email_address
from crm_backend.database import utc_now
from crm_backend.errors import Invalid

LONGEST_NAME = 200
LONGEST_NOTE = 20_000
OLDEST = date(1890, 1, 1)
LANGUAGES = ("fr", "en")
_CHANNEL = re.compile(r"[a-z][a-z0-9_]{1,30}")


def text(field: str, value: object, *, longest: int = LONGEST_NAME, needed: bool = False, lines: bool = False) -> str:
    """The text without what surrounds it, composed (NFC). Raises Invalid for another type, control characters, more
    than `longest` characters, or nothing where something is needed."""
    if not isinstance(value, str):
        raise Invalid(field, "not_text")
    plain = value.strip()
    allowed = "\n\r\t" if lines else ""
    if any(unicodedata.category(letter) in ("Cc", "Cs") and letter not in allowed for letter in plain):
        raise Invalid(field, "unstorable_text")
    plain = unicodedata.normalize("NFC", plain)
    if len(plain) > longest:
        raise Invalid(field, "too_long", most=longest)
    if needed and not plain:
        raise Invalid(field, "missing")
    return plain


def language(field: str, value: object) -> str:
    """`fr` or `en`. Raises Invalid."""
    if value not in LANGUAGES:
        raise Invalid(field, "language")
    return str(value)


def channel(field: str, value: object) -> str:
    """The name of a channel; empty for none. Raises Invalid."""
    if not isinstance(value, str) or (value and not _CHANNEL.fullmatch(value)):
        raise Invalid(field, "channel")
    return value


def birth_date(field: str, value: object) -> date:
    """A day on which somebody alive may have been born. Raises Invalid."""
    if not isinstance(value, date) or isinstance(value, datetime):
        raise Invalid(field, "not_day")
    if not OLDEST <= value <= utc_now().date():
        raise Invalid(field, "birth_date")
    return value


def hour(field: str, value: object) -> time:
    """A time of the day without zone, to the minute. Raises Invalid."""
    if not isinstance(value, time) or value.tzinfo is not None:
        raise Invalid(field, "time")
    return value.replace(second=0, microsecond=0)


def time_zone(field: str, value: object) -> str:
    """A name of the IANA database. Raises Invalid."""
    if not isinstance(value, str) or value not in available_timezones():
        raise Invalid(field, "time_zone")
    return value


def email(field: str, value: object) -> str:
    """The address in lower case. Raises Invalid."""
    found = email_address(value) if isinstance(value, str) and len(value) <= 400 else None
    if found is None:
        raise Invalid(field, "email")
    return found


def phone(field: str, value: object, *, country: str = "") -> str:
    """The number in E.164, read as one of `country` (ISO 3166-1 alpha-2) unless it begins with `+`. Raises Invalid when
    no such number could exist by that country's numbering plan (Google's libphonenumber)."""
    if not isinstance(value, str) or len(value) > 60:
        raise Invalid(field, "phone")
    try:
        read = phonenumbers.parse(value, country.upper() or None)
    except phonenumbers.NumberParseException as error:
        missing = error.error_type == phonenumbers.NumberParseException.INVALID_COUNTRY_CODE
        raise Invalid(field, "phone_country" if missing else "phone") from None
    if not phonenumbers.is_valid_number(read) and not _fictional(read):
        raise Invalid(field, "phone")
    return phonenumbers.format_number(read, phonenumbers.PhoneNumberFormat.E164)


def phone_in_groups(number: str) -> str:
    """A number in E.164 as people read it aloud, `+33 6 39 98 00 01`, with spaces that do not break; what is none stays
    as it is."""
    try:
        shown = phonenumbers.format_number(phonenumbers.parse(number), phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    except phonenumbers.NumberParseException:
        return number
    return shown.replace(" ", "\u00a0")


def _fictional(read: phonenumbers.PhoneNumber) -> bool:
    # Kept for stories and examples by ARCEP (decision 2018-0881) and Ofcom: nobody's, and what a demonstration shows.
    number = phonenumbers.format_number(read, phonenumbers.PhoneNumberFormat.E164)
    return bool(re.fullmatch(r"\+33(?:19900|26191|35301|46571|53649|63998)\d{4}|\+447700900\d{3}", number))


def url(field: str, value: object) -> str:
    """An address on the web, with `https` or `http`. Raises Invalid."""
    plain = text(field, value, longest=2_000)
    try:
        parts = urlsplit(plain)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise Invalid(field, "url") from None
    if parts.scheme not in ("http", "https") or not host or any(letter.isspace() for letter in plain):
        raise Invalid(field, "url")
    if parts.username or parts.password:
        raise Invalid(field, "url")
    return plain
