"""Words looked for inside the conversation that is open at the desk."""

from __future__ import annotations

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.agents.model import Agent
from crm_backend.conversations.reading import within
from server.desk.api import Desk, identifier

LONGEST = 200


class WithinPages:
    """`GET /desk/api/conversations/{id}/found`: a handler beside those of `Desk`, with the same sign-in."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def routes(self) -> list[web.RouteDef]:
        """Their addresses."""
        return [web.get("/desk/api/conversations/{id}/found", self._desk.signed_in(self.found, "conversations.read"))]

    async def found(self, request: web.Request, session: AsyncSession, agent: Agent) -> web.Response:
        """Which messages hold the words."""
        words = request.query.get("words", "").replace("\0", "")[:LONGEST]
        return web.json_response({"seqs": await within.said(session, identifier(request), words)})
