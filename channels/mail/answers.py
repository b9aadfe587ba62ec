"""What a reply answers and goes along with: the mail before it, the replies of the same turn, how many went already."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, bindparam, func, select, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from crm_backend.attachments.schema import FileRef
from crm_backend.attachments.services import ref_of
from crm_backend.conversations.model import Conversation, Message, OutboxItem, Participant
from crm_backend.conversations.notices import NOTICES
from crm_backend.conversations.schema import Button, Card, Reply
from crm_backend.conversations.sending.outbox import Delivery
from crm_backend.customers.model import Identity
from crm_backend.database import utc_now

MOST_TOGETHER = 5
"""Replies that go in one mail."""
CHANNEL = "mail"
_PROGRAMS = ("bot", "system")
_MERE = [
    re.compile(re.escape(sentence).replace(re.escape("{name}"), ".{1,80}"))
    for key in ("joined", "released")
    for sentence in NOTICES[key].values()
]


@dataclass(frozen=True)
class Answered:
    """The mail that is answered: what its sender wrote in its fields."""

    subject: str = ""
    message_id: str | None = None
    references: tuple[str, ...] = ()
    copies: tuple[str, ...] = ()
    """Who else was to read it; nobody when it is not proved who wrote it."""


@dataclass(frozen=True)
class Context:
    """What is known of a reply besides itself."""

    subject: str | None = None
    answered: Answered | None = None
    before: tuple[UUID, ...] = ()
    """Our own mails in the conversation, oldest first."""
    carried_by: str | None = None
    """The mail that took this reply along, when one did."""
    along: tuple[tuple[UUID, Reply], ...] = ()
    """Replies of the same turn that may go in the same mail."""
    automatic_today: int = 0


async def context(session: AsyncSession, delivery: Delivery) -> Context:
    """What the conversation tells of a reply that is to be sent."""
    details: dict[str, Any] = (
        await session.scalar(select(Message.details).where(Message.id == delivery.message_id)) or {}
    )
    if carried := details.get("carried_by"):
        return Context(carried_by=str(carried))
    conversation = delivery.conversation_id
    before = await session.scalars(
        select(Message.id)
        .where(
            Message.conversation_id == conversation,
            Message.seq < delivery.seq,
            Message.channel == CHANNEL,
            Message.author != "customer",
            Message.delivery.in_(("sent", "delivered", "read")),
            Message.details["carried_by"].astext.is_(None),
        )
        .order_by(Message.seq.desc())
        .limit(10)
    )
    return Context(
        subject=await session.scalar(select(Conversation.subject).where(Conversation.id == conversation)),
        answered=await _answered(session, delivery),
        before=tuple(reversed(list(before))),
        along=await _along(session, delivery),
        automatic_today=await automatic_today(session, conversation=conversation),
    )


async def automatic_today(
    session: AsyncSession, *, conversation: UUID | None = None, address: str | None = None
) -> int:
    """How many mails of a program went in the last 24 hours to the people of a conversation, or to one address."""
    since = {"since": utc_now() - timedelta(days=1)}
    if address is not None:
        count = await session.scalar(_TO_ADDRESS, {**since, "email": address})
    else:
        count = await session.scalar(_TO_PEOPLE, {**since, "conversation": conversation})
    return count or 0


def _automatic(people: Select[tuple[UUID]]) -> Select[tuple[int]]:
    theirs = select(Participant.conversation_id).where(
        Participant.channel == CHANNEL, Participant.identity_id.in_(people)
    )
    return select(func.count()).where(
        Message.conversation_id.in_(theirs),
        Message.channel == CHANNEL,
        Message.author.in_(_PROGRAMS),
        Message.created_at > bindparam("since"),
        Message.delivery.in_(("sent", "delivered", "read")),
        Message.content["template"].astext.is_(None),
        Message.details["carried_by"].astext.is_(None),
    )


# Made once: putting a statement together takes longer than running it.
_TO_ADDRESS = _automatic(select(Identity.id).where(Identity.kind == "email", Identity.value == bindparam("email")))
_TO_PEOPLE = _automatic(
    select(Participant.identity_id).where(
        Participant.conversation_id == bindparam("conversation"), Participant.channel == CHANNEL
    )
)


async def note_sent(
    session: AsyncSession, delivery: Delivery, *, along: tuple[tuple[UUID, Reply], ...], platform_id: str, refused: int
) -> None:
    """Notes what went in the mail besides the reply itself, and copies that were not taken."""
    for message, _ in along:
        await _add(session, message, {"carried_by": platform_id})
    if refused:
        await _add(session, delivery.message_id, {"copies_refused": refused})


def mere(delivery: Delivery) -> bool:
    """Whether it only says who has come or gone: of use in a chat window, not in a mailbox."""
    return delivery.author == "system" and any(one.fullmatch(delivery.reply.text) for one in _MERE)


async def _answered(session: AsyncSession, delivery: Delivery) -> Answered | None:
    """The last mail of the customer before the reply."""
    details: dict[str, Any] | None = await session.scalar(
        select(Message.details)
        .where(
            Message.conversation_id == delivery.conversation_id,
            Message.author == "customer",
            Message.channel == CHANNEL,
            Message.seq < delivery.seq,
        )
        .order_by(Message.seq.desc())
        .limit(1)
    )
    if details is None:
        return None
    copies = details.get("cc", []) if details.get("vouched") else []
    return Answered(
        subject=str(details.get("subject") or ""),
        message_id=details.get("message_id"),
        references=tuple(str(one) for one in details.get("references", [])),
        copies=tuple(str(copy) for copy in copies if isinstance(copy, str)),
    )


async def _along(session: AsyncSession, delivery: Delivery) -> tuple[tuple[UUID, Reply], ...]:
    """The replies right behind this one that the same turn said, still queued for the same address."""
    if delivery.author == "agent":
        return ()
    rows = await session.scalars(
        select(Message)
        .join(OutboxItem, OutboxItem.message_id == Message.id)
        .where(
            Message.conversation_id == delivery.conversation_id,
            Message.seq > delivery.seq,
            Message.author == delivery.author,
            Message.created_at == delivery.created_at,
            OutboxItem.state == "queued",
            OutboxItem.channel == delivery.channel,
            OutboxItem.account == delivery.account,
            OutboxItem.address == delivery.address,
        )
        .options(selectinload(Message.files))
        .order_by(Message.seq)
        .limit(MOST_TOGETHER - 1)
    )
    found = []
    for number, message in enumerate(list(rows), delivery.seq + 1):
        if message.seq != number or message.content.get("template"):
            break
        found.append((message.id, _reply(message)))
    return tuple(found)


def _reply(message: Message) -> Reply:
    files: list[FileRef] = [ref_of(file) for file in message.files if file.state == "kept"]
    return Reply(
        text=message.text,
        marks=message.content.get("marks", []),
        buttons=[Button(**button) for button in message.content.get("buttons", [])],
        cards=[Card(**card) for card in message.content.get("cards", [])],
        files=files,
        location=message.content.get("location"),
        contacts=message.content.get("contacts", []),
    )


async def _add(session: AsyncSession, message: UUID, more: dict[str, Any]) -> None:
    added = Message.details.op("||", return_type=JSONB())(more)
    await session.execute(update(Message).where(Message.id == message).values(details=added))
