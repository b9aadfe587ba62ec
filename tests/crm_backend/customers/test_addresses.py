"""Postal addresses."""

from __future__ import annotations

from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import SYSTEM
from crm_backend.customers import addresses, countries
from crm_backend.errors import Invalid


@pytest.mark.parametrize(
    ("country", "given", "kept"),
    [
        ("FR", "69 003", "69003"),
        ("FR", "20200", "20200"),
        ("FR", "96000", None),
        ("FR", "6900", None),
        ("GB", "bs1 5jh", "BS1 5JH"),
        ("GB", "69003", None),
        ("IE", "D02 X285", "D02 X285"),
        ("CA", "H0H 0H0", "H0H 0H0"),
        ("CA", "D0H 0H0", None),
        ("US", "80279-1234", "80279-1234"),
        ("NL", "1012 SA", None),
        ("RE", "97400", "97400"),
        ("HK", "", ""),
        ("AE", "'; drop", None),
    ],
)
def test_postcodes_are_those_of_the_country(country: str, given: str, kept: str | None) -> None:
    if kept is not None:
        assert countries.postcode("postcode", given, country=country) == kept
        return
    with pytest.raises(Invalid):
        countries.postcode("postcode", given, country=country)


async def test_one_address_is_the_default_one(crm: AsyncSession, zoe: UUID) -> None:
    home = {"line1": "12 rue des Lilas", "postcode": "69003", "country": "FR"}
    first = await addresses.add(crm, actor=SYSTEM, customer_id=zoe, values=home)
    second = await addresses.add(crm, actor=SYSTEM, customer_id=zoe, values={**home, "is_default": True})
    await crm.refresh(first)
    assert (first.is_default, second.is_default) == (False, True)
    with pytest.raises(Invalid, match="choose_another"):
        await addresses.change(crm, actor=SYSTEM, address_id=second.id, values={"is_default": False})
    with pytest.raises(Invalid, match="postcode"):
        await addresses.change(crm, actor=SYSTEM, address_id=second.id, values={"country": "GB"})
    await addresses.remove(crm, actor=SYSTEM, address_id=second.id)
    await crm.refresh(first)
    assert first.is_default
