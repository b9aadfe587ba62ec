"""The desk's view on threads: a mail as it came, and messages that belong elsewhere (docs/protocols.md)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from uuid import UUID

from aiohttp import web
from pydantic import Field
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from channels.port import Blueprint
from crm_backend.agents.model import Agent
from crm_backend.conversations.desk import threads
from crm_backend.conversations.model import Message
from crm_backend.errors import BadInput, NotFound
from server.desk import views
from server.desk.api import CHANGED, Body, Desk, Handler, body, identifier
from server.desk.rights import needing

ALSO_CHANGED = web.RequestKey("ALSO_CHANGED", UUID)
"""In a request: a second conversation that it changed."""


class At(Body):
    seq: int = Field(ge=1, le=2**31 - 1)


class Threads:
    """Handlers beside those of `Desk`, with the same sign-in."""

    def __init__(self, desk: Desk, blueprints: Mapping[str, Blueprint]) -> None:
        self._desk, self._blueprints = desk, blueprints

    def routes(self) -> list[web.RouteDef]:
        """`/desk/api/conversations/ID/…`"""
        conversation = "/desk/api/conversations/{id}"
        return [
            web.post(conversation + "/split", self._telling_both(self.split)),
            web.post(conversation + "/unsplit", self._telling_both(self.unsplit)),
            web.get(
                conversation + "/messages/{seq}/original", self._desk.signed_in(self.original, "conversations.read")
            ),
        ]

    async def split(self, request: web.Request, session: AsyncSession, agent: Agent) -> web.Response:
        given = await body(request, At)
        made = await threads.split(session, conversation_id=identifier(request), seq=given.seq, agent=agent)
        request[CHANGED], request[ALSO_CHANGED] = made.id, identifier(request)
        return web.json_response({"conversation": await views.summary(session, made.id, agent.language)})

    async def unsplit(self, request: web.Request, session: AsyncSession, agent: Agent) -> web.Response:
        restored = await threads.undo_split(session, conversation_id=identifier(request), agent=agent)
        request[CHANGED] = restored.id
        return web.json_response({"conversation": await views.summary(session, restored.id, agent.language)})

    async def original(self, request: web.Request, session: AsyncSession, _agent: Agent) -> web.Response:
        """A mail as it came, with remote images, as we fetch them, only when asked for."""
        message = await session.scalar(
            select(Message).where(Message.conversation_id == identifier(request), Message.seq == _seq(request))
        )
        blueprint = self._blueprints.get(message.channel) if message else None
        show = blueprint.original if blueprint else None
        file = message.details.get("original") if message else None
        if file is None or show is None:
            raise NotFound("no original")
        raw = await self._desk.files.read(UUID(file))
        images = self._desk.pictures.address if request.query.get("images") == "1" else None
        return web.json_response(await asyncio.to_thread(show, raw, images))

    def _telling_both(self, handler: Handler) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        """Both conversations changed, and both are told of after the commit."""
        signed_in = self._desk.signed_in(handler, "conversations.write")

        @needing("conversations.write")
        async def handle(request: web.Request) -> web.StreamResponse:
            response = await signed_in(request)
            if (also := request.get(ALSO_CHANGED)) is not None:
                await self._desk.wakes.changed(also)
            return response

        return handle


def _seq(request: web.Request) -> int:
    text = request.match_info["seq"]
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise BadInput("not a sequence number")
    return int(text)
