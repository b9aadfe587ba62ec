"""What the demo company promises can be kept by its rules."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.calendars.model import Calendar
from crm_backend.rules.model import Rule
from crm_backend.service_levels.model import ServicePolicy
from server.demo.service_levels import promise
from tests.crm_backend.service_levels import house


async def test_every_case_of_the_demo_company_has_its_clocks(crm: AsyncSession) -> None:
    await promise(crm)
    counts = [await crm.scalar(select(func.count()).select_from(model)) for model in (Calendar, ServicePolicy, Rule)]
    assert counts == [2, 3, 3]
    targets = [
        (await house.clock(crm, await house.case(crm, **case), "first_response")).target
        for case in ({}, {"type_key": "complaint"}, {"impact": "high", "urgency": "high"})
    ]
    assert targets == [240, 120, 30]
