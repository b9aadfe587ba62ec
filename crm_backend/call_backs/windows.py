"""The windows in which calls are made or a shop receives, and which of them are free."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.calendars.hours import DAY, BusinessHours
from crm_backend.calendars.services import hours_of
from crm_backend.call_backs.model import Booking, BookingSchedule
from crm_backend.errors import NotNow

NOON = 12
Part = Literal["morning", "afternoon"]


@dataclass(frozen=True)
class Window:
    """A time in which something may be booked, with the zone of the place; `left` is how many may book it still."""

    starts_at: datetime
    ends_at: datetime
    left: int


def windows(schedule: BookingSchedule, hours: BusinessHours, now: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Every window that may be booked at `now`, in order. They begin with each opening and lie wholly inside it."""
    length = timedelta(minutes=schedule.window_minutes)
    first = now + timedelta(minutes=schedule.lead_minutes)
    today = now.astimezone(hours.zone).date()
    for ahead in range(-1, schedule.days_ahead + 1):
        for opens, closes in hours.stretches(today + ahead * DAY):
            start = opens
            while start + length <= closes:
                if start >= first:
                    yield start, start + length
                start += length


async def schedule_of(session: AsyncSession, *, kind: str, shop_id: UUID | None, lock: bool = False) -> BookingSchedule:
    """The schedule that this is booked by. Raises NotNow where there is none, or none that is enabled."""
    query = select(BookingSchedule).where(BookingSchedule.kind == kind, BookingSchedule.enabled)
    query = query.where(BookingSchedule.shop_id == shop_id if shop_id else BookingSchedule.shop_id.is_(None))
    query = query.execution_options(populate_existing=True)
    found = await session.scalar(query.with_for_update(key_share=True) if lock else query)
    if found is None:
        raise NotNow("booking_not_offered")
    return found


async def free(
    session: AsyncSession,
    *,
    kind: str,
    now: datetime,
    shop_id: UUID | None = None,
    after: datetime | None = None,
    part: Part | None = None,
    limit: int = 3,
) -> list[Window]:
    """The next windows that can be booked, the first one first; `after` leaves out those that begin before it, `part`
    those of the other half of the day. Raises NotNow where nothing of the kind is offered."""
    schedule = await schedule_of(session, kind=kind, shop_id=shop_id)
    hours = await hours_of(session, schedule.calendar_id)
    taken = await booked(session, schedule.id, since=now)
    found: list[Window] = []
    for start, end in windows(schedule, hours, now):
        local = start.astimezone(hours.zone)
        left = schedule.capacity - taken.get(start, 0)
        too_early = after is not None and start < after
        if left <= 0 or too_early or (part is not None and (local.hour < NOON) != (part == "morning")):
            continue
        found.append(Window(local, end.astimezone(hours.zone), left))
        if len(found) >= limit:
            break
    return found


async def booked(
    session: AsyncSession, schedule_id: UUID, *, since: datetime, but: UUID | None = None
) -> dict[datetime, int]:
    """How many bookings each window has that begins after an instant; `but` is not counted."""
    query = (
        select(Booking.starts_at, func.count())
        .where(Booking.schedule_id == schedule_id, Booking.starts_at >= since, Booking.state != "cancelled")
        .group_by(Booking.starts_at)
    )
    rows = await session.execute(query.where(Booking.id != but) if but is not None else query)
    return dict(rows.tuples().all())
