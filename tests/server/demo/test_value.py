"""The demo company's customers are of every stage, have scores and a value, and some may be offered something."""

from __future__ import annotations

from sqlalchemy import func, select

from crm_backend.access.actor import SYSTEM
from crm_backend.customers.model import Customer, Identity
from crm_backend.database import connect, sessions_on
from crm_backend.offers.services import offers_for
from crm_backend.segments import services as segments
from crm_backend.segments.model import Segment
from crm_backend.value import schedule
from crm_backend.value.model import STAGES, CustomerValue
from server.demo.showcase import MARIE


async def test_what_a_newcomer_finds(demo_url: str) -> None:
    engine = connect(demo_url, pool_size=1)
    async with sessions_on(engine)() as session:
        value = CustomerValue
        stages = dict((await session.execute(select(value.stage, func.count()).group_by(value.stage))).tuples().all())
        assert set(stages) == set(STAGES) and sum(stages.values()) == 300
        for score in (value.recency_score, value.frequency_score, value.monetary_score):
            assert len(list(await session.scalars(select(score).where(score.is_not(None)).distinct()))) >= 4
        worth = list(await session.scalars(select(value.lifetime_value_minor).where(value.orders > 0)))
        assert None not in worth and len(set(worth)) > 50
        counts = await segments.counts(session, SYSTEM, list(await session.scalars(select(Segment))))
        assert len(counts) == 4 and all(counts.values()), counts
        marie = await session.scalar(select(Identity.customer_id).where(Identity.value == MARIE.email))
        assert marie is not None
        everybody = await session.scalars(select(Customer.id).limit(30))
        found = [await offers_for(session, SYSTEM, each) for each in (marie, *everybody)]
        assert found[0].withheld != "no_consent"
        assert sum(bool(each.offers) for each in found) > 5
        assert not await schedule.claim(session, schedule.VALUE, now=await session.scalar(select(func.now())))
        await session.rollback()
    await engine.dispose()
