"""The names of what the audit log tells of, for its page at the desk."""

from __future__ import annotations

from typing import Annotated

from aiohttp import web
from pydantic import Field, StringConstraints
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access import queries as access
from crm_backend.agents.model import Agent
from crm_backend.audit import naming
from server.desk.api import Body, Desk, body

MOST = 2_000
Thing = Annotated[str, StringConstraints(max_length=300, pattern=r"^[a-z_]{1,40}:[^\x00]+$")]


class Asked(Body):
    things: list[Thing] = Field(max_length=MOST)
    """Each as `kind:identifier`."""


class AuditPages:
    """`/desk/api/audit/names`"""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def routes(self) -> list[web.RouteDef]:
        """Its address."""
        return [web.post("/desk/api/audit/names", self._desk.signed_in(self.names, "audit.read"))]

    async def names(self, request: web.Request, session: AsyncSession, agent: Agent) -> web.Response:
        given = await body(request, Asked)
        things = [(kind, key) for kind, _, key in (each.partition(":") for each in given.things)]
        reader = await access.actor_of(session, agent, "desk")
        found = await naming.names(session, things, reader=reader, language=agent.language)
        return web.json_response({"names": {f"{kind}:{key}": name for (kind, key), name in found.items()}})
