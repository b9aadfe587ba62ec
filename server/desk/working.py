"""What the desk's working surface asks for: jumping to anything, tabs, what came before, who else is there."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from aiohttp import web
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from crm_backend.access import queries as access
from crm_backend.agents.model import Agent
from crm_backend.conversations.model import Conversation
from crm_backend.conversations.reading import earlier, queries
from crm_backend.conversations.schema import agent_owner
from crm_backend.errors import BadInput
from crm_backend.finding import services as finding
from crm_backend.routing import passing
from crm_backend.routing.model import RoutingOffer
from crm_backend.routing.services import helps
from server.desk import onlookers, views
from server.desk.api import Desk, identifier
from server.desk.cursors import cursor, cursor_text
from server.desk.notes import note_found

TABS = 30
"""Conversations that a desk keeps open at a time."""


class WorkingPages:
    """Handlers beside those of `Desk`, with the same sign-in."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def routes(self) -> list[web.RouteDef]:
        """Their addresses."""
        ours, conversation = self._desk.signed_in, "/desk/api/conversations/{id}"
        return [
            web.get("/desk/api/find", ours(self.find, "conversations.read")),
            web.get("/desk/api/tabs", ours(self.tabs, "conversations.read")),
            web.get(conversation + "/before", ours(self.before, "conversations.read")),
            web.get(conversation + "/earlier", ours(self.earlier, "conversations.read")),
            web.post(conversation + "/typing", ours(self.typing, "conversations.write")),
            web.get(conversation + "/company", ours(self.company, "conversations.read")),
        ]

    async def find(self, request: web.Request, session: AsyncSession, agent: Agent) -> web.Response:
        actor = await access.actor_of(session, agent, "desk")
        found = await finding.find(session, actor=actor, words=request.query.get("q", ""))
        return web.json_response(
            {
                "conversations": await views.summaries(session, found.conversations, agent.language),
                "notes": [note_found(one) for one in found.notes],
                "customers": [_out(one) for one in found.customers],
                "orders": [_out(one) for one in found.orders],
                "cases": [_out(one) for one in found.cases],
            }
        )

    async def tabs(self, request: web.Request, session: AsyncSession, agent: Agent) -> web.Response:
        """The conversations of these numbers as a list shows them; those that are gone are left out."""
        wanted = _identifiers(request.query.get("ids", ""))
        query = select(Conversation).where(Conversation.id.in_(wanted)).options(joinedload(Conversation.customer))
        rows = list(await session.scalars(query)) if wanted else []
        return web.json_response({"items": await views.summaries(session, rows, agent.language)})

    async def before(self, request: web.Request, session: AsyncSession, agent: Agent) -> web.Response:
        conversation = await queries.conversation(session, identifier(request))
        before = _number(request, "seq", conversation.last_seq + 1)
        limit = _number(request, "limit", earlier.PAGE)
        found = await earlier.messages_before(session, conversation_id=conversation.id, before=before, limit=limit)
        return web.json_response(
            {
                "messages": [self._desk.shown(view, agent.language) for view in found],
                "more": bool(found) and min(view.seq for view in found) > 1,
            }
        )

    async def earlier(self, request: web.Request, session: AsyncSession, agent: Agent) -> web.Response:
        """The person's earlier conversations, the latest first, a page at a time."""
        found, more = await earlier.conversations_before(
            session, identifier(request), before=cursor(request.query.get("before"))
        )
        following = (found[-1].created_at, found[-1].id) if more else None
        items = await views.summaries(session, found, agent.language)
        return web.json_response({"items": items, "next": cursor_text(following)})

    async def typing(self, request: web.Request, session: AsyncSession, agent: Agent) -> web.Response:
        """The agent is writing: colleagues who look at it see that, and the customer where the agent may answer."""
        conversation = await queries.conversation(session, identifier(request))
        live = self._desk.live
        await onlookers.writing(live, agent=agent.id, name=agent.first_name, conversation=conversation.id)
        if conversation.owner == agent_owner(agent.id) or await helps(session, conversation.id, agent.id):
            await live.publish(f"conversation:{conversation.id}", {"kind": "typing", "from": "agent"})
        return web.Response(status=204)

    async def company(self, request: web.Request, session: AsyncSession, agent: Agent) -> web.Response:
        """Who has joined the owner, and who was asked to and has not answered."""
        conversation = await queries.conversation(session, identifier(request))
        joined = await passing.helpers(session, conversation.id)
        asked = await session.scalars(
            select(Agent)
            .join(RoutingOffer, RoutingOffer.agent_id == Agent.id)
            .where(
                RoutingOffer.conversation_id == conversation.id,
                RoutingOffer.kind == "join",
                RoutingOffer.state == "offered",
            )
            .order_by(RoutingOffer.offered_at)
        )
        return web.json_response({"joined": [_named(one) for one in joined], "asked": [_named(one) for one in asked]})


def _out(found: finding.Customer | finding.Numbered) -> dict[str, Any]:
    conversation = str(found.conversation_id) if found.conversation_id else None
    return {name: value for name, value in found._asdict().items() if name != "conversation_id"} | {
        "id": str(found.id),
        "conversation": conversation,
    }


def _named(agent: Agent) -> dict[str, str]:
    return {"id": str(agent.id), "name": agent.first_name}


def _identifiers(text: str) -> list[UUID]:
    named = [each for each in text.split(",") if each]
    if len(named) > TABS:
        raise BadInput("too many at once")
    try:
        return [UUID(each) for each in named]
    except ValueError as error:
        raise BadInput("not an identifier") from error


def _number(request: web.Request, name: str, default: int) -> int:
    text = request.query.get(name)
    if text is None:
        return default
    if not (text.isascii() and text.isdigit() and 0 < len(text) < 10):
        raise BadInput("not a number")
    return max(1, int(text))
