"""What is computed on a schedule is computed once, whoever runs it, and begun again where somebody died."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.database import Sessions, utc_now
from crm_backend.value import schedule, services
from crm_backend.value.model import ChangedCustomer, CustomerValue, ValueModel, ValueRun
from server.loops.value import ValueLoop
from tests.crm_backend.value.shop import NOW, customer, order


async def test_two_servers_compute_each_thing_once(sessions: Sessions) -> None:
    async with sessions.begin() as session:
        people = [await customer(session) for _ in range(4)]
        for one in people:
            order(session, one, 20)
    loops = [ValueLoop(sessions=sessions) for _ in range(2)]
    while any(await asyncio.gather(*(loop.work() for loop in loops))):
        pass
    ran = await asyncio.gather(*(loop.catch_up() for loop in loops))
    assert sorted(ran) in ([False, True], [True, True])
    async with sessions() as session:
        assert await session.scalar(select(func.count()).select_from(ChangedCustomer)) == 0
        computed = await session.scalars(select(CustomerValue.orders))
        assert list(computed) == [1] * 4
        fits = select(func.count()).select_from(ValueModel).where(ValueModel.kind == "bg_nbd")
        assert await session.scalar(fits) == 1
        runs = {run.name: run for run in await session.scalars(select(ValueRun))}
    assert set(runs) == {"value", "pairs"} and all(run.finished_at and not run.lease_until for run in runs.values())
    assert runs["value"].details == {"customers": 4}
    assert not await loops[0].catch_up()


async def test_a_run_is_due_after_its_hours_or_when_who_ran_it_died(crm: AsyncSession) -> None:
    assert await schedule.is_due(crm, now=NOW)
    assert await schedule.claim(crm, "value", now=NOW)
    assert not await schedule.claim(crm, "value", now=NOW + timedelta(minutes=1))
    assert await schedule.claim(crm, "value", now=NOW + schedule.LEASE + timedelta(seconds=1))
    await schedule.note_done(crm, now=NOW)
    await crm.execute(text("update value_runs set lease_until = null"))
    assert not await schedule.is_due(crm, now=NOW + timedelta(hours=23))
    assert not await schedule.claim(crm, "value", now=NOW + timedelta(hours=23))
    assert await schedule.is_due(crm, now=NOW + timedelta(hours=24))
    assert await schedule.claim(crm, "value", now=NOW + timedelta(hours=24))


async def test_while_somebody_computes_the_others_leave_it_to_them(sessions: Sessions) -> None:
    async with sessions.begin() as session:
        order(session, await customer(session), 2)
    async with sessions.begin() as first, sessions.begin() as second:
        assert await services.refresh_changed(first, now=utc_now()) == 1
        assert await services.refresh_changed(second, now=utc_now()) == 0
