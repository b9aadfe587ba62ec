"""Addresses of the portal: read from a request, and those that somebody else wrote taken with care."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

from aiohttp import web

from crm_backend.portal.schema import PARTS, PATHS, translated

LONGEST: Final = 500


def way_back(given: str | None, language: str) -> str:
    """Where somebody wanted to go before they signed in: a page of ours, or the home. Never anywhere else."""
    home = PATHS[language]
    if not given or len(given) > LONGEST or not given.isascii() or not given.isprintable() or "\\" in given:
        return home
    try:
        parts = urlsplit(given)
    except ValueError:
        return home
    path = parts.path
    ours = any(path == each or path.startswith(each + "/") for each in PATHS.values())
    if parts.scheme or parts.netloc or not ours or "//" in path or "/." in path or "%2e" in path.lower():
        return home
    return path + (f"?{parts.query}" if parts.query else "")


def page_before(request: web.Request) -> str:
    """The page of ours that a form stood on, as the browser tells it; nothing where it does not."""
    try:
        before = urlsplit(request.headers.get("Referer", ""))
    except ValueError:
        return ""
    if before.netloc != request.host:
        return ""
    return before.path + (f"?{before.query}" if before.query else "")


def parts_of(pattern: str) -> list[str]:
    """The parts of a pattern, by their keys."""
    return [part for part in pattern.split("/") if part]


def section_of(path: str) -> str:
    """The key of the first part of a page's address; the part itself where it is none."""
    first = translated(path, "en").removeprefix(PATHS["en"]).strip("/").split("/")[0]
    return next((key for key, said in PARTS.items() if said["en"] == first), first)


def pattern_of(request: web.Request) -> str:
    """An address without what somebody may have put into it."""
    info = request.match_info.route.resource
    return info.canonical if info is not None else ""
