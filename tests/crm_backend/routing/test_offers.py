"""What becomes of an offer: let pass, declined, ended by who takes it by hand, or run out."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.conversations.handing_over import owners
from crm_backend.database import utc_now
from crm_backend.errors import NotFound, NotNow
from crm_backend.routing import offers, passing, presence
from crm_backend.routing.distributing import distribute
from crm_backend.routing.model import RoutingOffer
from tests.crm_backend.routing import centre


async def expire(session: AsyncSession) -> None:
    """The time of every open offer is up."""
    await session.execute(
        update(RoutingOffer).where(RoutingOffer.state == "offered").values(expires_at=func.clock_timestamp())
    )


async def test_an_offer_let_pass_goes_to_the_front_for_somebody_else(crm: AsyncSession) -> None:
    claire = await centre.agent(crm)
    vip_like, offered = await centre.waits(crm, minutes=1), await centre.waits(crm, minutes=3)
    await distribute(crm)
    await expire(crm)
    emma = await centre.agent(crm, "Emma")
    vip_like.priority = "urgent"
    await crm.flush()
    assert claire.id in (await distribute(crm)).told
    assert await centre.offered(crm) == {offered.id: emma.id, vip_like.id: claire.id}
    assert (await centre.entry(crm, offered)).front
    old = (await crm.scalars(select(RoutingOffer).where(RoutingOffer.state == "timed_out"))).one()
    with pytest.raises(NotNow, match="offer_gone"):
        await offers.accept(crm, old.id, agent=claire)


async def test_who_lets_too_many_pass_is_set_away_and_comes_back_by_a_click(crm: AsyncSession) -> None:
    claire = await centre.agent(crm)
    await centre.team(crm, offer_again_after=0)
    await centre.waits(crm)
    for _ in range(2):
        assert (await distribute(crm)).made == 1
        await expire(crm)
    assert (await distribute(crm)).made == 0
    now = await presence.of_agent(crm, claire)
    await crm.refresh(claire)
    assert (claire.presence, now.automatic) == ("away", "missed")
    assert not await presence.touched(crm, claire.id)
    await presence.choose(crm, claire, presence="available")
    assert (await distribute(crm)).made == 1


async def test_a_declined_one_is_for_another_and_comes_back_after_a_while(crm: AsyncSession) -> None:
    claire = await centre.agent(crm)
    one = await centre.waits(crm)
    await distribute(crm)
    offer = await centre.offer_to(crm, claire)
    for _ in range(2):
        await offers.decline(crm, offer.id, agent=claire)
    assert offer.state == "declined" and (await distribute(crm)).made == 0
    emma = await centre.agent(crm, "Emma")
    with pytest.raises(NotFound):
        await offers.accept(crm, offer.id, agent=emma)
    await crm.execute(update(RoutingOffer).values(ended_at=utc_now() - timedelta(seconds=301)))
    emma.presence = "away"
    await crm.flush()
    await distribute(crm)
    assert await centre.offered(crm) == {one.id: claire.id}


async def test_taking_by_hand_works_as_ever_and_ends_the_offer(crm: AsyncSession) -> None:
    claire, emma = await centre.agent(crm), await centre.agent(crm, "Emma", desk=False)
    one = await centre.waits(crm)
    await distribute(crm)
    offer = await centre.offer_to(crm, claire)
    await owners.take(crm, conversation_id=one.id, agent=emma, version=one.version)
    await crm.refresh(offer)
    assert offer.state == "withdrawn"
    with pytest.raises(NotNow, match="offer_gone"):
        await offers.accept(crm, offer.id, agent=claire)


async def test_accepting_again_what_was_passed_on_since_is_too_late(crm: AsyncSession) -> None:
    claire, emma = await centre.agent(crm), await centre.agent(crm, "Emma", desk=False)
    one = await centre.waits(crm)
    await distribute(crm)
    offer = await centre.offer_to(crm, claire)
    for _ in range(2):
        assert await offers.accept(crm, offer.id, agent=claire) is one
    await passing.to_team(crm, conversation_id=one.id, agent=claire, version=one.version)
    await owners.take(crm, conversation_id=one.id, agent=emma, version=one.version)
    with pytest.raises(NotNow, match="offer_gone"):
        await offers.accept(crm, offer.id, agent=claire)
    await centre.at_desk(crm, emma)
    helping = await passing.invite(crm, conversation_id=one.id, agent=emma, to=claire.id)
    for _ in range(2):
        assert await offers.accept(crm, helping.id, agent=claire) is one
    await passing.step_out(crm, conversation_id=one.id, agent=claire)
    with pytest.raises(NotNow, match="offer_gone"):
        await offers.accept(crm, helping.id, agent=claire)


async def test_an_offer_to_somebody_who_vanishes_does_not_wait_for_its_end(crm: AsyncSession) -> None:
    claire = await centre.agent(crm)
    one = await centre.waits(crm)
    await distribute(crm)
    emma = await centre.agent(crm, "Emma")
    await centre.gone(crm, claire, seconds=91)
    await distribute(crm)
    assert await centre.offered(crm) == {one.id: emma.id}


async def test_offers_run_out_when_nobody_is_there_any_more(crm: AsyncSession) -> None:
    claire = await centre.agent(crm)
    one = await centre.waits(crm)
    await distribute(crm)
    await expire(crm)
    await centre.gone(crm, claire, seconds=91)
    assert (await distribute(crm)).told == {claire.id} and await centre.offered(crm) == {}
    assert (await centre.entry(crm, one)).front
