"""The kinds of custom attributes: what each takes, how it is kept, and what makes two values the same."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from crm_backend.customers import checks
from crm_backend.customers.records import AttributeDefinition
from crm_backend.errors import Invalid

LONGEST_TEXT = 2_000
LARGEST = 10**15
_LIMITS = {"text": {"longest"}, "number": {"least", "most", "whole"}, "date": {"least", "most"}}


def kept_value(definition: AttributeDefinition, value: object, *, field: str = "value") -> Any:
    """The value as it is kept, a plain value of JSON: dates as ISO 8601, choices by their key. Raises Invalid."""
    match definition.kind:
        case "text":
            return checks.text(field, value, longest=definition.limits.get("longest", LONGEST_TEXT), needed=True)
        case "number":
            return _number(field, value, definition.limits)
        case "date":
            return _date(field, value, definition.limits)
        case "boolean":
            if not isinstance(value, bool):
                raise Invalid(field, "not_boolean")
            return value
        case "choice":
            offered = [choice["value"] for choice in definition.choices]
            if value not in offered:
                raise Invalid(field, "not_choice", expected=", ".join(offered))
            return value
        case _:
            return checks.url(field, value)


def readable(definition: AttributeDefinition, value: Any) -> bool:
    """Whether a kept value would be taken by the definition as it is now."""
    try:
        return bool(kept_value(definition, value) == value)
    except Invalid:
        return False


def unique_key(kind: str, value: Any) -> str:
    """What two customers may not both have where values are unique: texts are the same whatever their case."""
    if kind == "number":
        return format(Decimal(repr(value)).normalize(), "f")
    plain = unicodedata.normalize("NFKC", str(value))
    return plain.casefold() if kind == "text" else plain


def limits_of(kind: str, value: object) -> dict[str, Any]:
    """What is asked of a field's values beyond their kind. Raises Invalid."""
    if not isinstance(value, Mapping):
        raise Invalid("limits", "not_object")
    if unknown := set(value) - _LIMITS.get(kind, set()):
        raise Invalid(f"limits.{min(map(str, unknown))[:60]}", "unknown_field")
    found: dict[str, Any] = {}
    for name, each in value.items():
        field = f"limits.{name}"
        if name == "longest":
            if not isinstance(each, int) or isinstance(each, bool) or not 1 <= each <= LONGEST_TEXT:
                raise Invalid(field, "too_big", most=LONGEST_TEXT)
            found[name] = each
        elif name == "whole":
            if not isinstance(each, bool):
                raise Invalid(field, "not_boolean")
            found[name] = each
        else:
            found[name] = _number(field, each, {}) if kind == "number" else _date(field, each, {})
    if "least" in found and "most" in found and found["least"] > found["most"]:
        raise Invalid("limits.most", "too_small", least=found["least"])
    return found


def _number(field: str, value: object, limits: Mapping[str, Any]) -> int | float:
    if isinstance(value, Decimal):
        value = float(value)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise Invalid(field, "not_number")
    if abs(value) > LARGEST:
        raise Invalid(field, "out_of_range")
    whole = int(value) if float(value).is_integer() else value
    if limits.get("whole") and not isinstance(whole, int):
        raise Invalid(field, "not_integer")
    _between(field, whole, limits)
    return whole


def _date(field: str, value: object, limits: Mapping[str, Any]) -> str:
    try:
        day = value if isinstance(value, date) else date.fromisoformat(str(value) if isinstance(value, str) else "")
    except ValueError:
        raise Invalid(field, "not_day") from None
    told = date(day.year, day.month, day.day).isoformat()
    _between(field, told, limits)
    return told


def _between(field: str, value: Any, limits: Mapping[str, Any]) -> None:
    if "least" in limits and value < limits["least"]:
        raise Invalid(field, "too_small", least=limits["least"])
    if "most" in limits and value > limits["most"]:
        raise Invalid(field, "too_big", most=limits["most"])
