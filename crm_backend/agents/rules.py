"""What the company decided about signing in: whose role asks for a second factor."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import Actor
from crm_backend.access.queries import roles
from crm_backend.agents.model import Agent, AgentSession, SignInRules
from crm_backend.audit import services as audit
from crm_backend.database import expect
from crm_backend.errors import Invalid

_ONLY = 1


async def sign_in_rules(session: AsyncSession, *, lock: bool = False) -> SignInRules:
    """The rules; at first nobody needs a second factor."""
    found = await session.get(SignInRules, _ONLY, with_for_update=lock or None)
    if found is None:
        begun = insert(SignInRules).values(id=_ONLY, second_factor_roles=[], version=1).on_conflict_do_nothing()
        await session.execute(begun)
        found = await session.get_one(SignInRules, _ONLY, with_for_update=lock or None, populate_existing=True)
    return found


async def asked_of(session: AsyncSession, agent: Agent) -> bool:
    """Whether the agent's role asks for a second factor."""
    kept = await session.scalar(select(SignInRules.second_factor_roles).where(SignInRules.id == _ONLY))
    return agent.role in (kept or [])


async def change_rules(
    session: AsyncSession, *, actor: Actor, second_factor_roles: Collection[str], version: int | None = None
) -> SignInRules:
    """Says which roles need a second factor. Who is signed in without one sets it up before anything else.

    Raises NotAllowed, Invalid (`unknown_role`), Stale.
    """
    actor.need("agents.configure")
    wanted = sorted(set(second_factor_roles))
    known = {each.key for each in await roles(session)}
    if set(wanted) - known:
        raise Invalid("second_factor_roles", "unknown_role")
    rules = await sign_in_rules(session, lock=True)
    expect(rules, version)
    old = list(rules.second_factor_roles)
    if wanted != old:
        rules.second_factor_roles = wanted
        await session.flush()
        new = {"second_factor_roles": wanted}
        before = {"second_factor_roles": old}
        audit.record(session, actor=actor, action="changed", subject=("sign_in_rules", _ONLY), old=before, new=new)
        await apply(session, wanted)
    return rules


async def apply(session: AsyncSession, wanted: Collection[str], *, only: Agent | None = None) -> None:
    """Brings open sessions in line with the rules: all, or those of one agent whose role or second factor changed."""
    without = select(Agent.id).where(Agent.role.in_(list(wanted)), Agent.totp_since.is_(None))
    ours = AgentSession.way != "sso"
    mine = ours if only is None else ours & (AgentSession.agent_id == only.id)
    now_asked = AgentSession.agent_id.in_(without)
    changed = update(AgentSession).where(mine, AgentSession.enrolling != now_asked).values(enrolling=now_asked)
    await session.execute(changed.execution_options(synchronize_session=False))


async def follow(session: AsyncSession, agent: Agent) -> None:
    """After an agent's role changed."""
    kept = await session.scalar(select(SignInRules.second_factor_roles).where(SignInRules.id == _ONLY))
    if kept:
        await session.flush()
        await apply(session, kept, only=agent)
