"""How long one waits: foreseen, kept, and held against what came."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import Actor
from crm_backend.conversations.handing_over import owners
from crm_backend.database import utc_now
from crm_backend.routing import distributing, forecasting, offers, services
from crm_backend.routing.distributing import distribute
from crm_backend.routing.model import QueueEntry
from tests.crm_backend.routing import centre


async def test_forecasts_are_kept_and_held_against_what_came(crm: AsyncSession) -> None:
    claire = await centre.agent(crm)
    boss = Actor("agent:x", frozenset({"conversations.supervise"}))
    since = utc_now() - timedelta(days=1)
    assert (await forecasting.errors(crm, actor=boss, since=since))[0].waits == 0
    for _ in range(3):
        one = await centre.waits(crm)
        await distribute(crm)
        await offers.accept(crm, (await centre.offer_to(crm, claire)).id, agent=claire)
        await owners.close(crm, conversation_id=one.id, agent=claire, version=one.version)
        await crm.execute(
            update(QueueEntry)
            .where(QueueEntry.conversation_id == one.id)
            .values(ended_at=QueueEntry.taken_at + timedelta(minutes=10))
        )
    first, second = await centre.waits(crm, minutes=2), await centre.waits(crm, minutes=1)
    await distribute(crm)
    told = [(await centre.entry(crm, one)).predicted_seconds for one in (first, second)]
    assert told[0] == pytest.approx(0, abs=5) and told[1] == pytest.approx(600, abs=5)
    assert (await services.wait_estimate(crm, conversation_id=second.id)).minutes == 11
    await owners.take(crm, conversation_id=second.id, agent=claire, version=second.version)
    everything, support = await forecasting.errors(crm, actor=boss, since=since)
    assert (everything.waits, support.team) == (1, "support") and everything.bias == pytest.approx(600, abs=5)


async def test_what_came_at_once_is_foreseen_over_several_rounds_and_only_while_somebody_is_there(
    crm: AsyncSession,
) -> None:
    for _ in range(distributing.FORESEEN_AT_ONCE + 2):
        await centre.waits(crm)
    foreseen = select(func.count()).where(QueueEntry.foreseen_at.is_not(None))
    assert (await distribute(crm)).made == 0 and await crm.scalar(foreseen) == 0
    await centre.agent(crm)
    for known in (distributing.FORESEEN_AT_ONCE, distributing.FORESEEN_AT_ONCE + 2):
        await distribute(crm)
        assert await crm.scalar(foreseen) == known
