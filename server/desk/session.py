"""Who is signed in at the desk, in which language and where they are; and leaving."""

from __future__ import annotations

from typing import Literal

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.agents import services as agents
from crm_backend.agents.model import Agent
from crm_backend.routing import presence
from server.desk import views
from server.desk.api import COOKIE, CSRF, ENROLLING, PLACES, Body, Desk, body
from server.desk.rights import ANY_AGENT


class Preferences(Body):
    language: Literal["fr", "en"] | None = None
    presence: Literal["available", "busy", "away", "offline"] | None = None


class SessionPages:
    """`/desk/api/session`"""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def routes(self) -> list[web.RouteDef]:
        """Its address; also for who sets up a second factor first."""
        here = "/desk/api/session"
        return [
            web.get(here, self._desk.signed_in(self.who, ANY_AGENT, enrolling=True)),
            web.patch(here, self._desk.signed_in(self.prefer, ANY_AGENT, enrolling=True)),
            web.delete(here, self._desk.signed_in(self.sign_out, ANY_AGENT, enrolling=True)),
        ]

    async def who(self, request: web.Request, session: AsyncSession, agent: Agent) -> web.Response:
        return await self._who(request, session, agent)

    async def prefer(self, request: web.Request, session: AsyncSession, agent: Agent) -> web.Response:
        given = await body(request, Preferences)
        await agents.prefer(session, agent, language=given.language, presence=None)
        if given.presence is not None:
            await presence.choose(session, agent, presence=given.presence)
            await self._desk.wakes.routing()
        return await self._who(request, session, agent)

    async def _who(self, request: web.Request, session: AsyncSession, agent: Agent) -> web.Response:
        shown = await views.agent_out(session, agent)
        return web.json_response({"agent": shown, "csrf": request[CSRF], "enrolling": request[ENROLLING]})

    async def sign_out(self, request: web.Request, session: AsyncSession, agent: Agent) -> web.Response:
        await agents.sign_out(session, request.cookies[COOKIE])
        response = web.Response(status=204)
        for name, path in PLACES.items():
            response.del_cookie(name, path=path)
        return response
