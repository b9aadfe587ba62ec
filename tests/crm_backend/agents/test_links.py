"""Invitations, links for forgotten passwords, and accounts of who signs in elsewhere."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import COMMAND_LINE, Actor
from crm_backend.access.roles import BUILT_IN
from crm_backend.agents import administration, elsewhere, links, services
from crm_backend.agents.model import AccountLink, Agent
from crm_backend.audit.model import AuditEntry
from crm_backend.database import utc_now
from crm_backend.errors import Invalid, NotAllowed, NotFound, NotNow, WrongCredentials

GOOD = "ours-givre-marelle"


async def invited(crm: AsyncSession, **more: str) -> tuple[Agent, str]:
    who = {"email": "Lea@example.com", "name": "Léa Petit", "role": "agent", "language": "fr"}
    return await links.invite(crm, actor=COMMAND_LINE, **{**who, **more})


async def chosen(crm: AsyncSession, token: str, password: str = GOOD) -> Agent:
    return await links.choose_password(crm, token, password, hashed=services.hash_password(password))


async def test_an_invitation_opens_an_account_once(crm: AsyncSession) -> None:
    agent, token = await invited(crm)
    assert not agent.has_password
    for guess in ("", GOOD):
        with pytest.raises(WrongCredentials):
            await services.sign_in(crm, email=agent.email, password=guess, hours=1)
    assert (await links.whose(crm, token)).purpose == "invitation"
    assert token not in list(await crm.scalars(select(AccountLink.token_hash)))
    with pytest.raises(Invalid, match="password_personal"):
        await chosen(crm, token, "lea-petit-1")
    await chosen(crm, token)
    assert (await services.sign_in(crm, email=agent.email, password=GOOD, hours=1)).agent.id == agent.id
    with pytest.raises(NotFound):
        await chosen(crm, token)
    with pytest.raises(NotNow, match="email_in_use"):
        await invited(crm)


async def test_a_newer_link_ends_the_one_before_and_time_ends_both(crm: AsyncSession) -> None:
    agent, first = await invited(crm)
    assert await links.forgotten(crm, agent.email) is None, "there is no password to forget yet"
    await links.whose(crm, first)
    _, second, _ = await links.send_again(crm, agent.id, actor=COMMAND_LINE)
    with pytest.raises(NotFound):
        await links.whose(crm, first)
    await chosen(crm, second)
    found = await links.forgotten(crm, " LEA@example.com ")
    assert found is not None and found[0].id == agent.id
    await crm.execute(update(AccountLink).values(expires_at=utc_now() - timedelta(seconds=1)))
    crm.expire_all()
    with pytest.raises(NotFound):
        await chosen(crm, found[1])


async def test_a_password_by_link_ends_every_session_and_keeps_the_second_factor(
    crm: AsyncSession, password_hash: str
) -> None:
    agent, token = await invited(crm)
    await chosen(crm, token)
    signed_in = await services.sign_in(crm, email=agent.email, password=GOOD, hours=1)
    await crm.execute(update(Agent).where(Agent.id == agent.id).values(totp=b"x", totp_since=utc_now()))
    await crm.refresh(agent)
    found = await links.forgotten(crm, agent.email)
    assert found is not None
    await chosen(crm, found[1], "autre-givre-marelle")
    crm.expire_all()
    with pytest.raises(Exception, match="no live session"):
        await services.session_of(crm, signed_in.token)
    await crm.refresh(agent)
    assert agent.second_factor


async def test_a_session_alone_sets_no_first_password(crm: AsyncSession) -> None:
    agent, _ = await invited(crm)
    with pytest.raises(NotNow, match="password_none"):
        await services.own_password(crm, agent, hashed="x")
    assert not agent.has_password


async def test_nobody_and_who_left_get_no_link(crm: AsyncSession) -> None:
    agent, token = await invited(crm)
    await chosen(crm, token)
    agent, token, _ = await links.send_again(crm, agent.id, actor=COMMAND_LINE)
    assert await links.forgotten(crm, "nobody@example.com") is None
    await administration.deactivate(crm, agent.id, actor=COMMAND_LINE)
    assert await links.forgotten(crm, agent.email) is None
    with pytest.raises(NotFound):
        await links.whose(crm, token)
    with pytest.raises(NotNow, match="account_closed"):
        await links.send_again(crm, agent.id, actor=COMMAND_LINE)


async def test_another_address_ends_the_link_that_went_to_the_old_one(crm: AsyncSession) -> None:
    agent, token = await invited(crm)
    await administration.change_agent(crm, agent.id, actor=COMMAND_LINE, email="petit@example.com")
    with pytest.raises(NotFound):
        await links.whose(crm, token)
    _, again, purpose = await links.send_again(crm, agent.id, actor=COMMAND_LINE)
    assert purpose == "invitation" and (await links.whose(crm, again)).agent_id == agent.id


async def test_nobody_invites_to_more_than_they_may_do(crm: AsyncSession) -> None:
    boss = Actor("agent:1", BUILT_IN["supervisor"].permissions | {"agents.configure"}, "desk")
    with pytest.raises(NotAllowed):
        await links.invite(crm, actor=boss, email="x@example.com", name="X", role="admin", language="fr")
    admin, _ = await invited(crm, role="admin")
    with pytest.raises(NotAllowed):
        await links.send_again(crm, admin.id, actor=boss)


async def test_who_signs_in_elsewhere_has_the_account_of_their_address(crm: AsyncSession) -> None:
    agent, _ = await invited(crm)
    who = {"email": "LEA@Example.com", "name": "Someone else", "language": "en"}
    assert (await elsewhere.account_of(crm, **who)).id == agent.id
    await administration.deactivate(crm, agent.id, actor=COMMAND_LINE)
    with pytest.raises(NotAllowed):
        await elsewhere.account_of(crm, **who)


async def test_accounts_are_made_for_our_domains_only_with_the_role_that_was_set(crm: AsyncSession) -> None:
    who = {"email": "New@example.com", "name": "  Zoé \x00 Roy ", "language": "fr"}
    for how in ({}, {"role": "agent"}, {"role": "agent", "domains": ["example.org", "ample.com"]}):
        with pytest.raises(NotFound):
            await elsewhere.account_of(crm, **who, **how)
    made = await elsewhere.account_of(crm, **who, role="agent", domains=["Example.com "])
    assert (made.email, made.name, made.role, made.has_password) == ("new@example.com", "Zoé Roy", "agent", False)
    entry = await crm.scalar(select(AuditEntry).where(AuditEntry.action == "added"))
    assert entry is not None and entry.actor == "system"
