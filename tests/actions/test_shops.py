"""Shops and their hours in the chat."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from actions import toolbox
from actions.tasks import finding
from crm_backend.access.actor import SYSTEM
from crm_backend.calendars import opening
from crm_backend.calendars import services as calendars
from crm_backend.database import Sessions, new_id
from crm_backend.shops import services
from crm_backend.shops.model import Shop
from tests.support import core
from tests.support.talking import Customer

finding.find()
PARIS = ZoneInfo("Europe/Paris")
TUESDAY = datetime(2026, 11, 24, 10, 30, tzinfo=PARIS)
PLACES = (("Lyon", "69002", "FR"), ("Paris", "75007", "FR"), ("London", "WC1N 3NA", "GB"))


@pytest.fixture
async def town(acting: Sessions, monkeypatch: pytest.MonkeyPatch) -> Sessions:
    """Three shops, on a Tuesday morning."""
    advisers = opening.parse("mon-fri 09:00-18:00", PARIS)
    equipped = replace(toolbox.tools(), now=lambda: TUESDAY, hours=advisers)
    monkeypatch.setattr(toolbox, "_equipped", [equipped])
    week = {day: [["10:00", "13:00"], ["14:00", "19:00"]] for day in ("tue", "wed", "thu", "fri", "sat")}
    async with acting.begin() as session:
        made = await calendars.add(session, actor=SYSTEM, name="S", zone="Europe/Paris", place="FR", week=week)
        for city, postcode, country in PLACES:
            values = {"name": f"Boutique {city}", "line1": "1 rue Haute", "city": city, "postcode": postcode}
            values |= {"country": country, "phone": "+33465710001"}
            await services.add(session, actor=SYSTEM, calendar_id=made.id, **values)
    return acting


async def told(sessions: Sessions, text: str, language: str = "fr", **entities: str) -> list[str]:
    customer = Customer((await core.write(sessions, visitor=new_id().hex)).conversation_id, language)
    said = await customer.says(text, "shops", **entities)
    assert not customer.open
    return said


async def test_the_shop_of_a_town_is_told_with_its_week(town: Sessions) -> None:
    [said] = await told(town, "horaires du magasin de Lyon")
    assert said.startswith("Boutique Lyon\u00a0: 1 rue Haute, 69002 Lyon. Téléphone")
    assert "Ouvert en ce moment, jusqu’à 13\u00a0h." in said
    assert "Mardi à samedi\u00a0: de 10\u00a0h à 13\u00a0h et de 14\u00a0h à 19\u00a0h" in said
    [said] = await told(town, "opening times london please", "en")
    assert "Tuesday to Saturday: 10\u00a0am to 1\u00a0pm and 2\u00a0pm to 7\u00a0pm" in said and "Paris" not in said


@pytest.mark.parametrize(
    ("day", "said"),
    [
        ("2026-11-29", "Dimanche 29 novembre\u00a0: fermé"),
        ("2026-12-25", "Vendredi 25 décembre\u00a0: fermé (exceptionnellement)"),
        ("2026-11-25", "Demain\u00a0: de 10"),
    ],
)
async def test_the_hours_of_a_day_are_told(town: Sessions, day: str, said: str) -> None:
    assert said in (await told(town, "la boutique de Paris est ouverte ?", date=day))[0]


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "2026-02-30"])
async def test_a_day_that_nobody_means_is_passed_over(town: Sessions, day: str) -> None:
    assert "Ouvert en ce moment" in (await told(town, "ouvert à Lyon ?", date=day))[0]


async def test_all_are_told_where_there_is_none_or_none_is_named(town: Sessions) -> None:
    said = await told(town, "une boutique à Bordeaux ?", place="Bordeaux")
    assert said[0] == "utter_shops_none_there" and said[1].count("Boutique") == 3
    assert (await told(town, "vos horaires", date="pas un jour"))[0] == "utter_shops_all"


async def test_when_advisers_answer_is_another_question(town: Sessions) -> None:
    assert await told(town, "le service client est joignable quand ?") == ["utter_shops_advisers_open"]


async def test_a_company_without_shops_says_so(acting: Sessions) -> None:
    assert await told(acting, "where are your shops", "en") == ["utter_shops_none"]


async def test_who_asks_for_an_appointment_in_a_shop_may_have_one(town: Sessions) -> None:
    text = "je voudrais un rendez-vous à Lyon"
    assert len(await told(town, text)) == 1
    async with town.begin() as session:
        for row in await session.scalars(select(Shop)):
            row.services = ["appointments"]
    customer = Customer((await core.write(town, visitor=new_id().hex)).conversation_id)
    assert (await customer.says(text, "shops"))[1:] == ["utter_shops_book"]
    assert customer.slots["proposed"]["topic"] == "call_back" and customer.slots["proposed"]["facts"]["where"]
    assert (await told(town, "can I book an appoitnment", "en"))[-1] == "utter_shops_book"
