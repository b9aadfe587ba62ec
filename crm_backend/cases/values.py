"""Checking what people fill in on cases: texts, keys, names in both languages, tags."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from crm_backend.database import utc_now
from crm_backend.errors import Empty, Invalid, TooLong
from crm_backend.texts import clean, clean_name

LANGUAGES = ("fr", "en")
LONGEST_SUBJECT = 200
LONGEST_TEXT = 20_000
LONGEST_NAME = 120
MOST_TAGS = 20
MOST_FIELDS = 50
LARGEST = 10**12
LONGEST_TAG = 40
FAR = timedelta(days=3660)
_KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")
_TAG = re.compile(r"[\w][\w \-./&’']*")


def text(field: str, value: object, *, most: int = LONGEST_TEXT, required: bool = True) -> str:
    """A text as it is kept. Raises Invalid: no text, too long, or nothing in it where something is `required`."""
    if not isinstance(value, str):
        raise Invalid(field, "case_not_text")
    try:
        return clean(value, max_length=most)
    except TooLong as error:
        raise Invalid(field, "case_too_long", most=most) from error
    except Empty as error:
        if required:
            raise Invalid(field, "case_empty") from error
        return ""


def line(field: str, value: object, *, most: int = LONGEST_SUBJECT) -> str:
    """A text on one line. Raises Invalid."""
    kept = clean_name(text(field, value, most=most), length=most)
    if not kept:
        raise Invalid(field, "case_empty")
    return kept


def key(field: str, value: object) -> str:
    """A name for machines: small letters, digits and underscores, 40 at most. Raises Invalid."""
    if not isinstance(value, str) or not _KEY.fullmatch(value):
        raise Invalid(field, "case_bad_key")
    return value


def both(field: str, value: object, *, most: int = LONGEST_NAME, required: bool = True) -> dict[str, str]:
    """A text in French and English. Raises Invalid when one is missing, and when another language is there."""
    if not isinstance(value, Mapping):
        raise Invalid(field, "case_not_text")
    if unknown := sorted(str(name) for name in value if name not in LANGUAGES):
        raise Invalid(f"{field}.{unknown[0][:20]}", "case_language")
    return {name: text(f"{field}.{name}", value.get(name, ""), most=most, required=required) for name in LANGUAGES}


def one_of(field: str, value: object, choices: Sequence[str]) -> str:
    """One of these words. Raises Invalid."""
    if not isinstance(value, str) or value not in choices:
        raise Invalid(field, "case_not_one_of", choices=", ".join(choices))
    return value


def number(field: str, value: object, *, least: int, most: int) -> int:
    """A whole number within bounds. Raises Invalid."""
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise Invalid(field, "case_number", least=least, most=most)
    return value


def tags(field: str, value: object) -> list[str]:
    """Tags in small letters, each once, sorted. Raises Invalid."""
    if not isinstance(value, Sequence) or isinstance(value, str):
        raise Invalid(field, "case_not_list")
    if len(value) > MOST_TAGS:
        raise Invalid(field, "case_too_many", most=MOST_TAGS)
    found = {line(f"{field}.{at}", each, most=LONGEST_TAG).lower() for at, each in enumerate(value)}
    for each in found:
        if not _TAG.fullmatch(each):
            raise Invalid(field, "case_bad_tag")
    return sorted(found)


def filled(field: str, given: object, asked: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The values of a template's fields; without a template, any few plain values. Raises Invalid."""
    if not isinstance(given, Mapping):
        raise Invalid(field, "case_not_text")
    if len(given) > MOST_FIELDS:
        raise Invalid(field, "case_too_many", most=MOST_FIELDS)
    by_key = {str(each["key"]): each for each in asked}
    found = {}
    for name, value in given.items():
        place = f"{field}.{str(name)[:40]}"
        if asked and name not in by_key:
            raise Invalid(place, "case_unknown_field")
        found[key(place, name)] = _value(place, value, by_key.get(str(name), {}))
    for name, each in by_key.items():
        if each.get("required") and found.get(name) in (None, ""):
            raise Invalid(f"{field}.{name}", "case_empty")
    return found


def _value(field: str, value: object, asked: Mapping[str, Any]) -> Any:
    kind = asked.get("kind")
    if value is None:
        return None
    if kind == "number" or (kind is None and isinstance(value, int | float) and not isinstance(value, bool)):
        if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= LARGEST:
            raise Invalid(field, "case_number", least=-LARGEST, most=LARGEST)
        return value
    if kind == "boolean" or (kind is None and isinstance(value, bool)):
        if not isinstance(value, bool):
            raise Invalid(field, "case_not_boolean")
        return value
    if kind == "date":
        try:
            return date.fromisoformat(str(value)[:10]).isoformat()
        except ValueError as error:
            raise Invalid(field, "case_not_date") from error
    if kind == "choice":
        return one_of(field, value, asked.get("choices", []))
    return text(field, value, most=2_000, required=False)


def instant(field: str, value: object, *, now: datetime | None = None) -> datetime:
    """A point in time with a zone, at most ten years from now either way. Raises Invalid."""
    if not isinstance(value, datetime):
        raise Invalid(field, "case_not_date")
    if value.tzinfo is None:
        raise Invalid(field, "case_no_zone")
    try:
        at = value.astimezone(UTC)
    except (OverflowError, ValueError) as error:
        raise Invalid(field, "case_far_date") from error
    if abs(at - (now or utc_now())) > FAR:
        raise Invalid(field, "case_far_date")
    return at


def plain(value: Any) -> Any:
    """A value as history keeps it in JSON."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if value is None or isinstance(value, str | int | float | bool | list | dict):
        return value
    return str(value)


def boolean(field: str, value: object) -> bool:
    """True or false. Raises Invalid."""
    if not isinstance(value, bool):
        raise Invalid(field, "case_not_boolean")
    return value
