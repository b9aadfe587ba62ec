"""A case with a promise, where nobody is there to answer: its number, and by when a person does."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import SYSTEM, Actor
from crm_backend.call_backs.model import Booking
from crm_backend.cases import opening, services
from crm_backend.cases.model import Case, CaseConversation
from crm_backend.cases.schema import NewCase
from crm_backend.cases.workflow import OVER
from crm_backend.service_levels.model import CaseClock

TYPE: Final = "request"
WITHIN: Final = timedelta(hours=4)
"""From the next opening, where no service level promises anything."""
TO_THE: Final = timedelta(minutes=30)
"""A time that is told is rounded up to this: the service level is the stricter of the two."""
OPENER: Final = Actor("bot", frozenset({"cases.read", "cases.write", "conversations.read", "orders.read"}), "assistant")


@dataclass(frozen=True)
class Promise:
    """The number that the customer is told, and until when a person answers (with a zone, UTC)."""

    number: str
    by: datetime


async def promise(session: AsyncSession, conversation_id: UUID, *, opens: datetime | None, now: datetime) -> Promise:
    """Opens a case about the conversation, or takes the one that was opened for that before; its clock is that of the
    service level that fits. `opens` is when people are back, where that is known: nothing is promised for before.

    Raises Invalid for no such conversation.
    """
    case = await _promised(session, conversation_id)
    if case is None:
        new = NewCase(type_key=TYPE, acknowledge=False)
        case = await opening.open_from_conversation(session, conversation_id, actor=OPENER, new=new, now=now)
    due = await _clock(session, case.id) or case.due_at
    if due is None:
        due = rounded((opens or now) + WITHIN)
        await services.change(session, case.id, actor=OPENER, changes={"due_at": due}, now=now)
    return Promise(case.number, rounded(max(due, opens or due)))


async def taken(session: AsyncSession, conversation_id: UUID, *, agent_id: UUID, now: datetime) -> None:
    """Who takes the conversation has the case, too, unless somebody has it."""
    case = await _promised(session, conversation_id)
    if case is not None and case.agent_id is None:
        await services.change(session, case.id, actor=SYSTEM, changes={"agent_id": agent_id}, now=now)


async def owed(session: AsyncSession, conversation_id: UUID, *, now: datetime) -> list[dict[str, Any]]:
    """What was promised in a conversation and is still owed: answers to its open cases, and calls that lie ahead.

    `{"code": "case", "number", "by"}` and `{"code": "call_back" | "appointment", "reference", "by", "until"}`.
    """
    due = func.least(
        select(func.min(CaseClock.due_at))
        .where(CaseClock.case_id == Case.id, CaseClock.state == "running")
        .scalar_subquery(),
        Case.due_at,
    )
    booked = select(Booking.case_id).where(Booking.conversation_id == conversation_id, Booking.case_id.is_not(None))
    cases = await session.execute(
        select(Case.number, due)
        .join(CaseConversation, CaseConversation.case_id == Case.id)
        .where(CaseConversation.conversation_id == conversation_id, Case.stage.not_in(OVER), Case.id.not_in(booked))
        .order_by(Case.created_at)
    )
    calls = await session.scalars(
        select(Booking)
        .where(Booking.conversation_id == conversation_id, Booking.state == "booked", Booking.ends_at > now)
        .order_by(Booking.starts_at)
    )
    found: list[dict[str, Any]] = [{"code": "case", "number": number, "by": by} for number, by in cases.tuples()]
    found += [
        {"code": each.kind, "reference": each.reference, "by": each.starts_at, "until": each.ends_at} for each in calls
    ]
    return found


async def _promised(session: AsyncSession, conversation_id: UUID) -> Case | None:
    booked = select(Booking.case_id).where(Booking.case_id == Case.id)
    found: Case | None = await session.scalar(
        select(Case)
        .join(CaseConversation, CaseConversation.case_id == Case.id)
        .where(
            CaseConversation.conversation_id == conversation_id,
            Case.stage.not_in(OVER),
            Case.type_key == TYPE,
            Case.opened_by == OPENER.name,
            ~booked.exists(),
        )
        .order_by(Case.created_at)
        .limit(1)
    )
    return found


async def _clock(session: AsyncSession, case_id: UUID) -> datetime | None:
    due: datetime | None = await session.scalar(
        select(func.min(CaseClock.due_at)).where(
            CaseClock.case_id == case_id, CaseClock.kind == "first_response", CaseClock.state == "running"
        )
    )
    return due


def rounded(at: datetime) -> datetime:
    """A time as it is told: never before the service level's."""
    past = (at.astimezone(UTC) - datetime(2000, 1, 1, tzinfo=UTC)) % TO_THE
    return at.astimezone(UTC) + (TO_THE - past if past else timedelta())
