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

from crm_backend.agents.model import Agent, AgentSession
from crm_backend.audit import services as audit
from crm_backend.database import utc_now
from crm_backend.errors import BadInput, Conflict, NotAuthenticated, NotFound, WrongCredentials

SHORTEST_PASSWORD = 10
ROLES = ("agent", "supervisor", "admin")
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
    session: AsyncSession, *, email: str, name: str, role: str, language: str, password: str, demo: bool = False
) -> Agent:
    """Makes an account. Raises BadInput (address, role, language, short password) and Conflict (address in use)."""
    email = email.strip().casefold()
    if "@" not in email or role not in ROLES or language not in ("fr", "en") or not name.strip():
        raise BadInput("an agent needs an e-mail, a name, a role and a language")
    if await session.scalar(select(Agent.id).where(Agent.email == email)):
        raise Conflict("that e-mail is in use")
    agent = Agent(
        email=email,
        name=name.strip(),
        role=role,
        language=language,
        password_hash=hash_password(password),
        demo=demo,
        presence="available",
    )
    session.add(agent)
    await session.flush()
    audit.record(session, actor="command-line", action="added", subject=("agent", agent.id), role=role)
    return agent


async def set_password(session: AsyncSession, *, email: str, password: str) -> Agent:
    """Gives an account a new password and ends its sessions. Raises NotFound, BadInput."""
    agent = await session.scalar(select(Agent).where(Agent.email == email.strip().casefold()))
    if agent is None:
        raise NotFound("no such agent")
    agent.password_hash = hash_password(password)
    await session.execute(delete(AgentSession).where(AgentSession.agent_id == agent.id))
    audit.record(session, actor="command-line", action="password_set", subject=("agent", agent.id))
    return agent


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
