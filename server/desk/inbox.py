"""The desk's inbox beside its lists: saved filters, putting off, drafts, canned replies, and answers taken back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from aiohttp import web
from pydantic import AwareDatetime, Field
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access import queries as access
from crm_backend.agents.model import Agent
from crm_backend.canned import placeholders
from crm_backend.canned import services as canned
from crm_backend.canned.model import CannedReply
from crm_backend.conversations.desk import filters, second_thoughts
from crm_backend.conversations.desk_model import SavedFilter
from crm_backend.conversations.handing_over import snoozes
from crm_backend.conversations.reading import queries
from crm_backend.database import utc_now
from crm_backend.errors import NotNow
from crm_backend.notices.services import SUPERVISING
from crm_backend.routing.settings_model import Team
from crm_backend.tags import services as tags
from server.desk import views, words
from server.desk.api import At, Body, Desk, body, changed, identifier
from server.desk.written import Written

FOUND = 12
"""Canned replies that are offered at a time."""


class Snoozed(At):
    until: AwareDatetime | None


class Kept(Body):
    text: str = Field(max_length=20_000)


class Held(Written):
    hold: int = Field(5, ge=1, le=second_thoughts.LONGEST)


class Filtering(Body):
    name: str = Field(max_length=200)
    view: str = Field(max_length=20)
    criteria: dict[str, Any] = Field(default_factory=dict)
    shared: bool = False
    version: int | None = Field(None, ge=0, le=2**31 - 1)


class InboxPages:
    """Handlers beside those of `Desk`, with the same sign-in."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def routes(self) -> list[web.RouteDef]:
        """Their addresses."""
        ours, conversation = self._desk.signed_in, "/desk/api/conversations/{id}"
        return [
            web.get("/desk/api/filters", ours(self.listed, "conversations.read")),
            web.post("/desk/api/filters", ours(self.save, "conversations.read")),
            web.put("/desk/api/filters/{id}", ours(self.save, "conversations.read")),
            web.delete("/desk/api/filters/{id}", ours(self.remove, "conversations.read")),
            web.post(conversation + "/snooze", ours(self.snooze, "conversations.write")),
            web.post(conversation + "/wake", ours(self.wake, "conversations.write")),
            web.put(conversation + "/draft", ours(self.draft, "conversations.write")),
            web.post(conversation + "/held", ours(self.hold, "conversations.write")),
            web.delete("/desk/api/held/{id}", ours(self.take_back, "conversations.write")),
            web.get(conversation + "/canned", ours(self.replies, "knowledge.read")),
            web.get(conversation + "/canned/{reply}", ours(self.reply, "knowledge.read")),
        ]

    async def listed(self, request: web.Request, session: AsyncSession, agent: Agent) -> web.Response:
        actor = await access.actor_of(session, agent, "desk")
        rows = await filters.of_agent(session, actor=actor)
        topics = await filters.topics(session, actor=actor)
        teams = await session.scalars(select(Team).order_by(Team.key))
        return web.json_response(
            {
                "items": [_filter(row, agent) for row in rows],
                "topics": [{"key": key, "name": words.called(key, agent.language)} for key in topics],
                "teams": [{"key": row.key, "name": row.names.get(agent.language) or row.key} for row in teams],
                "tags": [views.tag_out(row) for row in await tags.listed(session, actor=actor)],
                "shares": actor.may(SUPERVISING),
            }
        )

    async def save(self, request: web.Request, session: AsyncSession, agent: Agent) -> web.Response:
        given = await body(request, Filtering)
        row = await filters.save(
            session,
            actor=await access.actor_of(session, agent, "desk"),
            filter_id=identifier(request) if "id" in request.match_info else None,
            **given.model_dump(),
        )
        return web.json_response({"filter": _filter(row, agent)}, status=200 if "id" in request.match_info else 201)

    async def remove(self, request: web.Request, session: AsyncSession, agent: Agent) -> web.Response:
        actor = await access.actor_of(session, agent, "desk")
        await filters.remove(session, actor=actor, filter_id=identifier(request))
        return web.Response(status=204)

    async def snooze(self, request: web.Request, session: AsyncSession, agent: Agent) -> web.Response:
        given = await body(request, Snoozed)
        await second_thoughts.say_now(session, conversation_id=identifier(request), agent=agent, or_refuse=True)
        done = await snoozes.snooze(
            session,
            conversation_id=identifier(request),
            agent=agent,
            version=given.version,
            until=given.until,
            now=utc_now(),
            seen=given.seen,
        )
        return await changed(request, session, agent, done)

    async def wake(self, request: web.Request, session: AsyncSession, agent: Agent) -> web.Response:
        given = await body(request, At)
        done = await snoozes.wake(session, conversation_id=identifier(request), agent=agent, version=given.version)
        return await changed(request, session, agent, done)

    async def draft(self, request: web.Request, session: AsyncSession, agent: Agent) -> web.Response:
        given = await body(request, Kept)
        await second_thoughts.keep_draft(session, conversation_id=identifier(request), agent=agent, text=given.text)
        return web.Response(status=204)

    async def hold(self, request: web.Request, session: AsyncSession, agent: Agent) -> web.Response:
        given = await body(request, Held)
        conversation = await queries.conversation(session, identifier(request))
        if (given.cc or given.bcc) and conversation.channel not in self._desk.copying:
            raise NotNow("no_copies_here")
        content = given.model_dump(mode="json", include={"files", "location", "contacts", "cc", "bcc", "seen"})
        held = await second_thoughts.hold(
            session,
            conversation_id=conversation.id,
            agent=agent,
            client_id=given.client_id,
            text=given.text,
            seconds=given.hold,
            now=utc_now(),
            content=content,
        )
        left = max(0.0, (held.due_at - utc_now()).total_seconds()) if held else 0.0
        return web.json_response({"client_id": str(given.client_id), "seconds_left": round(left, 1)}, status=202)

    async def take_back(self, request: web.Request, session: AsyncSession, agent: Agent) -> web.Response:
        text = await second_thoughts.take_back(session, client_id=identifier(request), agent=agent)
        return web.json_response({"text": text})

    async def replies(self, request: web.Request, session: AsyncSession, agent: Agent) -> web.Response:
        conversation = await queries.conversation(session, identifier(request))
        actor = await access.actor_of(session, agent, "desk")
        wanted = request.query.get("q", "").replace("\x00", "")[:100]
        query = canned.replies(actor, team=conversation.team, query=wanted or None)
        rows = await session.scalars(query.order_by(CannedReply.shortcut).limit(FOUND))
        now, found = datetime.now(self._desk.zone), []
        for row in rows.all():
            made = await canned.render(session, actor=actor, reply=row, conversation_id=conversation.id, now=now)
            found.append(_reply(row, made))
        return web.json_response({"items": found})

    async def reply(self, request: web.Request, session: AsyncSession, agent: Agent) -> web.Response:
        actor = await access.actor_of(session, agent, "desk")
        row = await canned.read(session, actor=actor, reply_id=identifier(request, "reply"))
        now = datetime.now(self._desk.zone)
        made = await canned.render(session, actor=actor, reply=row, conversation_id=identifier(request), now=now)
        missing = [{"name": name, "label": placeholders.FACTS[name][agent.language]} for name in made.missing]
        return web.json_response({"text": made.text, "language": made.language, "missing": missing})


def _filter(row: SavedFilter, agent: Agent) -> dict[str, Any]:
    return {
        "id": str(row.id),
        "version": row.version,
        "name": row.name,
        "shared": row.shared,
        "own": row.agent_id == agent.id,
        "view": row.view,
        "criteria": row.criteria,
    }


def _reply(row: CannedReply, made: canned.Rendered) -> dict[str, str]:
    """One of them in the list, as it would read in the conversation."""
    return {
        "id": str(row.id),
        "shortcut": row.shortcut,
        "title": row.titles.get(made.language, row.shortcut),
        "preview": made.text[:300],
        "language": made.language,
    }
