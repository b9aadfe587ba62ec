"""The reading page of the API and its OpenAPI document; both tell nothing that is anybody's, and are read without a
key."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Any

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from server.api.declare import ROOT
from server.api.description import description
from server.api.reading_page import contents
from server.api.words import WORDS
from server.problems import language_of

_FOLDER = Path(__file__).parent / "templates"
LANGUAGES = ("fr", "en")


def routes(company: str) -> list[web.RouteDef]:
    """`/api/v1/openapi.json`, `/api/v1/docs` and its style."""

    async def page(request: web.Request) -> web.Response:
        return _told(request, _page(_language(request), company), "text/html")

    return [
        web.get(f"{ROOT}/openapi.json", _document),
        web.get(f"{ROOT}/docs", page),
        web.get(f"{ROOT}/docs.css", _style),
    ]


async def _document(request: web.Request) -> web.Response:
    return _told(request, _json(_language(request)), "application/json")


async def _style(_: web.Request) -> web.StreamResponse:
    return web.FileResponse(_FOLDER / "docs.css", headers={"Cache-Control": "no-cache"})


def _language(request: web.Request) -> str:
    asked = request.query.get("language", "")
    return asked if asked in LANGUAGES else language_of(request)


def _told(request: web.Request, text: str, kind: str) -> web.Response:
    tag = f'"{hashlib.sha256(text.encode()).hexdigest()[:16]}"'
    headers = {"ETag": tag, "Vary": "Accept-Language", "Cache-Control": "no-cache"}
    if request.headers.get("If-None-Match") == tag:
        return web.Response(status=304, headers=headers)
    return web.Response(text=text, content_type=kind, headers=headers)


@cache
def _json(language: str) -> str:
    return json.dumps(description(language), ensure_ascii=False)


@cache
def _page(language: str, company: str) -> str:
    pages = Environment(loader=FileSystemLoader(_FOLDER), autoescape=True, undefined=StrictUndefined)
    words: dict[str, Any] = WORDS[language]
    other = next(code for code in LANGUAGES if code != language)
    return pages.get_template("docs.html").render(
        language=language,
        other=other,
        company=company,
        words=words,
        root=ROOT,
        nouns=contents(description(language), language),
    )
