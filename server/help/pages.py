"""The help centre's pages: home with search, and articles. Rendered on the server, readable without JavaScript."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Callable
from itertools import groupby
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import nh3
import structlog
from aiohttp import web
from babel.dates import format_date
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markdown_it import MarkdownIt
from markupsafe import Markup
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.conversations.texts import shorten
from crm_backend.database import Sessions
from crm_backend.errors import ForeignOrigin, NotFound, RateLimited
from crm_backend.knowledge import categories, opinions, pictures, search, services, unanswered
from crm_backend.knowledge.categories import Shelf
from crm_backend.knowledge.schema import PATHS, ArticleLink, path_of
from server.embedding import Embedder
from server.help.counting import ViewCounter
from server.help.words import WORDS
from server.limiter import RedisLimiter

LOCALES = {"fr": "fr_FR", "en": "en_GB"}
FOUND_AT_MOST, FOUND_AT_LEAST = 6, 0.3
UNANSWERED_PER_MINUTE, OPINIONS_PER_MINUTE = 10, 20
log = structlog.get_logger(__name__)
_markdown = MarkdownIt("commonmark", {"html": False}).enable("table")


def typeset(text: str) -> str:
    """The text with the apostrophes of print: authors type the straight one."""
    return re.sub(r"(?<=\w)'(?=\w)", "’", text)


def grouped(links: list[ArticleLink], shelves: list[Shelf], language: str) -> list[tuple[str, list[ArticleLink]]]:
    """The articles by category, in the order of the tree: a category's own come before those of what stands in it,
    which carry its name before theirs."""
    by_key = {shelf.key: shelf for shelf in shelves}

    def path(key: str) -> list[Shelf]:
        shelf = by_key[key]
        return [*(path(shelf.parent) if shelf.parent else []), shelf]

    paths = {shelf.key: path(shelf.key) for shelf in shelves}
    ordered = sorted(links, key=lambda link: [(one.position, one.key) for one in paths[link.category]])
    return [
        (" › ".join(one.names.get(language) or one.key for one in paths[key]), list(group))
        for key, group in groupby(ordered, key=lambda link: link.category)
    ]


class HelpCentre:
    """The pages and what they need."""

    def __init__(
        self,
        *,
        sessions: Sessions,
        embedder: Embedder,
        limiter: RedisLimiter,
        link: Callable[[UUID], str],
        company: str,
        zone: ZoneInfo,
    ) -> None:
        self._sessions, self._embedder, self._company, self._zone = sessions, embedder, company, zone
        self._limiter, self._link, self._views = limiter, link, ViewCounter(sessions, zone)
        # Tells two opinions of one browser from two people's, and nobody who they are.
        self._salt = secrets.token_bytes(16)
        self._templates = Environment(
            loader=FileSystemLoader(Path(__file__).parent / "templates"), autoescape=True, undefined=StrictUndefined
        )
        self._templates.filters["typeset"] = typeset

    def routes(self) -> list[web.RouteDef]:
        """`/fr/aide…` and `/en/help…`"""
        found = []
        for language in PATHS:
            found.append(web.get(PATHS[language], self._home(language)))
            found.append(web.get(PATHS[language] + "/{slug}", self._article(language)))
            found.append(web.post(PATHS[language] + "/{slug}", self._opinion(language)))
        return found

    async def close(self) -> None:
        """Writes down what was counted."""
        await self._views.close()

    def _home(self, language: str) -> Any:
        async def home(request: web.Request) -> web.Response:
            query = shorten(request.query.get("q", "")[:300], 200)
            async with self._sessions() as session:
                links = await services.listing(session, language=language)
                shelves = await categories.shelves(session)
                results = await self._search(session, query, language, request.remote or "") if query else []
            groups = grouped(links, shelves, language)
            other = {code: path for code, path in PATHS.items() if code != language}
            return self._page("home.html", language, other=other, groups=groups, query=query, results=results)

        return home

    async def _search(self, session: AsyncSession, query: str, language: str, remote: str) -> list[dict[str, str]]:
        vector = await self._embedder.one(query)
        found = await search.best(session, question=query, language=language, vector=vector, limit=FOUND_AT_MOST)
        results = [
            {"title": one.title, "summary": one.summary, "url": path_of(one.language, one.slug)}
            for one in found
            if one.score >= FOUND_AT_LEAST
        ]
        if not results:
            await self._note(session, query, language, vector, remote)
        return results

    async def _note(self, session: AsyncSession, query: str, language: str, vector: list[float], remote: str) -> None:
        """Keeps a question that found nothing; whoever asks many in a minute is not listened to."""
        try:
            await self._limiter.check("help-unanswered", remote, UNANSWERED_PER_MINUTE)
            await unanswered.note(session, question=query, language=language, source="help", vector=vector)
            await session.commit()
        except RateLimited:
            return
        except SQLAlchemyError as error:
            log.warning("question.not_kept", cause=type(error).__name__)

    def _article(self, language: str) -> Any:
        async def article(request: web.Request) -> web.Response:
            try:
                async with self._sessions() as session:
                    page = await services.page(session, language=language, slug=request.match_info["slug"])
                    files = await pictures.of(session, page.id) if "(/files/" in page.body else []
            except NotFound:
                return self._page("missing.html", language, other={}, status=404)
            other = {code: path for code, path in page.addresses.items() if code != language}
            date = format_date(page.updated_at.astimezone(self._zone), "long", locale=LOCALES[language])
            text = typeset(pictures.resolved(page.body, files, self._link))
            body = Markup(nh3.clean(_markdown.render(text)))  # noqa: S704  cleaned on the spot
            if request.method == "GET":
                self._views.seen(page.id, language)
            said = request.query.get("opinion", "")
            asked: dict[str, Any] = {"said": said if said in ("yes", "no", "told") else "", "reasons": opinions.REASONS}
            return self._page("article.html", language, other=other, page=page, body=body, date=date, **asked)

        return article

    def _opinion(self, language: str) -> Any:
        async def opinion(request: web.Request) -> web.Response:
            if request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
                raise ForeignOrigin("an opinion from elsewhere")
            await self._limiter.check("help-opinions", request.remote or "", OPINIONS_PER_MINUTE)
            form = {name: value for name, value in (await request.post()).items() if isinstance(value, str)}
            helpful, reason = form.get("helpful") == "yes", form.get("reason")
            who = f"{request.remote} {request.headers.get('User-Agent', '')}"
            visitor = hashlib.sha256(self._salt + who.encode("utf-8", "replace")).hexdigest()[:32]
            async with self._sessions.begin() as session:
                page = await services.page(session, language=language, slug=request.match_info["slug"])
                await opinions.give(
                    session,
                    article_id=page.id,
                    language=language,
                    helpful=helpful,
                    reason=reason if reason in opinions.REASONS and not helpful else None,
                    comment=form.get("comment", "")[: opinions.COMMENT],
                    visitor=visitor,
                )
            said = "yes" if helpful else "told" if "comment" in form else "no"
            raise web.HTTPSeeOther(f"{path_of(language, page.slug)}?opinion={said}#opinion")

        return opinion

    def _page(self, name: str, language: str, *, status: int = 200, **values: Any) -> web.Response:
        text = self._templates.get_template(name).render(
            language=language,
            company=self._company,
            words=WORDS[language],
            home=PATHS[language],
            **values,
        )
        return web.Response(text=text, status=status, content_type="text/html")
