"""One order, looked up by who has not signed in: its number, e-mail address and postcode open that order alone."""

from __future__ import annotations

import asyncio
import time
from typing import Any

from aiohttp import web
from sqlalchemy import select

from crm_backend.portal import signing_in
from crm_backend.portal.model import PortalVisit
from crm_backend.portal.schema import Language, Visit, path_of
from crm_backend.portal.signing_in import Browser
from crm_backend.portal.tokens import token_hash
from server.portal.frame import COOKIES, Frame

PER_MINUTE = 60
LEAST = 0.4
"""Seconds that an answer takes at least: an order that exists takes longer to look at than one that does not."""


class Guests:
    """`…/find-an-order`."""

    def __init__(self, frame: Frame) -> None:
        self._frame = frame

    def routes(self) -> list[web.RouteDef]:
        """The form, and what it finds."""
        frame = self._frame
        return frame.open("GET", "find-order", self._form) + frame.open("POST", "find-order", self._find)

    async def _form(self, request: web.Request, visit: Visit | None, language: Language) -> web.StreamResponse:
        return self._shown(request, language, number=request.query.get("number", "")[:64])

    async def _find(self, request: web.Request, visit: Visit | None, language: Language) -> web.StreamResponse:
        """Whatever is wrong, the answer is the same; past the limits a right one gets it, too."""
        frame, began = self._frame, time.monotonic()
        form = await frame.form(request)
        await frame.limiter.check("portal-order", request.remote or "", PER_MINUTE)
        given = {name: form.get(name, "").strip()[:300] for name in ("number", "email", "postcode")}
        if missing := [name for name, value in given.items() if not value]:
            return self._shown(request, language, status=422, missing=missing, **given)
        browser = Browser(request.headers.get("User-Agent", ""), request.cookies.get(COOKIES[language]), frame.lasting)
        async with frame.sessions.begin() as session:
            token = await signing_in.by_order(session, browser, **given)
        await asyncio.sleep(max(0.0, began + LEAST - time.monotonic()))
        if token is None:
            return self._shown(request, language, status=422, wrong=True, **given)
        async with frame.sessions() as session:
            of_token = select(PortalVisit.order_id).where(PortalVisit.token_hash == token_hash(token))
            order_id = await session.scalar(of_token)
        return frame.let_in(path_of(language, "orders", order_id), token)

    def _shown(self, request: web.Request, language: str, *, status: int = 200, **values: Any) -> web.Response:
        told = {"number": "", "email": "", "postcode": "", "wrong": False, "missing": []} | values
        return self._frame.page(request, "guest.html", None, language, status=status, **told)
