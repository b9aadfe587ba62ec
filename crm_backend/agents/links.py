"""Links that are mailed to choose a password by: invitations, and for who forgot theirs. Each works once."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import Actor
from crm_backend.agents import passwords
from crm_backend.agents.administration import added, governed
from crm_backend.agents.model import AccountLink, Agent, AgentSession
from crm_backend.audit import services as audit
from crm_backend.database import utc_now
from crm_backend.errors import NotFound, NotNow

GOOD_FOR = {"invitation": timedelta(days=7), "reset": timedelta(hours=1)}


async def invite(
    session: AsyncSession, *, actor: Actor, email: str, name: str, role: str, language: str
) -> tuple[Agent, str]:
    """Makes an account without a password, and the token of the link that its owner chooses one by. Raises Invalid,
    NotNow (`email_in_use`), NotAllowed."""
    agent = await without_password(session, actor=actor, email=email, name=name, role=role, language=language)
    audit.record(session, actor=actor, action="invited", subject=("agent", agent.id))
    return agent, await _link(session, agent, "invitation")


async def without_password(
    session: AsyncSession, *, actor: Actor, email: str, name: str, role: str, language: str
) -> Agent:
    """An account that nobody signs in to by a password yet. Raises as `invite`."""
    actor.need("agents.configure")
    return await added(session, actor=actor, email=email, name=name, role=role, language=language, password_hash="")


async def send_again(session: AsyncSession, agent_id: UUID, *, actor: Actor) -> tuple[Agent, str, str]:
    """The account, the token of a new link for it, and what for. Earlier links end. Raises NotFound, NotAllowed, NotNow
    (`account_closed`)."""
    agent = await governed(session, agent_id, actor=actor, version=None)
    if not agent.active:
        raise NotNow("account_closed")
    purpose = "reset" if agent.has_password else "invitation"
    audit.record(session, actor=actor, action="link_sent", subject=("agent", agent.id), purpose=purpose)
    return agent, await _link(session, agent, purpose), purpose


async def forgotten(session: AsyncSession, email: str) -> tuple[Agent, str] | None:
    """The account of an address and the token of a link to it; None where there is none to be opened, or no password to
    forget: a first one is chosen by an invitation, and who signs in elsewhere has none. Whoever asked is told the same
    in all cases."""
    address = email.strip().casefold()
    agent = await session.scalar(select(Agent).where(Agent.email == address, Agent.active))
    if agent is None or not agent.has_password:
        return None
    audit.record(session, actor="system", action="password_forgotten", subject=("agent", agent.id))
    return agent, await _link(session, agent, "reset")


async def whose(session: AsyncSession, token: str) -> AccountLink:
    """What a link is for. Raises NotFound when it is used, replaced or too old."""
    found = await session.get(AccountLink, _hash(token))
    if found is None or found.expires_at < utc_now() or not found.agent.active:
        raise NotFound("no such link")
    return found


async def choose_password(
    session: AsyncSession, token: str, password: str, *, hashed: str, about: tuple[str, ...] = ()
) -> Agent:
    """Takes the password of who followed a link; `hashed` is its hash, made beside the event loop. All links and
    sessions of the account end. Raises NotFound and Invalid."""
    link = await whose(session, token)
    agent = await session.get_one(Agent, link.agent_id, with_for_update=True, populate_existing=True)
    passwords.checked(password, about=(agent.name, agent.email, *about))
    used = delete(AccountLink).where(AccountLink.token_hash == link.token_hash).returning(AccountLink.token_hash)
    if await session.scalar(used) is None:
        raise NotFound("used a moment ago")
    agent.password_hash = hashed
    await session.execute(delete(AccountLink).where(AccountLink.agent_id == agent.id))
    await session.execute(delete(AgentSession).where(AgentSession.agent_id == agent.id))
    await session.flush()
    audit.record(session, actor=f"agent:{agent.id}", action="password_set", subject=("agent", agent.id), by="link")
    return agent


async def _link(session: AsyncSession, agent: Agent, purpose: str) -> str:
    token = secrets.token_urlsafe(32)
    now = utc_now()
    useless = (AccountLink.agent_id == agent.id) | (AccountLink.expires_at < now)
    await session.execute(delete(AccountLink).where(useless))
    session.add(
        AccountLink(
            token_hash=_hash(token),
            agent_id=agent.id,
            purpose=purpose,
            created_at=now,
            expires_at=now + GOOD_FOR[purpose],
        )
    )
    await session.flush()
    return token


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()
