"""The help centre's pages: home with search, and articles. Rendered on the server, readable without JavaScript."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

import structlog
from aiohttp import web
from babel.dates import format_date
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.database import Sessions, reading, utc_now
from crm_backend.errors import NotFound, RateLimited
from crm_backend.knowledge import browsing, categories, links, opinions, pictures, services, unanswered
from crm_backend.knowledge.categories import Shelf
from crm_backend.knowledge.schema import PATHS
from crm_backend.texts import shorten
from server.embedding import Embedder
from server.help.allowance import PAGE, SEARCH, Allowance
from server.help.counting import ViewCounter
from server.help.keeping import KeptPages
from server.help.opining import Opinions
from server.help.rendering import rendered, typeset
from server.help.searching import LONGEST, Results, Searcher, readable
from server.help.shelving import grouped, named
from server.help.telling import anchored, fresh, sitemap, structured
from server.help.theme import ADDRESS, Theme
from server.help.words import WORDS
from server.limiter import RedisLimiter

LOCALES = {"fr": "fr_FR", "en": "en_GB"}
WRITE = {"fr": f"{PATHS['fr']}/-/ecrire", "en": f"{PATHS['en']}/-/write"}
"""Where one writes to a person."""
CLOSED = ("/desk/", "/files/", "/*/-/")
"""What search engines leave alone."""
UNANSWERED_PER_MINUTE = 10
HOMES, FRESH = 100, 60
"""Homes in memory, and seconds that what is read most may be old on them."""
log = structlog.get_logger(__name__)


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
        address: str,
        zone: ZoneInfo,
        theme: Theme,
        searches_per_minute: int,
    ) -> None:
        self._sessions, self._company, self._zone = sessions, company, zone
        self.searcher, self._address = Searcher(embedder), address.rstrip("/")
        self._limiter, self._link, self._views = limiter, link, ViewCounter(sessions, zone)
        self._kept, self._homes, self._theme = KeptPages(), KeptPages(HOMES), theme
        self._allowance = Allowance(searches_per_minute)
        self._opinions = Opinions(sessions, limiter)
        self._templates = Environment(
            loader=FileSystemLoader(Path(__file__).parent / "templates"), autoescape=True, undefined=StrictUndefined
        )
        self._templates.filters["typeset"] = typeset

    def routes(self) -> list[web.RouteDef]:
        """`/fr/aide…` and `/en/help…`, and what search engines read."""
        found = [web.get("/sitemap.xml", self._sitemap), web.get("/robots.txt", self._robots)]
        found.append(web.get(ADDRESS + "{name}", self._theme.serve))
        for language, home in PATHS.items():
            found.append(web.get(home, self._home(language)))
            found.append(web.get(home + "/", self._home(language)))
            found.append(web.get(home + "/-/suggestions", self._suggestions(language)))
            found.append(web.get(home + "/{slug}", self._article(language)))
            found.append(web.post(home + "/{slug}", self._opinions.page(language)))
        return found

    async def close(self) -> None:
        """Writes down what was counted."""
        await self._views.close()

    def _home(self, language: str) -> Any:
        async def home(request: web.Request) -> web.Response:
            if words := request.query.get("q", "").strip():
                return await self._search(request, words, language)
            chosen = request.query.get("category", "")
            async with reading(self._sessions) as session:
                edition = await browsing.state(session) + self._theme.dress(language).edition
                shelves = await categories.shelves(session)
                chosen = chosen if chosen in {shelf.key for shelf in shelves} else ""
                name = (f"{language}/{chosen}", int(time.monotonic() // FRESH), "")
                if (text := self._homes.get(edition, name)) is None:
                    text = await self._listed(session, language, shelves, chosen or None)
                    self._homes.keep(edition, name, text)
            return fresh(request, web.Response(text=text, content_type="text/html"))

        return home

    async def _listed(self, session: AsyncSession, language: str, shelves: Sequence[Shelf], chosen: str | None) -> str:
        """The home, or with `chosen` the page of a shelf."""
        listed = await services.listing(session, language=language)
        today = utc_now().astimezone(self._zone).date()
        popular = await browsing.popular(session, language=language, today=today)
        recent = await browsing.recent(session, language=language)
        names = named(shelves, language)
        groups = grouped(listed, shelves, language, chosen)
        chosen = chosen if groups else None
        suffix = f"?category={quote(chosen)}" if chosen else ""
        return self.page_text(
            "home.html",
            language,
            canonical=PATHS[language] + suffix,
            other={code: path + suffix for code, path in PATHS.items() if code != language},
            shelf=names[chosen] if chosen else "",
            groups=groups,
            popular=popular,
            recent=recent,
            query="",
        )

    async def _search(self, request: web.Request, words: str, language: str) -> web.Response:
        query, category = readable(words), request.query.get("category")
        other = {code: f"{path}?{urlencode({'q': query})}" for code, path in PATHS.items() if code != language}
        asked = query or shorten(words, LONGEST)
        try:
            async with reading(self._sessions) as session:
                if query:
                    self._allowance.take(request.remote or "", SEARCH)
                results = await self.searcher.search(session, query, language, category) if query else None
                names = named(await categories.shelves(session), language)
        except RateLimited as error:
            return self._busy(request, language, error, other=other, query=asked)
        if results and not results.found:
            await self._note(results, request.remote or "")
        return self._page(request, "search.html", language, other=other, query=asked, results=results, names=names)

    def _busy(self, request: web.Request, language: str, error: RateLimited, **values: Any) -> web.Response:
        page = self._page(request, "busy.html", language, status=429, seconds=error.retry_after, **values)
        page.headers["Retry-After"] = str(error.retry_after)
        return page

    def _suggestions(self, language: str) -> Any:
        async def suggestions(request: web.Request) -> web.Response:
            typed = readable(request.query.get("q", ""))
            found = []
            with suppress(RateLimited):
                async with reading(self._sessions) as session:
                    self._allowance.take(request.remote or "", PAGE)
                    found = await self.searcher.suggest(session, typed, language)
            items = [{"title": typeset(one.title), "url": one.url} for one in found]
            return web.json_response({"items": items})

        return suggestions

    async def _note(self, results: Results, remote: str) -> None:
        """Keeps a question that found nothing; whoever asks many in a minute is not listened to."""
        try:
            await self._limiter.check("help-unanswered", remote, UNANSWERED_PER_MINUTE)
            async with self._sessions.begin() as session:
                await unanswered.note(
                    session, question=results.query, language=results.language, source="help", vector=results.vector
                )
        except RateLimited:
            return
        except SQLAlchemyError as error:
            log.warning("question.not_kept", cause=type(error).__name__)

    def _article(self, language: str) -> Any:
        async def article(request: web.Request) -> web.Response:
            slug, said = request.match_info["slug"], request.query.get("opinion", "")
            async with reading(self._sessions) as session:
                there = await browsing.edition(session, language=language, slug=slug)
                if there is None:
                    return await self._missing(request, language, slug)
                article_id, version, edition = there
                edition += self._theme.dress(language).edition
                self._views.seen(article_id, language, searched=shorten(request.query.get("q", "")[:300], 200))
                said = said if said in ("yes", "no", "told") else ""
                name = (f"{language}/{slug}", version, said)
                text = self._kept.get(edition, name)
                if text is None:
                    try:
                        self._allowance.take(request.remote or "", PAGE)
                        text = await self._written(session, language, slug, said)
                    except NotFound:
                        return await self._missing(request, language, slug)
                    except RateLimited as error:
                        return self._busy(request, language, error, other={}, query="")
                    # The addresses of files are good for an hour.
                    if "/files/" not in text:
                        self._kept.keep(edition, name, text)
            return fresh(request, web.Response(text=text, content_type="text/html"))

        return article

    async def _written(self, session: AsyncSession, language: str, slug: str, said: str) -> str:
        """The page of an article. Raises NotFound when it left a moment ago."""
        page = await services.page(session, language=language, slug=slug)
        files = await pictures.of(session, page.id) if "(/files/" in page.body else []
        to = await links.targets(session, page.body, language=language)
        related = await browsing.related(session, article_id=page.id, language=language)
        shelf = named(await categories.shelves(session), language)[page.category]
        lead, rest, contents = anchored(rendered(page.body, language=language, files=files, link=self._link, to=to))
        return self.page_text(
            "article.html",
            language,
            canonical=page.addresses[language],
            other={code: path for code, path in page.addresses.items() if code != language},
            page=page,
            lead=lead,
            rest=rest,
            contents=contents,
            related=related,
            shelf=shelf,
            structured=structured(page, shelf, WORDS[language]["title"], self._address),
            date=format_date(page.updated_at.astimezone(self._zone), "long", locale=LOCALES[language]),
            query="",
            said=said,
            reasons=opinions.REASONS,
        )

    async def _missing(self, request: web.Request, language: str, slug: str) -> web.Response:
        """Where the article stands now, if it was once at this address."""
        async with reading(self._sessions) as session:
            path = await browsing.moved(session, language=language, slug=slug)
        if path:
            raise web.HTTPMovedPermanently(path, headers={"Cache-Control": "no-cache"})
        return self._page(request, "missing.html", language, other={}, status=404, query="")

    async def _sitemap(self, request: web.Request) -> web.Response:
        async with reading(self._sessions) as session:
            text = sitemap(await browsing.addresses(session), self._address)
        return fresh(request, web.Response(text=text, content_type="application/xml"))

    async def _robots(self, request: web.Request) -> web.Response:
        lines = [
            "User-agent: *",
            *(f"Disallow: {path}" for path in CLOSED),
            f"Sitemap: {self._address}/sitemap.xml",
            "",
        ]
        return web.Response(text="\n".join(lines), content_type="text/plain")

    def _page(
        self, request: web.Request, name: str, language: str, *, status: int = 200, **values: Any
    ) -> web.Response:
        text = self.page_text(name, language, **values)
        return fresh(request, web.Response(text=text, status=status, content_type="text/html"))

    def page_text(self, name: str, language: str, *, canonical: str | None = None, **values: Any) -> str:
        """A page of the help centre, from its template."""
        return self._templates.get_template(name).render(
            language=language,
            locale=LOCALES[language],
            company=self._company,
            address=self._address,
            canonical=canonical,
            dress=self._theme.dress(language),
            words=WORDS[language],
            home=PATHS[language],
            write=WRITE[language],
            **values,
        )
