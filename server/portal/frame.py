"""What every page of the portal is made with: who visits, the form that came, the page that goes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import structlog
from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession

from channels.port import Core, own_page
from crm_backend.database import Sessions, unreachable
from crm_backend.errors import ForeignOrigin, RelaisError
from crm_backend.notifications.schema import Start
from crm_backend.portal import kept, visits
from crm_backend.portal.schema import PATHS, KeptForm, Language, Visit, path_of
from crm_backend.portal.visits import Lasting
from server.cases import news
from server.files import FileStore
from server.limiter import RedisLimiter
from server.portal import forms
from server.portal.looks import NOTICE, Looks
from server.portal.matters import Provider
from server.portal.roads import page_before, parts_of, pattern_of, way_back
from server.portal.shop import Shop
from server.problems import BY_STATUS, SENTENCES, sentence
from server.settings import Settings
from server.wakes import Wakes

Handler = Callable[[web.Request, Visit, Language], Awaitable[web.StreamResponse]]
OpenHandler = Callable[[web.Request, "Visit | None", Language], Awaitable[web.StreamResponse]]
Plain = Callable[[web.Request], Awaitable[web.StreamResponse]]
COOKIES = {"fr": "relais_compte", "en": "relais_account"}
"""A cookie of its own for each language's pages: no other page of the site is shown either."""
log = structlog.get_logger(__name__)


