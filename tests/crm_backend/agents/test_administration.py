"""Changing agents' accounts, and who may."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import SYSTEM, Actor
from crm_backend.access.roles import BUILT_IN
from crm_backend.agents import administration, services
from crm_backend.agents.model import Agent, AgentSession
from crm_backend.audit.model import AuditEntry
from crm_backend.audit.values import PERSONAL
from crm_backend.conversations.model import Conversation
from crm_backend.customers.model import Identity
from crm_backend.database import Sessions, new_id, utc_now
from crm_backend.errors import Invalid, NotAllowed, NotFound, NotNow, Stale
from crm_backend.keys import services as keys
from crm_backend.routing.model import QueueEntry

SUPERVISOR = Actor("agent:s", BUILT_IN["supervisor"].permissions | {"agents.configure"})


async def _agent(session: AsyncSession, name: str = "lea", role: str = "agent") -> Agent:
    return await services.add_agent(
        session, email=f"{name}@example.com", name=name.title(), role=role, language="fr", password_hash="-"
    )


async def test_an_account_changes_and_the_log_tells_how(crm: AsyncSession) -> None:
    lea = await _agent(crm)
    changed = await administration.change_agent(
        crm, lea.id, actor=SYSTEM, version=1, name=" Léa  Petit ", email="LEA.P@example.com", role="senior_agent"
    )
    assert (changed.name, changed.email, changed.role, changed.version) == (
        "Léa Petit", "lea.p@example.com", "senior_agent", 2,
    )  # fmt: skip
    entry = (await crm.scalars(select(AuditEntry).order_by(AuditEntry.id.desc()))).first()
    assert entry is not None
    assert entry.old == {"name": PERSONAL, "email": PERSONAL, "role": "agent"}
    assert entry.new == {"name": PERSONAL, "email": PERSONAL, "role": "senior_agent"}
    with pytest.raises(Stale):
        await administration.change_agent(crm, lea.id, actor=SYSTEM, version=1, name="x")
    with pytest.raises(NotFound):
        await administration.change_agent(crm, new_id(), actor=SYSTEM, name="x")


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "a\0"}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"email": "lea"}, "email"),
        ({"email": "le\0a@example.com"}, "email"),
        ({"email": "x" * 320 + "@example.com"}, "email"),
        ({"email": "\ud800@example.com"}, "email"),
        ({"role": "boss"}, "role"),
        ({"role": "\0"}, "role"),
        ({"language": "de"}, "language"),
    ],
)
async def test_a_value_that_will_not_do_is_named(crm: AsyncSession, wrong: dict[str, Any], field: str) -> None:
    lea = await _agent(crm)
    with pytest.raises(Invalid) as caught:
        await administration.change_agent(crm, lea.id, actor=SYSTEM, **wrong)
    assert caught.value.field == field


async def test_two_accounts_never_have_one_address(crm: AsyncSession) -> None:
    lea = await _agent(crm)
    await _agent(crm, "tom")
    with pytest.raises(NotNow):
        await administration.change_agent(crm, lea.id, actor=SYSTEM, email="TOM@example.com")


async def test_leaving_ends_sessions_and_gives_conversations_back(crm: AsyncSession) -> None:
    lea = await _agent(crm)
    now = utc_now()
    crm.add(AgentSession(token_hash="x", agent_id=lea.id, csrf="c", created_at=now, expires_at=now, seen_at=now))
    identity = Identity(id=new_id(), kind="browser", value="x")
    crm.add(identity)
    await crm.flush()
    talk = Conversation(
        channel="webchat", address="v", language="fr", identity_id=identity.id, owner=f"agent:{lea.id}", team="service"
    )
    crm.add(talk)
    await crm.flush()
    theirs = Actor(f"agent:{lea.id}", frozenset({"keys.configure", "orders.read"}))
    made = await keys.make(crm, actor=theirs, name="Shop", scopes=["orders.read"])
    assert await administration.deactivate(crm, lea.id, actor=SYSTEM) == [talk.id]
    assert await keys.key_of(crm, made.token) is None
    assert (lea.active, talk.owner, talk.waiting_since is not None) == (False, "queue:service", True)
    assert await crm.scalar(select(func.count()).select_from(AgentSession)) == 0
    assert await crm.scalar(select(QueueEntry.reason)) == "agent_left"
    assert await administration.deactivate(crm, lea.id, actor=SYSTEM) == []
    assert (await administration.reactivate(crm, lea.id, actor=SYSTEM)).active


async def test_one_admin_always_stays(crm: AsyncSession) -> None:
    ada = await _agent(crm, "ada", "admin")
    for each in (
        administration.deactivate(crm, ada.id, actor=SYSTEM),
        administration.change_agent(crm, ada.id, actor=SYSTEM, role="supervisor"),
    ):
        with pytest.raises(NotNow) as caught:
            await each
        assert caught.value.reason == "last_admin"
    bob = await _agent(crm, "bob", "admin")
    await administration.deactivate(crm, ada.id, actor=SYSTEM)
    with pytest.raises(NotNow):
        await administration.deactivate(crm, bob.id, actor=SYSTEM)


async def test_the_last_two_admins_do_not_leave_at_once(sessions: Sessions) -> None:
    async with sessions.begin() as session:
        both = [(await _agent(session, name, "admin")).id for name in ("ada", "bob")]

    async def leave(agent_id: Any) -> None:
        async with sessions.begin() as session:
            await administration.deactivate(session, agent_id, actor=SYSTEM)

    done = await asyncio.gather(*(leave(each) for each in both), return_exceptions=True)
    assert [type(each) for each in done if each] == [NotNow]


async def test_nobody_rules_over_those_who_may_do_more(crm: AsyncSession) -> None:
    ada, lea = await _agent(crm, "ada", "admin"), await _agent(crm)
    await _agent(crm, "bob", "admin")
    gone = await _agent(crm, "zoe", "admin")
    await administration.deactivate(crm, gone.id, actor=SYSTEM)
    for each in (
        administration.change_agent(crm, ada.id, actor=SUPERVISOR, name="x"),
        administration.change_agent(crm, lea.id, actor=SUPERVISOR, role="admin"),
        administration.give_password(crm, ada.id, actor=SUPERVISOR, password_hash="x"),
        administration.give_password(crm, gone.id, actor=SUPERVISOR, password_hash="x"),
        administration.deactivate(crm, ada.id, actor=SUPERVISOR),
        administration.reactivate(crm, gone.id, actor=SUPERVISOR),
        administration.change_agent(crm, lea.id, actor=Actor("agent:x", BUILT_IN["supervisor"].permissions), name="x"),
        services.add_agent(
            crm, email="n@example.com", name="N", role="admin", language="fr", password_hash="-", actor=SUPERVISOR
        ),
    ):
        with pytest.raises(NotAllowed):
            await each
    await administration.change_agent(crm, lea.id, actor=SUPERVISOR, role="supervisor")


async def test_going_to_lunch_makes_no_new_version(crm: AsyncSession) -> None:
    lea = await _agent(crm)
    await services.prefer(crm, lea, language="en", presence="away")
    assert (lea.language, lea.presence, lea.version) == ("en", "away", 1)
