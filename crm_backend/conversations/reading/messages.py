"""A message as its readers see it: the customer on a page of ours, and the desk."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict
from sqlalchemy import and_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlalchemy.orm.attributes import set_committed_value

from crm_backend.attachments.model import Attachment
from crm_backend.attachments.schema import FileRef
from crm_backend.attachments.services import ref_of
from crm_backend.conversations.model import Message, OutboxItem, SentPart
from crm_backend.conversations.reading.marks import Mark
from crm_backend.conversations.schema import ContactCard, Location

_CARD: dict[str, Any] = {"text": "", "url": None, "lines": []}
"""What every card has; stored are only the parts that say something."""
Link = Callable[[UUID], str]
"""Makes the address of a file, signed."""


class MessageView(BaseModel):
    """A message as it is shown; the payloads of its buttons stay behind."""

    model_config = ConfigDict(frozen=True)

    id: UUID
    seq: int
    place: float
    author: str
    name: str | None
    text: str
    marks: list[Mark]
    language: str | None
    buttons: list[str]
    cards: list[dict[str, Any]]
    files: list[FileRef]
    location: Location | None
    contacts: list[ContactCard]
    edited: bool
    deleted: bool
    reactions: list[str]
    quote: int | None
    """The sequence number of the message that this one answers."""
    at: datetime
    external_id: str | None
    delivery: str | None
    channel: str
    account: str
    sender_name: str | None
    details: dict[str, Any]
    automatic: str | None
    error: str | None
    """What its platform said when it could not be delivered."""
    failure: str | None
    """Why it was not delivered: one of `deliveries.Reason`, or of `notifications.leaving.Held`."""
    waits: bool
    """Kept until the customer writes: their platform lets nothing else go (`held`)."""
    instead: dict[str, str] | None
    """The `channel` by which it went in place of the one it was for, and `to` whom."""
    aside: dict[str, str] | None
    """Why it was given up for good, and `by` whom."""
    cc: list[str]
    """Whom the agent gave a copy; `bcc` without the others' seeing it."""
    bcc: list[str]
    agent_id: UUID | None
    intent: str | None
    confidence: float | None
    corrected: str | None
    """The intent that a supervisor says it should have had."""

    def outward(self, *, company: str, mine: str, link: Link) -> dict[str, Any]:
        """The Message of docs/protocols.md. A reader whose messages have the author `mine` gets back the `client_id` it
        gave them: the last part of the external identifier."""
        own = self.author == mine and self.external_id is not None
        return {
            "id": str(self.id),
            "seq": self.seq,
            "place": self.place,
            "from": self.author,
            "name": company if self.author == "bot" else self.name,
            "text": self.text,
            "marks": self.marks,
            "language": self.language,
            "buttons": [{"title": title} for title in self.buttons],
            "cards": self.cards,
            "files": [file_out(file, link) for file in self.files],
            "location": self.location.model_dump() if self.location else None,
            "contacts": [contact.model_dump() for contact in self.contacts],
            "edited": self.edited,
            "deleted": self.deleted,
            "reactions": self.reactions,
            "quote": self.quote,
            "at": instant(self.at),
            "client_id": self.external_id.rsplit(":", 1)[-1] if own and self.external_id else None,
            "delivery": self.delivery,
        }

    @property
    def gist(self) -> str:
        """What a list shows of it: its words, or else the names of what it carries."""
        place = [self.location.name or self.location.address] if self.location else []
        beside = [file.name for file in self.files] + place + [contact.name for contact in self.contacts]
        return self.text or ", ".join(filter(None, beside))


