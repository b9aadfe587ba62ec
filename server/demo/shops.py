"""Where the demo company receives and when it calls, its promotion codes, and its loyalty programme."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import COMMAND_LINE
from crm_backend.calendars import services as calendars
from crm_backend.calendars.model import Calendar
from crm_backend.call_backs import schedules
from crm_backend.loyalty import adjusting
from crm_backend.loyalty import services as loyalty
from crm_backend.loyalty.model import LoyaltyMember
from crm_backend.promo_codes import services as promo_codes
from crm_backend.shops import services as shops
from server.demo.chance import Chance, morning

_SHOP_DAYS = ("tue", "wed", "thu", "fri", "sat")
FRENCH_SHOPS: dict[str, Any] = {
    "name": "Boutiques",
    "zone": "Europe/Paris",
    "place": "FR",
    "week": {day: [["10:00", "19:00"]] for day in _SHOP_DAYS},
}
ENGLISH_SHOP: dict[str, Any] = {
    "name": "Shops",
    "zone": "Europe/London",
    "place": "GB-ENG",
    "week": {day: [["10:00", "18:30"]] for day in ("mon", *_SHOP_DAYS)} | {"sun": [["11:00", "17:00"]]},
}
_EVERYTHING = ["collection", "returns", "appointments"]
_LEVEL = {"fr": "De plain-pied.", "en": "On one level."}
_STEP = {
    "fr": "Une marche et une rampe amovible, à demander en sonnant.",
    "en": "One step and a movable ramp: just ring.",
}
# As the articles of the knowledge base tell them.
SHOPS: tuple[dict[str, Any], ...] = (
    {
        "name": "Maison Tilleul Lyon",
        "line1": "12 rue Auguste-Comte",
        "city": "Lyon",
        "postcode": "69002",
        "country": "FR",
        "phone": "+33465710001",
        "latitude": 45.7546,
        "longitude": 4.8309,
        "services": _EVERYTHING,
        "notes": _LEVEL,
    },
    {
        "name": "Maison Tilleul Paris",
        "line1": "48 rue du Bac",
        "city": "Paris",
        "postcode": "75007",
        "country": "FR",
        "phone": "+33199000021",
        "latitude": 48.8566,
        "longitude": 2.3251,
        "services": _EVERYTHING,
        "notes": _STEP,
    },
    {
        "name": "Maison Tilleul Lille",
        "line1": "5 rue Esquermoise",
        "city": "Lille",
        "postcode": "59800",
        "country": "FR",
        "phone": "+33353010005",
        "latitude": 50.6382,
        "longitude": 3.0617,
        "services": ["collection", "returns"],
        "notes": _LEVEL,
    },
    {
        "name": "Maison Tilleul London",
        "line1": "21 Lamb’s Conduit Street",
        "city": "London",
        "postcode": "WC1N 3NL",
        "country": "GB",
        "phone": "+447700900114",
        "latitude": 51.5221,
        "longitude": -0.1187,
        "services": _EVERYTHING,
        "notes": _LEVEL,
    },
    {
        "name": "Maison Tilleul Bristol",
        "line1": "34 Park Street",
        "city": "Bristol",
        "postcode": "BS1 5JG",
        "country": "GB",
        "phone": "+447700900134",
        "latitude": 51.4541,
        "longitude": -2.6022,
        "services": ["collection", "returns"],
        "notes": _STEP,
    },
)
CODES: tuple[dict[str, Any], ...] = (
    {
        "code": "BIENVENUE10",
        "kind": "percent",
        "percent": 1000,
        "per_customer": 1,
        "begins": -300,
        "texts": {"fr": "10\u00a0% sur la première commande.", "en": "10% off a first order."},
    },
    {
        "code": "TABLE15",
        "kind": "amount",
        "amount_minor": 1500,
        "currency": "EUR",
        "minimum_minor": 10_000,
        "categories": ["tableware"],
        "begins": -20,
        "ends": 40,
        "texts": {
            "fr": "15\u00a0€ de remise dès 100\u00a0€ d’arts de la table.",
            "en": "€15 off when you spend €100 on tableware.",
        },
    },
    {
        "code": "PRINTEMPS20",
        "kind": "percent",
        "percent": 2000,
        "begins": -200,
        "ends": -170,
        "texts": {"fr": "20\u00a0% pour le printemps.", "en": "20% off for spring."},
    },
)
NAMES = {"fr": "Tilleul & moi", "en": "Tilleul & You"}
_JOIN = 0.4
"""Share of customers in the programme. The first of the showcase is, the second is not."""
WELCOME = "Points de bienvenue"


async def open_shops(session: AsyncSession, joined: Mapping[UUID, datetime], today: date) -> None:
    """Stores it in the caller's transaction; `joined` says when each became a customer."""
    french, english = [
        await calendars.add(session, actor=COMMAND_LINE, **calendar) for calendar in (FRENCH_SHOPS, ENGLISH_SHOP)
    ]
    for given in SHOPS:
        calendar = french if given["country"] == "FR" else english
        shop = await shops.add(
            session, actor=COMMAND_LINE, calendar_id=calendar.id, external_id=given["city"].upper(), **given
        )
        if "appointments" in given["services"]:
            await schedules.add(
                session,
                actor=COMMAND_LINE,
                kind="appointment",
                shop_id=shop.id,
                calendar_id=calendar.id,
                team="support",
                window_minutes=60,
                capacity=1,
                lead_minutes=240,
            )
    office = (await session.scalars(select(Calendar.id).where(Calendar.name == "Paris"))).one()
    await schedules.add(session, actor=COMMAND_LINE, kind="call_back", calendar_id=office, team="support")
    now = morning(today)
    for code in CODES:
        kept = {name: value for name, value in code.items() if name not in ("begins", "ends")}
        until = now + timedelta(days=code["ends"]) if "ends" in code else None
        since = now + timedelta(days=code["begins"])
        await promo_codes.add(session, actor=COMMAND_LINE, valid_from=since, valid_to=until, **kept)
    await _members(session, joined)


async def _members(session: AsyncSession, joined: Mapping[UUID, datetime]) -> None:
    programme = await loyalty.programme(session)
    await loyalty.change_programme(session, actor=COMMAND_LINE, version=programme.version, enabled=True, names=NAMES)
    chance = Chance("loyalty")
    wanted = [
        (customer_id, since)
        for place, (customer_id, since) in enumerate(joined.items())
        if (chance.random() < _JOIN or place == 0) and place != 1
    ]
    rows = [
        {"id": chance.identifier(at), "created_at": at, "customer_id": one, "joined_at": at, "updated_at": at}
        for one, at in wanted
    ]
    await session.execute(insert(LoyaltyMember), rows)
    first = wanted[0][0]
    await adjusting.adjust(session, first, actor=COMMAND_LINE, kind="bonus", points=50, reason=WELCOME)
