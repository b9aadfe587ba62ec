"""Looking bookings up."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import Actor
from crm_backend.call_backs.model import Booking
from crm_backend.conversations.model import Conversation
from crm_backend.conversations.schema import at_least
from crm_backend.errors import NotFound


def bookings(
    actor: Actor,
    *,
    kind: str | None = None,
    state: str | None = None,
    shop_id: UUID | None = None,
    customer_id: UUID | None = None,
    conversation_id: UUID | None = None,
    reference: str | None = None,
    starts_from: datetime | None = None,
    starts_until: datetime | None = None,
) -> Select[tuple[Booking]]:
    """Bookings with all of these, in no order. Raises NotAllowed."""
    actor.need("cases.read")
    found = select(Booking)
    for column, value in (
        (Booking.kind, kind),
        (Booking.state, state),
        (Booking.shop_id, shop_id),
        (Booking.customer_id, customer_id),
        (Booking.conversation_id, conversation_id),
        (Booking.reference, spelt(reference) if reference is not None else None),
    ):
        if value is not None:
            found = found.where(column == value)
    if starts_from is not None:
        found = found.where(Booking.starts_at >= starts_from)
    return found.where(Booking.starts_at < starts_until) if starts_until is not None else found


async def booking(session: AsyncSession, booking_id: UUID, *, actor: Actor) -> Booking:
    """One booking. Raises NotAllowed, NotFound."""
    actor.need("cases.read")
    found = await session.get(Booking, booking_id, populate_existing=True)
    if found is None:
        raise NotFound("no such booking")
    return found


async def in_conversation(session: AsyncSession, conversation_id: UUID, *, now: datetime) -> Sequence[Booking]:
    """What lies ahead of whoever writes there: booked in the conversation, or by the customer who has proved there to
    be that one. The first one first, ten at most."""
    found = await session.get(Conversation, conversation_id, populate_existing=True)
    if found is None:
        return []
    whose = [Booking.conversation_id == conversation_id]
    if found.customer_id is not None and at_least(found.proof, "verified"):
        whose.append(Booking.customer_id == found.customer_id)
    ahead = select(Booking).where(or_(*whose), Booking.state == "booked", Booking.ends_at > now)
    return (await session.scalars(ahead.order_by(Booking.starts_at, Booking.id).limit(10))).all()


def spelt(reference: str) -> str:
    """A reference as it is stored, however it was typed: `7k2m q9ta` is `7K2M-Q9TA`."""
    plain = "".join(letter for letter in reference.upper() if letter.isascii() and letter.isalnum())
    plain = plain.translate(str.maketrans("OIL", "011"))
    return f"{plain[:4]}-{plain[4:]}"
