"""Who may do what: the permissions behind an agent's role."""

from __future__ import annotations

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import Actor
from crm_backend.access.model import CustomRole
from crm_backend.access.permissions import ALL
from crm_backend.access.roles import BUILT_IN, Role
from crm_backend.agents.model import Agent
from crm_backend.errors import NotFound


async def permissions_of(session: AsyncSession, agent: Agent) -> frozenset[str]:
    """What the agent's role permits; nothing, for one who left. Built-in roles cost no query."""
    if not agent.active:
        return frozenset()
    if (role := BUILT_IN.get(agent.role)) is not None:
        return role.permissions
    kept = await session.scalar(select(CustomRole.permissions).where(CustomRole.key == agent.role))
    # A permission of an older version may be gone.
    return ALL.intersection(kept or ())


def role_permits(permission: str) -> ColumnElement[bool]:
    """That the role of an agent, a row that is asked for, permits this: for who counts or lists many."""
    built_in = [role.key for role in BUILT_IN.values() if permission in role.permissions]
    own = exists().where(
        CustomRole.key == Agent.role, CustomRole.key.not_in(BUILT_IN), CustomRole.permissions.contains([permission])
    )
    return or_(Agent.role.in_(built_in), own)


async def actor_of(session: AsyncSession, agent: Agent, origin: str) -> Actor:
    """The agent as whoever calls services; `origin` is where they ask from (`desk`, `api`)."""
    return Actor(f"agent:{agent.id}", await permissions_of(session, agent), origin)


async def roles(session: AsyncSession) -> list[Role]:
    """Every role: the built-in ones, then the company's own by key."""
    own = await session.scalars(select(CustomRole).order_by(CustomRole.key))
    return [*BUILT_IN.values(), *(as_role(each) for each in own)]


async def role(session: AsyncSession, key: str) -> Role:
    """One role. Raises NotFound."""
    if (found := BUILT_IN.get(key)) is not None:
        return found
    own = await session.get(CustomRole, key) if "\0" not in key else None
    if own is None:
        raise NotFound("no such role")
    return as_role(own)


def as_role(row: CustomRole) -> Role:
    """A row of the table as what a role is."""
    return Role(row.key, dict(row.name), ALL.intersection(row.permissions), version=row.version, built_in=False)


async def need(session: AsyncSession, agent: Agent, *permissions: str) -> None:
    """Raises NotAllowed unless the agent's role permits all of them."""
    (await actor_of(session, agent, "desk")).need(*permissions)


async def may(session: AsyncSession, agent: Agent, permission: str) -> bool:
    """Whether the agent's role permits it."""
    return (await actor_of(session, agent, "desk")).may(permission)
