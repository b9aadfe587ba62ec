"""Whom a booking is told: the team by its case, the customer where they are, others by an event."""

from __future__ import annotations

from datetime import datetime, tzinfo
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import Actor
from crm_backend.call_backs import words
from crm_backend.call_backs.model import Booking, BookingSchedule
from crm_backend.cases import discussion, rows, workflow
from crm_backend.cases import services as cases
from crm_backend.cases.schema import NewCase
from crm_backend.conversations import stream
from crm_backend.conversations.model import Conversation
from crm_backend.conversations.schema import NOBODY, Reply, at_least
from crm_backend.errors import Invalid
from crm_backend.events import services as events

TYPE, ENDED, WITHDRAWN = "request", "resolved", "withdrawn"


async def booked(
    session: AsyncSession, booking: Booking, schedule: BookingSchedule, zone: tzinfo, *, actor: Actor, now: datetime
) -> None:
    """Opens the case, which is due when the window begins, and confirms the booking."""
    when = _when(booking, zone)
    facts = {"phone": booking.phone, "topic": booking.topic or words.UNSAID[booking.language]}
    case = await cases.open_case(
        session,
        NewCase(
            type_key=TYPE,
            subject=words.SUBJECTS[booking.kind][booking.language].format(when=when),
            description=words.DESCRIPTION[booking.language].format(reference=booking.reference, **facts),
            customer_id=booking.customer_id,
            conversation_id=booking.conversation_id,
            language=booking.language,
            team=schedule.team,
            urgency="high",
            due_at=booking.starts_at,
            # By mail, where there is no conversation to say it in.
            acknowledge=booking.conversation_id is None and booking.customer_id is not None,
        ),
        actor=actor,
        now=now,
    )
    booking.case_id = case.id
    await session.flush()
    text = words.CONFIRMED[booking.kind][booking.language].format(when=when, reference=booking.reference)
    await _say(session, booking, text, actor=actor, now=now)
    await _emit(session, booking, "booking.made", actor)


async def moved(session: AsyncSession, booking: Booking, zone: tzinfo, *, actor: Actor, now: datetime) -> None:
    """Has the case due when the new window begins, and says the new time."""
    when = _when(booking, zone)
    if booking.case_id is not None:
        changes = {
            "due_at": booking.starts_at,
            "subject": words.SUBJECTS[booking.kind][booking.language].format(when=when),
        }
        await cases.change(session, booking.case_id, actor=actor, changes=changes, now=now)
    text = words.CONFIRMED[booking.kind][booking.language].format(when=when, reference=booking.reference)
    await _say(session, booking, text, actor=actor, now=now)
    await _emit(session, booking, "booking.moved", actor)


async def cancelled(session: AsyncSession, booking: Booking, *, actor: Actor, now: datetime) -> None:
    """Ends the case as withdrawn; where a company has other words for that, it is told there."""
    text = words.CANCELLED[booking.kind][booking.language].format(reference=booking.reference)
    if booking.case_id is not None:
        case = await rows.locked(session, booking.case_id)
        try:
            target = await rows.status(session, ENDED)
            code = await workflow.resolution_code(session, WITHDRAWN)
        except Invalid:
            await discussion.comment(session, case.id, actor=actor, body=text, now=now)
        else:
            if case.stage not in workflow.OVER:
                await workflow.enter(session, case, target, actor=actor, now=now, resolution=code, summary=text)
    await _say(session, booking, text, actor=actor, now=now)
    await _emit(session, booking, "booking.cancelled", actor)


async def is_theirs(session: AsyncSession, booking: Booking, *, conversation_id: UUID | None) -> bool:
    """Whether whoever writes in a conversation may see a booking: it was made there, or is that of the customer who has
    proved who they are. Without a conversation nothing is asked."""
    if conversation_id is None or booking.conversation_id == conversation_id:
        return True
    found = await session.get(Conversation, conversation_id, populate_existing=True)
    if found is None or found.customer_id is None or not at_least(found.proof, "verified"):
        return False
    return found.customer_id == booking.customer_id


def _when(booking: Booking, zone: tzinfo) -> str:
    assert isinstance(zone, ZoneInfo)
    return words.window_in_words(booking.starts_at, booking.ends_at, zone, booking.language)


async def _say(session: AsyncSession, booking: Booking, text: str, *, actor: Actor, now: datetime) -> None:
    """Says it in the conversation, unless the assistant did it, who says so itself, or the conversation is over."""
    if actor.name == "bot" or booking.conversation_id is None:
        return
    conversation = await stream.locked(session, booking.conversation_id)
    if conversation.owner != NOBODY:
        stream.send(session, conversation, author="bot", reply=Reply(text=text), now=now)


async def _emit(session: AsyncSession, booking: Booking, kind: str, actor: Actor) -> None:
    data: dict[str, Any] = {
        "kind": booking.kind,
        "starts_at": booking.starts_at.isoformat(),
        "case_id": str(booking.case_id) if booking.case_id else None,
    }
    await events.emit(session, kind=kind, subject=("booking", booking.id), data=data, actor=actor.name)
