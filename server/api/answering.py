"""Making the answer: JSON with the fields that were asked for, its version, its place, the way to the next page."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from aiohttp import web

from crm_backend.errors import Invalid
from crm_backend.keys.repeats import Answer
from server.api.declare import Endpoint
from server.api.shapes import In, Out, Page, VersionedOut


def answered(endpoint: Endpoint, request: web.Request, result: Out | Page[Out] | None, query: In | None) -> Answer:
    """The answer of what a handler returned. Raises Invalid for a field that there is not."""
    if result is None:
        return Answer(endpoint.status, {}, b"")
    headers = {"Content-Type": "application/json"}
    chosen = _chosen(endpoint, query)
    if isinstance(result, Page):
        address = str(request.rel_url.update_query(cursor=result.next)) if result.next else None
        document: Any = {"items": [_document(item, chosen) for item in result.items], "next": address}
        if address:
            headers["Link"] = f'<{address}>; rel="next"'
    else:
        document = _document(result, chosen)
        if isinstance(result, VersionedOut):
            headers["ETag"] = _tag(result.version, chosen)
        if endpoint.status == 201 and "id" in document:
            headers["Location"] = f"{request.path}/{document['id']}"
    return Answer(endpoint.status, headers, json.dumps(document, ensure_ascii=False).encode())


def not_modified(request: web.Request, answer: Answer) -> bool:
    """Whether the caller has this very answer already (`If-None-Match`)."""
    tag, known = answer.headers.get("ETag"), request.headers.get("If-None-Match")
    if request.method not in ("GET", "HEAD") or not tag or not known:
        return False
    return known.strip() == "*" or tag in (one.strip().removeprefix("W/") for one in known.split(","))


def _chosen(endpoint: Endpoint, query: In | None) -> frozenset[str] | None:
    asked = getattr(query, "fields", None)
    if asked is None or endpoint.answer is None or not endpoint.sparse:
        return None
    there = endpoint.answer.model_fields
    wanted = str(asked).split(",")
    if not set(wanted) <= set(there):
        raise Invalid("fields", "not_a_field", expected=", ".join(there))
    return frozenset(wanted) | ({"id"} & set(there))


def _document(item: Out, chosen: frozenset[str] | None) -> dict[str, Any]:
    return item.model_dump(mode="json", include=set(chosen) if chosen is not None else None, by_alias=True)


def _tag(version: int, chosen: frozenset[str] | None) -> str:
    # Another choice of fields is another representation, which needs a tag of its own (RFC 9110, 8.8.3).
    suffix = "" if chosen is None else "-" + hashlib.sha256(",".join(sorted(chosen)).encode()).hexdigest()[:8]
    return f'"{version}{suffix}"'
