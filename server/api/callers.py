"""Who calls: the bearer of an API key, or an agent signed in at the desk."""

from __future__ import annotations

from dataclasses import dataclass

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import Actor
from crm_backend.access.queries import actor_of
from crm_backend.agents import services as agents
from crm_backend.database import Sessions, reading
from crm_backend.errors import NotAllowed, NotAuthenticated
from crm_backend.keys import services as keys
from server.desk.api import API_COOKIE, same_origin
from server.problems import LANGUAGE

AGENTS_PER_MINUTE = 1_200
"""Requests of one signed-in agent: a page of the desk makes several."""


@dataclass(frozen=True)
class Caller:
    """Who calls, and how many requests a minute they have."""

    actor: Actor
    per_minute: int


async def caller_of(request: web.Request, sessions: Sessions) -> Caller:
    """Raises NotAuthenticated without a key or session that lives, and for a change by a session NotAllowed (or
    ForeignOrigin) without its token against forged requests."""
    given = request.headers.get("Authorization")
    if given is not None:
        return await _bearer(given, sessions)
    token = request.cookies.get(API_COOKIE)
    if not token:
        raise _unknown("no key")
    async with reading(sessions) as session:
        try:
            return await _agent(session, request, token)
        except NotAuthenticated:
            raise _unknown("no live session") from None


async def _bearer(given: str, sessions: Sessions) -> Caller:
    scheme, _, token = given.partition(" ")
    if scheme.lower() != "bearer":
        raise _unknown("not a bearer's")
    async with reading(sessions) as session:
        key = await keys.key_of(session, token.strip())
    if key is None:
        raise _unknown("no live key")
    if keys.is_use_old(key):
        async with sessions.begin() as session:
            await keys.used(session, key.id)
    return Caller(keys.actor_of(key), key.per_minute)


async def _agent(session: AsyncSession, request: web.Request, token: str) -> Caller:
    signed_in = await agents.session_of(session, token)
    if request.method not in ("GET", "HEAD"):
        same_origin(request)
        if not agents.csrf_matches(signed_in, request.headers.get("X-CSRF-Token")):
            raise NotAllowed("forged request")
    agent = signed_in.agent
    if "Accept-Language" not in request.headers:
        request[LANGUAGE] = agent.language
    return Caller(await actor_of(session, agent, "desk"), AGENTS_PER_MINUTE)


def _unknown(why: str) -> NotAuthenticated:
    error = NotAuthenticated(why)
    error.challenge = 'Bearer realm="relais"'
    return error
