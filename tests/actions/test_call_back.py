"""A call or an appointment: offered, shown, booked once, moved and cancelled."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from actions import toolbox
from actions.tasks import finding
from crm_backend.access.actor import SYSTEM
from crm_backend.calendars import services as calendars
from crm_backend.call_backs import schedules
from crm_backend.call_backs.model import Booking
from crm_backend.conversations.model import Conversation
from crm_backend.customers.model import Identity
from crm_backend.database import Sessions, new_id
from crm_backend.shops import services as shops
from tests.support import core, shop
from tests.support.talking import Customer

finding.find()
PARIS = ZoneInfo("Europe/Paris")
TUESDAY = datetime(2026, 11, 24, 8, 30, tzinfo=PARIS)
STORY = "Rappelez-moi s’il vous plaît, je voudrais parler du canapé commandé la semaine dernière."


@pytest.fixture
async def desk(acting: Sessions, monkeypatch: pytest.MonkeyPatch) -> Sessions:
    """Calls by the half hour, and a shop that receives, on a Tuesday morning."""
    monkeypatch.setattr(toolbox, "_equipped", [replace(toolbox.tools(), now=lambda: TUESDAY)])
    week = {day: [["09:00", "12:00"], ["14:00", "18:00"]] for day in ("tue", "wed", "thu", "fri")}
    async with acting.begin() as session:
        made = await calendars.add(session, actor=SYSTEM, name="C", zone="Europe/Paris", place="FR", week=week)
        offered = {"calendar_id": made.id, "team": "support", "capacity": 1, "lead_minutes": 15}
        await schedules.add(session, actor=SYSTEM, kind="call_back", **offered)
        values = {"name": "Boutique Lyon", "line1": "1 rue Haute", "city": "Lyon", "postcode": "69002"}
        values |= {"country": "FR", "services": ["appointments"]}
        lyon = await shops.add(session, actor=SYSTEM, calendar_id=made.id, **values)
        await schedules.add(session, actor=SYSTEM, kind="appointment", shop_id=lyon.id, **offered)
    return acting


async def visitor(sessions: Sessions, language: str = "fr") -> Customer:
    return Customer((await core.write(sessions, visitor=new_id().hex)).conversation_id, language)


async def bookings(sessions: Sessions) -> list[Booking]:
    async with sessions() as session:
        return list(await session.scalars(select(Booking).order_by(Booking.created_at)))


async def test_a_call_is_shown_and_booked_once(desk: Sessions) -> None:
    customer = await visitor(desk)
    assert await customer.says("rappelez-moi", "call_back") == ["utter_call_back_ask_phone"]
    said = await customer.says("06 39", "inform", phone="0639")
    assert said == ["utter_call_back_phone_bad", "utter_call_back_ask_phone"]
    assert await customer.says("06 39 98 00 01", "inform", phone="+33639980001") == ["utter_call_back_ask_about"]
    assert await customer.says("mon canapé", "find_product") == ["utter_call_back_ask_window"]
    titles = [each["title"] for each in customer.messages[-1]["buttons"]]
    assert titles[0] == "Mardi 24 novembre entre 9\u00a0h et 9\u00a0h\u00a030" and len(titles) == 3
    assert await customer.says("la deuxième", "choose", choice="2") == ["utter_call_back_confirm"]
    before, again = dict(customer.slots), new_id()
    for _ in range(2):
        customer.slots, customer.open = dict(before), True
        assert await customer.says("oui", "affirm", turn=again) == ["utter_call_back_done"]
    [made] = await bookings(desk)
    assert made.starts_at == datetime(2026, 11, 24, 9, 30, tzinfo=PARIS) and made.phone == "+33639980001"
    assert made.topic == "mon canapé" and customer.messages[0]["reference"] == made.reference


@pytest.mark.parametrize(
    ("said", "responses", "start"),
    [
        ({"date": "2026-11-26", "time": "15:10"}, ["utter_call_back_confirm"], "2026-11-26T15:00"),
        ({"date": "2026-11-25", "time": "14:00/16:00"}, ["utter_call_back_ask_window"], "2026-11-25T14:00"),
        ({"date": "2026-11-26", "time": "03:00"}, ["utter_call_back_confirm"], "2026-11-26T15:00"),
        ({"time": "17:00/"}, ["utter_call_back_ask_window"], "2026-11-24T17:00"),
        ({"date": "2026-11-28"}, ["utter_call_back_not_then", "utter_call_back_ask_window"], "2026-12-01T09:00"),
        ({"date": "0001-01-01"}, ["utter_call_back_ask_window"], "2026-11-24T09:00"),
        ({"date": "9999-12-31", "time": "/12:00"}, ["utter_call_back_ask_window"], "2026-11-24T09:00"),
        ({"date": "9999-99-99", "time": "99:99"}, ["utter_call_back_ask_window"], "2026-11-24T09:00"),
    ],
)
async def test_the_time_that_was_said_is_taken_or_what_comes_nearest(
    desk: Sessions, said: dict[str, str], responses: list[str], start: str
) -> None:
    customer = await visitor(desk)
    assert await customer.says(STORY, "call_back", phone="+33639980001", **said) == responses
    if responses[-1] == "utter_call_back_confirm":
        assert customer.slots["task"]["asked"]["about"]["agreed"]["starts_at"].startswith(start)
    else:
        assert next(iter(customer.slots["task"]["asked"]["options"])).startswith(start)


async def test_the_number_on_file_is_proposed_and_can_be_corrected(desk: Sessions) -> None:
    customer = await visitor(desk, "en")
    async with desk.begin() as session:
        owner = (await shop.customer(session)).id
        row = await session.get_one(Conversation, customer.conversation)
        row.customer_id, row.proof = owner, "verified"
        session.add(Identity(kind="phone", value="+447700900123", customer_id=owner))
    await customer.says("call me about my sofa order please", "call_back", date="2026-11-25", time="10:00")
    assert "900123" in customer.messages[0]["phone"]
    assert await customer.says("no", "deny") == ["utter_what_to_change"]
    assert await customer.presses("The number") == ["utter_call_back_ask_phone"]
    await customer.says("+44 7700 900456", "inform", phone="+447700900456")
    assert await bookings(desk) == []


async def test_an_appointment_is_in_the_shop_that_is_named_or_chosen(desk: Sessions) -> None:
    customer = await visitor(desk)
    text = "je voudrais un rendez-vous à la boutique de Lyon pour un projet de salon complet"
    await customer.says(text, "call_back", phone="+33639980001", date="2026-11-25", time="10:00")
    assert customer.messages[0]["shop"] == "Boutique Lyon"
    assert await customer.says("oui", "affirm") == ["utter_call_back_done_shop"]
    [made] = await bookings(desk)
    assert made.kind == "appointment"
    assert await customer.says("un rendez-vous svp", "call_back") == ["utter_call_back_where"]
    assert await customer.presses("Par téléphone") == ["utter_call_back_ask_phone"]


async def test_what_is_booked_is_moved_and_cancelled_by_who_booked_it(desk: Sessions) -> None:
    customer, stranger = await visitor(desk), await visitor(desk)
    await customer.says(STORY, "call_back", phone="+33639980001", date="2026-11-25", time="10:00")
    await customer.says("oui", "affirm")
    [made] = await bookings(desk)
    said = await stranger.says(f"annulez mon rappel {made.reference}", "call_back")
    assert said == ["utter_call_back_none_booked"]
    assert await customer.says("à quelle heure allez-vous m’appeler ?", "call_back") == ["utter_call_back_when"]
    said = await customer.says("décalez mon rappel", "call_back", date="2026-11-26", time="09:00")
    assert said == ["utter_call_back_move_confirm"]
    assert await customer.says("oui", "affirm") == ["utter_call_back_moved"]
    assert await customer.says("finalement annulez mon rappel", "call_back") == ["utter_call_back_cancel_confirm"]
    assert await customer.says("oui", "affirm") == ["utter_call_back_cancelled"]
    [made] = await bookings(desk)
    assert (made.state, made.starts_at) == ("cancelled", datetime(2026, 11, 26, 9, tzinfo=PARIS))


async def test_no_more_than_a_few_are_booked(desk: Sessions) -> None:
    customer = await visitor(desk)
    for hour in (9, 10, 11, 14):
        await customer.says(STORY, "call_back", phone="+33639980001", date="2026-11-25", time=f"{hour:02}:00")
        said = await customer.says("oui", "affirm")
    assert said == ["utter_call_back_too_many"] and len(await bookings(desk)) == 3


async def test_where_nothing_is_offered_a_person_is(acting: Sessions) -> None:
    customer = await visitor(acting)
    assert await customer.says(STORY, "call_back", phone="+33639980001") == ["utter_call_back_not_offered"]
    assert customer.slots["offered"] == "asked"


async def test_a_new_time_for_what_is_not_booked_is_a_booking(desk: Sessions) -> None:
    customer = await visitor(desk)
    said = await customer.says("vous deviez m’appeler hier, reprogrammez", "call_back", phone="+33639980001")
    assert said == ["utter_call_back_ask_about"]


@pytest.mark.parametrize(
    ("text", "intent", "said"),
    [
        ("annulez", "cancel", ["utter_call_back_cancelled"]),
        ("oui annulez-le", "cancel_order", ["utter_call_back_cancelled"]),
        ("annulez plutôt ma commande", "cancel_order", ["utter_instead", "utter_ask_order_number"]),
        ("laissez tomber", "cancel", ["utter_cancelled"]),
    ],
)
async def test_cancel_it_is_a_yes_where_a_call_is_to_be_cancelled(
    desk: Sessions, text: str, intent: str, said: list[str]
) -> None:
    customer = await visitor(desk)
    await customer.says(STORY, "call_back", phone="+33639980001", date="2026-11-25", time="10:00")
    await customer.says("oui", "affirm")
    assert await customer.says("annulez mon rappel", "call_back") == ["utter_call_back_cancel_confirm"]
    assert await customer.says(text, intent) == said
    [made] = await bookings(desk)
    assert (made.state == "cancelled") == (said == ["utter_call_back_cancelled"])


@pytest.mark.parametrize(
    ("said", "start"),
    [("asap", "2026-11-24T09:00"), ("the 27th around 10", "2026-11-27T10:00"), ("now", "2026-11-24T09:00")],
)
async def test_at_once_and_a_day_of_the_month_are_times(desk: Sessions, said: str, start: str) -> None:
    customer = await visitor(desk, "en")
    assert await customer.says(STORY, "call_back", phone="+447700900101") == ["utter_call_back_ask_window"]
    told = {"time": "10:00"} if "10" in said else {}
    assert await customer.says(said, "ask_help", **told) == ["utter_call_back_confirm"]
    assert customer.slots["task"]["asked"]["about"]["agreed"]["starts_at"].startswith(start)


async def test_a_time_that_others_took_first_is_followed_by_the_next_free_ones(desk: Sessions) -> None:
    customer, others = await visitor(desk), await visitor(desk)
    said = await customer.says(STORY, "call_back", phone="+33639980001", date="2026-11-25", time="14:00/16:00")
    for place in (1, 2, 3):
        assert said[-1] == "utter_call_back_ask_window"
        first = next(iter(customer.slots["task"]["asked"]["options"]))
        assert await customer.says("la première", "choose", choice="1") == ["utter_call_back_confirm"]
        if place < 3:
            number = f"+3363998001{place}"
            await others.says(STORY, "call_back", phone=number, date=first[:10], time=first[11:16])
            await others.says("oui", "affirm")
        said = await customer.says("oui", "affirm")
        if place < 3:
            assert said == ["utter_call_back_taken", "utter_call_back_ask_window"]
            assert first not in customer.slots["task"]["asked"]["options"]
    assert said == ["utter_call_back_done"]
    [made] = [each for each in await bookings(desk) if each.phone == "+33639980001"]
    assert made.starts_at == datetime(2026, 11, 25, 15, tzinfo=PARIS)


async def test_the_day_after_is_the_one_after_the_day_that_was_offered(desk: Sessions) -> None:
    customer = await visitor(desk)
    await customer.says(STORY, "call_back", phone="+33639980001", date="2026-11-25")
    assert customer.slots["date"] == "2026-11-25"
    # What the assistant makes of it with that day (bot/days_after.py).
    assert await customer.says("et le lendemain ?", "inform", date="2026-11-26") == ["utter_call_back_ask_window"]
    assert next(iter(customer.slots["task"]["asked"]["options"])).startswith("2026-11-26")
    assert customer.slots["date"] == "2026-11-26"
