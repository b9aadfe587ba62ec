"""How refusals are described: the problem document, its headers, and which of them an endpoint may answer."""

from __future__ import annotations

from typing import Any

from server.api.declare import Endpoint
from server.problems import SENTENCES
from server.problems.reasons import told

_SHORT = {"type": "string"}
PROBLEM: dict[str, Any] = {
    "type": "object",
    "description": "RFC 9457",
    "additionalProperties": False,
    "required": ["type", "title", "status", "code", "detail"],
    "properties": {
        "type": _SHORT,
        "title": _SHORT,
        "status": {"type": "integer"},
        "code": _SHORT,
        "detail": _SHORT,
        "reason": _SHORT,
        "version": {"type": "integer"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["field", "reason", "detail"],
                "properties": {"field": _SHORT, "reason": _SHORT, "detail": _SHORT},
            },
        },
    },
}
_NUMBER = {"schema": {"type": "integer", "minimum": 0}}
HEADERS: dict[str, dict[str, Any]] = {
    "RateLimit-Limit": _NUMBER,
    "RateLimit-Remaining": _NUMBER,
    "RateLimit-Reset": _NUMBER,
    "RateLimit-Policy": {"schema": {"type": "string", "examples": ["600;w=60"]}},
    "Retry-After": _NUMBER,
    "ETag": {"schema": {"type": "string", "examples": ['"1"']}},
    "Location": {"schema": {"type": "string"}},
    "Link": {"schema": {"type": "string", "examples": ['</api/v1/products?cursor=b2s>; rel="next"']}},
    "Idempotency-Replayed": {"schema": {"type": "string", "enum": ["true"]}},
    "WWW-Authenticate": {"schema": {"type": "string", "examples": ['Bearer realm="relais"']}},
}
_OF_STATUS = {
    "BadRequest": (400, "bad_input", ()),
    "NotAuthenticated": (401, "not_authenticated", ("WWW-Authenticate",)),
    "NotAllowed": (403, "not_allowed", ()),
    "NotFound": (404, "not_found", ()),
    "Conflict": (409, "conflict", ()),
    "Stale": (412, "stale", ("ETag",)),
    "TooLarge": (413, "too_large", ()),
    "MediaType": (415, "media_type", ()),
    "Invalid": (422, "invalid", ()),
    "VersionMissing": (428, "version_missing", ()),
    "RateLimited": (429, "rate_limited", ("Retry-After",)),
    "Unavailable": (503, "unavailable", ()),
}


def problem_responses(language: str) -> dict[str, Any]:
    """Every refusal as a response, with an example."""
    found = {}
    for name, (status, code, headers) in _OF_STATUS.items():
        detail = SENTENCES[code][language].format(retry_after=12, expected="application/json")
        title = code.replace("_", " ").capitalize()
        example: dict[str, Any] = {
            "type": "about:blank",
            "title": title,
            "status": status,
            "code": code,
            "detail": detail,
        }
        if name == "Invalid":
            field = {"field": "limit", "reason": "too_big", "detail": told("too_big", language, {"most": 200})}
            example["errors"] = [field]
        if name == "Stale":
            example["version"] = 2
        limited = [] if status == 401 else [one for one in HEADERS if one.startswith("RateLimit-")]
        found[name] = {
            "description": detail,
            "headers": {one: {"$ref": f"#/components/headers/{one}"} for one in (*headers, *limited)},
            "content": {
                "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}, "example": example}
            },
        }
    return found


def failures(endpoint: Endpoint) -> dict[str, Any]:
    """The refusals that an endpoint may answer."""
    names = {"BadRequest", "NotAuthenticated", "NotAllowed", "Invalid", "RateLimited", "Unavailable"}
    if endpoint.path_model is not None:
        names.add("NotFound")
    if endpoint.method != "GET" or endpoint.produces == "application/pdf":
        # Whether there is anything to print may depend on how things stand.
        names |= {"Conflict"}
    if endpoint.body is not None or endpoint.upload:
        names |= {"TooLarge", "MediaType", "NotFound"}
    if endpoint.versioned and endpoint.method != "GET":
        names.add("Stale")
    if endpoint.must_match:
        names.add("VersionMissing")
    return {
        str(status): {"$ref": f"#/components/responses/{name}"}
        for name, (status, _, _) in _OF_STATUS.items()
        if name in names
    }
