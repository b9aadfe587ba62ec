"""Agents' accounts and passwords."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.agents import services
from crm_backend.errors import BadInput, Conflict, NotAuthenticated, NotFound, WrongCredentials

GOOD: dict[str, Any] = {
    "email": "Lea@Example.com",
    "name": "Léa Petit",
    "role": "agent",
    "language": "fr",
    "password": "ten letters",
}


async def test_an_account_signs_in_by_its_address_in_any_case(session: AsyncSession) -> None:
    made = await services.add_agent(session, **GOOD)
    assert (made.email, made.first_name) == ("lea@example.com", "Léa")
    assert "ten letters" not in made.password_hash and made.password_hash.startswith("$argon2id$")
    signed_in = await services.sign_in(session, email=" LEA@example.com", password="ten letters", hours=1)
    await session.flush()
    assert (await services.session_of(session, signed_in.token)).agent_id == made.id
    await services.sign_out(session, signed_in.token)
    session.expire_all()
    with pytest.raises(NotAuthenticated):
        await services.session_of(session, signed_in.token)


@pytest.mark.parametrize(
    "wrong", [{"email": "lea"}, {"name": " "}, {"role": "boss"}, {"language": "de"}, {"password": "nine chrs"}]
)
async def test_an_account_that_makes_no_sense_is_refused(session: AsyncSession, wrong: dict[str, str]) -> None:
    with pytest.raises(BadInput):
        await services.add_agent(session, **{**GOOD, **wrong})


async def test_one_address_has_one_account(session: AsyncSession) -> None:
    await services.add_agent(session, **GOOD)
    with pytest.raises(Conflict):
        await services.add_agent(session, **{**GOOD, "email": "LEA@EXAMPLE.COM"})


async def test_a_new_password_ends_every_session(session: AsyncSession) -> None:
    await services.add_agent(session, **GOOD)
    signed_in = await services.sign_in(session, email=GOOD["email"], password=GOOD["password"], hours=1)
    await session.flush()
    await services.set_password(session, email=GOOD["email"], password="another one")
    session.expire_all()
    with pytest.raises(NotAuthenticated):
        await services.session_of(session, signed_in.token)
    with pytest.raises(WrongCredentials):
        await services.sign_in(session, email=GOOD["email"], password=GOOD["password"], hours=1)
    with pytest.raises(NotFound):
        await services.set_password(session, email="nobody@example.com", password="another one")
