"""Values in rules of segments: what each kind of field is compared with, checked before anything is asked of it."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import date
from typing import Any

from crm_backend.errors import Invalid
from crm_backend.segments.fields import Field

LONGEST_TEXT = 200
MOST_VALUES = 200
LONGEST_DAYS = 3_650
LARGEST = 10**15
_EARLIEST, _LATEST = date(1900, 1, 1), date(2999, 12, 31)
_LISTS = ("in", "not_in", "any_of", "all_of", "none_of")
_DAYS = ("in_last_days", "not_in_last_days")


def value_of(field: Field, op: str, given: object, path: str) -> Any:
    """The value that an operator of a field takes, as it is kept in JSON. Raises Invalid at `path`."""
    one = _ONE[field.kind]
    if op in _LISTS:
        if not isinstance(given, list) or not given:
            raise Invalid(path, "list_needed")
        if len(given) > MOST_VALUES:
            raise Invalid(path, "too_many_values", most=MOST_VALUES)
        return list(dict.fromkeys(one(field, each, f"{path}.{at}") for at, each in enumerate(given)))
    if op == "between":
        if not isinstance(given, list) or len(given) != 2:
            raise Invalid(path, "two_values_needed")
        pair = [one(field, each, f"{path}.{at}") for at, each in enumerate(given)]
        if pair[0] > pair[1]:
            raise Invalid(path, "wrong_order")
        return pair
    if op in _DAYS:
        if type(given) is not int or not 1 <= given <= LONGEST_DAYS:
            raise Invalid(path, "value_out_of_range", least=1, most=LONGEST_DAYS)
        return given
    return one(field, given, path)


def _number(field: Field, given: object, path: str) -> int | float:
    if type(given) not in (int, float):
        raise Invalid(path, "number_needed")
    assert isinstance(given, int | float)
    if not math.isfinite(given) or abs(given) > LARGEST:
        raise Invalid(path, "value_out_of_range", least=-LARGEST, most=LARGEST)
    return given


def _money(field: Field, given: object, path: str) -> int:
    if type(given) is not int:
        raise Invalid(path, "whole_number_needed")
    if not 0 <= given <= LARGEST:
        raise Invalid(path, "value_out_of_range", least=0, most=LARGEST)
    return given


def _text(field: Field, given: object, path: str) -> str:
    if not isinstance(given, str) or not given:
        raise Invalid(path, "text_needed")
    if len(given) > LONGEST_TEXT:
        raise Invalid(path, "longer_than", most=LONGEST_TEXT)
    if "\0" in given or not given.isprintable():
        raise Invalid(path, "text_unprintable")
    return given


def _choice(field: Field, given: object, path: str) -> str:
    text = _text(field, given, path)
    if text not in field.choices:
        raise Invalid(path, "not_choice", expected=", ".join(field.choices)[:400])
    return text


def _boolean(field: Field, given: object, path: str) -> bool:
    if not isinstance(given, bool):
        raise Invalid(path, "yes_or_no_needed")
    return given


def _date(field: Field, given: object, path: str) -> str:
    try:
        if not isinstance(given, str) or len(given) != 10:
            raise ValueError
        day = date.fromisoformat(given)
    except ValueError as error:
        raise Invalid(path, "date_needed") from error
    if not _EARLIEST <= day <= _LATEST:
        raise Invalid(path, "value_out_of_range", least=_EARLIEST.isoformat(), most=_LATEST.isoformat())
    return day.isoformat()


_ONE: dict[str, Callable[[Field, object, str], Any]] = {
    "number": _number,
    "money": _money,
    "text": _text,
    "choice": _choice,
    "boolean": _boolean,
    "date": _date,
    "set": _text,
}
