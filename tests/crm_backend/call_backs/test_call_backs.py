"""Calls and appointments: inside opening hours, no more than there are places, once for each key."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import SYSTEM, Actor
from crm_backend.calendars import services as calendars
from crm_backend.call_backs import queries, schedules, services, words
from crm_backend.call_backs.schema import Asked
from crm_backend.call_backs.windows import free
from crm_backend.cases.model import Case
from crm_backend.conversations.model import Conversation, Message
from crm_backend.conversations.receiving.receive import receive
from crm_backend.database import Sessions
from crm_backend.errors import Invalid, NotAllowed, NotFound, NotNow
from crm_backend.events.model import Event
from tests.support.core import inbound

PARIS = ZoneInfo("Europe/Paris")
NOW = datetime(2027, 3, 9, 8, 50, tzinfo=PARIS)
NOBODY = UUID(int=1)
ALWAYS = {day: [["00:00", "24:00"]] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}
BOT = services.assistant(origin="web")


@pytest.fixture
async def desk(crm: AsyncSession) -> AsyncSession:
    week = {day: [["09:00", "12:00"], ["14:00", "18:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}
    calendar = await calendars.add(crm, actor=SYSTEM, name="Calls", zone="Europe/Paris", place="FR", week=week)
    await schedules.add(
        crm, actor=SYSTEM, kind="call_back", calendar_id=calendar.id, team="support", capacity=1, lead_minutes=15
    )
    return crm


async def talk(crm: AsyncSession, visitor: str = "browser-1") -> Conversation:
    received = await receive(crm, inbound("Bonjour", visitor=visitor))
    return await crm.get_one(Conversation, received.conversation_id)


def asked(starts_at: datetime, **more: Any) -> Asked:
    return Asked("call_back", starts_at, **({"phone": "06 39 98 00 01", "topic": "Livraison"} | more))


async def test_the_next_free_windows_lie_inside_the_hours(desk: AsyncSession) -> None:
    found = await free(desk, kind="call_back", now=NOW)
    assert [f"{one.starts_at:%H:%M}" for one in found] == ["09:30", "10:00", "10:30"]
    late = await free(desk, kind="call_back", now=NOW, part="afternoon", limit=20)
    assert f"{late[0].starts_at:%H:%M}" == "14:00" and f"{late[7].ends_at:%H:%M}" == "18:00"
    assert late[8].starts_at.day == 10
    # Easter Monday is a holiday.
    easter = await free(desk, kind="call_back", now=datetime(2027, 3, 26, 17, 50, tzinfo=PARIS), limit=1)
    assert easter[0].starts_at.date().isoformat() == "2027-03-30"


async def test_a_booking_is_work_for_a_team_and_is_done_once(desk: AsyncSession) -> None:
    conversation = await talk(desk)
    first = (await free(desk, kind="call_back", now=NOW))[0]
    wanted = asked(first.starts_at, conversation_id=conversation.id)
    made = await services.book(desk, wanted, actor=BOT, key="turn-1", now=NOW)
    again = await services.book(desk, wanted, actor=BOT, key="turn-1", now=NOW)
    assert again.id == made.id and made.phone == "+33639980001" and len(made.reference) == 9
    case = await desk.get_one(Case, made.case_id)
    assert (case.team, case.due_at) == ("support", first.starts_at) and made.reference in case.description
    assert [event.kind for event in await desk.scalars(select(Event).where(Event.subject_id == made.id))] == [
        "booking.made"
    ]
    with pytest.raises(Invalid):
        await services.book(desk, asked(first.starts_at, phone="0639980002"), actor=BOT, key="turn-1", now=NOW)
    with pytest.raises(NotNow, match="booking_taken"):
        await services.book(desk, asked(first.starts_at, phone="0639980002"), actor=BOT, now=NOW)
    assert first.starts_at not in [one.starts_at for one in await free(desk, kind="call_back", now=NOW)]


async def test_cancelling_frees_the_window_and_ends_the_case(desk: AsyncSession) -> None:
    mine, other = await talk(desk), await talk(desk, "browser-2")
    first, second = (await free(desk, kind="call_back", now=NOW))[:2]
    made = await services.book(desk, asked(first.starts_at, conversation_id=mine.id), actor=BOT, now=NOW)
    assert [one.id for one in await queries.in_conversation(desk, mine.id, now=NOW)] == [made.id]
    assert not await queries.in_conversation(desk, other.id, now=NOW)
    with pytest.raises(NotFound):
        await services.cancel(desk, made.id, actor=BOT, conversation_id=other.id, now=NOW)
    moved = await services.move(desk, made.id, actor=BOT, conversation_id=mine.id, starts_at=second.starts_at, now=NOW)
    assert moved.starts_at == second.starts_at
    gone = await services.cancel(desk, made.id, actor=BOT, conversation_id=mine.id, now=NOW)
    again = await services.cancel(desk, made.id, actor=BOT, conversation_id=mine.id, now=NOW)
    case = await desk.get_one(Case, made.case_id)
    assert gone.state == again.state == "cancelled"
    assert (case.stage, case.resolution_key) == ("resolved", "withdrawn")
    assert (await free(desk, kind="call_back", now=NOW))[0].starts_at == first.starts_at


async def test_the_customer_hears_of_what_an_agent_booked(desk: AsyncSession) -> None:
    conversation = await talk(desk)
    first = (await free(desk, kind="call_back", now=NOW))[0]
    made = await services.book(desk, asked(first.starts_at, conversation_id=conversation.id), actor=SYSTEM, now=NOW)
    said = (await desk.scalars(select(Message.text).order_by(Message.seq.desc()).limit(1))).one()
    assert made.reference in said and "mardi 9 mars entre 9\u00a0h\u00a030 et 10\u00a0h" in said


async def test_what_cannot_be_booked_is_refused_and_nothing_is_written(desk: AsyncSession) -> None:
    first = (await free(desk, kind="call_back", now=NOW))[0].starts_at
    for wrong, field in (
        (asked(first + timedelta(minutes=1)), "starts_at"),
        (asked(first - timedelta(days=30)), "starts_at"),
        (asked(first.replace(tzinfo=None)), "starts_at"),
        (asked(first, phone="12"), "phone"),
        (asked(first, topic="x" * 501), "topic"),
        (asked(first, topic="a\0"), "topic"),
        (asked(first, language="de"), "language"),
        (asked(first, shop_id=NOBODY), "shop_id"),
        (asked(first, conversation_id=NOBODY), "conversation_id"),
    ):
        with pytest.raises(Invalid) as refused:
            await services.book(desk, wrong, actor=BOT, now=NOW)
        assert refused.value.field == field
    with pytest.raises(NotAllowed):
        await services.book(desk, asked(first), actor=Actor("key:x"), now=NOW)
    with pytest.raises(NotNow, match="booking_not_offered"):
        await free(desk, kind="appointment", now=NOW)
    assert not (await desk.scalars(queries.bookings(SYSTEM))).all()


async def test_nobody_books_a_whole_week(desk: AsyncSession) -> None:
    windows = await free(desk, kind="call_back", now=NOW, limit=4)
    for window in windows[:3]:
        await services.book(desk, asked(window.starts_at), actor=BOT, now=NOW)
    with pytest.raises(NotNow, match="booking_too_many"):
        await services.book(desk, asked(windows[3].starts_at), actor=BOT, now=NOW)


def test_a_window_is_said_as_people_say_it() -> None:
    start = datetime(2027, 3, 1, 9, tzinfo=PARIS)
    said = [words.window_in_words(start, start + timedelta(minutes=30), PARIS, language) for language in ("fr", "en")]
    assert said == [
        "lundi 1er mars entre 9\u00a0h et 9\u00a0h\u00a030",
        "on Monday 1 March between 9:00 and 9:30",
    ]
    assert queries.spelt("7k2m q9ta") == "7K2M-Q9TA"


async def test_of_two_who_want_the_last_place_one_has_it(sessions: Sessions) -> None:
    async with sessions.begin() as session:
        calendar = await calendars.add(session, actor=SYSTEM, name="Calls", zone="Europe/Paris", week=ALWAYS)
        given = {"calendar_id": calendar.id, "team": "support", "capacity": 1}
        await schedules.add(session, actor=SYSTEM, kind="call_back", **given)
        at = (await free(session, kind="call_back", now=NOW))[0].starts_at

    async def one(number: int) -> str:
        try:
            async with sessions.begin() as session:
                await services.book(session, asked(at, phone=f"+3363998000{number}"), actor=BOT, now=NOW)
        except NotNow as refused:
            return refused.reason
        return "booked"

    assert sorted(await asyncio.gather(*(one(number) for number in range(4)))) == ["booked", *["booking_taken"] * 3]
