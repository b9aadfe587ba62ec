"""Shops as the company keeps them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import Actor
from crm_backend.audit import services as audit
from crm_backend.calendars.model import Calendar
from crm_backend.customers import checks, countries
from crm_backend.database import expect, new_id
from crm_backend.errors import Invalid, NotFound, NotNow
from crm_backend.shops.model import SERVICES, Shop

LONGEST, LONGEST_NOTE = 200, 1_000
_NEEDED = ("name", "line1", "city", "country", "calendar_id")
_PLAIN = ("name", "line1", "line2", "city", "postcode", "country", "phone", "services", "notes", "external_id")
"""What the audit log may hold: the company's own doors, nobody's home."""


def shops(actor: Actor, *, active: bool | None = None, service: str | None = None) -> Select[tuple[Shop]]:
    """Shops, in no order. Raises NotAllowed."""
    actor.need("catalogue.read")
    found = select(Shop)
    if active is not None:
        found = found.where(Shop.active == active)
    return found.where(Shop.services.contains([service])) if service is not None else found


async def shop(session: AsyncSession, shop_id: UUID, *, actor: Actor, lock: bool = False) -> Shop:
    """One shop. Raises NotAllowed, NotFound."""
    actor.need("catalogue.read")
    found = await session.get(Shop, shop_id, with_for_update=lock or None, populate_existing=True)
    if found is None:
        raise NotFound("no such shop")
    return found


async def add(session: AsyncSession, *, actor: Actor, **values: Any) -> Shop:
    """A new shop of the columns of the table; name, line1, city, country and calendar are needed. Raises NotAllowed,
    Invalid."""
    actor.need("catalogue.write")
    for name in _NEEDED:
        if values.get(name) is None:
            raise Invalid(name, "missing")
    made = Shop(id=new_id())
    await _write(session, made, values, actor=actor, action="added")
    return made


async def change(session: AsyncSession, shop_id: UUID, *, actor: Actor, version: int | None, **values: Any) -> Shop:
    """Changes what is given. Raises NotAllowed, NotFound, Stale, Invalid."""
    actor.need("catalogue.write")
    found = await shop(session, shop_id, actor=actor, lock=True)
    expect(found, version)
    await _write(session, found, values, actor=actor, action="changed")
    return found


async def remove(session: AsyncSession, shop_id: UUID, *, actor: Actor, version: int | None) -> None:
    """Deletes a shop in which nobody has booked anything; another is set inactive. Raises NotAllowed, NotFound, Stale,
    NotNow."""
    actor.need("catalogue.write")
    found = await shop(session, shop_id, actor=actor, lock=True)
    expect(found, version)
    audit.record(session, actor=actor, action="removed", subject=("shop", found.id), old={"name": found.name})
    try:
        async with session.begin_nested():
            await session.delete(found)
            await session.flush()
    except IntegrityError:
        raise NotNow("shop_in_use") from None


async def _write(session: AsyncSession, row: Shop, given: Mapping[str, Any], *, actor: Actor, action: str) -> None:
    values = {name: _CHECKS[name](name, value) for name, value in given.items()}
    country = values.get("country", row.country) or ""
    if values.get("phone"):
        values["phone"] = checks.phone("phone", values["phone"], country=country)
    if {"postcode", "country"} & values.keys():
        given_code = values.get("postcode", row.postcode) or ""
        values["postcode"] = countries.postcode("postcode", given_code, country=country)
    latitude, longitude = (values.get(name, getattr(row, name)) for name in ("latitude", "longitude"))
    if (latitude is None) != (longitude is None):
        raise Invalid("longitude" if longitude is None else "latitude", "shop_half_position")
    if "calendar_id" in values and await session.get(Calendar, values["calendar_id"]) is None:
        raise Invalid("calendar_id", "shop_calendar_unknown")
    if (external := values.get("external_id")) is not None:
        other = await session.scalar(select(Shop.id).where(Shop.external_id == external, Shop.id != row.id))
        if other is not None:
            raise Invalid("external_id", "external_id_used")
    old = {name: getattr(row, name) for name in values} if action == "changed" else None
    for name, value in values.items():
        setattr(row, name, value)
    session.add(row)
    await session.flush()
    audit.record(session, actor=actor, action=action, subject=("shop", row.id), old=old, new=values, plain=_PLAIN)


def _line(field: str, value: Any) -> str:
    return checks.text(field, value, longest=LONGEST, needed=field in _NEEDED)


def _maybe_line(field: str, value: Any) -> str | None:
    return checks.text(field, value, longest=LONGEST, needed=True) if value is not None else None


def _degrees(most: int) -> Any:
    def check(field: str, value: Any) -> float | None:
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            raise Invalid(field, "number_needed")
        if abs(value) > most:
            raise Invalid(field, "out_of_range")
        return float(value)

    return check


def _services(field: str, value: Any) -> list[str]:
    if not isinstance(value, list | tuple) or not set(value) <= set(SERVICES):
        raise Invalid(field, "not_choice", expected=", ".join(SERVICES))
    return [name for name in SERVICES if name in value]


def _notes(field: str, value: Any) -> dict[str, str]:
    if not isinstance(value, Mapping) or not set(value) <= set(checks.LANGUAGES):
        raise Invalid(field, "not_choice", expected=", ".join(checks.LANGUAGES))
    told = {name: checks.text(f"{field}.{name}", text, longest=LONGEST_NOTE) for name, text in value.items()}
    return {name: text for name, text in told.items() if text}


def _given(_field: str, value: Any) -> Any:
    return value


_CHECKS: dict[str, Any] = {
    "external_id": _maybe_line,
    "name": _line,
    "line1": _line,
    "line2": _line,
    "city": _line,
    "postcode": _line,
    "country": countries.country,
    "phone": _maybe_line,
    "latitude": _degrees(90),
    "longitude": _degrees(180),
    "services": _services,
    "notes": _notes,
    "calendar_id": _given,
    "active": _given,
}
