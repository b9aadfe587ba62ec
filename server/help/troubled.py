"""Addresses that nothing of ours can mean get a page in the reader's language, where a page was asked for."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from crm_backend.knowledge.schema import PATHS as HELP
from crm_backend.portal.schema import PATHS as PORTAL
from server.help.pages import WRITE
from server.help.rendering import typeset
from server.help.theme import theme_of
from server.help.words import WORDS
from server.problems import language_of
from server.settings import Settings

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
TOLD = {400: "malformed", 404: "missing", 405: "missing"}
PROGRAMS = ("/api/", "/desk", "/chat", "/hooks/", "/files/", "/static/", "/widget/")
"""What is not read by people."""


def friendly(settings: Settings) -> Any:
    """The middleware, around the one that makes problem documents. What a handler answers itself is left as it is."""
    templates = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"), autoescape=True, undefined=StrictUndefined
    )
    templates.filters["typeset"] = typeset
    theme = theme_of(settings)

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        response = await handler(request)
        told = TOLD.get(response.status)
        if told is None or response.content_type != "application/problem+json" or not _reads(request):
            return response
        language = _language(request)
        text = templates.get_template(f"{told}.html").render(
            language=language,
            company=settings.company,
            canonical=None,
            dress=theme.dress(language),
            words=WORDS[language],
            home=HELP[language],
            write=WRITE[language],
            account=PORTAL[language] if _within(request, PORTAL) else "",
            other={code: home for code, home in HELP.items() if code != language},
            query="",
        )
        headers = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex"}
        # What may be asked of an address belongs to the answer that something else was (RFC 9110, section 15.5.6).
        headers |= {"Allow": response.headers["Allow"]} if "Allow" in response.headers else {}
        return web.Response(text=text, status=response.status, content_type="text/html", headers=headers)

    return middleware


def _reads(request: web.Request) -> bool:
    """Whether somebody looks at a page: of ours, or at an address of the site where none is."""
    accepted = request.headers.get("Accept", "")
    if "/-/" in request.path and "text/html" not in accepted:
        return False
    if _within(request, HELP) or _within(request, PORTAL):
        return "json" not in accepted or "text/html" in accepted
    return "text/html" in accepted and not request.path.startswith(PROGRAMS)


def _within(request: web.Request, homes: dict[str, str]) -> bool:
    return any(request.path == home or request.path.startswith(home + "/") for home in homes.values())


def _language(request: web.Request) -> str:
    first = request.path[1:3]
    return first if first in HELP and request.path[3:4] in ("", "/") else language_of(request)
