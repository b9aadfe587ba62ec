"""How the customer of a conversation is written to unasked, for agents to see and to put down what they wish for."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from aiohttp import web
from pydantic import Field
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.agents.model import Agent
from crm_backend.conversations.reading import queries
from crm_backend.conversations.schema import agent_owner
from crm_backend.customers.model import Customer
from crm_backend.database import utc_now
from crm_backend.errors import BadInput, NotFound
from crm_backend.notifications import routes, services, standing
from crm_backend.notifications.schema import Rules
from server.desk.api import Body, Desk, body, identifier
from server.desk.rights import ANY_AGENT
from server.starting import may_begin
from server.switchboard import Switchboard

CUSTOMERS = "/desk/api/customers/"


class Wish(Body):
    channel: str | None = Field(max_length=100, pattern=r"^[a-z0-9_]*$")


class Contacts:
    """`/desk/api/conversations/ID/contact`, the same of `/desk/api/customers/ID`, and `/desk/api/ways`: what each
    channel is called."""

    def __init__(self, desk: Desk, board: Switchboard, rules: Rules) -> None:
        self._desk, self._board, self._rules = desk, board, rules

    def routes(self) -> list[web.RouteDef]:
        """Their addresses."""
        ours = self._desk.signed_in
        routes = [web.get("/desk/api/ways", ours(self.ways, ANY_AGENT))]
        for whose in ("/desk/api/conversations/{id}", CUSTOMERS + "{id}"):
            routes.append(web.get(whose + "/contact", ours(self.whole, "customers.read")))
            routes.append(web.put(whose + "/contact", ours(self.choose, "customers.write")))
        return routes

    async def ways(self, request: web.Request, session: AsyncSession, agent: Agent) -> web.Response:
        """Every channel that is installed, by name: its label in each language; and those on which copies are sent."""
        blueprints = self._board.blueprints
        labels = {name: dict(blueprint.label) for name, blueprint in blueprints.items()}
        return web.json_response({"ways": labels, "copies": [name for name in labels if blueprints[name].copies]})

    async def whole(self, request: web.Request, session: AsyncSession, agent: Agent) -> web.Response:
        return web.json_response({"contact": await self._told(session, await self._customer(request, session))})

    async def choose(self, request: web.Request, session: AsyncSession, agent: Agent) -> web.Response:
        given = await body(request, Wish)
        customer = await self._customer(request, session)
        if given.channel and given.channel not in await self._reached(session, customer):
            raise BadInput("not a channel of this customer")
        await services.choose(session, customer_id=customer, channel=given.channel or "", actor=agent_owner(agent.id))
        return web.json_response({"contact": await self._told(session, customer)})

    async def _customer(self, request: web.Request, session: AsyncSession) -> UUID:
        if request.path.startswith(CUSTOMERS):
            if await session.get(Customer, identifier(request)) is None:
                raise NotFound("no such customer")
            return identifier(request)
        found = await queries.conversation(session, identifier(request))
        if found.customer_id is None:
            raise NotFound("nobody knows whose conversation it is")
        return found.customer_id

    async def _reached(self, session: AsyncSession, customer: UUID) -> list[str]:
        """The channels on which they can be written to, the one that is used by itself first."""
        found = await routes.ways(session, customer, starts=may_begin(self._board))
        return list(dict.fromkeys(way.channel for way in found))

    async def _told(self, session: AsyncSession, customer: UUID) -> dict[str, Any]:
        now = utc_now()
        stands = await standing.of(session, customer, now=now)
        reached = await self._reached(session, customer)
        return {
            "unasked": stands.unasked,
            "channel": stands.channel,
            "channels": reached,
            "sent": stands.sent,
            "per_week": self._rules.per_week,
            "quiet": {
                "from": self._rules.quiet_from.isoformat("minutes"),
                "until": self._rules.quiet_until.isoformat("minutes"),
                "now": self._rules.quiet_end(now) is not None,
            },
        }
