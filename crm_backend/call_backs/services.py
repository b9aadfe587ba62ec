"""Booking a call or an appointment, moving it, cancelling it, and noting how it went."""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import Actor
from crm_backend.audit import services as audit
from crm_backend.calendars.hours import BusinessHours
from crm_backend.calendars.services import hours_of
from crm_backend.call_backs import telling
from crm_backend.call_backs.model import KINDS, Booking, BookingSchedule
from crm_backend.call_backs.schema import Asked
from crm_backend.call_backs.windows import booked, schedule_of, windows
from crm_backend.conversations.model import Conversation
from crm_backend.customers import checks
from crm_backend.customers.model import Customer
from crm_backend.database import expect, new_id, utc_now
from crm_backend.errors import Invalid, NotFound, NotNow
from crm_backend.gift_cards.services import LETTERS

LONGEST_TOPIC = 500
MOST_OPEN = 3
"""Bookings that lie ahead of one telephone number, and of one conversation: nobody empties a week of windows."""
_ASSISTANT = frozenset({"cases.read", "cases.write", "conversations.read"})


def assistant(*, origin: str) -> Actor:
    """The assistant, as whoever books for the customer it talks with; `origin` is the channel."""
    return Actor("bot", _ASSISTANT, origin)


async def book(
    session: AsyncSession, asked: Asked, *, actor: Actor, key: str | None = None, now: datetime | None = None
) -> Booking:
    """Books a window that `windows.free` offers, opens the case that is the work of it, and tells the customer where it
    was not the assistant who did it for them.

    The same `key` of the same actor gives the same booking. Raises NotAllowed; Invalid with the field; NotNow where
    nothing of the kind is offered (`booking_not_offered`), the window is no longer free (`booking_taken`), or so much
    lies ahead already that it has to wait (`booking_too_many`).
    """
    actor.need("cases.write")
    now = now or utc_now()
    asked = await _checked(session, asked, key)
    schedule = await schedule_of(session, kind=asked.kind, shop_id=asked.shop_id, lock=True)
    if (before := await _before(session, asked, actor=actor, key=key)) is not None:
        return before
    await _few_enough(session, asked, now)
    hours = await hours_of(session, schedule.calendar_id)
    booking = Booking(
        id=new_id(),
        created_at=now,
        reference=_reference(),
        schedule_id=schedule.id,
        kind=asked.kind,
        shop_id=asked.shop_id,
        customer_id=asked.customer_id,
        conversation_id=asked.conversation_id,
        phone=asked.phone,
        topic=asked.topic,
        language=asked.language,
        actor=actor.name,
        key=key,
        state="booked",
    )
    await _place(session, booking, schedule, hours, asked.starts_at, now)
    session.add(booking)
    await session.flush()
    _audit(session, booking, actor, "booked")
    await telling.booked(session, booking, schedule, hours.zone, actor=actor, now=now)
    return booking


async def cancel(
    session: AsyncSession,
    booking_id: UUID,
    *,
    actor: Actor,
    version: int | None = None,
    conversation_id: UUID | None = None,
    now: datetime | None = None,
) -> Booking:
    """Cancels it, frees its window, and ends its case. Cancelling twice changes nothing.

    With `conversation_id` it has to have been booked there, or by the customer who has proved there to be that one;
    else it is not found. Raises NotAllowed, NotFound, Stale, NotNow (`booking_over`).
    """
    actor.need("cases.write")
    now = now or utc_now()
    booking = await _locked(session, booking_id, conversation_id=conversation_id)
    expect(booking, version)
    if booking.state == "cancelled":
        return booking
    if booking.state != "booked" or booking.ends_at <= now:
        raise NotNow("booking_over")
    booking.state, booking.cancelled_at = "cancelled", now
    await session.flush()
    _audit(session, booking, actor, "cancelled")
    await telling.cancelled(session, booking, actor=actor, now=now)
    return booking


async def move(
    session: AsyncSession,
    booking_id: UUID,
    *,
    actor: Actor,
    starts_at: datetime,
    version: int | None = None,
    conversation_id: UUID | None = None,
    now: datetime | None = None,
) -> Booking:
    """Puts it into another window. Raises as `book` and `cancel`."""
    actor.need("cases.write")
    now = now or utc_now()
    found = await _locked(session, booking_id, conversation_id=conversation_id)
    schedule = await schedule_of(session, kind=found.kind, shop_id=found.shop_id, lock=True)
    expect(found, version)
    if found.state != "booked" or found.starts_at <= now:
        raise NotNow("booking_over")
    if found.starts_at == starts_at:
        return found
    hours = await hours_of(session, schedule.calendar_id)
    await _place(session, found, schedule, hours, starts_at, now)
    await session.flush()
    _audit(session, found, actor, "moved")
    await telling.moved(session, found, hours.zone, actor=actor, now=now)
    return found


