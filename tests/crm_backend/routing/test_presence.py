"""Agents who vanish, leave or do not touch their desk, and what they held."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import SYSTEM
from crm_backend.access.model import CustomRole
from crm_backend.agents.administration import deactivate
from crm_backend.conversations.waiting import meanwhile
from crm_backend.database import utc_now
from crm_backend.routing import offers, presence, services
from crm_backend.routing.distributing import distribute
from crm_backend.routing.settings_model import AgentPresence
from tests.crm_backend.routing import centre


async def test_what_a_vanished_agent_held_goes_back_to_the_front(crm: AsyncSession) -> None:
    claire = await centre.agent(crm, capacity=300)
    chat, quiet, mail = [await centre.waits(crm, channel=each) for each in ("webchat", "webchat", "mail")]
    await distribute(crm)
    for offer in await offers.open_offers(crm, claire.id):
        await offers.accept(crm, offer.id, agent=claire)
    quiet.waiting_since = None
    await distribute(crm)
    await centre.gone(crm, claire, seconds=120)
    assert not (await distribute(crm)).conversations
    await centre.gone(crm, claire, seconds=151)
    assert (await distribute(crm)).conversations == {chat.id}
    for one, owner in ((chat, "queue:support"), (quiet, centre.owner(claire)), (mail, centre.owner(claire))):
        await crm.refresh(one)
        assert one.owner == owner
    before = await centre.waits(crm, minutes=500)
    emma = await centre.agent(crm, "Emma")
    await distribute(crm)
    assert await centre.offered(crm) == {chat.id: emma.id} and (await centre.entry(crm, before)).left_at is None


async def test_a_second_tab_keeps_its_agent_there(crm: AsyncSession) -> None:
    claire = await centre.agent(crm)
    await centre.gone(crm, claire, seconds=200)
    await centre.at_desk(crm, claire)
    await centre.waits(crm)
    assert (await distribute(crm)).made == 1


async def test_an_agent_who_leaves_puts_back_what_they_hold_and_are_offered(crm: AsyncSession) -> None:
    claire, emma = await centre.agent(crm, capacity=200), await centre.agent(crm, "Emma", desk=False)
    held, offered = await centre.waits(crm, minutes=9), await centre.waits(crm, minutes=1)
    await distribute(crm)
    await offers.accept(crm, (await offers.open_offers(crm, claire.id))[0].id, agent=claire)
    await deactivate(crm, claire.id, actor=SYSTEM)
    await centre.at_desk(crm, emma)
    await distribute(crm)
    assert await centre.offered(crm) == {held.id: emma.id}
    assert (await centre.entry(crm, offered)).front


async def test_only_who_may_take_a_conversation_is_somebody_there(crm: AsyncSession) -> None:
    for key, permission in (("reads", "conversations.read"), ("nights", "conversations.write")):
        crm.add(CustomRole(key=key, name={"fr": key, "en": key}, permissions=[permission]))
    waits = await centre.waits(crm)
    await centre.agent(crm, "Audrey", role="auditor")
    await centre.agent(crm, "René", role="reads")
    files = await centre.agent(crm, "Félix", presence="busy")
    await presence.choose(crm, files, presence="busy", channels={"case": "available"})
    estimate = await services.wait_estimate(crm, conversation_id=waits.id)
    assert estimate.agents_present == 0 and await meanwhile.thinks(crm, waits)
    await presence.choose(crm, files, presence="busy", channels={"mail": "available"})
    assert await services.agents_present(crm) == 1 and not await meanwhile.thinks(crm, waits)
    await centre.agent(crm, "Nina", role="nights")
    assert await services.agents_present(crm) == 2
    await presence.set_away(crm, [files.id], why="inactive")
    assert await services.agents_present(crm) == 1


async def test_who_has_not_touched_their_desk_is_away_until_they_do(crm: AsyncSession) -> None:
    claire = await centre.agent(crm)
    await presence.touched(crm, claire.id)
    await centre.waits(crm)
    await crm.execute(update(AgentPresence).values(active_at=utc_now() - timedelta(minutes=16)))
    assert (await distribute(crm)).told == {claire.id} and await centre.offered(crm) == {}
    assert (await presence.of_agent(crm, claire)).automatic == "inactive"
    assert await presence.touched(crm, claire.id)
    assert (await distribute(crm)).made == 1