def instant(at: datetime) -> str:
    """ISO 8601 in UTC, to the millisecond."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def file_out(file: FileRef, link: Link) -> dict[str, Any]:
    """The file of docs/protocols.md; there is an address only for what is kept."""
    return {**file.model_dump(mode="json"), "url": link(file.id) if file.state == "kept" else None}


async def shown(session: AsyncSession, messages: Sequence[Message]) -> list[MessageView]:
    """The messages as they are shown, in the order given. Their files are loaded already."""
    quotes = await _quotes(session, messages)
    failed = await _failures(session, [message.id for message in messages if message.delivery == "failed"])
    kept = await _kept(session, [each.id for each in messages if (each.author, each.delivery) == ("agent", "queued")])
    return [
        _view(message, quotes.get(message.id), *failed.get(message.id, (None, None)), waits=message.id in kept)
        for message in messages
    ]


def plain(messages: Sequence[Message]) -> list[MessageView] | None:
    """Messages that were just stored as they are shown, in the order given; None when there is more to ask of them."""
    for message in messages:
        if message.content.get("reply_to") or (message.author, message.delivery) not in _SURE:
            return None
        set_committed_value(message, "files", [])
    return [_view(message, None, None, None, waits=False) for message in messages]


_SURE = {("customer", None), ("bot", "sent")}
"""Author and delivery of messages of which nothing else tells anything."""


def _view(message: Message, quote: int | None, error: str | None, failure: str | None, *, waits: bool) -> MessageView:
    understanding, content = message.understanding or {}, message.content
    deleted = bool(content.get("deleted"))
    return MessageView(
        id=message.id,
        seq=message.seq,
        place=message.place,
        author=message.author,
        name=content.get("name"),
        text=message.text,
        marks=[] if deleted else content.get("marks", []),
        language=message.language,
        buttons=[button["title"] for button in content.get("buttons", [])],
        cards=[_CARD | card for card in content.get("cards", [])],
        files=[] if deleted else [ref_of(file) for file in message.files],
        location=content.get("location"),
        contacts=content.get("contacts", []),
        edited=bool(content.get("edits")),
        deleted=deleted,
        reactions=list(content.get("reactions", {}).values()),
        quote=quote,
        at=message.created_at,
        external_id=message.external_id,
        delivery=message.delivery,
        channel=message.channel,
        account=message.account,
        sender_name=content.get("sender_name"),
        details=message.details,
        automatic=content.get("automatic"),
        error=error,
        failure=failure or (content.get("held_back") if message.delivery == "failed" else None),
        waits=waits,
        instead=content.get("instead"),
        aside=content.get("set_aside") if message.delivery == "failed" else None,
        cc=content.get("cc", []),
        bcc=content.get("bcc", []),
        agent_id=message.agent_id,
        intent=understanding.get("intent"),
        confidence=understanding.get("confidence"),
        corrected=(understanding.get("corrected") or {}).get("intent"),
    )


async def carrying(session: AsyncSession, file_id: UUID) -> tuple[UUID, int] | None:
    """The conversation and the sequence number of the message that carries a file."""
    row = (
        await session.execute(
            select(Message.conversation_id, Message.seq)
            .join(Attachment, Attachment.message_id == Message.id)
            .where(Attachment.id == file_id)
        )
    ).first()
    return (row[0], row[1]) if row is not None else None


async def _quotes(session: AsyncSession, messages: Sequence[Message]) -> dict[UUID, int]:
    """The sequence numbers of what the messages answer, where it is known and of the same conversation."""
    quoting = {message.id: message.content["reply_to"] for message in messages if message.content.get("reply_to")}
    if not quoting:
        return {}
    conversations, names = {message.conversation_id for message in messages}, set(quoting.values())
    theirs = select(Message.conversation_id, Message.channel, Message.external_id, Message.seq).where(
        Message.conversation_id.in_(conversations), Message.external_id.in_(names)
    )
    ours = (
        select(Message.conversation_id, SentPart.channel, SentPart.platform_id, Message.seq)
        .join(SentPart, SentPart.message_id == Message.id)
        .where(Message.conversation_id.in_(conversations), SentPart.platform_id.in_(names))
    )
    known = {tuple(row[:3]): row[3] for row in (await session.execute(theirs.union_all(ours))).all()}
    found = {
        message.id: known.get((message.conversation_id, message.channel, quoting[message.id]))
        for message in messages
        if message.id in quoting
    }
    return {message_id: seq for message_id, seq in found.items() if seq is not None}


async def _kept(session: AsyncSession, queued: Sequence[UUID]) -> set[UUID]:
    """Those that wait for the customer to write, or behind one that does."""
    if not queued:
        return set()
    first = aliased(OutboxItem)
    rows = await session.scalars(
        select(OutboxItem.message_id)
        .join(first, and_(first.conversation_id == OutboxItem.conversation_id, first.seq <= OutboxItem.seq))
        .where(OutboxItem.message_id.in_(queued), first.state.in_(("queued", "sending")), first.reason == "window")
    )
    return set(rows)


async def _failures(session: AsyncSession, failed: Sequence[UUID]) -> dict[UUID, tuple[str | None, str | None]]:
    """What was said of each failed message, and the reason."""
    if not failed:
        return {}
    rows = await session.execute(
        select(OutboxItem.message_id, OutboxItem.last_error, OutboxItem.reason).where(
            OutboxItem.message_id.in_(failed), OutboxItem.state == "failed"
        )
    )
    return {message_id: (error, reason) for message_id, error, reason in rows.tuples()}