@dataclass
class Frame:
    """The means of all pages. `matters` are asked, in order, for what the home shows; pages add theirs."""

    sessions: Sessions
    limiter: RedisLimiter
    files: FileStore
    wakes: Wakes
    settings: Settings
    core: Core
    """What takes messages in, and tells who listens of them."""
    starts: Callable[[], Sequence[Start]]
    """The accounts that may write first, as `notifications.routes` asks for them."""
    shop: Shop
    """What the company's own site says of who is signed in there."""
    matters: list[Provider] = field(default_factory=list)

    def __post_init__(self) -> None:
        looks = Looks(self.settings, self.core, self.lasting)
        self.page, self.words = looks.page, looks.words
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def zone(self) -> ZoneInfo:
        """The company's."""
        return ZoneInfo(self.settings.timezone)

    @property
    def secure(self) -> bool:
        """Whether cookies are for HTTPS only."""
        return self.settings.address.startswith("https://")

    @property
    def lasting(self) -> Lasting:
        """How long a visit is good for."""
        idle, most = self.settings.portal_idle_minutes, self.settings.portal_hours
        return Lasting(timedelta(minutes=idle), timedelta(hours=most))

    def get(self, pattern: str, handler: Handler, *, guests: bool = False) -> list[web.RouteDef]:
        """A page for who is signed in, in both languages. `pattern` names its parts by their keys in `PARTS`:
        `orders/{id}/cancel` is `/fr/compte/commandes/{id}/annuler` and `/en/account/orders/{id}/cancel`."""
        signed_in = self.signed_in(handler, guests=guests)
        return [web.get(path_of(language, *parts_of(pattern)), signed_in) for language in PATHS]

    def post(self, pattern: str, handler: Handler, *, guests: bool = False, files: bool = False) -> list[web.RouteDef]:
        """The same for a form; with `files`, the handler reads it by `forms.with_files`."""
        signed_in = self.signed_in(handler, guests=guests, files=files)
        return [web.post(path_of(language, *parts_of(pattern)), signed_in) for language in PATHS]

    def open(self, method: str, pattern: str, handler: OpenHandler, *, foreign: bool = False) -> list[web.RouteDef]:
        """A page for everybody, in both languages: the visit is None where nobody is signed in. With `foreign`, the
        handler sees to it itself who may send it a form."""
        shown = self.anybody(handler, foreign=foreign)
        return [web.route(method, path_of(language, *parts_of(pattern)), shown) for language in PATHS]

    def signed_in(self, handler: Handler, *, guests: bool = False, files: bool = False) -> Plain:
        """Lets in who is signed in, and with `guests` who looked up one order; anybody else finds the door, which leads
        back here. A form must come from a page of ours and of this visit. Errors become pages."""

        async def handle(request: web.Request, visit: Visit | None, language: Language) -> web.StreamResponse:
            if visit is None or (visit.guest and not guests):
                return await self._to_the_door(request, visit, language)
            if request.method == "POST":
                await forms.check(request, visit, files=files)
            response = await handler(request, visit, language)
            if request.method == "POST" and response.status == 303 and visit.typed_in(request.path):
                async with self.sessions.begin() as session:
                    await kept.let_go(session, visit)
            return response

        return self.anybody(handle)

    async def _to_the_door(self, request: web.Request, visit: Visit | None, language: Language) -> web.Response:
        """Who has to sign in comes back here. What was typed into a form of a visit that has just ended is kept for
        them, and only for them."""
        door = path_of(language, "door")
        if request.method == "GET":
            return self.leads_to(f"{door}?{urlencode({'to': request.path_qs})}")
        token = request.cookies.get(COOKIES[language])
        if visit is not None or token is None:
            return self.leads_to(door)
        page = way_back(page_before(request), language)
        async with self.sessions() as session:
            ended = await kept.ended(session, token, idle=self.lasting.idle)
        if ended is None:
            return self.leads_to(door)
        fields, files = await forms.typed(request, csrf=ended.csrf)
        if not fields:
            return self.leads_to(door)
        async with self.sessions.begin() as session:
            waits = await kept.keep(session, ended.id, KeptForm(request.path, page, fields, files))
        return self.done(f"{door}?{urlencode({'to': page})}", "done_kept" if waits else "done_not_kept")

    def anybody(self, handler: OpenHandler, *, foreign: bool = False) -> Plain:
        """Tells the handler who visits, if anybody does, and makes pages of errors."""

        async def handle(request: web.Request) -> web.StreamResponse:
            language: Language = "fr" if request.path.startswith(PATHS["fr"]) else "en"
            visit = None
            try:
                if request.method == "POST" and not foreign:
                    self.own(request)
                visit = await self.visit_of(request, language)
                response = await handler(request, visit, language)
            except RelaisError as error:
                log.info("request.refused", path=pattern_of(request), code=error.code)
                response = self.trouble(request, visit, language, error)
            except web.HTTPException as error:
                if error.status < 400:
                    raise
                said = SENTENCES[BY_STATUS.get(error.status, "bad_input")][language]
                response = self._trouble(request, visit, language, error.status, said)
            except Exception as error:  # as the last net of all pages (server/problems), but a page
                away = unreachable(error)
                code = "unavailable" if away else "internal_error"
                log.error("request.failed", path=pattern_of(request), cause=type(error).__name__, exc_info=not away)
                response = self._trouble(request, None, language, 503 if away else 500, SENTENCES[code][language])
            response.headers["Cache-Control"] = "no-store"
            response.headers["X-Robots-Tag"] = "noindex"
            response.headers["Referrer-Policy"] = "same-origin"
            return response

        return handle

    @staticmethod
    def own(request: web.Request) -> None:
        """Raises ForeignOrigin when a page of another site sent this form."""
        origin = request.headers.get("Origin")
        if origin is not None and not own_page(origin, request.host):
            raise ForeignOrigin("another site")
        if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
            raise ForeignOrigin("another site")

    async def visit_of(self, request: web.Request, language: Language) -> Visit | None:
        """Who visits, by the cookie."""
        token = request.cookies.get(COOKIES[language])
        if token is None:
            return None
        async with self.sessions() as session, session.begin():
            return await visits.found(session, token, language=language, lasting=self.lasting)

    async def form(self, request: web.Request) -> dict[str, str]:
        """The fields of a form without files. Raises TooLarge, BadInput."""
        return await forms.fields(request)

    def done(self, path: str, notice: str = "") -> web.Response:
        """To another page after a form (303). `notice` is the key of a word that begins with `done_`: the next page
        says it once."""
        response = self.leads_to(path)
        if notice:
            where = next((home for home in PATHS.values() if path.startswith(home)), "/")
            response.set_cookie(
                NOTICE, notice, path=where, max_age=60, httponly=True, samesite="Lax", secure=self.secure
            )
        return response

    @staticmethod
    def leads_to(path: str) -> web.Response:
        """A redirect that is always fetched with GET."""
        return web.Response(status=303, headers={"Location": path})

    @asynccontextmanager
    async def changing(self) -> AsyncIterator[AsyncSession]:
        """A transaction; once it is committed, open desks hear which cases it touched."""
        async with self.sessions() as session:
            async with session.begin():
                yield session
            await news.tell(session, self.wakes)

    def later(self, work: Coroutine[Any, Any, None]) -> None:
        """Does something once the answer is on its way: how long it takes tells nobody anything."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        """Waits for what was to be done later."""
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def let_in(self, path: str, token: str) -> web.Response:
        """To a page (303), signed in: the token of the visit goes into the cookies, each for its language's pages."""
        response = self.leads_to(path)
        for language, name in COOKIES.items():
            response.set_cookie(name, token, path=PATHS[language], httponly=True, samesite="Lax", secure=self.secure)
        return response

    def let_out(self, path: str, notice: str) -> web.Response:
        """The same, signed out."""
        response = self.done(path, notice)
        for language, name in COOKIES.items():
            response.del_cookie(name, path=PATHS[language])
        return response

    def trouble(
        self, request: web.Request, visit: Visit | None, language: str, error: RelaisError, **values: Any
    ) -> web.Response:
        """The page of an error, in the reader's language."""
        return self._trouble(request, visit, language, error.status, sentence(error, language), **values)

    def _trouble(
        self, request: web.Request, visit: Visit | None, language: str, status: int, said: str, **values: Any
    ) -> web.Response:
        if status in (401, 403):
            said = self.words(language)["refused"]
        if status == 404:
            said = self.words(language)["missing"]
        return self.page(request, "trouble.html", visit, language, status=status, said=said, **values)
