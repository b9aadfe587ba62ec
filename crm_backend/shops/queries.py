"""Shops as customers ask for them: all, in a town, near a postcode, open now."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from rapidfuzz import fuzz
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from crm_backend.calendars.services import counting
from crm_backend.letters import folded
from crm_backend.shops.model import Shop
from crm_backend.shops.opening import DayHours, Opening, on, opening, week

ALIKE = 85
"""Of 100: how alike a town has to be to one that is asked for. `lion` is `lyon`, `londres` is not `lorient`."""
LONGEST_PLACE = 200
Near = Literal["town", "postcode", "area"]
_POSTCODE = re.compile(r"\b(?:[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}|[A-Z]{1,2}\d[A-Z\d]?|\d{5})\b", re.IGNORECASE)
"""French and British ones; of the latter the first half is enough (Royal Mail, PAF guide)."""
_ALSO_CALLED = {"london": ("londres",), "brussels": ("bruxelles",), "geneva": ("geneve",), "edinburgh": ("edimbourg",)}


@dataclass(frozen=True)
class ShopView:
    """A shop as a customer is told of it. `near` says what made it an answer to a place, if one was asked for; `days`
    are the hours of today and the six days after."""

    id: UUID
    name: str
    line1: str
    line2: str
    postcode: str
    city: str
    country: str
    phone: str | None
    latitude: float | None
    longitude: float | None
    services: Sequence[str]
    notes: dict[str, str]
    opening: Opening
    days: Sequence[DayHours]
    near: Near | None = None


async def find(
    session: AsyncSession,
    *,
    now: datetime,
    place: str | None = None,
    service: str | None = None,
    open_now: bool = False,
    limit: int = 5,
) -> list[ShopView]:
    """The shops that fit, by name; those near a place first by how near.

    `place` is a town or a postcode as a customer writes it, or a sentence that names one. Towns are compared without
    accents and capitals, with one letter wrong; of postcodes the longest common beginning counts, which has to be the
    area at least (the two digits of a département, the letters of a British postcode). No shop there: an empty list,
    and the caller may ask again without `place`.
    """
    rows = await session.scalars(
        select(Shop).where(Shop.active).options(joinedload(Shop.calendar)).order_by(Shop.name, Shop.id)
    )
    found = [row for row in rows if service is None or service in row.services]
    if place is None or not place.strip():
        views = [view(row, now=now) for row in found]
    else:
        placed = [(near, row) for row in found if (near := _near(row, place[:LONGEST_PLACE])) is not None]
        best = max((rank for (rank, _), _ in placed), default=0)
        # Whoever names the town of a shop asks for that one, and not for all of its département.
        wanted = [(kind, row) for (rank, kind), row in placed if best < _TOWN or rank >= _TOWN]
        views = [view(row, now=now, near=kind) for kind, row in wanted]
        order = {row.id: -rank for (rank, _), row in placed}
        views.sort(key=lambda each: order[each.id])
    return [each for each in views if each.opening.open or not open_now][:limit]


async def shown(session: AsyncSession, shop_id: UUID, *, now: datetime) -> ShopView | None:
    """One shop, if customers may see it."""
    row = await session.scalar(select(Shop).where(Shop.id == shop_id, Shop.active).options(joinedload(Shop.calendar)))
    return view(row, now=now) if row is not None else None


async def hours_on(session: AsyncSession, shop_id: UUID, day: date) -> DayHours | None:
    """The hours of a shop on any day, if customers may see it."""
    row = await session.scalar(select(Shop).where(Shop.id == shop_id, Shop.active).options(joinedload(Shop.calendar)))
    return on(counting(row.calendar), day) if row is not None else None


def view(row: Shop, *, now: datetime, near: Near | None = None) -> ShopView:
    """A shop, whose calendar is loaded, as it is at this instant."""
    hours = counting(row.calendar)
    plain = {name: getattr(row, name) for name in ShopView.__annotations__ if name not in ("opening", "days", "near")}
    return ShopView(**plain, opening=opening(hours, now), days=week(hours, now), near=near)


_TOWN = 100


def _near(row: Shop, place: str) -> tuple[int, Near] | None:
    """How near a shop is to what was said, and by what; None when it is not."""
    asked = folded(place)
    for town in (folded(row.city), *_ALSO_CALLED.get(folded(row.city), ())):
        if _says(asked, town):
            return _TOWN, "town"
    theirs = row.postcode.replace(" ", "").upper()
    best: tuple[int, Near] | None = None
    for code in (found.replace(" ", "").upper() for found in _POSTCODE.findall(place)):
        common = next(
            (at for at, (one, other) in enumerate(zip(code, theirs, strict=False)) if one != other),
            min(len(code), len(theirs)),
        )
        area = 2 if code.isdigit() else len(code) - len(code.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
        same_kind = code[:1].isdigit() == theirs[:1].isdigit()
        same_area = code.isdigit() or theirs[area : area + 1].isdigit()
        if same_kind and same_area and common >= area and theirs:
            kind: Near = "postcode" if common == len(theirs) else "area"
            best = max(best or (0, kind), (_TOWN + 1 if kind == "postcode" else common, kind))
    return best


def _says(asked: str, town: str) -> bool:
    """Whether a sentence has a town's name in it, one letter of it wrong at most."""
    words, length = asked.split(), len(town.split())
    runs = (" ".join(words[at : at + length]) for at in range(len(words) - length + 1))
    close = 75 if len(town) <= 4 else ALIKE
    return any(run == town or (len(run) > 3 and fuzz.ratio(run, town) >= close) for run in runs)
