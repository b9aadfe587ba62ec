"""Identities: one form each, one person each."""

from __future__ import annotations

from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import SYSTEM
from crm_backend.customers import identities, profiles
from crm_backend.customers.model import Identity
from crm_backend.database import utc_now
from crm_backend.errors import Invalid


@pytest.mark.parametrize(
    ("kind", "value", "kept"),
    [
        ("email", " Zoe@Example.ORG ", "zoe@example.org"),
        ("phone", "06 39 98 01 23", "+33639980123"),
        ("whatsapp", "+33 6 39 98 01 23", "33639980123"),
        ("telegram", "123456", "123456"),
        ("external", "shop:42", "shop:42"),
        ("email", "zoe@", None),
        ("phone", "0000", None),
        ("phone", "+999123456789", None),
        ("telegram", "@zoe", None),
        ("external", "a\0", None),
        ("browser", "x", None),
    ],
)
async def test_identities_are_kept_in_one_form(
    crm: AsyncSession, zoe: UUID, kind: str, value: str, kept: str | None
) -> None:
    if kept is None:
        with pytest.raises(Invalid):
            await identities.add(crm, actor=SYSTEM, customer_id=zoe, kind=kind, value=value, country="FR")
        return
    made = await identities.add(crm, actor=SYSTEM, customer_id=zoe, kind=kind, value=value, country="FR")
    assert (made.value, made.is_primary, made.proof) == (kept, True, "none")
    with pytest.raises(Invalid, match="there_already"):
        await identities.add(crm, actor=SYSTEM, customer_id=zoe, kind=kind, value=value, country="FR")


async def test_an_account_is_one_persons_and_forgets_its_proof_when_it_is_taken_away(
    crm: AsyncSession, zoe: UUID
) -> None:
    other = await profiles.create(crm, actor=SYSTEM, values={"first_name": "Karim"})
    account = {"kind": "telegram", "value": "77"}
    made = await identities.add(crm, actor=SYSTEM, customer_id=zoe, proof="verified", **account)
    with pytest.raises(Invalid, match="taken"):
        await identities.add(crm, actor=SYSTEM, customer_id=other.id, **account)
    await identities.remove(crm, actor=SYSTEM, identity_id=made.id)
    left = await crm.get_one(Identity, made.id)
    assert (left.customer_id, left.proof, left.proved_at) == (None, "none", None)
    # The platform vouched for a number of theirs that nobody had on file: not for whose file this is.
    left.proof, left.proved_at = "channel", utc_now()
    await crm.flush()
    again = await identities.add(crm, actor=SYSTEM, customer_id=other.id, **account)
    assert (again.id, again.customer_id, again.proof, again.proved_at) == (left.id, other.id, "none", None)
