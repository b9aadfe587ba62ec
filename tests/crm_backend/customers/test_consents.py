"""What holds for each purpose: its default, the last word, and the wish for no messages."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import SYSTEM
from crm_backend.customers import consents, page
from crm_backend.customers.model import Customer
from crm_backend.database import utc_now
from crm_backend.notifications import services as notifications

BASES = {
    "notices": ("contract", True),
    "marketing": ("consent", False),
    "offers": ("consent", False),
    "surveys": ("interest", True),
    "profiling": ("interest", True),
}


@pytest.fixture
async def marie(crm: AsyncSession) -> UUID:
    made = Customer(first_name="Marie")
    crm.add(made)
    await crm.flush()
    return made.id


async def shown(crm: AsyncSession, who: UUID) -> list[consents.Consent]:
    """What stands on their page."""
    return (await page.page(crm, actor=SYSTEM, customer_id=who)).consents


async def holding(crm: AsyncSession, who: UUID) -> dict[str, bool]:
    """What holds on all channels, by both ways of asking."""
    told = {each.purpose: each.given for each in await shown(crm, who) if not each.channel}
    assert told == {purpose: await consents.allowed(crm, who, purpose) for purpose in consents.PURPOSES}
    return told


def say(crm: AsyncSession, who: UUID, purpose: str, given: bool, channel: str = "", hours_ago: int = 0) -> None:
    at = utc_now() - timedelta(hours=hours_ago)
    consents.note(
        crm, customer_id=who, purpose=purpose, given=given, how="form", actor="system", channel=channel, at=at
    )


async def test_without_a_word_only_what_needs_their_agreement_is_left(crm: AsyncSession, marie: UUID) -> None:
    assert {each.purpose: (each.basis, each.given) for each in await shown(crm, marie)} == BASES
    assert await holding(crm, marie) == {purpose: given for purpose, (_, given) in BASES.items()}


@pytest.mark.parametrize("purpose", ["marketing", "offers", "surveys", "profiling"])
@pytest.mark.parametrize("given", [True, False])
async def test_a_word_counts_more_than_the_default(crm: AsyncSession, marie: UUID, purpose: str, given: bool) -> None:
    say(crm, marie, purpose, not given, hours_ago=2)
    say(crm, marie, purpose, given, hours_ago=1)
    await crm.flush()
    assert (await holding(crm, marie))[purpose] is given


async def test_an_objection_may_be_to_one_channel(crm: AsyncSession, marie: UUID) -> None:
    say(crm, marie, "surveys", False, "mail", hours_ago=2)
    await crm.flush()
    asked = {channel: await consents.allowed(crm, marie, "surveys", channel=channel) for channel in ("mail", "webchat")}
    assert asked == {"mail": False, "webchat": True}
    say(crm, marie, "surveys", True, hours_ago=1)
    await crm.flush()
    assert await consents.allowed(crm, marie, "surveys", channel="mail"), "said later, of all channels"
    assert {each.given for each in await shown(crm, marie) if each.purpose == "surveys"} == {True}


async def test_who_wants_no_messages_gets_none_and_is_profiled_all_the_same(crm: AsyncSession, marie: UUID) -> None:
    for purpose in ("marketing", "surveys", "offers"):
        say(crm, marie, purpose, True)
    await notifications.choose(crm, customer_id=marie, unasked=False, actor="customer")
    await crm.flush()
    assert await holding(crm, marie) == {
        "notices": False,
        "marketing": False,
        "surveys": False,
        "offers": True,
        "profiling": True,
    }


async def test_there_is_no_other_purpose(crm: AsyncSession, marie: UUID) -> None:
    with pytest.raises(KeyError):
        await consents.allowed(crm, marie, "spam")
