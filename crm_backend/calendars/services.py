"""Calendars as an administrator keeps them, and as business time is counted with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm.attributes import flag_modified

from crm_backend.access.actor import Actor
from crm_backend.audit import services as audit
from crm_backend.calendars import naming, values
from crm_backend.calendars.hours import BusinessHours, NeverOpen, add_business_time, never
from crm_backend.calendars.model import Calendar, CalendarDay
from crm_backend.calendars.opening import DAYS
from crm_backend.calendars.public_holidays import is_holiday
from crm_backend.database import expect
from crm_backend.errors import NotFound, NotNow
from crm_backend.rules.model import Rule

_KEPT = 64
_hours: dict[tuple[UUID, int], BusinessHours] = {}


async def hours_of(session: AsyncSession, calendar_id: UUID) -> BusinessHours:
    """A calendar to count with. Raises NotFound."""
    return counting(await _found(session, calendar_id))


def counting(calendar: Calendar) -> BusinessHours:
    """A stored calendar to count with; made once for each version."""
    key = (calendar.id, calendar.version)
    if (known := _hours.get(key)) is None:
        while len(_hours) >= _KEPT:
            del _hours[next(iter(_hours))]
        known = _hours[key] = BusinessHours(
            zone=ZoneInfo(calendar.zone),
            week={DAYS.index(name): values.minutes(spans) for name, spans in calendar.week.items()},
            days={each.day: values.minutes(each.spans) for each in calendar.days},
            holiday=partial(is_holiday, calendar.place) if calendar.place else never,
        )
    return known


def due(hours: BusinessHours, start: datetime, *, minutes: int) -> datetime:
    """The instant at which so many minutes of business time have passed. Raises NotNow where there never is so much:
    every day of the next sixty years is closed."""
    try:
        return add_business_time(hours, start, timedelta(minutes=minutes))
    except NeverOpen:
        raise NotNow("never_so_much") from None


async def add(
    session: AsyncSession,
    *,
    actor: Actor,
    name: str,
    zone: str,
    week: Mapping[str, Any],
    place: str | None = None,
    days: Sequence[Mapping[str, Any]] = (),
) -> Calendar:
    """A new calendar. `week` as the table has it, `days` are `{day, name, spans}`.

    Raises Invalid, Conflict (the name is in use), NotAllowed.
    """
    actor.need("service_levels.configure")
    calendar = Calendar(
        name=await naming.free(session, Calendar, values.name(name)),
        zone=values.zone(zone),
        place=values.place(place),
        week=values.week(week),
    )
    calendar.days = _days(days)
    session.add(calendar)
    await session.flush()
    audit.record(session, actor=actor, action="added", subject=("calendar", calendar.id), new=_told(calendar))
    return calendar


async def change(
    session: AsyncSession, calendar_id: UUID, *, actor: Actor, changes: Mapping[str, Any], version: int | None = None
) -> Calendar:
    """Changes what `changes` names, of what `add` takes; `days` are all of them. Clocks that run by it are counted anew
    by `service_levels.clocks.recount`. Raises NotFound, Stale, Invalid, Conflict, NotAllowed."""
    actor.need("service_levels.configure")
    calendar = await _found(session, calendar_id, lock=True)
    expect(calendar, version)
    old = _told(calendar)
    for field, check in (("name", values.name), ("zone", values.zone), ("place", values.place), ("week", values.week)):
        if field in changes:
            setattr(calendar, field, check(changes[field]))
    if "name" in changes:
        await naming.free(session, Calendar, calendar.name, own=calendar.id)
    if "days" in changes:
        known = {each.day: each for each in calendar.days}
        calendar.days = [_same(known, each) for each in _days(changes["days"])]
        # The version is of the calendar with its days.
        flag_modified(calendar, "week")
    await session.flush()
    audit.record(
        session, actor=actor, action="changed", subject=("calendar", calendar.id), old=old, new=_told(calendar)
    )
    return calendar


async def remove(session: AsyncSession, calendar_id: UUID, *, actor: Actor, version: int | None = None) -> None:
    """Deletes a calendar that nothing counts by. Raises NotFound, Stale, NotNow, NotAllowed."""
    actor.need("service_levels.configure")
    calendar = await _found(session, calendar_id, lock=True)
    expect(calendar, version)
    if await session.scalar(select(Rule.id).where(Rule.wait["calendar_id"].astext == str(calendar.id)).limit(1)):
        raise NotNow("calendar_in_use")
    audit.record(session, actor=actor, action="removed", subject=("calendar", calendar.id), old=_told(calendar))
    try:
        async with session.begin_nested():
            await session.delete(calendar)
            await session.flush()
    except IntegrityError:
        raise NotNow("calendar_in_use") from None


async def one(session: AsyncSession, calendar_id: UUID, *, actor: Actor) -> Calendar:
    """A calendar with its days. Raises NotFound, NotAllowed."""
    actor.need("cases.read")
    return await _found(session, calendar_id)


async def _found(session: AsyncSession, calendar_id: UUID, *, lock: bool = False) -> Calendar:
    found = await session.get(Calendar, calendar_id, with_for_update=lock or None, populate_existing=lock)
    if found is None:
        raise NotFound("no such calendar")
    return found


def _days(given: Sequence[Mapping[str, Any]]) -> list[CalendarDay]:
    return [CalendarDay(day=day, name=name, spans=spans) for day, name, spans in values.days(given)]


def _same(known: Mapping[date, CalendarDay], wanted: CalendarDay) -> CalendarDay:
    """The row that stands already, changed: the same key is never deleted and inserted in one go."""
    if (row := known.get(wanted.day)) is None:
        return wanted
    row.name, row.spans = wanted.name, wanted.spans
    return row


def _told(calendar: Calendar) -> dict[str, Any]:
    days = {each.day.isoformat(): each.spans for each in calendar.days}
    return {"zone": calendar.zone, "place": calendar.place, "week": calendar.week, "days": days}
