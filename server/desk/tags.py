"""Tags at the desk: the company's list, and what a conversation has of it."""

from __future__ import annotations

from uuid import UUID

from aiohttp import web
from pydantic import Field
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access import queries as access
from crm_backend.agents.model import Agent
from crm_backend.tags import services, tagging
from server.desk import views
from server.desk.api import CHANGED, Body, Desk, body, identifier


class Tagged(Body):
    add: list[UUID] = Field([], max_length=tagging.MOST)
    remove: list[UUID] = Field([], max_length=tagging.MOST)


class TagPages:
    """Handlers beside those of `Desk`, with the same sign-in."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def routes(self) -> list[web.RouteDef]:
        """Their addresses."""
        ours = self._desk.signed_in
        return [
            web.get("/desk/api/tags", ours(self.listed, "conversations.read")),
            web.post("/desk/api/conversations/{id}/tags", ours(self.tag, "conversations.write")),
        ]

    async def listed(self, request: web.Request, session: AsyncSession, agent: Agent) -> web.Response:
        actor = await access.actor_of(session, agent, "desk")
        rows = await services.listed(session, actor=actor)
        return web.json_response({"items": [views.tag_out(row) | {"retired": row.retired} for row in rows]})

    async def tag(self, request: web.Request, session: AsyncSession, agent: Agent) -> web.Response:
        given = await body(request, Tagged)
        done = await tagging.tag(
            session,
            actor=await access.actor_of(session, agent, "desk"),
            conversation_id=identifier(request),
            add=given.add,
            remove=given.remove,
        )
        request[CHANGED] = done.id
        return web.json_response({"conversation": await views.summary(session, done.id, agent.language)})
