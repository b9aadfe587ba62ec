"""What may be written into a field: text that can be kept, keys, names in both languages, lists, numbers, choices.
Everything else is refused with its field."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from crm_backend.errors import Empty, Invalid, TooLong
from crm_backend.texts import clean

LANGUAGES = ("fr", "en")
NAME, TAG, TAGS = 200, 40, 20
_SPACE = re.compile(r"[^\S\u00a0\u202f]+")
_KEY = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


def text_of(field: str, value: object, most: int, *, empty: bool = False) -> str:
    """The text as it is kept. Raises Invalid: `not_text`, `empty`, `too_long`."""
    if not isinstance(value, str):
        raise Invalid(field, "not_text")
    try:
        return clean(value, max_length=most)
    except TooLong:
        raise Invalid(field, "too_long", most=most) from None
    except Empty:
        if empty:
            return ""
        raise Invalid(field, "empty") from None


def line_of(field: str, value: object, most: int, *, empty: bool = False) -> str:
    """The text on one line; spaces that keep words together stay."""
    return _SPACE.sub(" ", text_of(field, value, most, empty=empty))


def key_of(field: str, value: object, most: int = 80) -> str:
    """A name for addresses: small letters without accents, digits, single hyphens. Raises Invalid."""
    key = line_of(field, value, most)
    if not _KEY.fullmatch(key):
        raise Invalid(field, "not_a_key")
    return key


def language_of(field: str, value: object) -> str:
    """One of the two languages. Raises Invalid."""
    if value not in LANGUAGES:
        raise Invalid(field, "not_choice", expected=", ".join(LANGUAGES))
    return str(value)


def names_of(field: str, value: object, most: int = NAME, *, both: bool = True, lines: bool = True) -> dict[str, str]:
    """A text in both languages, or with `both` false in at least one. Raises Invalid."""
    if not isinstance(value, Mapping):
        raise Invalid(field, "not_object")
    if unknown := set(value) - set(LANGUAGES):
        raise Invalid(f"{field}.{min(map(str, unknown))}", "unknown_field")
    wanted = LANGUAGES if both else [language for language in LANGUAGES if language in value] or LANGUAGES[:1]
    read = line_of if lines else text_of
    for language in wanted:
        if language not in value:
            raise Invalid(f"{field}.{language}", "missing")
    return {language: read(f"{field}.{language}", value[language], most) for language in wanted}


def list_of(field: str, value: object, *, most: int, length: int) -> list[str]:
    """Lines without doubles, in their order. Raises Invalid."""
    if not isinstance(value, Sequence) or isinstance(value, str | bytes):
        raise Invalid(field, "not_list")
    if len(value) > most:
        raise Invalid(field, "too_many_entries", most=most)
    found: dict[str, str] = {}
    for place, each in enumerate(value):
        line = line_of(f"{field}.{place}", each, length)
        found.setdefault(line.casefold(), line)
    return list(found.values())


def tags_of(field: str, value: object) -> list[str]:
    """Tags in small letters, without doubles. Raises Invalid."""
    return [tag.lower() for tag in list_of(field, value, most=TAGS, length=TAG)]


def integer(field: str, value: Any, most: int, least: int = 0) -> int:
    """A whole number between `least` and `most`. Raises Invalid."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise Invalid(field, "not_integer")
    if value < least:
        raise Invalid(field, "too_small", least=least)
    if value > most:
        raise Invalid(field, "too_big", most=most)
    return value


def id_of(field: str, value: object) -> str:
    """An identifier as it is written. Raises Invalid."""
    try:
        return str(UUID(str(value)))
    except ValueError:
        raise Invalid(field, "not_an_id") from None


def choice(field: str, value: object, choices: Sequence[str]) -> str:
    """One of some words. Raises Invalid."""
    if value not in choices:
        raise Invalid(field, "not_choice", expected=", ".join(choices))
    return str(value)
