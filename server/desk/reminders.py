"""An agent's reminders at the desk: set in a conversation, put off, done."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from aiohttp import web
from pydantic import AwareDatetime, Field
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.agents.model import Agent
from crm_backend.conversations.desk import reminders
from crm_backend.conversations.notes_model import Reminder
from crm_backend.conversations.reading.messages import instant
from crm_backend.database import utc_now
from crm_backend.errors import BadInput
from server.desk.api import Body, Desk, body, identifier


class Set(Body):
    client_id: UUID
    text: str = Field("", max_length=20_000)
    due_at: AwareDatetime


class Changed(Body):
    text: str | None = Field(None, max_length=20_000)
    due_at: AwareDatetime | None = None
    done: bool | None = None
    version: int | None = Field(None, ge=0, le=2**31 - 1)


class ReminderPages:
    """Handlers beside those of `Desk`, with the same sign-in."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def routes(self) -> list[web.RouteDef]:
        """Their addresses."""
        ours = self._desk.signed_in
        return [
            web.get("/desk/api/reminders", ours(self.listed, "conversations.read")),
            web.post("/desk/api/conversations/{id}/reminders", ours(self.remind, "conversations.read")),
            web.patch("/desk/api/reminders/{id}", ours(self.change, "conversations.read")),
        ]

    async def listed(self, request: web.Request, session: AsyncSession, agent: Agent) -> web.Response:
        found = await reminders.of_agent(session, agent, conversation_id=_conversation(request))
        return web.json_response(
            {"items": [_out(each.reminder) | {"channel": each.channel, "customer": each.customer} for each in found]}
        )

    async def remind(self, request: web.Request, session: AsyncSession, agent: Agent) -> web.Response:
        given = await body(request, Set)
        row, new = await reminders.remind(
            session,
            conversation_id=identifier(request),
            agent=agent,
            client_id=given.client_id,
            text=given.text,
            due_at=given.due_at,
            now=utc_now(),
        )
        return web.json_response({"reminder": _out(row)}, status=201 if new else 200)

    async def change(self, request: web.Request, session: AsyncSession, agent: Agent) -> web.Response:
        given = await body(request, Changed)
        row = await reminders.change(
            session, reminder_id=identifier(request), agent=agent, now=utc_now(), **given.model_dump()
        )
        return web.json_response({"reminder": _out(row)})


def _conversation(request: web.Request) -> UUID | None:
    given = request.query.get("conversation")
    try:
        return UUID(given) if given else None
    except ValueError as error:
        raise BadInput("not an identifier") from error


def _out(row: Reminder) -> dict[str, Any]:
    return {
        "id": str(row.id),
        "version": row.version,
        "conversation": str(row.conversation_id),
        "text": row.text,
        "due_at": instant(row.due_at),
        "done": row.done_at is not None,
    }