async def note(
    session: AsyncSession, booking_id: UUID, *, actor: Actor, state: str, version: int | None = None
) -> Booking:
    """How it went: `done`, or `missed` when nobody was there. Raises NotAllowed, NotFound, Stale, Invalid, NotNow."""
    actor.need("cases.write")
    if state not in ("done", "missed"):
        raise Invalid("state", "not_choice", expected="done, missed")
    found = await _locked(session, booking_id)
    expect(found, version)
    if found.state == "cancelled":
        raise NotNow("booking_over")
    found.state = state
    await session.flush()
    _audit(session, found, actor, state)
    return found


async def _checked(session: AsyncSession, asked: Asked, key: str | None) -> Asked:
    if asked.kind not in KINDS:
        raise Invalid("kind", "not_choice", expected=", ".join(KINDS))
    if (asked.kind == "appointment") != (asked.shop_id is not None):
        raise Invalid("shop_id", "booking_shop")
    if key is not None:
        checks.text("idempotency_key", key, needed=True)
    if asked.starts_at.tzinfo is None:
        raise Invalid("starts_at", "no_time_zone")
    customer_id = asked.customer_id
    if asked.conversation_id is not None:
        conversation = await session.get(Conversation, asked.conversation_id, populate_existing=True)
        if conversation is None or (customer_id is not None and conversation.customer_id != customer_id):
            raise Invalid("conversation_id", "case_other_customer")
        customer_id = conversation.customer_id
    elif customer_id is not None and await session.get(Customer, customer_id) is None:
        raise Invalid("customer_id", "unknown_customer")
    return replace(
        asked,
        customer_id=customer_id,
        phone=checks.phone("phone", asked.phone, country=asked.country),
        topic=checks.text("topic", asked.topic, longest=LONGEST_TOPIC, lines=True),
        language=checks.language("language", asked.language),
    )


async def _before(session: AsyncSession, asked: Asked, *, actor: Actor, key: str | None) -> Booking | None:
    if key is None:
        return None
    found = await session.scalar(select(Booking).where(Booking.actor == actor.name, Booking.key == key))
    if found is None:
        return None
    # The window is not compared: moved since, it is still what was asked for.
    if any(getattr(found, name) != getattr(asked, name) for name in ("kind", "shop_id", "phone")):
        raise Invalid("idempotency_key", "key_used")
    return found


async def _few_enough(session: AsyncSession, asked: Asked, now: datetime) -> None:
    whose = [Booking.phone == asked.phone]
    if asked.conversation_id is not None:
        whose.append(Booking.conversation_id == asked.conversation_id)
    ahead = select(func.count()).where(or_(*whose), Booking.state == "booked", Booking.starts_at > now)
    if (await session.scalar(ahead) or 0) >= MOST_OPEN:
        raise NotNow("booking_too_many", most=MOST_OPEN)


async def _place(
    session: AsyncSession,
    booking: Booking,
    schedule: BookingSchedule,
    hours: BusinessHours,
    starts_at: datetime,
    now: datetime,
) -> None:
    """Puts a booking into a window of the schedule, which the caller holds locked."""
    end = next((end for start, end in windows(schedule, hours, now) if start == starts_at), None)
    if end is None:
        raise Invalid("starts_at", "booking_no_window")
    taken = await booked(session, schedule.id, since=now, but=booking.id)
    if taken.get(starts_at, 0) >= schedule.capacity:
        raise NotNow("booking_taken")
    booking.starts_at, booking.ends_at = starts_at, end


async def _locked(session: AsyncSession, booking_id: UUID, *, conversation_id: UUID | None = None) -> Booking:
    found = await session.scalar(
        select(Booking)
        .where(Booking.id == booking_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    if found is None or not await telling.is_theirs(session, found, conversation_id=conversation_id):
        raise NotFound("no such booking")
    return found


def _reference() -> str:
    code = "".join(secrets.choice(LETTERS) for _ in range(8))
    return f"{code[:4]}-{code[4:]}"


def _audit(session: AsyncSession, booking: Booking, actor: Actor, action: str) -> None:
    new = {"state": booking.state, "starts_at": booking.starts_at, "kind": booking.kind}
    plain = ("state", "kind", "starts_at")
    audit.record(session, actor=actor, action=action, subject=("booking", booking.id), new=new, plain=plain)
