"""Agents' accounts, passwords and sessions."""

from __future__ import annotations

import asyncio
import hmac
import secrets
import threading
from datetime import timedelta
from functools import cache

from pwdlib import PasswordHash
from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import COMMAND_LINE, Actor
from crm_backend.agents import second_factor, sessions
from crm_backend.agents.administration import added, give_password
from crm_backend.agents.model import AccountLink, Agent, AgentSession
from crm_backend.agents.second_factor import Safe
from crm_backend.agents.sessions import Browser, SignedIn, token_hash
from crm_backend.audit import services as audit
from crm_backend.database import utc_now
from crm_backend.errors import (
    BadInput,
    NotAuthenticated,
    NotFound,
    NotNow,
    SecondFactorNeeded,
    SetUpFirst,
    WrongCode,
    WrongCredentials,
)

SHORTEST_PASSWORD = 10
GONE = timedelta(seconds=91)
"""A closed desk counts as one not heard of for so long: a second more than `routing.presence.PRESENT_WITHIN`."""
_hasher = PasswordHash.recommended()
_checking = threading.Lock()


def hash_password(password: str) -> str:
    """The argon2id hash of a password. Raises BadInput under ten characters."""
    if len(password) < SHORTEST_PASSWORD:
        raise BadInput(f"a password needs {SHORTEST_PASSWORD} characters")
    return _hasher.hash(password)


@cache
def _nobodys_hash() -> str:
    # Checked when there is no such agent, so that the answer takes as long as with one.
    return _hasher.hash(secrets.token_hex())


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
    return await added(
        session,
        actor=actor,
        email=email,
        name=name,
        role=role,
        language=language,
        password_hash=password_hash or hash_password(password),
        demo=demo,
    )


async def account_at(session: AsyncSession, email: str) -> Agent:
    """The account with this address, whether or not it is closed. Raises NotFound."""
    agent = await session.scalar(select(Agent).where(Agent.email == email.strip().casefold()))
    if agent is None:
        raise NotFound("no such agent")
    return agent


async def set_password(session: AsyncSession, *, email: str, password: str, actor: Actor = COMMAND_LINE) -> Agent:
    """Gives the account with this address a new password and ends its sessions. Raises NotFound, BadInput."""
    agent = await account_at(session, email)
    return await give_password(session, agent.id, actor=actor, password_hash=hash_password(password))


async def own_password(session: AsyncSession, agent: Agent, *, hashed: str) -> None:
    """Takes the password that an agent chose anew, by its hash; links that were mailed end. Raises NotNow
    (`password_none`) for an account without one: a session alone, at an unlocked screen, sets no first password."""
    if not agent.has_password:
        raise NotNow("password_none")
    await session.execute(update(Agent).where(Agent.id == agent.id).values(password_hash=hashed))
    await session.execute(delete(AccountLink).where(AccountLink.agent_id == agent.id))
    await session.refresh(agent)
    audit.record(session, actor=f"agent:{agent.id}", action="password_set", subject=("agent", agent.id), by="owner")


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


async def is_password_of(agent: Agent, password: str) -> bool:
    """Whether it is the agent's."""
    right = await asyncio.to_thread(_is_right, password[:1024], agent.password_hash)
    return right and agent.has_password


async def sign_in(
    session: AsyncSession,
    *,
    email: str,
    password: str,
    hours: int,
    code: str | None = None,
    safe: Safe | None = None,
    browser: Browser | None = None,
) -> SignedIn:
    """Opens a session of `hours`.

    Raises WrongCredentials, in the same time whichever of the two is wrong; where the account has a second factor,
    SecondFactorNeeded without a `code` and WrongCode with one that is not right. `safe` opens its secret.
    """
    agent = await session.scalar(select(Agent).where(Agent.email == email.strip().casefold(), Agent.active))
    right = await asyncio.to_thread(_is_right, password[:1024], agent.password_hash if agent else None)
    if agent is None or not right or not agent.has_password:
        raise WrongCredentials("wrong e-mail or password")
    way: str | None = "password"
    if agent.second_factor:
        if not code or safe is None:
            raise SecondFactorNeeded("a code is asked for")
        way = await second_factor.passes(session, agent, code[:64], safe=safe, now=utc_now())
        if way is None:
            raise WrongCode("not a code of now")
    return await sessions.opened(session, agent, hours=hours, way=way or "password", browser=browser or Browser())


async def session_of(session: AsyncSession, token: str | None, *, enrolling: bool = False) -> AgentSession:
    """The live session behind a cookie's token. Raises NotAuthenticated; and SetUpFirst for a session that is good for
    setting up a second factor only, unless that is what it is asked for (`enrolling`)."""
    found = await session.get(AgentSession, token_hash(token)) if token else None
    if found is None or found.expires_at < utc_now() or not found.agent.active:
        raise NotAuthenticated("no live session")
    if found.enrolling and not enrolling:
        raise SetUpFirst("the role asks for a second factor")
    return found


def csrf_matches(signed_in: AgentSession, given: str | None) -> bool:
    """Whether the request carries the session's token against forged requests."""
    return hmac.compare_digest(signed_in.csrf.encode(), (given or "").encode(errors="replace"))


async def seen(session: AsyncSession, token: str) -> None:
    """Notes that the desk behind this session is open."""
    await session.execute(
        update(AgentSession).where(AgentSession.token_hash == token_hash(token)).values(seen_at=func.clock_timestamp())
    )


async def gone(session: AsyncSession, token: str) -> None:
    """Notes that the desk behind this session was closed: the agent no longer counts as present, and has vanished for
    whoever hands out work if no desk opens again soon."""
    await session.execute(
        update(AgentSession)
        .where(AgentSession.token_hash == token_hash(token))
        .values(seen_at=func.least(AgentSession.seen_at, func.clock_timestamp() - GONE), front_at=None)
    )


async def sign_out(session: AsyncSession, token: str) -> None:
    """Ends the session."""
    await sessions.ended(session, token)
