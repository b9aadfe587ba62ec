"""My data: a copy of everything, erasure and how far it is, and where one is signed in."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from uuid import UUID

from aiohttp import web

from crm_backend.database import utc_now
from crm_backend.errors import NotFound
from crm_backend.portal import visits
from crm_backend.portal.schema import Language, Visit, path_of
from crm_backend.privacy import requests
from crm_backend.privacy.export import export
from server.portal.devices import device
from server.portal.frame import Frame
from server.portal.streams import Spoken
from server.privacy.copy import archive

COPIES_PER_MINUTE, AT_ONCE = 2, 2
"""Copies that one customer may take, and that one process makes at a time: each is held in memory."""


class Data:
    """`…/data`, what may be asked for there, and `…/visits`."""

    def __init__(self, frame: Frame) -> None:
        self._frame, self._making = frame, asyncio.Semaphore(AT_ONCE)

    def routes(self) -> list[web.RouteDef]:
        """The page and its forms."""
        frame = self._frame
        return [
            *frame.get("data", self._page),
            *frame.post("data/copy", self._copy),
            *frame.post("data/erasure", self._erase),
            *frame.post("visits/others/sign-out", self._end_others),
            *frame.post("visits/{id}/sign-out", self._end),
        ]

    async def _page(self, request: web.Request, visit: Visit, language: Language) -> web.StreamResponse:
        return await self._shown(request, visit, language)

    async def _copy(self, request: web.Request, visit: Visit, language: Language) -> web.StreamResponse:
        """The archive that the law promises: everything that is kept of the person, to read and for machines."""
        frame = self._frame
        await frame.limiter.check("portal-copy", str(visit.customer_id), COPIES_PER_MINUTE)
        async with self._making:
            async with frame.sessions.begin() as session:
                actor = replace(visit.actor, permissions=frozenset({"customers.export"}))
                found = await export(session, visit.customer_id, actor=actor)
            content = await archive(found, files=frame.files, company=frame.settings.company)
        name = f"{frame.words(language)['data_file']}-{utc_now().astimezone(frame.zone):%Y-%m-%d}.zip"
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return web.Response(body=content, content_type="application/zip", headers=headers)

    async def _erase(self, request: web.Request, visit: Visit, language: Language) -> web.StreamResponse:
        """Asks people to erase everything: they see to what is under way first. Nothing is erased here."""
        frame, form = self._frame, await self._frame.form(request)
        if form.get("sure") != "1":
            return await self._shown(request, visit, language, unsure=True, status=422)
        async with frame.changing() as session:
            customer, what = visit.customer_id, requests.ERASE
            await requests.ask(session, customer, what, actor=visit.actor, language=language)
        return frame.done(path_of(language, "data"), "done_erasure")

    async def _end(self, request: web.Request, visit: Visit, language: Language) -> web.StreamResponse:
        frame = self._frame
        try:
            visit_id = UUID(request.match_info["id"])
        except ValueError:
            raise NotFound("no such visit") from None
        async with frame.sessions.begin() as session:
            await visits.end_one(session, visit, visit_id)
        if visit_id != visit.id:
            return frame.done(path_of(language, "data"), "done_visit_ended")
        return frame.let_out(path_of(language, "door"), "done_signed_out")

    async def _end_others(self, request: web.Request, visit: Visit, language: Language) -> web.StreamResponse:
        async with self._frame.sessions.begin() as session:
            await visits.end_others(session, visit)
        return self._frame.done(path_of(language, "data"), "done_visits_ended")

    async def _shown(
        self, request: web.Request, visit: Visit, language: Language, *, unsure: bool = False, status: int = 200
    ) -> web.Response:
        frame = self._frame
        async with frame.sessions() as session:
            asked = await requests.going(session, visit.customer_id, requests.ERASE)
            mine = await visits.listing(session, visit, lasting=frame.lasting)
        spoken = Spoken(frame.zone, language, frame.words(language))
        told = [
            {
                "id": each.id,
                "here": each.id == visit.id,
                "device": device(each.device, frame.words(language)),
                "way": frame.words(language)[f"visit_{each.way}"],
                "since": spoken.moment(each.created_at),
            }
            for each in mine
        ]
        by = spoken.day(asked.due_at) if asked and asked.due_at else ""
        values = {"asked": asked, "by": by, "visits": told, "unsure": unsure}
        return frame.page(request, "data.html", visit, language, status=status, **values)
