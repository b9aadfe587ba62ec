"""Call-backs and appointments, and when they are offered."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from crm_backend.call_backs import queries, schedules, services, windows
from crm_backend.call_backs.model import Booking, BookingSchedule
from crm_backend.call_backs.schema import Asked
from crm_backend.database import utc_now
from server.api import (
    ABSENT,
    Call,
    In,
    Listing,
    Moment,
    Noun,
    Out,
    Page,
    Patch,
    Sorts,
    Sparse,
    VersionedOut,
)

noun = Noun("call-backs", fr="Rappels et rendez-vous", en="Call-backs and appointments")
Kind = Literal["call_back", "appointment"]
State = Literal["booked", "cancelled", "done", "missed"]
Team = Annotated[str, StringConstraints(min_length=1, max_length=40), Field(examples=["support"])]
Length = Annotated[int, Field(ge=5, le=480, description="Minutes of one window.", examples=[30])]
Capacity = Annotated[int, Field(ge=1, le=1000, description="Bookings of one window.", examples=[2])]
Lead = Annotated[int, Field(ge=0, le=20_160, description="Minutes from now to the first window.", examples=[30])]
Ahead = Annotated[int, Field(ge=1, le=90, description="Days ahead that can be booked.", examples=[14])]


class ScheduleOut(VersionedOut):
    id: UUID
    kind: Kind
    shop_id: UUID | None
    calendar_id: UUID
    window_minutes: int
    capacity: int
    lead_minutes: int
    days_ahead: int
    team: str
    enabled: bool
    created_at: datetime
    updated_at: datetime


class ScheduleIn(In):
    kind: Kind
    calendar_id: UUID
    team: Team
    shop_id: UUID | None = Field(None, description="Of appointments; calls have none.")
    window_minutes: Length = 30
    capacity: Capacity = 2
    lead_minutes: Lead = 30
    days_ahead: Ahead = 14
    enabled: bool = True


class SchedulePatch(Patch):
    calendar_id: UUID = ABSENT
    team: Team = ABSENT
    window_minutes: Length = ABSENT
    capacity: Capacity = ABSENT
    lead_minutes: Lead = ABSENT
    days_ahead: Ahead = ABSENT
    enabled: bool = ABSENT


class ScheduleQuery(Listing):
    kind: Kind | None = None
    shop_id: UUID | None = None


class BookingOut(VersionedOut):
    id: UUID
    reference: str = Field(examples=["7K2M-Q9TA"])
    kind: Kind
    state: State
    starts_at: datetime
    ends_at: datetime
    phone: str = Field(examples=["+33639980001"])
    topic: str
    language: str = Field(examples=["fr"])
    shop_id: UUID | None
    customer_id: UUID | None
    conversation_id: UUID | None
    case_id: UUID | None = Field(description="The work that it is.")
    actor: str
    cancelled_at: datetime | None
    created_at: datetime
    updated_at: datetime


class BookingIn(In):
    kind: Kind
    starts_at: Moment = Field(description="When a free window begins.")
    phone: Annotated[str, StringConstraints(min_length=1, max_length=60)] = Field(examples=["+33639980001"])
    country: Annotated[str, StringConstraints(min_length=2, max_length=2)] = Field(
        "FR", description="How a number without a country code is read."
    )
    topic: Annotated[str, StringConstraints(max_length=services.LONGEST_TOPIC)] = ""
    language: Literal["fr", "en"] = "fr"
    shop_id: UUID | None = None
    customer_id: UUID | None = None
    conversation_id: UUID | None = None


class MoveIn(In):
    starts_at: Moment


class NoteIn(In):
    state: Literal["done", "missed"]


class BookingQuery(Listing):
    kind: Kind | None = None
    state: State | None = None
    shop_id: UUID | None = None
    customer_id: UUID | None = None
    conversation_id: UUID | None = None
    reference: Annotated[str, StringConstraints(min_length=1, max_length=20)] | None = None
    starts_from: Moment | None = None
    starts_until: Moment | None = None


class WindowQuery(In):
    kind: Kind
    shop_id: UUID | None = None
    after: Moment | None = None
    part: Literal["morning", "afternoon"] | None = None


class WindowOut(Out):
    starts_at: datetime
    ends_at: datetime
    left: int = Field(description="How many may book it still.")


class WindowsOut(Out):
    items: list[WindowOut]


SCHEDULE_SORTS = Sorts(by=BookingSchedule.id, default="created_at", created_at=BookingSchedule.created_at)
BOOKING_SORTS = Sorts(by=Booking.id, default="starts_at", starts_at=Booking.starts_at, created_at=Booking.created_at)


@noun.get(
    "/booking-schedules", needs="cases.read", fr="Lister les plannings", en="List schedules", sorts=SCHEDULE_SORTS
)
async def list_booking_schedules(call: Call, query: ScheduleQuery) -> Page[ScheduleOut]:
    found = schedules.schedules(call.actor, kind=query.kind, shop_id=query.shop_id)
    return await call.page(found, query, ScheduleOut.model_validate)


@noun.post("/booking-schedules", needs="cases.configure", fr="Ajouter un planning", en="Add a schedule", status=201)
async def add_booking_schedule(call: Call, body: ScheduleIn) -> ScheduleOut:
    values = {name: getattr(body, name) for name in ScheduleIn.model_fields}
    return ScheduleOut.model_validate(await schedules.add(call.session, actor=call.actor, **values))


@noun.get("/booking-schedules/{schedule_id}", needs="cases.read", fr="Lire un planning", en="Read a schedule")
async def read_booking_schedule(call: Call, schedule_id: UUID, query: Sparse) -> ScheduleOut:
    return ScheduleOut.model_validate(await schedules.schedule(call.session, schedule_id, actor=call.actor))


@noun.patch(
    "/booking-schedules/{schedule_id}", needs="cases.configure", fr="Modifier un planning", en="Change a schedule"
)
async def change_booking_schedule(call: Call, schedule_id: UUID, body: SchedulePatch) -> ScheduleOut:
    changed = await schedules.change(call.session, schedule_id, actor=call.actor, version=call.version, **body.given())
    return ScheduleOut.model_validate(changed)


@noun.get(
    "/bookings", needs="cases.read", fr="Lister les rappels et rendez-vous", en="List bookings", sorts=BOOKING_SORTS
)
async def list_bookings(call: Call, query: BookingQuery) -> Page[BookingOut]:
    filters = {name: getattr(query, name) for name in BookingQuery.model_fields if name not in Listing.model_fields}
    return await call.page(queries.bookings(call.actor, **filters), query, _booking)


@noun.post("/bookings/windows", needs="cases.read", fr="Trouver un créneau", en="Find a free window")
async def find_booking_windows(call: Call, body: WindowQuery) -> WindowsOut:
    found = await windows.free(
        call.session,
        kind=body.kind,
        shop_id=body.shop_id,
        after=body.after,
        part=body.part,
        now=utc_now(),
        limit=50,
    )
    return WindowsOut(items=[WindowOut(starts_at=one.starts_at, ends_at=one.ends_at, left=one.left) for one in found])


@noun.post("/bookings", needs="cases.write", fr="Réserver", en="Book", status=201)
async def add_booking(call: Call, body: BookingIn) -> BookingOut:
    asked = Asked(**{name: getattr(body, name) for name in BookingIn.model_fields})
    return _told(call, await services.book(call.session, asked, actor=call.actor))


@noun.get("/bookings/{booking_id}", needs="cases.read", fr="Lire une réservation", en="Read a booking")
async def read_booking(call: Call, booking_id: UUID, query: Sparse) -> BookingOut:
    return _booking(await queries.booking(call.session, booking_id, actor=call.actor))


@noun.post("/bookings/{booking_id}/cancel", needs="cases.write", fr="Annuler", en="Cancel")
async def cancel_booking(call: Call, booking_id: UUID) -> BookingOut:
    return _told(call, await services.cancel(call.session, booking_id, actor=call.actor, version=call.version))


@noun.post("/bookings/{booking_id}/move", needs="cases.write", fr="Déplacer", en="Move")
async def move_booking(call: Call, booking_id: UUID, body: MoveIn) -> BookingOut:
    moved = await services.move(
        call.session, booking_id, actor=call.actor, version=call.version, starts_at=body.starts_at
    )
    return _told(call, moved)


@noun.post("/bookings/{booking_id}/outcome", needs="cases.write", fr="Noter l’issue", en="Note how it went")
async def note_booking(call: Call, booking_id: UUID, body: NoteIn) -> BookingOut:
    noted = await services.note(call.session, booking_id, actor=call.actor, version=call.version, state=body.state)
    return _booking(noted)


def _told(call: Call, row: Booking) -> BookingOut:
    """The booking; what was said of it in a conversation goes out once it is kept."""
    if row.conversation_id is not None:
        call.after(partial(call.means.wakes.changed, row.conversation_id, outgoing=True))
    return _booking(row)


def _booking(row: Booking) -> BookingOut:
    return BookingOut.model_validate(row)
