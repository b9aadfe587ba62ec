"""Points: how they work is told to anybody, whose they are only to their member."""

from __future__ import annotations

from datetime import timedelta

import pytest

from actions.tasks import finding
from crm_backend.database import Sessions, utc_now
from crm_backend.loyalty import points
from crm_backend.loyalty import services as loyalty
from crm_backend.loyalty.model import LoyaltyMember
from crm_backend.orders.doers import customer_actor
from tests.actions.account import agrees_twice, all_of, known
from tests.support import shop
from tests.support.talking import Customer

finding.find()


@pytest.fixture
async def club(acting: Sessions) -> Sessions:
    """A programme that anybody may join."""
    async with acting.begin() as session:
        programme = await loyalty.programme(session)
        programme.enabled, programme.names = True, {"fr": "Club", "en": "Club"}
    return acting


async def test_points_are_joined_for_told_and_left_after_a_yes(club: Sessions) -> None:
    customer, owner = await known(club)
    said = await customer.says("combien j’ai de points ?", "loyalty")
    assert said == ["utter_loyalty_not_member", "utter_loyalty_join_confirm"]
    assert await agrees_twice(customer) == ["utter_loyalty_joined"]
    assert await customer.says("mes points svp", "loyalty") == ["utter_loyalty_status"]
    for slip in ("combien g de ponts de fidélité ?", "mes ponts fidélité", "how many piont do i have"):
        assert await customer.says(slip, "loyalty") == ["utter_loyalty_status"], slip
    await customer.says("mes points svp", "loyalty")
    assert customer.messages[0]["points"] == "0\u00a0point"
    said = await customer.says("je veux m’inscrire au club", "loyalty")
    assert said == ["utter_loyalty_already", "utter_loyalty_status"]
    assert await customer.says("je veux quitter le programme", "loyalty") == ["utter_loyalty_leave_confirm"]
    assert await customer.says("non", "deny") == ["utter_left_alone"]
    await customer.says("je veux quitter le programme", "loyalty")
    assert await customer.says("oui", "affirm") == ["utter_loyalty_left"]
    [member] = await all_of(club, LoyaltyMember, customer_id=owner)
    assert member.left_at is not None


async def test_a_member_is_told_of_points_and_level(club: Sessions) -> None:
    customer, owner = await known(club, "en")
    async with club.begin() as session:
        await loyalty.join(
            session, owner, actor=customer_actor(owner, origin="web"), now=utc_now() - timedelta(days=300)
        )
        await shop.delivered(session, of=owner, at=utc_now() - timedelta(days=90))
    await customer.says("how many points do I have", "loyalty")
    said = customer.messages[0]
    async with club() as session:
        reached, ahead, *_ = await points.all_levels(session)
    assert said["points"] == "50 points" and reached.names["en"] in said["more"]
    assert f"{ahead.from_points - 50} points more and you’ll be {ahead.names['en']}" in said["more"]


async def test_how_it_works_is_told_to_anybody(club: Sessions) -> None:
    customer, _ = await known(club, proof="anonymous")
    assert await customer.says("comment marchent les points ?", "loyalty") == ["utter_loyalty_how"]
    assert "1\u00a0point pour 1,00\u00a0€" in customer.messages[0]["rate"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("mes points ont disparu", ["utter_loyalty_not_member", "utter_loyalty_join_confirm"]),
        ("mes points expirent quand ?", ["utter_loyalty_how"]),
        ("comment utiliser mes points", ["utter_loyalty_how"]),
    ],
)
async def test_a_question_of_ones_own_points_is_told_from_how_they_work(
    club: Sessions, text: str, said: list[str]
) -> None:
    customer, owner = await known(club)
    assert await customer.says(text, "loyalty") == said
    if said[0] != "utter_loyalty_how":
        async with club.begin() as session:
            await loyalty.join(session, owner, actor=customer_actor(owner, origin="web"))
        customer = Customer(customer.conversation)
        assert await customer.says(text, "loyalty") == ["utter_loyalty_status", "utter_loyalty_missing"]


async def test_without_a_programme_that_is_said(acting: Sessions) -> None:
    customer, _ = await known(acting)
    assert await customer.says("mes points", "loyalty") == ["utter_loyalty_none"]
