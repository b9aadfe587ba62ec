"""Codes asked for on pages: a stranger uses up their own share of an address, and nobody guesses."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.customers.model import Identity
from crm_backend.database import utc_now
from crm_backend.proof_codes import codes, on_pages
from crm_backend.proof_codes.model import ProofCode
from crm_backend.proof_codes.on_pages import Asker
from crm_backend.proof_codes.places import network
from tests.support import shop

EMAIL, CODE, WRONG = "marie@example.fr", "123456", "654321"


async def note(crm: AsyncSession, browser: str, place: str, *, value: str = EMAIL, known: bool = False) -> UUID | str:
    return await on_pages.note(crm, Asker(browser, place, known), kind="email", value=value)


async def held(crm: AsyncSession, browser: str, place: str, *, value: str = EMAIL) -> None:
    """A code that was sent, and is known to the test."""
    noted = await note(crm, browser, place, value=value)
    assert isinstance(noted, UUID)
    row = await crm.get_one(ProofCode, noted)
    row.code_hash = await codes.fingerprint(CODE, salt=row.id)
    row.identity_id = await crm.scalar(select(Identity.id).where(Identity.value == EMAIL))
    await crm.flush()


@pytest.fixture
async def marie(crm: AsyncSession) -> None:
    customer = await shop.customer(crm)
    crm.add(Identity(kind="email", value=EMAIL, customer_id=customer.id))
    await crm.flush()


async def test_a_stranger_uses_up_their_own_codes_and_not_the_owners(crm: AsyncSession) -> None:
    for at in range(5):
        assert isinstance(await note(crm, f"stranger {at}", "elsewhere"), UUID)
    assert await note(crm, "stranger 6", "elsewhere") == "too_many"
    assert isinstance(await note(crm, "owner", "home"), UUID)
    # From everywhere together there is an end to it as well, and later for a browser in which it was proved before.
    for at in range(9):
        assert isinstance(await note(crm, f"net {at}", f"net {at}"), UUID)
    assert await note(crm, "owner", "home") == "too_many"
    assert isinstance(await note(crm, "owner", "their browser", known=True), UUID)
    assert isinstance(await note(crm, "somebody", "elsewhere", value="paul@example.fr"), UUID)
    # Whoever proves an address may make as many such browsers as they like.
    asked = [await note(crm, f"made {at}", f"made {at}", known=True) for at in range(15)]
    assert [one == "too_many" for one in asked] == [False] * 14 + [True]


@pytest.mark.usefixtures("marie")
async def test_a_strangers_guesses_burn_no_code_of_the_owners(crm: AsyncSession) -> None:
    await held(crm, "owner", "home")
    outcomes = []
    for at in range(4):
        await held(crm, f"stranger {at}", "elsewhere")
        outcomes += [(await on_pages.redeem(crm, browser=f"stranger {at}", code=WRONG))[0] for _ in range(5)]
    # Five in a browser, ten from one place: from then on not even a right one.
    assert outcomes.count("wrong") == 8 and outcomes[-10:] == ["locked"] * 10
    assert (await on_pages.redeem(crm, browser="stranger 3", code=CODE))[0] == "locked"
    assert (await on_pages.redeem(crm, browser="owner", code=CODE))[0] == "ok"


@pytest.mark.usefixtures("marie")
async def test_one_place_does_not_guess_at_all_addresses_in_turn(crm: AsyncSession) -> None:
    for at in range(5):
        await held(crm, f"browser {at}", "office", value=f"{at}@example.fr")
        row = await crm.scalar(select(ProofCode).order_by(ProofCode.id.desc()).limit(1))
        assert row is not None
        row.wrong = 10
    await held(crm, "colleague", "office")
    assert (await on_pages.redeem(crm, browser="colleague", code=CODE))[0] == "locked"
    for row in await crm.scalars(select(ProofCode)):
        row.created_at = utc_now() - timedelta(hours=25)
    await held(crm, "colleague", "office")
    assert (await on_pages.redeem(crm, browser="colleague", code=CODE))[0] == "ok"


def test_a_site_of_ipv6_is_one_place() -> None:
    assert network("2001:db8:1:2::/64") == network("2001:db8:1:ffff::/64") == "2001:db8:1::/48"
    assert network("192.0.2.7") == "192.0.2.7" and network("none") == "none"
