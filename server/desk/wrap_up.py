"""Wrapping up at the desk: what an agent has still to note, what may be chosen, and what was noted."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from aiohttp import web
from pydantic import AwareDatetime, Field
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.queries import actor_of
from crm_backend.agents.model import Agent
from crm_backend.conversations.reading.messages import instant
from crm_backend.wrap_up import reasons, services
from crm_backend.wrap_up.services import FollowUp, WrapUpView
from crm_backend.wrap_up.summary import LONGEST
from server.desk.api import OFFERED, Body, Desk, body, identifier


class Follow(Body):
    kind: Literal["case", "reminder"] = "case"
    subject: str = Field(max_length=500)
    due_at: AwareDatetime


class Noted(Body):
    version: int = Field(ge=0, le=2**31 - 1)
    summary: str = Field("", max_length=2 * LONGEST)
    reason_id: UUID | None = None
    follow_up: Follow | None = None


class WrapUpPages:
    """`/desk/api/wrap-ups…` and `/desk/api/conversations/ID/wrap-ups`."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def routes(self) -> list[web.RouteDef]:
        """Their addresses."""
        ours, one = self._desk.signed_in, "/desk/api/wrap-ups/{id}"
        return [
            web.get("/desk/api/wrap-ups", ours(self.pending, "conversations.write")),
            web.get("/desk/api/conversations/{id}/wrap-ups", ours(self.of_conversation, "conversations.read")),
            web.put(one, ours(self.finish, "conversations.write")),
            web.post(one + "/skip", ours(self.skip, "conversations.write")),
        ]

    async def pending(self, request: web.Request, session: AsyncSession, agent: Agent) -> web.Response:
        return await self._listed(session, await services.pending(session, agent), agent)

    async def of_conversation(self, request: web.Request, session: AsyncSession, agent: Agent) -> web.Response:
        actor = await actor_of(session, agent, "desk")
        found = await services.of_conversation(session, identifier(request), actor=actor)
        return await self._listed(session, found, agent)

    async def _listed(self, session: AsyncSession, found: list[WrapUpView], agent: Agent) -> web.Response:
        """The wrap-ups, the agent's own with what they may choose from."""
        own = [each.row.agent_id == agent.id for each in found]
        choices: dict[str, list[dict[str, Any]]] = {}
        for team in {each.row.team for each, mine in zip(found, own, strict=True) if mine}:
            offered = await reasons.offered(session, team, language=agent.language)
            choices[team] = [{"id": str(one.id), "path": list(one.path)} for one in offered]
        items = [
            {**shown(each, agent.language), "mine": mine, "reasons": choices[each.row.team] if mine else []}
            for each, mine in zip(found, own, strict=True)
        ]
        return web.json_response({"items": items})

    async def finish(self, request: web.Request, session: AsyncSession, agent: Agent) -> web.Response:
        given = await body(request, Noted)
        wanted = given.follow_up
        row = await services.finish(
            session,
            identifier(request),
            agent=agent,
            actor=await actor_of(session, agent, "desk"),
            summary=given.summary,
            reason_id=given.reason_id,
            follow_up=FollowUp(wanted.kind, wanted.subject, wanted.due_at) if wanted else None,
            version=given.version,
        )
        request[OFFERED] = {agent.id}
        return await self._listed(session, await services.views(session, [row]), agent)

    async def skip(self, request: web.Request, session: AsyncSession, agent: Agent) -> web.Response:
        await services.skip(session, identifier(request), agent=agent, actor=await actor_of(session, agent, "desk"))
        request[OFFERED] = {agent.id}
        return web.Response(status=204)


def shown(view: WrapUpView, language: str) -> dict[str, Any]:
    """A wrap-up as the desk shows it."""
    row = view.row
    return {
        "id": str(row.id),
        "version": row.version,
        "conversation": str(row.conversation_id),
        "at": instant(row.created_at),
        "summary": row.summary,
        "edited": row.edited,
        "reason_id": str(row.reason_id) if row.reason_id else None,
        "reason": view.reason[language] if view.reason else None,
        "required": row.required,
        "seconds_left": round(view.seconds_left, 1),
        "ended_by": row.ended_by,
        "case": view.case_number,
        "reminder_at": _moment(row.reminder_at),
        "agent": view.agent_name,
    }


def _moment(at: datetime | None) -> str | None:
    return instant(at) if at else None
