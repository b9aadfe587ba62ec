"""Examples of values, made from their JSON Schema: what it gives as an example, or the plainest that fits."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_OF_FORMAT = {
    "uuid": "0197a3c2-5f10-7c3e-9d41-2b6f8e0a1c55",
    "date-time": "2026-03-01T09:30:00Z",
    "date": "2026-03-01",
    "email": "marie.dupont@example.fr",
    "uri": "https://example.com/",
}
_TEXTS = ("texte", "EUR", "FR", "https://example.com/", "+33612345678", "09:30", "2026-03-01", "A1B2C3")
"""Texts of which one usually has the form that a pattern asks for."""
_OF_TYPE: Mapping[str, Any] = {"boolean": True, "null": None}


DEEPEST = 8
"""References that are followed: a tree's shape leads back to itself."""


def example_of(schema: Mapping[str, Any], named: Mapping[str, Any], *, deep: int = 0) -> Any:
    """A value that fits; `named` holds the schemas that are referred to."""
    if "$ref" in schema:
        return example_of(named[schema["$ref"].rpartition("/")[2]], named, deep=deep + 1)
    if schema.get("examples"):
        return schema["examples"][0]
    for key in ("const", "default"):
        if schema.get(key) is not None:
            return schema[key]
    if schema.get("enum"):
        return schema["enum"][0]
    for key in ("anyOf", "oneOf", "allOf"):
        if schema.get(key):
            return example_of(schema[key][0], named, deep=deep)
    return _of_type(schema, named, deep)


def _of_type(schema: Mapping[str, Any], named: Mapping[str, Any], deep: int) -> Any:
    kind = schema.get("type")
    if kind == "object" or "properties" in schema:
        return {name: example_of(field, named, deep=deep) for name, field in schema.get("properties", {}).items()}
    if kind == "array":
        inner = schema.get("items") if deep < DEEPEST else None
        return [example_of(inner, named, deep=deep + 1)] * max(1, schema.get("minItems", 1)) if inner else []
    if kind == "string":
        return _text(schema)
    if kind in ("integer", "number"):
        return max(1, schema.get("minimum", schema.get("exclusiveMinimum", 0) + 1))
    return _OF_TYPE.get(str(kind))


def _text(schema: Mapping[str, Any]) -> str:
    if "pattern" in schema:
        return next((text for text in _TEXTS if re.search(schema["pattern"], text)), _TEXTS[0])
    text = _OF_FORMAT.get(schema.get("format", ""), _TEXTS[0])
    return text[: schema.get("maxLength", len(text))].ljust(schema.get("minLength", 0), "x")
