"""Many conversations at once at the desk: what was done, and in which not and why."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from aiohttp import web
from pydantic import AfterValidator, AwareDatetime, Field
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access import queries as access
from crm_backend.agents.model import Agent
from crm_backend.conversations.desk import in_bulk
from crm_backend.database import utc_now
from crm_backend.tags import tagging
from server.desk.api import OFFERED, SEVERAL, Body, Desk, body
from server.problems import sentence

Line = Annotated[str, Field(max_length=2_000), AfterValidator(lambda text: text.replace("\x00", ""))]


class One(Body):
    id: UUID
    version: int = Field(ge=0, le=2**31 - 1)
    seen: int | None = Field(None, ge=0, le=2**31 - 1)


class Together(Body):
    """What is to be done, in which conversations."""

    conversations: list[One] = Field(max_length=1_000)
    do: Literal["take", "close", "snooze", "tag", "assign"]
    until: AwareDatetime | None = None
    add: list[UUID] = Field([], max_length=tagging.MOST)
    remove: list[UUID] = Field([], max_length=tagging.MOST)
    team: Annotated[str, Field(max_length=100)] | None = None
    agent: UUID | None = None
    reason: Line = ""


class BulkPages:
    """Handlers beside those of `Desk`, with the same sign-in."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def routes(self) -> list[web.RouteDef]:
        """Their addresses."""
        return [web.post("/desk/api/bulk", self._desk.signed_in(self.do, "conversations.write"))]

    async def do(self, request: web.Request, session: AsyncSession, agent: Agent) -> web.Response:
        given = await body(request, Together)
        work = in_bulk.Work(
            do=given.do,
            until=given.until,
            add=given.add,
            remove=given.remove,
            team=given.team.replace("\x00", "") if given.team is not None else None,
            to=given.agent,
            reason=given.reason,
        )
        actor = await access.actor_of(session, agent, "desk")
        means = in_bulk.Means(actor=actor, agent=agent, now=utc_now(), ask_in=self._desk.ask_in)
        chosen = [in_bulk.Chosen(each.id, each.version, each.seen) for each in given.conversations]
        done, left = await in_bulk.do(session, chosen, work, means)
        request[SEVERAL] = set(done)
        if given.agent is not None and done:
            request[OFFERED] = {given.agent}
        refused = [{"id": str(each.id), "why": sentence(each.error, agent.language)} for each in left]
        return web.json_response({"done": [str(each) for each in done], "left": refused})
