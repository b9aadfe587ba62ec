"""A form that came when its visit had ended is there for whoever typed it, and for nobody else."""

from __future__ import annotations

from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.customers.model import Identity
from crm_backend.portal import kept, visits
from crm_backend.portal.model import PortalVisit
from crm_backend.portal.schema import KeptForm
from crm_backend.portal.tokens import token_hash
from crm_backend.portal.visits import Lasting
from tests.support import shop

FORM = KeptForm("/fr/compte/conversations/nouveau", "/fr/compte/conversations/nouveau", {"text": "Ma table"})


async def begun(crm: AsyncSession, customer: UUID, *, order: UUID | None = None, before: str | None = None) -> str:
    """A visit of who signed in, or of a guest with one order."""
    who = {"order_id": order, "way": "order"} if order else {"identity_id": await address(crm, customer), "way": "code"}
    return await visits.begin(crm, customer_id=customer, before=before, lasting=Lasting(), **who)  # type: ignore[arg-type]


async def address(crm: AsyncSession, customer: UUID) -> UUID:
    found = await crm.scalar(select(Identity.id).where(Identity.customer_id == customer))
    if found is None:
        crm.add(made := Identity(kind="email", value="marie@example.fr", customer_id=customer))
        await crm.flush()
        return made.id
    return found


async def row(crm: AsyncSession, token: str) -> PortalVisit:
    return (await crm.scalars(select(PortalVisit).where(PortalVisit.token_hash == token_hash(token)))).one()


@pytest.mark.parametrize(
    ("wrote", "follows", "shown"),
    [
        ("signed in", "signed in", True),
        ("one order", "one order", True),
        ("signed in", "one order", False),
        ("one order", "signed in", False),
        ("one order", "another order", False),
    ],
)
async def test_a_form_goes_on_to_a_visit_of_the_same_proof_only(
    crm: AsyncSession, wrote: str, follows: str, shown: bool
) -> None:
    customer = (await shop.customer(crm)).id
    orders = {
        "signed in": None,
        "one order": (await shop.order(crm, of=customer)).id,
        "another order": (await shop.order(crm, of=customer)).id,
    }
    before = await begun(crm, customer, order=orders[wrote])
    assert await kept.keep(crm, (await row(crm, before)).id, FORM)
    after = await row(crm, await begun(crm, customer, order=orders[follows], before=before))
    assert (kept.read(after) == FORM) is shown and bool(after.kept) is shown


async def test_what_is_beyond_measure_or_no_text_is_not_kept(crm: AsyncSession) -> None:
    visit = await row(crm, await begun(crm, (await shop.customer(crm)).id))
    names = KeptForm(FORM.action, FORM.page, {f"{at}" + "x" * 1_000: "" for at in range(70)})
    for form in (names, KeptForm("/fr/compte/demandes/\0/repondre", FORM.page, {"text": "x"})):
        assert not await kept.keep(crm, visit.id, form)
    assert await kept.keep(crm, visit.id, FORM)
