"""Making, changing and deleting a company's own roles. Nobody grants what they do not have."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import Actor
from crm_backend.access.model import KEY, CustomRole
from crm_backend.access.permissions import ALL
from crm_backend.access.queries import as_role
from crm_backend.access.roles import BUILT_IN, Role
from crm_backend.agents.model import Agent
from crm_backend.audit import services as audit
from crm_backend.database import expect
from crm_backend.errors import Invalid, NotAllowed, NotFound, NotNow

LONGEST_NAME = 80
MOST_ROLES = 200


def within(actor: Actor, permissions: Collection[str]) -> None:
    """Raises NotAllowed unless the actor has every one of them: to give, to take and to rule over a right needs it."""
    if missing := sorted(set(permissions) - actor.permissions):
        raise NotAllowed(f"does not have {', '.join(missing)}")


async def add_role(
    session: AsyncSession, *, actor: Actor, key: str, name: Mapping[str, str], permissions: Collection[str]
) -> Role:
    """Makes a role. Raises Invalid, NotNow (`role_exists`, `too_many_roles`) and NotAllowed."""
    actor.need("agents.configure")
    if not re.fullmatch(KEY, key):
        raise Invalid("key", "role_key")
    names, granted = _names(name), _permissions(permissions)
    within(actor, granted)
    if key in BUILT_IN or await session.get(CustomRole, key) is not None:
        raise NotNow("role_exists", key=key)
    if (await session.scalar(select(func.count()).select_from(CustomRole)) or 0) >= MOST_ROLES:
        raise NotNow("too_many_roles", most=MOST_ROLES)
    row = CustomRole(key=key, name=names, permissions=granted)
    session.add(row)
    await session.flush()
    audit.record(
        session, actor=actor, action="added", subject=("role", key),
        new={"name": names, "permissions": granted}, plain=["name"],
    )  # fmt: skip
    return as_role(row)


async def change_role(
    session: AsyncSession,
    key: str,
    *,
    actor: Actor,
    version: int | None = None,
    name: Mapping[str, str] | None = None,
    permissions: Collection[str] | None = None,
) -> Role:
    """Changes what is given. Whoever has the role has its new permissions from their next request on.

    Raises NotFound, Invalid, Stale, NotNow (`role_built_in`) and NotAllowed: both what it permitted and what it shall
    permit must be the actor's own.
    """
    actor.need("agents.configure")
    row = await _locked(session, key)
    expect(row, version)
    within(actor, ALL.intersection(row.permissions))
    old = {"name": dict(row.name), "permissions": list(row.permissions)}
    if name is not None:
        row.name = _names({**row.name, **name})
    if permissions is not None:
        granted = _permissions(permissions)
        within(actor, granted)
        row.permissions = granted
    new = {"name": dict(row.name), "permissions": list(row.permissions)}
    if new != old:
        await session.flush()
        audit.record(session, actor=actor, action="changed", subject=("role", key), old=old, new=new, plain=["name"])
    return as_role(row)


async def delete_role(session: AsyncSession, key: str, *, actor: Actor, version: int | None = None) -> None:
    """Deletes a role that nobody has, not even somebody who left. Raises NotFound, Stale, NotNow (`role_built_in`,
    `role_in_use`) and NotAllowed."""
    actor.need("agents.configure")
    row = await _locked(session, key)
    expect(row, version)
    within(actor, ALL.intersection(row.permissions))
    if having := await session.scalar(select(func.count()).where(Agent.role == key)):
        raise NotNow("role_in_use", count=having)
    old = {"name": dict(row.name), "permissions": list(row.permissions)}
    await session.delete(row)
    await session.flush()
    audit.record(session, actor=actor, action="deleted", subject=("role", key), old=old, plain=["name"])


async def grantable(session: AsyncSession, key: str, *, actor: Actor) -> str:
    """The key of a role that the actor may give; a role of the company's own cannot be deleted until the transaction
    ends. Raises Invalid when there is none, and NotAllowed."""
    if (role := BUILT_IN.get(key)) is not None:
        within(actor, role.permissions)
        return key
    if not re.fullmatch(KEY, key):
        raise Invalid("role", "unknown_role")
    kept = await session.scalar(
        select(CustomRole.permissions).where(CustomRole.key == key).with_for_update(read=True, key_share=True)
    )
    if kept is None:
        raise Invalid("role", "unknown_role")
    within(actor, ALL.intersection(kept))
    return key


async def _locked(session: AsyncSession, key: str) -> CustomRole:
    if key in BUILT_IN:
        raise NotNow("role_built_in")
    if not re.fullmatch(KEY, key):
        raise NotFound("no such role")
    found = await session.get(CustomRole, key, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotFound("no such role")
    return found


def _names(given: Mapping[str, str]) -> dict[str, str]:
    names = {}
    for language in ("fr", "en"):
        text = " ".join(given.get(language, "").split())
        if not text:
            raise Invalid(f"name.{language}", "missing")
        if len(text) > LONGEST_NAME:
            raise Invalid(f"name.{language}", "too_long", most=LONGEST_NAME)
        if not text.isprintable():
            raise Invalid(f"name.{language}", "unstorable_text")
        names[language] = text
    return names


def _permissions(given: Collection[str]) -> list[str]:
    wanted = sorted(set(given))
    for permission in wanted:
        if permission not in ALL:
            raise Invalid("permissions", "unknown_permission", permission=permission[:80])
    return wanted
