"""Articles for a message that is being written: while one types, and before it is sent."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession

from channels.port import Core
from crm_backend.database import reading
from crm_backend.errors import RateLimited
from crm_backend.knowledge import search, services
from server.help import forms
from server.help.pages import WRITE
from server.help.rendering import typeset
from server.help.searching import Result, Searcher, readable

LOOKS_FROM_ONE_NETWORK = 300
"""Looks for articles from one network in a minute: an office is many people."""
SHOWN = 3
FEWEST = 12
"""Characters from which something is looked for."""


class Suggesting:
    """Looks for articles that may answer a message."""

    def __init__(self, searcher: Searcher, core: Core) -> None:
        self._searcher, self._core = searcher, core

    def routes(self) -> list[web.RouteDef]:
        """`…/articles`, below the address of the form."""
        return [web.post(path + "/articles", self._articles(language)) for language, path in WRITE.items()]

    def _articles(self, language: str) -> Any:
        async def articles(request: web.Request) -> web.Response:
            """Articles for a message that is being written; nothing while many others look."""
            given = await forms.small(request)
            words, came_from = given.get("text", ""), given.get("from", "")
            items: list[dict[str, str]] = []
            try:
                await self._core.limiter.check("contact-form-looks", request.remote or "", LOOKS_FROM_ONE_NETWORK)
                if len(words) >= FEWEST and (line := readable(words)):
                    async with reading(self._core.sessions) as session:
                        found = await self._searcher.suggest(session, line, language)
                    items = [item(one) for one in found if _slug(one) != came_from][:SHOWN]
            except RateLimited:
                pass
            return web.json_response({"items": items}, headers={"Cache-Control": "no-store"})

        return articles

    async def close(self, session: AsyncSession, language: str, text: str) -> list[Result]:
        """Articles to look at before a message is sent, where one surely answers; none while too many search."""
        line = readable(text)
        if len(text) < FEWEST or not line:
            return []
        try:
            results = await self._searcher.search(session, line, language)
        except RateLimited:
            return []
        best = await search.best(session, question=line, language=language, vector=results.vector, limit=1)
        if results.language != language or not (best and best[0].may_answer(services.SURE)):
            return []
        return list(results.found[:SHOWN])


def _slug(found: Result) -> str:
    return urlsplit(found.url).path.rsplit("/", 1)[1]


def item(found: Result) -> dict[str, str]:
    """An article as the form shows it."""
    text = "".join(piece.text for piece in found.pieces)
    return {"title": typeset(found.title), "url": urlsplit(found.url).path, "slug": _slug(found), "text": typeset(text)}
