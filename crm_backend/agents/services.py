"""Agents' accounts, passwords and sessions."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import secrets
import threading
from dataclasses import dataclass
from datetime import timedelta
from functools import cache

from pwdlib import PasswordHash
from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import COMMAND_LINE, Actor
from crm_backend.access.services import grantable
from crm_backend.agents.administration import give_password
from crm_backend.agents.fields import a_language, a_name, an_address, unused
from crm_backend.agents.model import Agent, AgentSession
from crm_backend.audit import services as audit
from crm_backend.database import utc_now
from crm_backend.errors import BadInput, NotAuthenticated, NotFound, WrongCredentials

SHORTEST_PASSWORD = 10
_hasher = PasswordHash.recommended()
_checking = threading.Lock()


@dataclass(frozen=True)
class SignedIn:
    """A fresh session: the cookie's token, known to the browser only, and the token against forged requests."""

    agent: Agent
    token: str
    csrf: str


def hash_password(password: str) -> str:
    """The argon2id hash of a password. Raises BadInput under ten characters."""
    if len(password) < SHORTEST_PASSWORD:
        raise BadInput(f"a password needs {SHORTEST_PASSWORD} characters")
    return _hasher.hash(password)


@cache
def _nobodys_hash() -> str:
    # Checked when there is no such agent, so that the answer takes as long as with one.
    return _hasher.hash(secrets.token_hex())


def _token_hash(token: str) -> str:
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()


async def add_agent(
    session: AsyncSession,
    *,
    email: str,
    name: str,
    role: str,
    language: str,
    password: str = "",
    password_hash: str | None = None,
    demo: bool = False,
    actor: Actor = COMMAND_LINE,
) -> Agent:
    """Makes an account; `password_hash` instead of `password` when it was hashed beside the event loop.

    Raises BadInput (short password), Invalid (address, name, role, language), NotNow (`email_in_use`) and NotAllowed:
    nobody gives a role that permits what they may not do.
    """
    actor.need("agents.configure")
    address = an_address(email)
    agent = Agent(
        email=address,
        name=a_name(name),
        role=await grantable(session, role, actor=actor),
        language=a_language(language),
        password_hash=password_hash or hash_password(password),
        demo=demo,
        presence="available",
    )
    await unused(session, address)
    session.add(agent)
    await session.flush()
    new = {"name": agent.name, "email": address, "role": role, "language": language, "active": True}
    audit.record(session, actor=actor, action="added", subject=("agent", agent.id), new=new)
    return agent


async def set_password(session: AsyncSession, *, email: str, password: str, actor: Actor = COMMAND_LINE) -> Agent:
    """Gives the account with this address a new password and ends its sessions. Raises NotFound, BadInput."""
    agent = await session.scalar(select(Agent).where(Agent.email == email.strip().casefold()))
    if agent is None:
        raise NotFound("no such agent")
    return await give_password(session, agent.id, actor=actor, password_hash=hash_password(password))


async def prefer(session: AsyncSession, agent: Agent, *, language: str | None, presence: str | None) -> None:
    """Notes what an agent chose for their own desk. It makes no new version of the account: who manages agents is not
    held up by somebody going to lunch."""
    chosen = {name: value for name, value in (("language", language), ("presence", presence)) if value}
    if chosen:
        await session.execute(update(Agent).where(Agent.id == agent.id).values(**chosen))
        await session.refresh(agent)


def _is_right(password: str, password_hash: str | None) -> bool:
    """Called beside the event loop. One at a time: each takes a core and 64 MB, and anybody may ask for it."""
    with _checking:
        return _hasher.verify(password, password_hash or _nobodys_hash())


async def sign_in(session: AsyncSession, *, email: str, password: str, hours: int) -> SignedIn:
    """Opens a session of `hours`. Raises WrongCredentials, in the same time whichever of the two is wrong."""
    agent = await session.scalar(select(Agent).where(Agent.email == email.strip().casefold(), Agent.active))
    right = await asyncio.to_thread(_is_right, password[:1024], agent.password_hash if agent else None)
    if agent is None or not right:
        raise WrongCredentials("wrong e-mail or password")
    now = utc_now()
    token, csrf = secrets.token_urlsafe(32), secrets.token_urlsafe(24)
    session.add(
        AgentSession(
            token_hash=_token_hash(token),
            agent_id=agent.id,
            csrf=csrf,
            created_at=now,
            expires_at=now + timedelta(hours=hours),
            seen_at=now,
        )
    )
    await session.execute(delete(AgentSession).where(AgentSession.expires_at < now))
    audit.record(session, actor=f"agent:{agent.id}", action="signed_in", subject=("agent", agent.id))
    return SignedIn(agent=agent, token=token, csrf=csrf)


async def session_of(session: AsyncSession, token: str | None) -> AgentSession:
    """The live session behind a cookie's token. Raises NotAuthenticated."""
    found = await session.get(AgentSession, _token_hash(token)) if token else None
    if found is None or found.expires_at < utc_now() or not found.agent.active:
        raise NotAuthenticated("no live session")
    return found


def csrf_matches(signed_in: AgentSession, given: str | None) -> bool:
    """Whether the request carries the session's token against forged requests."""
    return hmac.compare_digest(signed_in.csrf.encode(), (given or "").encode(errors="replace"))


async def seen(session: AsyncSession, token: str) -> None:
    """Notes that the desk behind this session is open."""
    await session.execute(
        update(AgentSession).where(AgentSession.token_hash == _token_hash(token)).values(seen_at=utc_now())
    )


async def gone(session: AsyncSession, token: str) -> None:
    """Notes that the desk behind this session was closed: the agent no longer counts as present."""
    await session.execute(
        update(AgentSession)
        .where(AgentSession.token_hash == _token_hash(token))
        .values(seen_at=utc_now() - timedelta(hours=1))
    )


async def sign_out(session: AsyncSession, token: str) -> None:
    """Ends the session."""
    await session.execute(delete(AgentSession).where(AgentSession.token_hash == _token_hash(token)))


async def demo_agents(session: AsyncSession) -> int:
    """How many demo logins can still sign in."""
    return await session.scalar(select(func.count()).where(Agent.demo, Agent.active)) or 0
