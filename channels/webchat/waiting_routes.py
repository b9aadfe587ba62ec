"""The HTTP handlers of what a visitor may do while waiting for a person; refusals are sentences."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from aiohttp import web
from pydantic import BaseModel, ValidationError

from channels.port import Core
from channels.webchat import waiting
from channels.webchat.frames import error_out
from channels.webchat.reading import body_of, known, visitor_of
from channels.webchat.visitors import Visitor
from channels.webchat.visits import Visits
from crm_backend.errors import BadInput, RelaisError

Reads = Callable[[Core, Visits, Visitor, UUID, str], Awaitable[dict[str, Any]]]
Writes = Callable[[Core, Visits, Visitor, Any, str], Awaitable[dict[str, Any]]]


def routes(core: Core, visits: Visits, guarded: Callable[[Any], Any]) -> list[web.RouteDef]:
    """`/chat/passport` and `/chat/call-back`; `guarded` lets in the pages that may ask."""
    made = _Handlers(core, visits)
    return [
        web.get("/chat/passport", guarded(made.read(waiting.passed_on))),
        web.post("/chat/passport", guarded(made.write(waiting.correct, waiting.Correcting))),
        web.get("/chat/call-back", guarded(made.read(waiting.calls))),
        web.post("/chat/call-back", guarded(made.write(waiting.book, waiting.Calling))),
    ]


class _Handlers:
    def __init__(self, core: Core, visits: Visits) -> None:
        self._core, self._visits = core, visits

    def read(self, work: Reads) -> Any:
        async def handler(request: web.Request) -> web.Response:
            visitor = await visitor_of(self._visits, request)
            try:
                conversation = UUID(request.query["conversation"])
            except (KeyError, ValueError) as error:
                raise BadInput("which conversation") from error
            language = self._language(request.query.get("language"))
            try:
                return web.json_response(await work(self._core, self._visits, visitor, conversation, language))
            except RelaisError as error:
                return self._refused(error, language)

        return handler

    def write(self, work: Writes, shape: type[BaseModel]) -> Any:
        async def handler(request: web.Request) -> web.Response:
            visitor, body = await visitor_of(self._visits, request), await body_of(request)
            language = self._language(body.get("language"))
            try:
                return web.json_response(await work(self._core, self._visits, visitor, shape(**body), language))
            except (RelaisError, ValidationError) as error:
                return self._refused(known(error), language)

        return handler

    def _language(self, given: object) -> str:
        return given if given in ("fr", "en") else self._core.company.default_language

    def _refused(self, error: RelaisError, language: str) -> web.Response:
        frame = waiting.refused(error, language) or error_out(
            error, language=language, max_length=self._core.company.max_length
        )
        return web.json_response(frame, status=error.status)
