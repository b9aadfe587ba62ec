"""While a visitor waits for a person: what is passed on about them, to be corrected, and a call instead of the wait."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.ext.asyncio import AsyncSession

from channels.port import Core
from channels.webchat.discretion import discreet
from channels.webchat.frames import NAME
from channels.webchat.visitors import Visitor
from channels.webchat.visits import Visits
from channels.webchat.waiting_words import REFUSED
from crm_backend.access.actor import Actor
from crm_backend.call_backs import services as bookings
from crm_backend.call_backs import windows, words
from crm_backend.call_backs.schema import Asked
from crm_backend.conversations import stream
from crm_backend.conversations.handing_over import confirming, corrected, owners
from crm_backend.conversations.handing_over.confirming_words import WRONG
from crm_backend.conversations.model import Conversation
from crm_backend.conversations.reading import queries
from crm_backend.conversations.schema import owner_kind
from crm_backend.conversations.waiting.instead import phone_on_file
from crm_backend.database import reading, utc_now
from crm_backend.errors import Invalid, NotNow, RelaisError

CALL: Final = "call_back"
WINDOWS: Final = 24
PER_MINUTE: Final = 20
CALLER: Final = Actor("customer", frozenset({"cases.read", "cases.write", "conversations.read"}), NAME)
"""A visitor who books: what is booked is said in the conversation."""


class Correcting(BaseModel):
    """A fact as it was shown, and what it should be; without `to` it is taken out."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    conversation: UUID
    name: str = Field(max_length=40)
    value: str = Field("", max_length=400)
    to: str | None = Field(None, max_length=400)


class Calling(BaseModel):
    """The window and the number for a call; an empty number is the one on file."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    conversation: UUID
    starts_at: datetime
    phone: str = Field("", max_length=60)


async def passed_on(core: Core, visits: Visits, visitor: Visitor, conversation: UUID, language: str) -> dict[str, Any]:
    """What is passed on, as far as this visitor may see it, and whether a call may be booked. Raises NotFound,
    RateLimited."""
    await core.limiter.check("chat-passport", visitor.token, PER_MINUTE)
    async with reading(core.sessions) as session:
        found = await visits.theirs(session, visitor, conversation)
        return await _told(session, core, visitor, found, language)


async def correct(core: Core, visits: Visits, visitor: Visitor, asked: Correcting, language: str) -> dict[str, Any]:
    """Has the visitor's word for it; what is passed on then. Raises NotFound (not theirs, or no such fact), Invalid,
    RateLimited."""
    await core.limiter.check("chat-passport", visitor.token, PER_MINUTE)
    async with core.sessions() as session, session.begin():
        await visits.theirs(session, visitor, asked.conversation)
        found = await stream.locked(session, asked.conversation)
        shown = await _facts(session, core, visitor, found, language)
        if all((each.name, each.value) != (asked.name, asked.value) for each in shown):
            # What they may not see they do not correct either; it says the same as for what is not there.
            raise NotNow("fact_gone")
        await corrected.correct(session, found, name=asked.name, was=asked.value, to=asked.to)
        told = await _told(session, core, visitor, found, language)
    await core.live.publish("desk", {"kind": "changed", "conversation": asked.conversation})
    return told


async def calls(core: Core, visits: Visits, visitor: Visitor, conversation: UUID, language: str) -> dict[str, Any]:
    """The windows in which a call may be booked, and the end of the number on file, which need not be typed again.
    Raises NotFound, NotNow, RateLimited."""
    await core.limiter.check("chat-passport", visitor.token, PER_MINUTE)
    async with reading(core.sessions) as session:
        found = await visits.theirs(session, visitor, conversation)
        free = await windows.free(session, kind=CALL, now=utc_now(), limit=WINDOWS)
        phone = await phone_on_file(session, found)
    return {
        "windows": [
            {"starts_at": each.starts_at.isoformat(), "label": _when(each.starts_at, each.ends_at, core, language)}
            for each in free
        ],
        "phone": f"… {phone[-2:]}" if phone else None,
    }


async def book(core: Core, visits: Visits, visitor: Visitor, asked: Calling, language: str) -> dict[str, Any]:
    """Books the call and takes the visitor out of the queue; the conversation says so. Twice the same is booked once.

    Raises NotFound, Invalid, NotNow, RateLimited.
    """
    await core.limiter.check("chat-passport", visitor.token, PER_MINUTE)
    now = utc_now()
    async with core.sessions() as session, session.begin():
        await visits.theirs(session, visitor, asked.conversation)
        found = await stream.locked(session, asked.conversation)
        wanted = ((found.passport or {}).get("goal") or {}).get("text") or ""
        booked = await bookings.book(
            session,
            Asked(
                CALL,
                asked.starts_at,
                phone=asked.phone.strip() or await phone_on_file(session, found) or "",
                topic=wanted,
                language=language,
                country="FR" if language == "fr" else "GB",
                conversation_id=found.id,
            ),
            actor=CALLER,
            key=f"{found.id}:{asked.starts_at.isoformat()}",
            now=now,
        )
        await owners.stop_waiting(session, found, now=now)
        label = _when(booked.starts_at, booked.ends_at, core, language)
    await core.live.publish("outbox", {})
    await core.live.publish(f"conversation:{asked.conversation}", {"kind": "news"})
    await core.live.publish("desk", {"kind": "changed", "conversation": asked.conversation})
    return {"when": label, "reference": booked.reference}


def refused(error: RelaisError, language: str) -> dict[str, Any] | None:
    """The frame for a refusal that has a sentence of its own here; None for others."""
    if isinstance(error, Invalid):
        field = error.field if error.field in WRONG else "other"
        code, message = "bad_value", (REFUSED["window"] if error.field == "starts_at" else WRONG[field])[language]
    elif isinstance(error, NotNow):
        code, message = "not_now", REFUSED.get(error.reason, REFUSED["other"])[language]
    else:
        return None
    return {"type": "error", "code": code, "message": message, "client_id": None, "retry_after": None}


async def _told(
    session: AsyncSession, core: Core, visitor: Visitor, conversation: Conversation, language: str
) -> dict[str, Any]:
    shown = await _facts(session, core, visitor, conversation, language)
    return {
        "facts": [
            {"name": each.name, "label": each.label, "value": each.value, "corrected": each.corrected} for each in shown
        ],
        "call_back": await _offered(session),
    }


async def _facts(
    session: AsyncSession, core: Core, visitor: Visitor, conversation: Conversation, language: str
) -> list[confirming.Shown]:
    if owner_kind(conversation.owner) not in ("queue", "agent"):
        return []
    views = await queries.messages_after(session, conversation_id=conversation.id, after=0)
    shown = await discreet(session, visitor, conversation.id, views, core.labels)
    seen = [view.seq for view, before in zip(shown, views, strict=True) if view is before]
    return confirming.facts(conversation.passport, language, seen=seen)


async def _offered(session: AsyncSession) -> bool:
    try:
        return bool(await windows.free(session, kind=CALL, now=utc_now(), limit=1))
    except NotNow:
        return False


def _when(starts_at: datetime, ends_at: datetime, core: Core, language: str) -> str:
    zone = starts_at.tzinfo if isinstance(starts_at.tzinfo, ZoneInfo) else core.company.zone
    assert isinstance(zone, ZoneInfo)
    return words.window_in_words(starts_at, ends_at, zone, language)
