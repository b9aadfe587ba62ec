"""What agents do about their own account: password, second factor, the browsers that are signed in."""

from __future__ import annotations

import asyncio
from typing import Any

from aiohttp import web
from pydantic import Field
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.agents import passwords, rules, second_factor, sessions, totp
from crm_backend.agents import services as agents
from crm_backend.agents.model import Agent, AgentSession
from crm_backend.database import utc_now
from crm_backend.errors import Invalid
from server.desk.api import COOKIE, Body, Desk, body, identifier
from server.desk.qr import drawn
from server.desk.rights import ANY_AGENT
from server.desk.signing_in import safe_of
from server.vault import Vault

CHECKS_PER_MINUTE = 10


class Proof(Body):
    password: str = Field("", max_length=1024)


class Changed(Proof):
    new: str = Field(max_length=4096)


class Code(Body):
    code: str = Field(max_length=64)


class OwnAccount:
    """`/desk/api/account…`"""

    def __init__(self, desk: Desk, vault: Vault) -> None:
        self._desk, self._safe = desk, safe_of(vault)

    def routes(self) -> list[web.RouteDef]:
        """Their addresses. Those of the second factor are open to who has to set one up first."""
        mine, signed_in = "/desk/api/account", self._desk.signed_in
        return [
            web.get(mine, signed_in(self.whole, ANY_AGENT, enrolling=True)),
            web.post(mine + "/password", signed_in(self.change_password, ANY_AGENT)),
            web.post(mine + "/second-factor/begin", signed_in(self.begin, ANY_AGENT, enrolling=True)),
            web.post(mine + "/second-factor/confirm", signed_in(self.confirm, ANY_AGENT, enrolling=True)),
            web.post(mine + "/second-factor/codes", signed_in(self.codes, ANY_AGENT)),
            web.post(mine + "/second-factor/drop", signed_in(self.drop, ANY_AGENT)),
            web.post(mine + "/sessions/end-others", signed_in(self.end_others, ANY_AGENT)),
            web.post(mine + "/sessions/{id}/end", signed_in(self.end, ANY_AGENT)),
        ]

    async def whole(self, request: web.Request, session: AsyncSession, agent: Agent) -> web.Response:
        here = sessions.token_hash(request.cookies[COOKIE])
        return web.json_response(
            {
                "has_password": agent.has_password,
                "second_factor": {
                    "on": agent.second_factor,
                    "since": _time(agent.totp_since),
                    "asked": await rules.asked_of(session, agent),
                    "codes_left": await second_factor.codes_left(session, agent),
                },
                "sessions": [_session(each, here) for each in await sessions.listing(session, agent)],
            }
        )

    async def change_password(self, request: web.Request, session: AsyncSession, agent: Agent) -> web.Response:
        given = await body(request, Changed)
        await self._proved(agent, given.password)
        passwords.checked(given.new, about=(agent.name, agent.email, self._desk.company), field="new")
        hashed = await asyncio.to_thread(agents.hash_password, given.new)
        await agents.own_password(session, agent, hashed=hashed)
        await sessions.end_others(session, agent, but=request.cookies[COOKIE])
        self._desk.tell(request, agent.id)
        return web.Response(status=204)

    async def begin(self, request: web.Request, session: AsyncSession, agent: Agent) -> web.Response:
        await self._proved(agent, (await body(request, Proof)).password)
        secret = await second_factor.begin(session, agent, safe=self._safe)
        address = totp.address_of(secret, issuer=self._desk.company, account=agent.email)
        return web.json_response({"secret": secret, "address": address, "qr": drawn(address)})

    async def confirm(self, request: web.Request, session: AsyncSession, agent: Agent) -> web.Response:
        given = await body(request, Code)
        await self._desk.limiter.check("own-code", str(agent.id), CHECKS_PER_MINUTE)
        codes = await second_factor.confirm(session, agent, given.code, safe=self._safe, now=utc_now())
        return web.json_response({"codes": codes})

    async def codes(self, request: web.Request, session: AsyncSession, agent: Agent) -> web.Response:
        await self._proved(agent, (await body(request, Proof)).password)
        return web.json_response({"codes": await second_factor.new_codes(session, agent)})

    async def drop(self, request: web.Request, session: AsyncSession, agent: Agent) -> web.Response:
        await self._proved(agent, (await body(request, Proof)).password)
        await second_factor.drop(session, agent)
        return web.Response(status=204)

    async def end(self, request: web.Request, session: AsyncSession, agent: Agent) -> web.Response:
        await sessions.end(session, agent, identifier(request))
        self._desk.tell(request, agent.id)
        return web.Response(status=204)

    async def end_others(self, request: web.Request, session: AsyncSession, agent: Agent) -> web.Response:
        ended = await sessions.end_others(session, agent, but=request.cookies[COOKIE])
        self._desk.tell(request, agent.id)
        return web.json_response({"ended": ended})

    async def _proved(self, agent: Agent, password: str) -> None:
        """Somebody at an unlocked screen is not its owner: what changes how one signs in asks for the password, of who
        has one. Raises Invalid, RateLimited."""
        await self._desk.limiter.check("own-password", str(agent.id), CHECKS_PER_MINUTE)
        if agent.has_password and not await agents.is_password_of(agent, password):
            raise Invalid("password", "password_wrong")


def _session(row: AgentSession, here: str) -> dict[str, Any]:
    return {
        "id": str(row.id),
        "device": row.device,
        "address": row.address,
        "way": row.way,
        "since": _time(row.created_at),
        "seen": _time(row.seen_at),
        "here": row.token_hash == here,
    }


def _time(at: Any) -> str | None:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ") if at else None
