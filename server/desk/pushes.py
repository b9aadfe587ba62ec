"""Whether this browser tells its agent while nobody looks at the desk."""

from __future__ import annotations

from aiohttp import web
from pydantic import Field
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.agents.model import Agent
from crm_backend.errors import Invalid
from crm_backend.pushes import services
from server.desk.api import COOKIE, Body, Desk, body
from server.desk.rights import ANY_AGENT
from server.pushes import endpoints, posting
from server.pushes.sealing import keys_of
from server.vault import Vault

PER_MINUTE = 20


class Subscribed(Body):
    endpoint: str = Field(max_length=endpoints.LONGEST)
    p256dh: str = Field(max_length=200)
    auth: str = Field(max_length=100)


class PushPages:
    """`/desk/api/account/push`"""

    def __init__(self, desk: Desk, vault: Vault) -> None:
        self._desk, self._vault = desk, vault

    def routes(self) -> list[web.RouteDef]:
        """Its address."""
        ours, here = self._desk.signed_in, "/desk/api/account/push"
        return [
            web.get(here, ours(self.now, ANY_AGENT)),
            web.put(here, ours(self.begin, ANY_AGENT)),
            web.delete(here, ours(self.end, ANY_AGENT)),
        ]

    async def now(self, request: web.Request, session: AsyncSession, agent: Agent) -> web.Response:
        public, _ = await keys_of(session, self._vault)
        on = await services.subscribed(session, token=request.cookies[COOKIE])
        return web.json_response({"key": public, "on": on})

    async def begin(self, request: web.Request, session: AsyncSession, agent: Agent) -> web.Response:
        given = await body(request, Subscribed)
        await self._desk.limiter.check("push", str(agent.id), PER_MINUTE)
        where = await endpoints.PUBLIC.checked(given.endpoint)
        try:
            posting.encrypted(b"", given.p256dh, given.auth)
        except ValueError as error:
            raise Invalid("p256dh", "push_bad") from error
        await services.subscribe(
            session,
            agent,
            token=request.cookies[COOKIE],
            endpoint=where,
            p256dh=given.p256dh,
            auth=given.auth,
        )
        return web.Response(status=204)

    async def end(self, request: web.Request, session: AsyncSession, agent: Agent) -> web.Response:
        await services.unsubscribe(session, agent, token=request.cookies[COOKIE])
        return web.Response(status=204)
