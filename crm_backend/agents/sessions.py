"""Signed-in browsers: opened, listed, ended."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import Actor
from crm_backend.agents import rules
from crm_backend.agents.administration import governed
from crm_backend.agents.model import Agent, AgentSession
from crm_backend.audit import services as audit
from crm_backend.database import new_id, utc_now
from crm_backend.errors import NotFound

LONGEST_DEVICE = 300


@dataclass(frozen=True)
class Browser:
    """Where somebody signs in: what the browser says of itself, and the address it asks from."""

    device: str = ""
    address: str = ""


@dataclass(frozen=True)
class SignedIn:
    """A fresh session: the cookie's token, known to the browser only, and the token against forged requests."""

    agent: Agent
    token: str
    csrf: str
    enrolling: bool = False


def token_hash(token: str) -> str:
    """What is kept of a cookie's token."""
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()


async def opened(session: AsyncSession, agent: Agent, *, hours: int, way: str, browser: Browser) -> SignedIn:
    """Opens a session of `hours` for somebody who proved to be the agent by `way`. Elsewhere (`sso`) is asked for a
    second factor there."""
    now = utc_now()
    token, csrf = secrets.token_urlsafe(32), secrets.token_urlsafe(24)
    enrolling = way != "sso" and not agent.second_factor and await rules.asked_of(session, agent)
    session.add(
        AgentSession(
            token_hash=token_hash(token),
            id=new_id(),
            agent_id=agent.id,
            csrf=csrf,
            created_at=now,
            expires_at=now + timedelta(hours=hours),
            seen_at=now,
            device="".join(each for each in browser.device if each.isprintable())[:LONGEST_DEVICE],
            address=browser.address[:64],
            way=way,
            enrolling=enrolling,
        )
    )
    await session.execute(delete(AgentSession).where(AgentSession.expires_at < now))
    audit.record(session, actor=f"agent:{agent.id}", action="signed_in", subject=("agent", agent.id), way=way)
    return SignedIn(agent=agent, token=token, csrf=csrf, enrolling=enrolling)


async def listing(session: AsyncSession, agent: Agent) -> list[AgentSession]:
    """The agent's live sessions, the newest first."""
    mine = select(AgentSession).where(AgentSession.agent_id == agent.id, AgentSession.expires_at >= utc_now())
    return list(await session.scalars(mine.order_by(AgentSession.created_at.desc(), AgentSession.id)))


async def ended(session: AsyncSession, token: str) -> None:
    """Ends the session behind a cookie's token, if there is one."""
    await session.execute(delete(AgentSession).where(AgentSession.token_hash == token_hash(token)))


async def end(session: AsyncSession, agent: Agent, session_id: UUID) -> None:
    """Ends one of one's own sessions. Raises NotFound."""
    gone = delete(AgentSession).where(AgentSession.agent_id == agent.id, AgentSession.id == session_id)
    if await session.scalar(gone.returning(AgentSession.id)) is None:
        raise NotFound("no such session")
    audit.record(session, actor=f"agent:{agent.id}", action="session_ended", subject=("agent", agent.id))


async def end_others(session: AsyncSession, agent: Agent, *, but: str | None) -> int:
    """Ends one's other sessions, all but that of this token; how many."""
    gone = delete(AgentSession).where(AgentSession.agent_id == agent.id)
    if but is not None:
        gone = gone.where(AgentSession.token_hash != token_hash(but))
    ended = len(list(await session.scalars(gone.returning(AgentSession.id))))
    if ended:
        audit.record(
            session, actor=f"agent:{agent.id}", action="sessions_ended", subject=("agent", agent.id), count=ended
        )
    return ended


async def end_all_of(session: AsyncSession, agent_id: UUID, *, actor: Actor) -> int:
    """Ends every session of somebody else; how many. Raises NotFound, NotAllowed."""
    agent = await governed(session, agent_id, actor=actor, version=None, of_role=True)
    gone = delete(AgentSession).where(AgentSession.agent_id == agent.id).returning(AgentSession.id)
    ended = len(list(await session.scalars(gone)))
    audit.record(session, actor=actor, action="sessions_ended", subject=("agent", agent.id), count=ended)
    return ended
