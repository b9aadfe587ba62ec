"""Changing agents' accounts: who they are, what they may do, and when they leave."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import delete, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import Actor
from crm_backend.access.queries import permissions_of
from crm_backend.access.services import grantable, within
from crm_backend.agents import rules
from crm_backend.agents.fields import a_language, a_name, an_address, unused
from crm_backend.agents.leaving import put_back
from crm_backend.agents.model import AccountLink, Agent, AgentSession
from crm_backend.audit import services as audit
from crm_backend.database import expect
from crm_backend.errors import NotFound, NotNow
from crm_backend.keys import services as keys

_ONE_AT_A_TIME = text("select pg_advisory_xact_lock(7235208)")
_TOLD = ("name", "email", "role", "language", "active")


async def get_agent(session: AsyncSession, agent_id: UUID, *, actor: Actor) -> Agent:
    """An agent's account. Raises NotFound, NotAllowed."""
    actor.need("agents.read")
    found = await session.get(Agent, agent_id)
    if found is None:
        raise NotFound("no such agent")
    return found


async def added(
    session: AsyncSession,
    *,
    actor: Actor,
    email: str,
    name: str,
    role: str,
    language: str,
    password_hash: str,
    demo: bool = False,
) -> Agent:
    """A new account; who adds it was asked for the permission. Raises Invalid, NotNow (`email_in_use`) and NotAllowed:
    nobody gives a role that permits what they may not do."""
    address = an_address(email)
    agent = Agent(
        email=address,
        name=a_name(name),
        role=await grantable(session, role, actor=actor),
        language=a_language(language),
        password_hash=password_hash,
        demo=demo,
        presence="available",
    )
    await unused(session, address)
    session.add(agent)
    await session.flush()
    new = {"name": agent.name, "email": address, "role": role, "language": language, "active": True}
    audit.record(session, actor=actor, action="added", subject=("agent", agent.id), new=new)
    return agent


async def change_agent(
    session: AsyncSession,
    agent_id: UUID,
    *,
    actor: Actor,
    version: int | None = None,
    name: str | None = None,
    email: str | None = None,
    role: str | None = None,
    language: str | None = None,
) -> Agent:
    """Changes what is given. A new role holds from the agent's next request on.

    Raises NotFound, Invalid, Stale, NotNow (`email_in_use`, `last_admin`) and NotAllowed: nobody rules over somebody
    who may do more than they, or gives what they do not have.
    """
    agent = await governed(session, agent_id, actor=actor, version=version)
    old = {each: getattr(agent, each) for each in _TOLD}
    if name is not None:
        agent.name = a_name(name)
    if email is not None and (address := an_address(email)) != agent.email:
        await unused(session, address)
        agent.email = address
    if role is not None and role != agent.role:
        await grantable(session, role, actor=actor)
        await _another_admin(session, agent)
        agent.role = role
    if language is not None:
        agent.language = a_language(language)
    await _changed(session, agent, actor=actor, old=old)
    if agent.email != old["email"]:
        # What was mailed to the old address is not for the new one's owner.
        await session.execute(delete(AccountLink).where(AccountLink.agent_id == agent.id))
    if agent.role != old["role"]:
        await rules.follow(session, agent)
    return agent


async def deactivate(session: AsyncSession, agent_id: UUID, *, actor: Actor, version: int | None = None) -> list[UUID]:
    """Ends an account: it signs in no more, its sessions and the API keys it made end at once, and its conversations
    wait for somebody else; the conversations. Twice changes nothing. Raises NotFound, Stale, NotNow (`last_admin`) and
    NotAllowed."""
    agent = await governed(session, agent_id, actor=actor, version=version)
    if not agent.active:
        return []
    await _another_admin(session, agent)
    old = {each: getattr(agent, each) for each in _TOLD}
    agent.active = False
    for ended in (AgentSession, AccountLink):
        await session.execute(delete(ended).where(ended.agent_id == agent.id))
    await keys.revoke_those_of(session, f"agent:{agent.id}", actor=actor)
    await _changed(session, agent, actor=actor, old=old)
    return await put_back(session, agent.id, actor=actor)


async def reactivate(session: AsyncSession, agent_id: UUID, *, actor: Actor, version: int | None = None) -> Agent:
    """Lets an agent who had left sign in again, with the password they had. Raises NotFound, Stale, NotAllowed."""
    agent = await governed(session, agent_id, actor=actor, version=version, of_role=True)
    old = {each: getattr(agent, each) for each in _TOLD}
    agent.active = True
    return await _changed(session, agent, actor=actor, old=old)


async def give_password(
    session: AsyncSession, agent_id: UUID, *, actor: Actor, password_hash: str, version: int | None = None
) -> Agent:
    """Gives an account a new password, by its hash (services.hash_password), and ends its sessions. Raises NotFound,
    Stale, NotAllowed."""
    agent = await governed(session, agent_id, actor=actor, version=version, of_role=True)
    agent.password_hash = password_hash
    for ended in (AgentSession, AccountLink):
        await session.execute(delete(ended).where(ended.agent_id == agent.id))
    await session.flush()
    audit.record(session, actor=actor, action="password_set", subject=("agent", agent.id))
    return agent


async def governed(
    session: AsyncSession, agent_id: UUID, *, actor: Actor, version: int | None, of_role: bool = False
) -> Agent:
    """The account, locked, if the actor may rule over it; `of_role`: as it would be if it were active. Raises NotFound,
    Stale, NotAllowed."""
    actor.need("agents.configure")
    # The last two administrators must not leave at once.
    await session.execute(_ONE_AT_A_TIME)
    agent = await session.get(Agent, agent_id, with_for_update=True, populate_existing=True)
    if agent is None:
        raise NotFound("no such agent")
    expect(agent, version)
    if agent.active or not of_role:
        within(actor, await permissions_of(session, agent))
    else:
        await grantable(session, agent.role, actor=actor)
    return agent


async def _another_admin(session: AsyncSession, agent: Agent) -> None:
    """Raises NotNow when nobody else could manage agents any more."""
    if agent.role != "admin" or not agent.active:
        return
    others = select(func.count()).where(Agent.role == "admin", Agent.active, Agent.id != agent.id)
    if not await session.scalar(others):
        raise NotNow("last_admin")


async def _changed(session: AsyncSession, agent: Agent, *, actor: Actor, old: dict[str, object]) -> Agent:
    new = {each: getattr(agent, each) for each in _TOLD}
    if new != old:
        await session.flush()
        audit.record(session, actor=actor, action="changed", subject=("agent", agent.id), old=old, new=new)
    return agent
