"""Private notes at the desk, who can be mentioned in them, and how an agent wants to hear of mentions."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from aiohttp import web
from pydantic import Field
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.agents.model import Agent
from crm_backend.conversations.desk import mention_mails, mentions, private_notes
from crm_backend.conversations.notes_model import MentionSettings
from crm_backend.conversations.reading import queries
from crm_backend.conversations.reading.messages import instant
from crm_backend.conversations.reading.searching import Noted
from server.desk.api import Body, Desk, Handler, body, identifier
from server.desk.rights import ANY_AGENT, needing
from server.loops.service_levels import notice

PER_MINUTE = 60
NOTED = web.RequestKey("NOTED", tuple[UUID, UUID, list[UUID]])
"""In a request: the conversation and the note that it changed, and whom that told."""
READ = web.RequestKey("READ", UUID)
"""In a request: the agent who has read where they were named."""


class Kept(Body):
    text: str = Field(max_length=20_000)


class Posted(Kept):
    client_id: UUID


class Edited(Kept):
    version: int | None = Field(None, ge=0, le=2**31 - 1)


class Wanted(Body):
    mail: bool
    minutes: int


class NotePages:
    """Handlers beside those of `Desk`, with the same sign-in. None of them is an address at which a customer is
    answered."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def routes(self) -> list[web.RouteDef]:
        """Their addresses."""
        ours, of_conversation, one = self._desk.signed_in, "/desk/api/conversations/{id}/notes", "/desk/api/notes/{id}"
        return [
            web.get(of_conversation, ours(self.listed, "conversations.read")),
            web.post(of_conversation, self._telling(self.write, "conversations.write")),
            web.post(of_conversation + "/read", self._telling(self.read, "conversations.read")),
            web.put(one, self._telling(self.edit, "conversations.write")),
            web.delete(one, self._telling(self.remove, "conversations.write")),
            web.get("/desk/api/mentionable", ours(self.mentionable, "conversations.read")),
            web.get("/desk/api/account/mentions", ours(self.settings, ANY_AGENT)),
            web.put("/desk/api/account/mentions", ours(self.choose, ANY_AGENT)),
        ]

    def _telling(self, handler: Handler, needs: str) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        """As everywhere on the desk; and after the commit, open desks hear of it."""
        inner = self._desk.signed_in(handler, needs)

        @needing(needs)
        async def handle(request: web.Request) -> web.StreamResponse:
            response, live = await inner(request), self._desk.live
            if (noted := request.get(NOTED)) is not None:
                conversation_id, note_id, told = noted
                await live.publish("desk", {"kind": "note", "conversation": conversation_id, "note": note_id})
                await notice(told, live=live)
            if (reader := request.get(READ)) is not None:
                await live.publish("desk", {"kind": "counts", "agent": str(reader)})
            return response

        return handle

    async def listed(self, request: web.Request, session: AsyncSession, agent: Agent) -> web.Response:
        conversation = await queries.conversation(session, identifier(request))
        found = await private_notes.of_conversation(session, conversation_id=conversation.id, agent=agent)
        unread = await mentions.unread(session, conversation_id=conversation.id, agent=agent)
        return web.json_response({"notes": [note_out(each) for each in found], "unread": unread})

    async def write(self, request: web.Request, session: AsyncSession, agent: Agent) -> web.Response:
        given = await body(request, Posted)
        await self._desk.limiter.check("notes", str(agent.id), PER_MINUTE)
        done = await private_notes.write(
            session, conversation_id=identifier(request), agent=agent, client_id=given.client_id, text=given.text
        )
        return await self._noted(request, session, done, status=201 if done.new else 200)

    async def edit(self, request: web.Request, session: AsyncSession, agent: Agent) -> web.Response:
        given = await body(request, Edited)
        done = await private_notes.edit(
            session, note_id=identifier(request), agent=agent, text=given.text, version=given.version
        )
        return await self._noted(request, session, done, status=200)

    async def remove(self, request: web.Request, session: AsyncSession, agent: Agent) -> web.Response:
        note_id = identifier(request)
        where = await private_notes.remove(session, note_id=note_id, agent=agent)
        request[NOTED] = where, note_id, []
        return web.Response(status=204)

    async def read(self, request: web.Request, session: AsyncSession, agent: Agent) -> web.Response:
        count = await mentions.read(session, conversation_id=identifier(request), agent=agent)
        if count:
            request[READ] = agent.id
        return web.json_response({"read": count})

    async def mentionable(self, request: web.Request, session: AsyncSession, agent: Agent) -> web.Response:
        found = await mentions.everybody(session)
        return web.json_response(
            {
                "items": [
                    {"handle": each.handle, "kind": each.kind, "name": each.names.get(agent.language) or each.handle}
                    for each in found
                    if each.agents != (agent.id,) or each.kind == "team"
                ]
            }
        )

    async def settings(self, request: web.Request, session: AsyncSession, agent: Agent) -> web.Response:
        return web.json_response(_settings(await mention_mails.settings_of(session, agent)))

    async def choose(self, request: web.Request, session: AsyncSession, agent: Agent) -> web.Response:
        given = await body(request, Wanted)
        return web.json_response(
            _settings(await mention_mails.choose(session, agent, mail=given.mail, minutes=given.minutes))
        )

    async def _noted(
        self, request: web.Request, session: AsyncSession, done: private_notes.Written, *, status: int
    ) -> web.Response:
        request[NOTED] = done.note.conversation_id, done.note.id, done.told
        shown = await private_notes.one(session, done.note.id)
        assert shown is not None
        return web.json_response({"note": note_out(shown)}, status=status)


def note_out(shown: private_notes.Shown) -> dict[str, Any]:
    """A note as the desk shows it."""
    note = shown.note
    return {
        "id": str(note.id),
        "version": note.version,
        "author": {"id": str(note.agent_id), "name": shown.author},
        "text": note.text,
        "handles": shown.handles,
        "after_seq": note.after_seq,
        "at": instant(note.created_at),
        "edited_at": instant(note.edited_at) if note.edited_at else None,
    }


def note_found(noted: Noted) -> dict[str, str]:
    """A note among what was looked for."""
    return {
        "id": str(noted.id),
        "conversation": str(noted.conversation_id),
        "author": noted.author,
        "text": noted.gist,
    }


def _settings(row: MentionSettings) -> dict[str, Any]:
    return {"mail": row.mail, "minutes": row.minutes}
