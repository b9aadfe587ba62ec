"""The page a visitor writes from, as far as agents may know it."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from crm_backend.texts import clean_name

LONGEST_URL, LONGEST_TITLE = 500, 200


def page_of(given: Any, *, query: Collection[str], origins: Collection[str], host: str) -> dict[str, str] | None:
    """`url` and `title` of a page, given as such an object or as its address alone; None for what is no page of the
    company's: one of `origins`, or of the `host` that was asked.

    Of its query only the parameters named are kept: the rest may tell of people what agents need not know.
    """
    url, title = (given.get("url"), given.get("title")) if isinstance(given, dict) else (given, "")
    if not isinstance(url, str) or len(url) > 4 * LONGEST_URL:
        return None
    try:
        parts = urlsplit(clean_name(url, length=4 * LONGEST_URL))
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not parts.hostname or "\\" in url:
        return None
    place = parts.hostname + (f":{port}" if port else "")
    if f"{parts.scheme}://{place}" not in origins and place != host:
        return None
    kept = urlencode([pair for pair in parse_qsl(parts.query, max_num_fields=100) if pair[0] in query])
    shown = urlunsplit((parts.scheme, place, parts.path, kept, ""))
    return {
        "url": shown[:LONGEST_URL],
        "title": clean_name(title, length=LONGEST_TITLE) if isinstance(title, str) else "",
    }


def path_of(url: str) -> str:
    """The path of an address, or of what is a path already; at most 500 characters."""
    try:
        return (urlsplit(url).path or "/")[:LONGEST_URL]
    except ValueError:
        return "/"
