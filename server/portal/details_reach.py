"""A new e-mail address, which counts once a code has proved it; a new telephone number; and which comes first."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import structlog
from aiohttp import web
from sqlalchemy import select

from crm_backend.customers import checks
from crm_backend.customers import identities as reach
from crm_backend.customers.model import Identity
from crm_backend.errors import Invalid, NotFound, NotNow, RateLimited
from crm_backend.portal import words as letters
from crm_backend.portal.schema import Language, Visit, path_of
from crm_backend.proof_codes import changing, codes, on_pages, places
from crm_backend.proof_codes.on_pages import Asker, Letter
from server.portal.demo import aloud
from server.portal.details import keeper, refused
from server.portal.door import COUNTRIES, OF_BROWSER_PER_MINUTE
from server.portal.drafts import Drafts
from server.portal.frame import Frame

log = structlog.get_logger(__name__)


class Reach:
    """`…/details/email`, `…/details/email/code`, `…/details/email/first` and `…/details/phone`."""

    def __init__(self, frame: Frame) -> None:
        self._frame = frame
        self._drafts = Drafts(frame.settings)

    def routes(self) -> list[web.RouteDef]:
        """The forms, and the page on which the code is typed."""
        frame = self._frame
        return [
            *frame.post("details/email", self._email),
            *frame.get("details/email/code", self._code),
            *frame.post("details/email/code", self._typed),
            *frame.post("details/email/first", self._first),
            *frame.post("details/phone", self._phone),
        ]

    async def _email(self, request: web.Request, visit: Visit, language: Language) -> web.StreamResponse:
        """Sends a code to the new address; nothing is written down yet."""
        frame, form = self._frame, await self._frame.form(request)
        try:
            value = checks.email("email", form.get("email", ""))
        except Invalid as error:
            return await refused(frame, request, visit, language, error, place="email", given=form)
        await frame.limiter.check("portal-new-email", str(visit.id), OF_BROWSER_PER_MINUTE)
        asker = Asker(_browser(visit), places.of_customer(visit.customer_id))
        async with frame.sessions.begin() as session:
            noted = await on_pages.note(session, asker, kind="email", value=value, purpose="change")
        if not isinstance(noted, UUID):
            raise RateLimited("codes for an address or a visit", retry_after=3600)
        frame.later(self._send(noted, value, language))
        draft = self._drafts.seal({"email": value}, place=_browser(visit))
        return frame.leads_to(path_of(language, "details", "email", "code") + f"?draft={draft}")

    async def _send(self, code: UUID, value: str, language: Language) -> None:
        frame = self._frame
        letter = Letter(letters.CHANGE[language], demo=aloud(frame))
        try:
            async with frame.sessions.begin() as session:
                starts = frame.starts()
                sent = await on_pages.send(session, code, value=value, letter=letter, language=language, starts=starts)
            if sent:
                await frame.wakes.outgoing()
        except Exception as error:  # noqa: BLE001  nobody waits for it: they ask again
            log.warning("portal.code_not_sent", cause=type(error).__name__)

    async def _code(self, request: web.Request, visit: Visit, language: Language) -> web.StreamResponse:
        """The page on which the code is typed; the address stands sealed in its own."""
        typed = self._drafts.open(request.query.get("draft", ""), place=_browser(visit))
        if typed is None:
            return self._frame.leads_to(path_of(language, "details"))
        return self._typing(request, visit, language, typed["email"])

    async def _typed(self, request: web.Request, visit: Visit, language: Language) -> web.StreamResponse:
        """Puts the address first, and tells the one before."""
        frame, form = self._frame, await self._frame.form(request)
        await frame.limiter.check("portal-code-browser", str(visit.id), OF_BROWSER_PER_MINUTE)
        typed = self._drafts.open(request.query.get("draft", ""), place=_browser(visit))
        if typed is None:
            return frame.leads_to(path_of(language, "details"))
        value = typed["email"]
        code = "".join(letter for letter in form.get("code", "")[:40] if letter.isdecimal())
        try:
            async with frame.changing() as session:
                browser = _browser(visit)
                heard, row = await on_pages.redeem(session, browser=browser, code=code, purpose="change")
                if row is not None:
                    if row.address_key != codes.address_key("email", value):
                        raise NotFound("a code for another address")
                    given: dict[str, Any] = {"customer_id": visit.customer_id, "value": value}
                    await changing.put_first(session, actor=keeper(visit), **given, starts=frame.starts())
        except (Invalid, NotNow) as error:
            return await refused(frame, request, visit, language, error, place="email", given=typed)
        if row is None:
            return self._typing(request, visit, language, value, wrong=heard, status=422)
        await frame.wakes.outgoing()
        return frame.done(path_of(language, "details"), "done_email")

    async def _first(self, request: web.Request, visit: Visit, language: Language) -> web.StreamResponse:
        """An address on file comes first: a proved one at once, any other once a code has proved it."""
        frame, form = self._frame, await self._frame.form(request)
        async with frame.changing() as session:
            theirs = select(Identity).where(Identity.customer_id == visit.customer_id, Identity.kind == "email")
            known = await session.scalar(theirs.where(Identity.value == form.get("email", "")))
            if known is None:
                raise NotFound("no such address")
            if known.proof == "verified":
                given: dict[str, Any] = {"customer_id": visit.customer_id, "value": known.value}
                await changing.put_first(session, actor=keeper(visit), **given, starts=frame.starts())
        if known.proof != "verified":
            return await self._email(request, visit, language)
        await frame.wakes.outgoing()
        return frame.done(path_of(language, "details"), "done_email")

    async def _phone(self, request: web.Request, visit: Visit, language: Language) -> web.StreamResponse:
        """Puts a number first, unproved, as for whoever tells the assistant signed in."""
        frame, form = self._frame, await self._frame.form(request)
        try:
            value = checks.phone("phone", form.get("phone", ""), country=COUNTRIES[language])
            async with frame.changing() as session:
                given: dict[str, Any] = {"customer_id": visit.customer_id, "kind": "phone", "value": value}
                await reach.put_first(session, actor=keeper(visit), **given)
        except (Invalid, NotNow) as error:
            return await refused(frame, request, visit, language, error, place="phone", given=form)
        return frame.done(path_of(language, "details"), "done_phone")

    def _typing(
        self, request: web.Request, visit: Visit, language: str, value: str, *, wrong: str = "", status: int = 200
    ) -> web.Response:
        told = {"email": value, "wrong": wrong, "demo": self._frame.shop.demo, "draft": request.query.get("draft", "")}
        return self._frame.page(request, "details_code.html", visit, language, status=status, **told)


def _browser(visit: Visit) -> str:
    """What codes for a new address are bound to: the visit in which they were asked for."""
    return f"visit {visit.id}"
