"""Rules that wait: for the time in a status."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.rules import waiting
from tests.crm_backend.rules.at_work import rule, work
from tests.crm_backend.service_levels import house
from tests.crm_backend.service_levels.house import HOUR, MONDAY


async def test_time_in_a_status_is_told_once_for_each_stay(crm: AsyncSession) -> None:
    made = await rule(crm, {"do": "add_tag", "tag": "old"}, event="case.waited", wait={"status": "new", "hours": 48})
    case, young = await house.case(crm, MONDAY), await house.case(crm, MONDAY + HOUR)
    assert await waiting.look(crm, now=MONDAY + 47 * HOUR) == 0
    assert await waiting.look(crm, now=MONDAY + 48 * HOUR) == 1
    assert await waiting.look(crm, now=MONDAY + 48 * HOUR) == 0
    await work(crm)
    assert (case.tags, young.tags, made.enabled) == (["old"], [], True)


async def test_time_can_be_hours_of_work(crm: AsyncSession) -> None:
    office = await house.calendar(crm, "Office", week={"mon": [["09:00", "17:00"]], "tue": [["09:00", "17:00"]]})
    wait = {"status": "new", "hours": 10, "calendar_id": str(office.id)}
    await rule(crm, {"do": "add_tag", "tag": "old"}, event="case.waited", wait=wait)
    await house.case(crm, MONDAY)
    assert await waiting.look(crm, now=MONDAY + timedelta(days=1, hours=1)) == 0
    assert await waiting.look(crm, now=MONDAY + timedelta(days=1, hours=2)) == 1
