"""Calendars as they are kept, and counted by."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import COMMAND_LINE, Actor
from crm_backend.calendars import services
from crm_backend.calendars.hours import add_business_time
from crm_backend.calendars.model import Calendar
from crm_backend.errors import Conflict, Invalid, NotAllowed, NotNow, Stale
from tests.crm_backend.service_levels import house

WEEK = {"mon": [["09:00", "17:00"]]}


async def test_special_openings_come_before_holidays_and_closing_days_before_the_week(crm: AsyncSession) -> None:
    days = [{"day": "2026-12-25", "spans": [["10:00", "12:00"]]}, {"day": "2026-12-28"}]
    made = await house.calendar(crm, "Paris", zone="Europe/Paris", place="FR", week=WEEK, days=days)
    hours = await services.hours_of(crm, made.id)
    start = datetime(2026, 12, 22, tzinfo=UTC)
    assert add_business_time(hours, start, timedelta(hours=2)) == datetime(2026, 12, 25, 11, tzinfo=UTC)
    assert add_business_time(hours, start, timedelta(hours=3)) == datetime(2027, 1, 4, 9, tzinfo=UTC)


async def test_what_is_counted_by_is_never_an_older_version(crm: AsyncSession) -> None:
    made = await house.calendar(crm)
    before = await services.hours_of(crm, made.id)
    await services.change(crm, made.id, actor=COMMAND_LINE, changes={"days": [{"day": "2026-01-01"}]}, version=1)
    after = await services.hours_of(crm, made.id)
    assert (before.days, list(after.days)) == ({}, [datetime(2026, 1, 1, tzinfo=UTC).date()])
    with pytest.raises(Stale):
        await services.change(crm, made.id, actor=COMMAND_LINE, changes={}, version=1)


async def statements(session: AsyncSession, expected: int) -> int:
    """How many statements the list of all calendars takes."""
    seen: list[str] = []

    def see(*given: Any) -> None:
        seen.append(given[2])

    connection = (await session.connection()).sync_connection
    event.listen(connection, "before_cursor_execute", see)
    assert len((await session.scalars(select(Calendar))).all()) == expected
    event.remove(connection, "before_cursor_execute", see)
    return len(seen)


async def test_a_list_costs_the_same_however_long(crm: AsyncSession) -> None:
    counts = []
    for n in range(2):
        for each in range(3):
            await house.calendar(crm, f"Calendar {n}.{each}", days=[{"day": "2026-01-01"}])
        crm.expunge_all()
        counts.append(await statements(crm, 3 * (n + 1)))
    assert counts == [2, 2]


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"name": " "}, "name"),
        ({"name": "x" * 101}, "name"),
        ({"zone": "../etc/passwd"}, "zone"),
        ({"zone": 3}, "zone"),
        ({"place": "XX"}, "place"),
        ({"place": "fr"}, "place"),
        ({"week": {"moon": []}}, "week"),
        ({"week": {"mon": "09:00"}}, "week.mon"),
        ({"week": {"mon": [["24:00", "09:00"]]}}, "week.mon.0"),
        ({"week": {"mon": [["9:00", "25:00"]]}}, "week.mon.0"),
        ({"week": {"sun": [["22:00", "06:00"]], "mon": [["05:00", "07:00"]]}}, "week.mon"),
        ({"days": [{"day": "2026-02-30"}]}, "days.0.day"),
        ({"days": [{"day": "9999-12-31"}]}, "days.0.day"),
        ({"days": [{"day": 5}]}, "days.0.day"),
        ({"days": "soon"}, "days"),
    ],
)
async def test_a_calendar_that_makes_no_sense_is_refused(crm: AsyncSession, fields: dict[str, Any], name: str) -> None:
    with pytest.raises(Invalid) as refused:
        await house.calendar(crm, **fields)
    assert refused.value.field == name


async def test_calendars_are_guarded(crm: AsyncSession) -> None:
    made = await house.calendar(crm)
    with pytest.raises(Conflict):
        await house.calendar(crm, "around THE clock")
    with pytest.raises(NotAllowed):
        await services.remove(crm, made.id, actor=Actor("agent:1"))
    await house.policy(crm, made.id)
    with pytest.raises(NotNow):
        await services.remove(crm, made.id, actor=COMMAND_LINE)
    free = await house.calendar(crm, "Free")
    await services.remove(crm, free.id, actor=COMMAND_LINE, version=1)
