"""Roles: those that come with Relais, those that a company makes, and who may give them."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access import queries, services
from crm_backend.access.actor import SYSTEM, Actor
from crm_backend.access.permissions import ALL
from crm_backend.access.roles import BUILT_IN
from crm_backend.agents.model import Agent
from crm_backend.audit.model import AuditEntry
from crm_backend.errors import Invalid, NotAllowed, NotFound, NotNow, Stale

NAMES = {"fr": "Équipe retours", "en": "Returns team"}


def an_agent(role: str, **more: Any) -> Agent:
    return Agent(
        email=f"{role}@example.com", name=role.title(), role=role, password_hash="-", **{"active": True, **more}
    )


async def _made(crm: AsyncSession, *permissions: str, key: str = "returns_team") -> None:
    await services.add_role(crm, actor=SYSTEM, key=key, name=NAMES, permissions=permissions or ["orders.read"])


def test_the_built_in_roles_permit_what_exists_and_grow_from_agent_to_admin() -> None:
    assert set(BUILT_IN) == {"agent", "senior_agent", "knowledge_editor", "supervisor", "admin", "auditor"}
    of = {key: role.permissions for key, role in BUILT_IN.items()}
    assert all(granted <= ALL for granted in of.values())
    assert of["agent"] < of["senior_agent"] < of["supervisor"] < of["admin"] == ALL
    assert of["knowledge_editor"] < of["supervisor"]
    assert all(permission.endswith(".read") for permission in of["auditor"])


@pytest.mark.parametrize("role", sorted(BUILT_IN))
async def test_an_agent_has_the_permissions_of_their_role(crm: AsyncSession, role: str) -> None:
    agent = an_agent(role)
    crm.add(agent)
    await crm.flush()
    actor = await queries.actor_of(crm, agent, "desk")
    assert (actor.name, actor.origin, actor.permissions) == (f"agent:{agent.id}", "desk", BUILT_IN[role].permissions)


async def test_somebody_who_left_may_do_nothing(crm: AsyncSession) -> None:
    assert await queries.permissions_of(crm, an_agent("admin", active=False)) == frozenset()


async def test_a_role_of_ones_own_permits_what_it_holds(crm: AsyncSession) -> None:
    await _made(crm, "orders.read", "orders.refund")
    agent = an_agent("returns_team")
    assert await queries.permissions_of(crm, agent) == {"orders.read", "orders.refund"}
    changed = await services.change_role(crm, "returns_team", actor=SYSTEM, permissions=["orders.read"], version=1)
    assert changed.version == 2
    assert await queries.permissions_of(crm, agent) == {"orders.read"}
    with pytest.raises(Stale):
        await services.change_role(crm, "returns_team", actor=SYSTEM, name={"fr": "x"}, version=1)


async def test_a_permission_that_is_gone_is_not_permitted(crm: AsyncSession) -> None:
    await _made(crm)
    await crm.execute(text("""update roles set permissions = '["orders.read", "orders.eat"]'"""))
    assert await queries.permissions_of(crm, an_agent("returns_team")) == {"orders.read"}
    assert await queries.permissions_of(crm, an_agent("nothing")) == frozenset()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"key": "Returns"}, "key"),
        ({"key": ""}, "key"),
        ({"key": "a\0"}, "key"),
        ({"key": "é"}, "key"),
        ({"key": "x" * 64}, "key"),
        ({"name": {"fr": "Retours"}}, "name.en"),
        ({"name": {"fr": " ", "en": "x"}}, "name.fr"),
        ({"name": {"fr": "x" * 81, "en": "x"}}, "name.fr"),
        ({"name": {"fr": "a\0b", "en": "x"}}, "name.fr"),
        ({"permissions": ["orders.eat"]}, "permissions"),
    ],
)
async def test_a_role_that_makes_no_sense_is_refused(crm: AsyncSession, wrong: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as caught:
        await services.add_role(
            crm, actor=SYSTEM, **{"key": "returns_team", "name": NAMES, "permissions": ["orders.read"], **wrong}
        )
    assert caught.value.field == field


async def test_nobody_grants_what_they_do_not_have(crm: AsyncSession) -> None:
    chief = Actor("agent:1", frozenset({"agents.configure", "orders.read"}))
    await services.add_role(crm, actor=chief, key="readers", name=NAMES, permissions=["orders.read"])
    await _made(crm, "orders.read", "orders.refund", key="refunds")
    refused = (
        services.add_role(crm, actor=chief, key="more", name=NAMES, permissions=["orders.refund"]),
        services.change_role(crm, "readers", actor=chief, permissions=["orders.refund"]),
        # Nor do they take it away from others.
        services.change_role(crm, "refunds", actor=chief, permissions=["orders.read"]),
        services.delete_role(crm, "refunds", actor=chief),
        services.grantable(crm, "refunds", actor=chief),
        services.grantable(crm, "admin", actor=chief),
        services.add_role(crm, actor=Actor("agent:2", frozenset()), key="x", name=NAMES, permissions=[]),
    )
    for each in refused:
        with pytest.raises(NotAllowed):
            await each
    assert await services.grantable(crm, "readers", actor=chief) == "readers"


async def test_built_in_roles_stay_as_they_are(crm: AsyncSession) -> None:
    for each in (
        services.change_role(crm, "agent", actor=SYSTEM, permissions=[]),
        services.delete_role(crm, "admin", actor=SYSTEM),
        services.add_role(crm, actor=SYSTEM, key="auditor", name=NAMES, permissions=[]),
    ):
        with pytest.raises(NotNow):
            await each


async def test_a_role_in_use_is_not_deleted(crm: AsyncSession) -> None:
    await _made(crm)
    crm.add(an_agent("returns_team", active=False))
    await crm.flush()
    with pytest.raises(NotNow) as caught:
        await services.delete_role(crm, "returns_team", actor=SYSTEM)
    assert (caught.value.reason, caught.value.facts) == ("role_in_use", {"count": 1})
    await crm.execute(text("update agents set role = 'agent'"))
    await services.delete_role(crm, "returns_team", actor=SYSTEM)
    with pytest.raises(NotFound):
        await queries.role(crm, "returns_team")
    with pytest.raises(NotFound):
        await services.delete_role(crm, "returns_team", actor=SYSTEM)


async def test_what_was_done_to_a_role_is_told_with_its_values(crm: AsyncSession) -> None:
    await _made(crm)
    await services.change_role(crm, "returns_team", actor=SYSTEM, permissions=["orders.write"], name={"en": "Returns"})
    await services.change_role(crm, "returns_team", actor=SYSTEM, permissions=["orders.write"])
    made, changed = await crm.scalars(select(AuditEntry).order_by(AuditEntry.id))
    assert (made.old, made.new) == (None, {"name": NAMES, "permissions": ["orders.read"]})
    assert changed.old == {"name": NAMES, "permissions": ["orders.read"]}
    assert changed.new == {"name": NAMES | {"en": "Returns"}, "permissions": ["orders.write"]}


async def test_every_role_is_listed(crm: AsyncSession) -> None:
    await _made(crm)
    found = await queries.roles(crm)
    assert [role.key for role in found] == [*BUILT_IN, "returns_team"]
    assert [role.built_in for role in found] == [True] * 6 + [False]
