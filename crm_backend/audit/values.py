"""What the audit log keeps of a value: codes, numbers, dates and identifiers as they are; of a person's data, only
that it was there.

The log outlives an erased customer, and no entry of it can be changed, so it holds nothing that would have to be
erased. A keyed fingerprint would not do: of a telephone number or a postcode, whoever has the key finds the value by
trying all.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Mapping
from datetime import date, datetime, time, timedelta
from enum import Enum
from typing import Any

PERSONAL: dict[str, bool] = {"personal": True}
"""Stands for a value that is not kept. None stays None: whether there was a value before, and is one now, is told."""

LONGEST = 500
MOST = 200
_DEEPEST = 6
_LARGEST = 10**18
_CODE = re.compile(r"[a-z][a-z0-9_.:/-]{0,79}")
_WRITTEN_NUMBER = re.compile(r"-?\d{1,9}(\.\d{1,6})?")
_INSTANT = re.compile(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:?\d\d)?)?")
_IDENTIFIER = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_PERSONS = """
name first_name last_name given_name family_name full_name email mail phone telephone mobile value address street line1
line2 postcode postal_code zip city region birthday birth_date born_on note notes text body comment message subject
title description content username handle display_name company household attributes custom iban signature question
answer recipient sender ip user_agent latitude longitude location
"""
_OF_PERSONS = frozenset(_PERSONS.split())
"""Names of fields whose values are a person's whatever they look like, unless the caller says they are plain."""


def told(fields: Mapping[str, object], plain: Collection[str] = ()) -> dict[str, Any]:
    """The changed fields as the log keeps them. Those named in `plain` are kept whole, up to `LONGEST` characters."""
    return {
        clean(str(name))[:100]: clean(value) if name in plain else _shielded(str(name), value, 0)
        for name, value in list(fields.items())[:MOST]
    }


def _shielded(name: str, value: object, deep: int) -> Any:
    value = value.value if isinstance(value, Enum) else value
    if value is None:
        return None
    if name in _OF_PERSONS or deep > _DEEPEST:
        return dict(PERSONAL)
    if isinstance(value, Mapping):
        return {clean(str(key))[:100]: _shielded(str(key), each, deep + 1) for key, each in list(value.items())[:MOST]}
    if isinstance(value, list | tuple | set | frozenset):
        items = sorted(value, key=str) if isinstance(value, set | frozenset) else list(value)
        return [_shielded(name, each, deep + 1) for each in items[:MOST]]
    if isinstance(value, str):
        known = any(shape.fullmatch(value) for shape in (_CODE, _WRITTEN_NUMBER, _INSTANT, _IDENTIFIER))
        return value if known or not value else dict(PERSONAL)
    return clean(value)


def clean(value: Any, deep: int = 0) -> Any:
    """Any value as JSON that PostgreSQL takes: no NUL, no lone surrogate, nothing endless."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return value if abs(value) < _LARGEST else str(value)[:LONGEST]
    if isinstance(value, Enum):
        return clean(value.value, deep)
    if isinstance(value, str):
        return value.encode("utf-8", "ignore").decode("utf-8").replace("\0", "")[:LONGEST]
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, Mapping) and deep <= _DEEPEST:
        return {clean(str(key))[:100]: clean(each, deep + 1) for key, each in list(value.items())[:MOST]}
    if isinstance(value, set | frozenset) and deep <= _DEEPEST:
        return [clean(each, deep + 1) for each in sorted(value, key=str)[:MOST]]
    if isinstance(value, list | tuple) and deep <= _DEEPEST:
        return [clean(each, deep + 1) for each in value[:MOST]]
    return clean(str(value))
