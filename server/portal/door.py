"""Signing in without a password: an address on file is asked for, and a code and a link are sent there."""

from __future__ import annotations

import secrets
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import structlog
from aiohttp import web

from crm_backend.customers import checks
from crm_backend.errors import BadToken, Invalid, RateLimited, TokenExpired
from crm_backend.portal import signing_in, visits
from crm_backend.portal import words as letters
from crm_backend.portal.schema import Language, Visit, path_of
from crm_backend.portal.signing_in import Begun, Browser
from crm_backend.proof_codes import on_pages
from crm_backend.proof_codes.on_pages import Letter
from crm_backend.proof_codes.redeeming import Heard
from server.portal.askers import Askers, asked, forget
from server.portal.demo import aloud
from server.portal.frame import COOKIES, Frame
from server.portal.roads import way_back

PER_MINUTE, TRIES_PER_MINUTE, OF_BROWSER_PER_MINUTE = 120, 240, 12
"""What one network may do, high enough for an office in which many shop; one browser may do less. What keeps codes from
being guessed, and strangers from using them up, is counted in the database (`crm_backend/proof_codes/on_pages.py`)."""
COUNTRIES = {"fr": "FR", "en": "GB"}
"""How a telephone number without a prefix is read."""
log = structlog.get_logger(__name__)


