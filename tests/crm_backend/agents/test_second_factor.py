"""The second factor: setting it up, using it, losing it, and the roles that need one."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import COMMAND_LINE
from crm_backend.agents import administration, rules, second_factor, services, sessions, totp
from crm_backend.agents.model import Agent, RecoveryCode
from crm_backend.agents.second_factor import Safe
from crm_backend.agents.sessions import Browser
from crm_backend.audit.model import AuditEntry
from crm_backend.errors import (
    Invalid,
    NotNow,
    SecondFactorNeeded,
    SetUpFirst,
    Stale,
    WrongCode,
    WrongCredentials,
)
from tests.support.stores import PASSWORD

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


def seal(agent_id: UUID, secret: str) -> bytes:
    return f"{agent_id}{secret[::-1]}".encode()


def opened(agent_id: UUID, sealed: bytes) -> str:
    return sealed.decode().removeprefix(str(agent_id))[::-1]


SAFE = Safe(seal, opened)


@pytest.fixture
async def lea(crm: AsyncSession, password_hash: str) -> Agent:
    made = Agent(email="lea@example.com", name="Léa Petit", password_hash=password_hash)
    crm.add(made)
    await crm.flush()
    return made


async def switched_on(crm: AsyncSession, agent: Agent) -> tuple[str, list[str]]:
    secret = await second_factor.begin(crm, agent, safe=SAFE)
    code = totp.code_of(secret, totp.step_at(NOW))
    return secret, await second_factor.confirm(crm, agent, code, safe=SAFE, now=NOW)


async def entered(crm: AsyncSession, code: str | None = None, password: str = PASSWORD) -> sessions.SignedIn:
    return await services.sign_in(crm, email="lea@example.com", password=password, code=code, hours=1, safe=SAFE)


async def test_it_counts_once_a_code_was_shown(crm: AsyncSession, lea: Agent) -> None:
    with pytest.raises(NotNow, match="second_factor_not_begun"):
        await second_factor.confirm(crm, lea, "000000", safe=SAFE, now=NOW)
    secret = await second_factor.begin(crm, lea, safe=SAFE)
    assert secret.encode() not in (lea.totp or b"") and not lea.second_factor
    await entered(crm)
    with pytest.raises(Invalid, match="second_factor_code"):
        await second_factor.confirm(crm, lea, "not-it", safe=SAFE, now=NOW)
    step = totp.step_at(NOW)
    codes = await second_factor.confirm(crm, lea, totp.code_of(secret, step), safe=SAFE, now=NOW)
    assert len(set(codes)) == 10 and await second_factor.codes_left(crm, lea) == 10
    kept = set(await crm.scalars(select(RecoveryCode.code_hash)))
    assert len(kept) == 10 and not kept & set(codes)
    with pytest.raises(NotNow, match="second_factor_on"):
        await second_factor.begin(crm, lea, safe=SAFE)


async def test_signing_in_asks_for_a_code_and_takes_each_once(crm: AsyncSession, lea: Agent) -> None:
    secret, codes = await switched_on(crm, lea)
    with pytest.raises(SecondFactorNeeded):
        await entered(crm)
    with pytest.raises(WrongCredentials) as wrong:
        await entered(crm, "123456", password="not it")
    assert not isinstance(wrong.value, WrongCode), "who has not the password hears nothing of a second factor"
    code = totp.code_of(secret, totp.step_at(datetime.now(UTC)))
    assert (await entered(crm, code)).agent.id == lea.id
    with pytest.raises(WrongCode):
        await entered(crm, code)
    assert (await entered(crm, codes[0].upper().replace("-", " "))).token
    with pytest.raises(WrongCode):
        await entered(crm, codes[0])
    assert await second_factor.codes_left(crm, lea) == 9
    ways = [each.way for each in await sessions.listing(crm, lea)]
    assert sorted(ways) == ["recovery", "totp"]
    told = set(await crm.scalars(select(AuditEntry.action)))
    assert {"second_factor_on", "recovery_codes_made", "recovery_code_used", "signed_in"} <= told


async def test_new_codes_end_the_old_ones_and_dropping_ends_all(crm: AsyncSession, lea: Agent) -> None:
    _, old = await switched_on(crm, lea)
    new = await second_factor.new_codes(crm, lea)
    with pytest.raises(WrongCode):
        await entered(crm, old[0])
    assert (await entered(crm, new[0])).token
    await second_factor.drop(crm, lea)
    assert await second_factor.codes_left(crm, lea) == 0 and lea.totp is None
    assert (await entered(crm)).token
    with pytest.raises(NotNow, match="second_factor_off"):
        await second_factor.new_codes(crm, lea)


async def test_a_lost_one_is_reset_by_who_manages_agents_and_its_sessions_end(crm: AsyncSession, lea: Agent) -> None:
    _, codes = await switched_on(crm, lea)
    await entered(crm, codes[0])
    await second_factor.reset(crm, (await services.account_at(crm, " LEA@example.com")).id, actor=COMMAND_LINE)
    assert not lea.second_factor and await sessions.listing(crm, lea) == []
    assert (await entered(crm)).token


async def test_a_role_that_needs_one_leaves_nothing_else_to_do(crm: AsyncSession, lea: Agent) -> None:
    before = await entered(crm)
    asked = await rules.change_rules(crm, actor=COMMAND_LINE, second_factor_roles=["agent", "agent"], version=1)
    assert (asked.second_factor_roles, asked.version) == (["agent"], 2)
    after = await entered(crm)
    assert after.enrolling
    crm.expire_all()
    for each in (before, after):
        with pytest.raises(SetUpFirst):
            await services.session_of(crm, each.token)
        assert (await services.session_of(crm, each.token, enrolling=True)).agent_id == lea.id
    await crm.refresh(lea)
    await switched_on(crm, lea)
    crm.expire_all()
    assert (await services.session_of(crm, after.token)).agent_id == lea.id
    await crm.refresh(lea)
    with pytest.raises(NotNow, match="second_factor_asked"):
        await second_factor.drop(crm, lea)
    with pytest.raises(Stale):
        await rules.change_rules(crm, actor=COMMAND_LINE, second_factor_roles=[], version=1)
    with pytest.raises(Invalid, match="unknown_role"):
        await rules.change_rules(crm, actor=COMMAND_LINE, second_factor_roles=["boss"], version=2)


async def test_a_new_role_brings_its_rule_and_another_takes_it_away(crm: AsyncSession, lea: Agent) -> None:
    await rules.change_rules(crm, actor=COMMAND_LINE, second_factor_roles=["supervisor"])
    signed_in = await entered(crm)
    elsewhere = await sessions.opened(crm, lea, hours=1, way="sso", browser=Browser())
    await administration.change_agent(crm, lea.id, actor=COMMAND_LINE, role="supervisor")
    crm.expire_all()
    with pytest.raises(SetUpFirst):
        await services.session_of(crm, signed_in.token)
    # The identity provider asks for its own.
    assert await services.session_of(crm, elsewhere.token)
    await administration.change_agent(crm, lea.id, actor=COMMAND_LINE, role="agent")
    crm.expire_all()
    assert await services.session_of(crm, signed_in.token)


async def test_sessions_say_where_they_are_and_end_one_by_one(crm: AsyncSession, lea: Agent) -> None:
    browser = Browser(device="Firefox\x00\n" + "x" * 500, address="192.0.2.1")
    here = await services.sign_in(crm, email=lea.email, password=PASSWORD, hours=1, browser=browser)
    other, _ = await entered(crm), await entered(crm)
    found = {each.token_hash: each for each in await sessions.listing(crm, lea)}
    mine = found[sessions.token_hash(here.token)]
    assert (mine.address, mine.device[:9], len(mine.device)) == ("192.0.2.1", "Firefoxxx", 300)
    await sessions.end(crm, lea, found[sessions.token_hash(other.token)].id)
    assert await sessions.end_others(crm, lea, but=here.token) == 1
    assert [each.id for each in await sessions.listing(crm, lea)] == [mine.id]
    assert await sessions.end_all_of(crm, lea.id, actor=COMMAND_LINE) == 1
    assert (await sessions.listing(crm, lea)) == []
