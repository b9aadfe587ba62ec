"""When calls and appointments are offered, as the company sets it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import Actor
from crm_backend.audit import services as audit
from crm_backend.calendars.model import Calendar
from crm_backend.call_backs.model import KINDS, BookingSchedule
from crm_backend.customers import checks
from crm_backend.database import expect, new_id
from crm_backend.errors import Invalid, NotFound, NotNow
from crm_backend.shops.model import Shop

LIMITS = {"window_minutes": (5, 480), "capacity": (1, 1000), "lead_minutes": (0, 20_160), "days_ahead": (1, 90)}
"""The least and the most of each number."""
CHANGEABLE = (*LIMITS, "calendar_id", "team", "enabled")


def schedules(actor: Actor, *, kind: str | None = None, shop_id: UUID | None = None) -> Select[tuple[BookingSchedule]]:
    """Schedules, in no order. Raises NotAllowed."""
    actor.need("cases.read")
    found = select(BookingSchedule)
    if kind is not None:
        found = found.where(BookingSchedule.kind == kind)
    return found.where(BookingSchedule.shop_id == shop_id) if shop_id is not None else found


async def schedule(session: AsyncSession, schedule_id: UUID, *, actor: Actor, lock: bool = False) -> BookingSchedule:
    """One schedule. Raises NotAllowed, NotFound."""
    actor.need("cases.read")
    found = await session.get(BookingSchedule, schedule_id, with_for_update=lock or None, populate_existing=True)
    if found is None:
        raise NotFound("no such schedule")
    return found


async def add(
    session: AsyncSession, *, actor: Actor, kind: str, shop_id: UUID | None = None, **values: Any
) -> BookingSchedule:
    """Offers calls, or appointments in a shop that does them; `calendar_id` and `team` are needed. Raises NotAllowed,
    Invalid, NotNow (there is one already)."""
    actor.need("cases.configure")
    if kind not in KINDS:
        raise Invalid("kind", "not_choice", expected=", ".join(KINDS))
    if (kind == "appointment") != (shop_id is not None):
        raise Invalid("shop_id", "booking_shop")
    if shop_id is not None and await session.get(Shop, shop_id) is None:
        raise Invalid("shop_id", "shop_unknown")
    for name in ("calendar_id", "team"):
        if values.get(name) is None:
            raise Invalid(name, "missing")
    made = BookingSchedule(id=new_id(), kind=kind, shop_id=shop_id)
    await _set(session, made, values)
    try:
        async with session.begin_nested():
            session.add(made)
            await session.flush()
    except IntegrityError:
        raise NotNow("booking_scheduled_before") from None
    audit.record(session, actor=actor, action="added", subject=("booking_schedule", made.id), new=values, plain=_PLAIN)
    return made


async def change(
    session: AsyncSession, schedule_id: UUID, *, actor: Actor, version: int | None, **values: Any
) -> BookingSchedule:
    """Changes what is given. What is booked already stays as it is. Raises NotAllowed, NotFound, Stale, Invalid."""
    actor.need("cases.configure")
    found = await schedule(session, schedule_id, actor=actor, lock=True)
    expect(found, version)
    old = {name: getattr(found, name) for name in values}
    await _set(session, found, values)
    await session.flush()
    subject = ("booking_schedule", found.id)
    audit.record(session, actor=actor, action="changed", subject=subject, old=old, new=values, plain=_PLAIN)
    return found


_PLAIN = ("team",)


async def _set(session: AsyncSession, row: BookingSchedule, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        if name not in CHANGEABLE:
            raise Invalid(name, "unknown_field")
        if name in LIMITS:
            least, most = LIMITS[name]
            if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
                raise Invalid(name, "value_out_of_range", least=least, most=most)
        if name == "calendar_id" and await session.get(Calendar, value) is None:
            raise Invalid("calendar_id", "shop_calendar_unknown")
        team = checks.text("team", value, longest=40, needed=True) if name == "team" else None
        setattr(row, name, team or value)
