"""Calendars of working hours, and time counted by them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints
from sqlalchemy import func, select

from crm_backend.calendars import services
from crm_backend.calendars.hours import business_time_between
from crm_backend.calendars.model import Calendar
from crm_backend.calendars.values import LONGEST_NAME, MOST_DAYS, MOST_SPANS
from crm_backend.database import utc_now
from crm_backend.errors import Invalid
from crm_backend.service_levels import clocks
from server.api import ABSENT, Call, Day, In, Listing, Moment, Noun, Out, Page, Patch, Sorts, Sparse, VersionedOut

noun = Noun("calendars", fr="Calendriers", en="Calendars")
LONGEST = timedelta(days=5 * 366)
Time = Annotated[str, StringConstraints(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$|^24:00$")]
Span = Annotated[list[Time], Field(min_length=2, max_length=2, examples=[["09:00", "12:30"]])]
Spans = Annotated[list[Span], Field(max_length=MOST_SPANS)]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
Name = Annotated[
    str, StringConstraints(min_length=1, max_length=LONGEST_NAME, strip_whitespace=True), Field(examples=["Paris"])
]
Zone = Annotated[str, Field(min_length=1, max_length=64, examples=["Europe/Paris"])]
Place = Annotated[
    str,
    Field(max_length=43, description="Whose public holidays are kept: a country, or country-region.", examples=["FR"]),
]
Week = Annotated[
    dict[Weekday, Spans],
    Field(
        description="Opening and closing times by day. A span that closes at or before its opening ends the day after.",
        examples=[{"mon": [["09:00", "12:30"], ["13:30", "18:00"]]}],
    ),
]


class SpecialDayOut(Out):
    day: date
    name: str = Field(examples=["Stocktaking"])
    spans: list[list[str]] = Field(description="Closed, where there is none.", examples=[[]])


class CalendarOut(VersionedOut):
    id: UUID
    name: str = Field(examples=["Paris"])
    zone: str = Field(examples=["Europe/Paris"])
    place: str | None = Field(examples=["FR"])
    week: dict[str, list[list[str]]] = Field(examples=[{"mon": [["09:00", "18:00"]]}])
    days: list[SpecialDayOut]
    created_at: datetime


class SpecialDayIn(In):
    day: Day
    name: Annotated[str, StringConstraints(max_length=LONGEST_NAME)] = ""
    spans: Spans = Field(default_factory=list)


class CalendarIn(In):
    name: Name
    zone: Zone
    place: Place | None = None
    week: Week
    days: Annotated[list[SpecialDayIn], Field(max_length=MOST_DAYS)] = Field(default_factory=list)


class CalendarPatch(Patch):
    name: Name = ABSENT
    zone: Zone = ABSENT
    place: Place | None = ABSENT
    week: Week = ABSENT
    days: Annotated[list[SpecialDayIn], Field(max_length=MOST_DAYS)] = ABSENT


class CountIn(In):
    start: Moment
    minutes: Annotated[int, Field(ge=0, le=525_600)] | None = Field(None, description="To be added.", examples=[480])
    end: Moment | None = Field(None, description="Up to where business time is counted.")


class CountOut(Out):
    due_at: datetime | None = Field(description="When so many minutes of business time have passed.")
    minutes: float | None = Field(description="The minutes of business time up to the end.", examples=[480.0])
    open: bool = Field(description="Whether the start is business time.")


CALENDAR_SORTS = Sorts(by=Calendar.id, default="name", name=func.lower(Calendar.name), created_at=Calendar.created_at)


@noun.get("/calendars", needs="cases.read", fr="Lister les calendriers", en="List calendars", sorts=CALENDAR_SORTS)
async def list_calendars(call: Call, query: Listing) -> Page[CalendarOut]:
    call.actor.need("cases.read")
    return await call.page(select(Calendar), query, CalendarOut.model_validate)


@noun.post("/calendars", needs="service_levels.configure", fr="Ajouter un calendrier", en="Add a calendar", status=201)
async def add_calendar(call: Call, body: CalendarIn) -> CalendarOut:
    return _out(await services.add(call.session, actor=call.actor, **body.model_dump()))


@noun.get("/calendars/{calendar_id}", needs="cases.read", fr="Lire un calendrier", en="Read a calendar")
async def read_calendar(call: Call, calendar_id: UUID, query: Sparse) -> CalendarOut:
    return _out(await services.one(call.session, calendar_id, actor=call.actor))


@noun.patch(
    "/calendars/{calendar_id}", needs="service_levels.configure", fr="Modifier un calendrier", en="Change a calendar",
    more={
        "fr": "Les délais en cours qui comptent avec ce calendrier sont recalculés.",
        "en": "Time limits that run by this calendar are counted anew.",
    },
)  # fmt: skip
async def change_calendar(call: Call, calendar_id: UUID, body: CalendarPatch) -> CalendarOut:
    changes = body.model_dump(include=set(body.given()))
    changed = await services.change(call.session, calendar_id, actor=call.actor, changes=changes, version=call.version)
    await clocks.recount(call.session, calendar_id=calendar_id, now=utc_now())
    return _out(changed)


@noun.delete(
    "/calendars/{calendar_id}", needs="service_levels.configure", fr="Supprimer un calendrier",
    en="Delete a calendar", versioned=True,
)  # fmt: skip
async def remove_calendar(call: Call, calendar_id: UUID) -> None:
    await services.remove(call.session, calendar_id, actor=call.actor, version=call.version)


@noun.post("/calendars/{calendar_id}/count", needs="cases.read", fr="Compter du temps ouvré", en="Count business time")
async def count_business_time(call: Call, calendar_id: UUID, body: CountIn) -> CountOut:
    hours = services.counting(await services.one(call.session, calendar_id, actor=call.actor))
    if body.end is not None and body.end - body.start > LONGEST:
        raise Invalid("end", "too_far_apart", years=5)
    between = business_time_between(hours, body.start, body.end) if body.end is not None else None
    return CountOut(
        due_at=services.due(hours, body.start, minutes=body.minutes) if body.minutes is not None else None,
        minutes=between.total_seconds() / 60 if between is not None else None,
        open=hours.open_at(body.start),
    )


def _out(row: Calendar) -> CalendarOut:
    return CalendarOut.model_validate(row)
