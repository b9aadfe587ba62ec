"""Shops are found by where they are, and say when they are open."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import SYSTEM, Actor
from crm_backend.calendars import services as calendars
from crm_backend.errors import Invalid, NotAllowed
from crm_backend.shops import queries, services

OFFICE = ("mon", "tue", "wed", "thu", "fri", "sat")
TUESDAY = datetime(2026, 11, 24, 10, tzinfo=ZoneInfo("Europe/Paris"))
PLACES: tuple[dict[str, Any], ...] = (
    {"name": "Lyon", "city": "Lyon", "postcode": "69002", "country": "FR", "services": ["collection", "returns"]},
    {"name": "Paris", "city": "Paris", "postcode": "75003", "country": "FR", "services": ["appointments"]},
    {"name": "London", "city": "London", "postcode": "W1F 9AB", "country": "GB", "services": ["returns"]},
)


@pytest.fixture
async def town(crm: AsyncSession) -> AsyncSession:
    week = {day: [["10:00", "13:00"], ["14:00", "19:00"]] for day in OFFICE}
    calendar = await calendars.add(crm, actor=SYSTEM, name="Shops", zone="Europe/Paris", place="FR", week=week)
    for place in PLACES:
        await services.add(crm, actor=SYSTEM, line1="1 High Street", calendar_id=calendar.id, **place)
    return crm


@pytest.mark.parametrize(
    ("place", "found"),
    [
        ("Lyon", ["Lyon"]),
        ("à LYON svp", ["Lyon"]),
        ("lyom", ["Lyon"]),
        ("69002", ["Lyon"]),
        ("j'habite 69100 Villeurbanne", ["Lyon"]),
        ("Londres", ["London"]),
        ("W1D 3QF", ["London"]),
        ("w1f", ["London"]),
        ("75011", ["Paris"]),
        ("Marseille", []),
        ("13001", []),
        ("WC2N 5DU", []),
        ("\0';--", []),
    ],
)
async def test_a_place_leads_to_the_shops_there(town: AsyncSession, place: str, found: list[str]) -> None:
    assert [one.name for one in await queries.find(town, now=TUESDAY, place=place)] == found


async def test_all_are_told_and_may_be_narrowed_to_what_is_done_there(town: AsyncSession) -> None:
    assert [one.name for one in await queries.find(town, now=TUESDAY)] == ["London", "Lyon", "Paris"]
    assert [one.name for one in await queries.find(town, now=TUESDAY, service="returns")] == ["London", "Lyon"]
    (lyon,) = await queries.find(town, now=TUESDAY, place="69002")
    assert lyon.near == "postcode" and len(lyon.days) == 7
    row = await services.shop(town, lyon.id, actor=SYSTEM)
    await services.change(town, row.id, actor=SYSTEM, version=row.version, active=False)
    assert await queries.shown(town, row.id, now=TUESDAY) is None


@pytest.mark.parametrize(
    ("now", "is_open", "changes"),
    [
        (datetime(2026, 11, 24, 9, 30, tzinfo=UTC), True, "13:00"),
        (datetime(2026, 11, 24, 12, 15, tzinfo=UTC), False, "14:00"),
        # Saturday evening: Monday is next.
        (datetime(2026, 11, 28, 20, tzinfo=UTC), False, "10:00"),
        # Christmas is a Friday.
        (datetime(2026, 12, 25, 11, tzinfo=UTC), False, "10:00"),
    ],
)
async def test_it_says_until_when_it_is_open_or_when_it_opens(
    town: AsyncSession, now: datetime, is_open: bool, changes: str
) -> None:
    (lyon,) = await queries.find(town, now=now, place="Lyon")
    told = lyon.opening
    at = told.closes_at if is_open else told.opens_at
    assert told.open is is_open and at is not None and at.strftime("%H:%M") == changes
    assert bool(await queries.find(town, now=now, place="Lyon", open_now=True)) is is_open
    assert lyon.days[0].special is (now.day == 25)


async def test_what_is_not_a_shop_is_refused(town: AsyncSession) -> None:
    (lyon,) = await queries.find(town, now=TUESDAY, place="Lyon")
    row = await services.shop(town, lyon.id, actor=SYSTEM)
    for wrong, field in (
        ({"phone": "12"}, "phone"),
        ({"postcode": "999"}, "postcode"),
        ({"country": "XX"}, "country"),
        ({"latitude": 91.0}, "latitude"),
        ({"latitude": 45.0}, "longitude"),
        ({"latitude": float("nan"), "longitude": 1.0}, "latitude"),
        ({"services": ["haircut"]}, "services"),
        ({"notes": {"de": "Tür"}}, "notes"),
        ({"name": "a\0"}, "name"),
        ({"calendar_id": row.id}, "calendar_id"),
    ):
        with pytest.raises(Invalid) as refused:
            await services.change(town, row.id, actor=SYSTEM, version=None, **wrong)
        assert refused.value.field == field
    with pytest.raises(NotAllowed):
        services.shops(Actor("key:x"))
