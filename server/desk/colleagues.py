"""What those who manage agents do at the desk beside the API: invitations, links, lost second factors, the rules."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Literal

from aiohttp import web
from pydantic import Field
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.queries import actor_of
from crm_backend.agents import links, rules, second_factor, sessions
from crm_backend.agents.model import Agent, SignInRules
from crm_backend.errors import BadInput
from server.desk.account_mail import AccountMail
from server.desk.api import Body, Desk, Handler, body, identifier
from server.desk.rights import needing

INVITATIONS_PER_MINUTE = 30
LETTER = web.RequestKey("LETTER", tuple[Agent, str, str])
"""In a request: whose link is to be mailed, its token, and what it is for."""
RoleKey = Field(max_length=63, pattern=r"^[a-z][a-z0-9_]{0,62}$")


class Invited(Body):
    email: str = Field(max_length=320, pattern=r"^[^\x00]*$")
    name: str = Field(max_length=400, pattern=r"^[^\x00]*$")
    role: str = RoleKey
    language: Literal["fr", "en"] = "fr"


class Rules(Body):
    second_factor_roles: list[str] = Field(max_length=300)
    version: int


class Colleagues:
    """`/desk/api/agents…`, `/desk/api/sign-in-rules`"""

    def __init__(self, desk: Desk, mail: AccountMail) -> None:
        self._desk, self._mail = desk, mail

    def routes(self) -> list[web.RouteDef]:
        """Their addresses."""
        signed_in, agent = self._desk.signed_in, "/desk/api/agents/{id}"
        return [
            web.post("/desk/api/agents", self._mailing(self.invite, "agents.configure")),
            web.post(agent + "/link", self._mailing(self.link, "agents.configure")),
            web.post(agent + "/second-factor/drop", signed_in(self.drop, "agents.configure")),
            web.post(agent + "/sessions/end", signed_in(self.end, "agents.configure")),
            web.get("/desk/api/sign-in-rules", signed_in(self.rules, "agents.configure")),
            web.put("/desk/api/sign-in-rules", signed_in(self.change_rules, "agents.configure")),
        ]

    def _mailing(self, handler: Handler, needs: str) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        """As everywhere on the desk; and after the commit, when the link works, it is mailed. It is answered too where
        no mail could be sent: somebody has to bring it to its owner."""
        inner = self._desk.signed_in(handler, needs)

        @needing(needs)
        async def handle(request: web.Request) -> web.StreamResponse:
            response = await inner(request)
            agent, token, purpose = request[LETTER]
            sent = await self._mail.send(agent, token, purpose)
            link = None if sent else self._mail.link(token)
            return web.json_response({"id": str(agent.id), "mailed": sent, "link": link}, status=response.status)

        return handle

    async def invite(self, request: web.Request, session: AsyncSession, agent: Agent) -> web.Response:
        given = await body(request, Invited)
        await self._desk.limiter.check("invitations", str(agent.id), INVITATIONS_PER_MINUTE)
        made, token = await links.invite(
            session,
            actor=await actor_of(session, agent, "desk"),
            email=given.email,
            name=given.name,
            role=given.role,
            language=given.language,
        )
        request[LETTER] = made, token, "invitation"
        return web.Response(status=201)

    async def link(self, request: web.Request, session: AsyncSession, agent: Agent) -> web.Response:
        await self._desk.limiter.check("invitations", str(agent.id), INVITATIONS_PER_MINUTE)
        actor = await actor_of(session, agent, "desk")
        request[LETTER] = await links.send_again(session, identifier(request), actor=actor)
        return web.Response()

    async def drop(self, request: web.Request, session: AsyncSession, agent: Agent) -> web.Response:
        actor = await actor_of(session, agent, "desk")
        self._desk.tell(request, (await second_factor.reset(session, identifier(request), actor=actor)).id)
        return web.Response(status=204)

    async def end(self, request: web.Request, session: AsyncSession, agent: Agent) -> web.Response:
        actor, whose = await actor_of(session, agent, "desk"), identifier(request)
        ended = await sessions.end_all_of(session, whose, actor=actor)
        self._desk.tell(request, whose)
        return web.json_response({"ended": ended})

    async def rules(self, request: web.Request, session: AsyncSession, agent: Agent) -> web.Response:
        return web.json_response(_rules(await rules.sign_in_rules(session)))

    async def change_rules(self, request: web.Request, session: AsyncSession, agent: Agent) -> web.Response:
        given = await body(request, Rules)
        if any(len(each) > 63 for each in given.second_factor_roles):
            raise BadInput("no role")
        changed = await rules.change_rules(
            session,
            actor=await actor_of(session, agent, "desk"),
            second_factor_roles=given.second_factor_roles,
            version=given.version,
        )
        self._desk.tell(request, None)
        return web.json_response(_rules(changed))


def _rules(row: SignInRules) -> dict[str, Any]:
    return {"second_factor_roles": row.second_factor_roles, "version": row.version}