class Door:
    """`…/door`, `…/code`, `…/link/<token>` and `…/sign-out`."""

    def __init__(self, frame: Frame) -> None:
        self._frame = frame
        self._askers = Askers(frame.core.company.secret, secure=frame.secure)

    def routes(self) -> list[web.RouteDef]:
        """The pages before one is signed in, and the way out."""
        frame = self._frame
        return [
            *frame.open("GET", "door", self._door),
            *frame.open("POST", "door", self._ask, foreign=True),
            *frame.open("GET", "code", self._code),
            *frame.open("POST", "code", self._typed),
            *frame.open("GET", "link/{token}", self._link),
            *frame.open("POST", "link/{token}", self._follow),
            *frame.post("sign-out", self._leave, guests=True),
        ]

    async def _door(self, request: web.Request, visit: Visit | None, language: Language) -> web.StreamResponse:
        to = way_back(request.query.get("to"), language)
        if token := request.query.get("token"):
            return await self._of_shop(request, visit, language, token, to)
        if visit is not None and not visit.guest:
            return self._frame.leads_to(to)
        return self._asked(request, language, to)

    async def _ask(self, request: web.Request, visit: Visit | None, language: Language) -> web.StreamResponse:
        """Notes an address that a code is asked for to; the answer is the same whether anybody is known there."""
        frame, form = self._frame, await self._frame.form(request)
        to = way_back(form.get("to"), language)
        if "token" in form:
            return await self._from_shop(request, language, form["token"], to)
        frame.own(request)
        browser = asked(request, language).get("browser") or secrets.token_urlsafe(32)
        try:
            kind, value = _address(form.get("who", ""), language)
        except Invalid as error:
            return self._asked(request, language, to, who=form.get("who", "")[:200], wrong=error.reason, status=422)
        await frame.limiter.check("portal-ask", request.remote or "", PER_MINUTE)
        await frame.limiter.check("portal-ask-browser", browser, OF_BROWSER_PER_MINUTE)
        async with frame.sessions.begin() as session:
            asker = self._askers.asker(request, language, browser, kind=kind, value=value)
            noted = await on_pages.note(session, asker, kind=kind, value=value)
        if not isinstance(noted, UUID):
            raise RateLimited("codes for an address or a browser", retry_after=3600)
        frame.later(self._send(noted, kind, value, language, to))
        response = frame.leads_to(path_of(language, "code") + "?" + urlencode({"to": to}))
        self._askers.asked(response, browser, value)
        return response

    async def _send(self, code: UUID, kind: str, value: str, language: Language, to: str) -> None:
        frame = self._frame

        def link(token: str) -> str:
            return f"{frame.settings.address}{path_of(language, 'link', token)}?{urlencode({'to': to})}"

        texts = letters.SIGN_IN_BY_MAIL if kind == "email" else letters.SIGN_IN
        letter = Letter(texts[language], link if kind == "email" else None, aloud(frame))
        try:
            async with frame.sessions.begin() as session:
                sent = await on_pages.send(
                    session, code, value=value, letter=letter, language=language, starts=frame.starts()
                )
            if sent:
                await frame.wakes.outgoing()
        except Exception as error:  # noqa: BLE001  nobody waits for it: they ask again
            log.warning("portal.code_not_sent", cause=type(error).__name__)

    async def _code(self, request: web.Request, visit: Visit | None, language: Language) -> web.StreamResponse:
        to = way_back(request.query.get("to"), language)
        if not asked(request, language):
            return self._frame.leads_to(path_of(language, "door") + "?" + urlencode({"to": to}))
        return self._typing(request, language, to)

    async def _typed(self, request: web.Request, visit: Visit | None, language: Language) -> web.StreamResponse:
        """Signs in by a code that was typed in the browser that asked for it."""
        frame, form = self._frame, await self._frame.form(request)
        to, browser = way_back(form.get("to"), language), asked(request, language).get("browser", "")
        await frame.limiter.check("portal-code", request.remote or "", TRIES_PER_MINUTE)
        if not browser:
            return self._typing(request, language, to, wrong="gone", status=422)
        await frame.limiter.check("portal-code-browser", browser, OF_BROWSER_PER_MINUTE)
        code = "".join(letter for letter in form.get("code", "")[:40] if letter.isdecimal())
        async with frame.sessions.begin() as session:
            here = _browser(request, frame, language)
            heard, begun = await signing_in.by_code(session, here, asked=browser, code=code)
        if begun is None:
            return self._typing(request, language, to, wrong=heard, status=422)
        return self._proved(request, language, to, begun)

    async def _link(self, request: web.Request, visit: Visit | None, language: Language) -> web.StreamResponse:
        """What mail programs and scanners may look at as often as they like: nothing is spent by it."""
        token, to = request.match_info["token"][:100], way_back(request.query.get("to"), language)
        async with self._frame.sessions() as session:
            looked = await on_pages.look(session, token, browser=asked(request, language).get("browser", ""))
        return self._linked(request, language, to, looked.outcome, address=masked(looked.address), here=looked.here)

    async def _follow(self, request: web.Request, visit: Visit | None, language: Language) -> web.StreamResponse:
        """Signs in the browser in which the button is pressed: who has the link reads the mailbox."""
        frame = self._frame
        to = way_back((await frame.form(request)).get("to"), language)
        await frame.limiter.check("portal-link", request.remote or "", TRIES_PER_MINUTE)
        token = request.match_info["token"][:100]
        async with frame.sessions.begin() as session:
            heard, begun = await signing_in.by_link(session, _browser(request, frame, language), token=token)
        if begun is None:
            return self._linked(request, language, to, heard, status=422)
        return self._proved(request, language, to, begun)

    async def _of_shop(
        self, request: web.Request, visit: Visit | None, language: Language, token: str, to: str
    ) -> web.StreamResponse:
        """A link of the company's site: a button does what its form would, so that no address signs anybody in. Who is
        in already goes on."""
        try:
            person, word = self._frame.shop.word(token)
        except BadToken as error:
            return self._not_told(request, language, error)
        async with self._frame.sessions() as session:
            here = await signing_in.let_in_here(session, visit, word)
            spent = await signing_in.spent(session, word)
        if here:
            return self._frame.leads_to(to)
        if spent:
            return self._frame.page(request, "door_unknown.html", None, language, status=401, wrong="spent")
        values: dict[str, Any] = {"token": token, "to": to, "name": person.name or person.email or person.number}
        return self._frame.page(request, "door_shop.html", None, language, **values)

    async def _from_shop(self, request: web.Request, language: Language, token: str, to: str) -> web.StreamResponse:
        frame = self._frame
        frame.shop.from_here(request.headers.get("Origin"), request.host)
        await frame.limiter.check("portal-shop", request.remote or "", TRIES_PER_MINUTE)
        try:
            _, word = frame.shop.word(token)
        except BadToken as error:
            return self._not_told(request, language, error)
        async with frame.sessions.begin() as session:
            came, begun = await signing_in.by_word(session, _browser(request, frame, language), word)
        if came == "spent":
            # A form of another site comes without our cookies; asked for again, the page tells who is in already.
            return frame.leads_to(path_of(language, "door") + "?" + urlencode({"token": token, "to": to}))
        if begun is None:
            return frame.page(request, "door_unknown.html", None, language, status=404, wrong="unknown")
        return self._in(to, begun)

    def _not_told(self, request: web.Request, language: Language, error: BadToken) -> web.Response:
        # For who builds the site: the reason is nobody's secret, and no part of the token.
        log.info("portal.not_signed_in", cause=str(error))
        wrong = "expired" if isinstance(error, TokenExpired) else "bad"
        return self._frame.page(request, "door_unknown.html", None, language, status=error.status, wrong=wrong)

    async def _leave(self, request: web.Request, visit: Visit, language: Language) -> web.StreamResponse:
        async with self._frame.sessions.begin() as session:
            for name in COOKIES.values():
                if token := request.cookies.get(name):
                    await visits.end(session, token)
        return self._frame.let_out(path_of(language, "door"), "done_signed_out")

    def _in(self, to: str, token: str) -> web.Response:
        response = self._frame.let_in(to, token)
        forget(response)
        return response

    def _proved(self, request: web.Request, language: Language, to: str, begun: Begun) -> web.Response:
        response = self._in(to, begun.token)
        self._askers.remember(request, response, language, begun.address_key)
        return response

    def _asked(self, request: web.Request, language: str, to: str, *, status: int = 200, **values: Any) -> web.Response:
        told = {"who": "", "wrong": "", "to": to} | values
        return self._frame.page(request, "door.html", None, language, status=status, **told)

    def _typing(
        self, request: web.Request, language: str, to: str, *, wrong: str = "", status: int = 200
    ) -> web.Response:
        told = {"who": asked(request, language).get("who", ""), "wrong": wrong, "to": to, "demo": self._frame.shop.demo}
        return self._frame.page(request, "door_code.html", None, language, status=status, **told)

    def _linked(
        self, request: web.Request, language: str, to: str, heard: Heard, *, status: int = 200, **values: Any
    ) -> web.Response:
        told = {"heard": heard, "to": to, "address": "", "here": False} | values
        return self._frame.page(request, "door_link.html", None, language, status=status, **told)


def masked(address: str) -> str:
    """An address that who has it recognises: `m•••@example.fr`."""
    local, at, domain = address.rpartition("@")
    return f"{local[:1]}•••@{domain}" if at else f"•••{address[-2:]}" if address else ""


def _address(given: str, language: str) -> tuple[str, str]:
    """The kind and value of what was typed. Raises Invalid."""
    if "@" in given:
        return "email", checks.email("who", given.strip())
    if not any(letter.isdecimal() for letter in given):
        raise Invalid("who", "email")
    return "phone", checks.phone("who", given, country=COUNTRIES[language])


def _browser(request: web.Request, frame: Frame, language: str) -> Browser:
    return Browser(request.headers.get("User-Agent", ""), request.cookies.get(COOKIES[language]), frame.lasting)
