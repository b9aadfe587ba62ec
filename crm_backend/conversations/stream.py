"""Adding to a conversation: where messages get their sequence number, and outgoing ones their outbox row."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Insert, Table, bindparam, exists, insert, inspect, literal_column, select, true, update
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.attachments.model import Attachment
from crm_backend.conversations.model import Conversation, Message, OutboxItem, Turn
from crm_backend.conversations.schema import InboundMessage, Reply
from crm_backend.customers.model import Identity
from crm_backend.database import Base, new_id
from crm_backend.errors import NotFound

_COUNTED = frozenset({"last_seq", "last_message_at"})
"""What changes in a conversation with every message."""
_CARRIED = {"buttons", "cards", "location", "contacts", "template", "values", "marks"}
"""What a message's `content` holds of a reply."""
_TOLD = (
    "id", "created_at", "conversation_id", "seq", "author", "agent_id", "place", "platform_order", "identity_id",
    "channel", "account", "external_id", "details", "text", "language", "content", "delivery",
)  # fmt: skip
_QUEUED = {"turn_id": "id", "state": "state", "attempts": "attempts"}


def _taking_in(*, unchanged: bool) -> Insert:
    """The statement that stores a message and its turn; `unchanged` if conversation and writer are what was read."""
    conversation, message, turn, writer = (
        Table(each.__tablename__, Base.metadata) for each in (Conversation, Message, Turn, Identity)
    )
    here = conversation.c.id == bindparam("in_conversation")
    as_read = bindparam("as_read") == literal_column("conversations.xmin::text")
    # Nobody waits here for who has one of them locked: it is about to change. The writer first, as `locks` has it: the
    # message that refers to them asks for them too.
    known = (
        select(writer.c.id)
        .where(writer.c.id == bindparam("writer"))
        .where(bindparam("writer_as_read") == literal_column("identities.xmin::text"))
        .with_for_update(read=True, key_share=True, skip_locked=True)
        .cte("known")
    )
    held = (
        select(conversation.c.id)
        .where(here, as_read, exists(select(known.c.id)))
        .with_for_update(key_share=True, skip_locked=True)
        .cte("held")
    )
    counted = (
        update(conversation)
        .where(here, exists(select(held.c.id)) if unchanged else true())
        .values(last_seq=bindparam("up_to"), last_message_at=bindparam("last_at"))
        .cte("counted")
    )
    new = [bindparam(f"new_{name}", type_=message.c[name].type) for name in _TOLD]
    said = (
        insert(message)
        .from_select(_TOLD, select(*new).select_from(held) if unchanged else select(*new))
        .returning(message.c.id, message.c.conversation_id, message.c.seq, message.c.created_at)
        .cte("said")
    )
    bound = [bindparam(name, type_=turn.c[column].type) for name, column in _QUEUED.items()]
    queued = select(*bound, said.c.id, said.c.conversation_id, said.c.seq, said.c.created_at)
    names = [*_QUEUED.values(), "message_id", "conversation_id", "seq", "created_at"]
    return insert(turn).from_select(names, queued).add_cte(counted).returning(turn.c.id)


_TAKE_IN = _taking_in(unchanged=False)
_TAKE_IN_UNCHANGED = _taking_in(unchanged=True)


async def locked(session: AsyncSession, conversation_id: UUID) -> Conversation:
    """The conversation, locked until the transaction ends: whoever adds to it or changes its owner holds this lock.

    Raises NotFound.
    """
    found = await session.scalar(
        select(Conversation)
        .where(Conversation.id == conversation_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound("no such conversation")
    return found


def append(
    session: AsyncSession,
    conversation: Conversation,
    *,
    author: str,
    text: str,
    now: datetime,
    language: str | None = None,
    content: dict[str, Any] | None = None,
    agent_id: UUID | None = None,
    external_id: str | None = None,
    inbound: InboundMessage | None = None,
    place: float | None = None,
) -> Message:
    """Adds a message under the next sequence number. The caller holds the conversation's lock."""
    message = following(
        conversation,
        author=author,
        text=text,
        now=now,
        language=language,
        content=content,
        agent_id=agent_id,
        external_id=external_id,
        inbound=inbound,
        place=place,
    )
    session.add(message)
    return message


def following(
    conversation: Conversation,
    *,
    author: str,
    text: str,
    now: datetime,
    language: str | None = None,
    content: dict[str, Any] | None = None,
    agent_id: UUID | None = None,
    external_id: str | None = None,
    inbound: InboundMessage | None = None,
    writer: UUID | None = None,
    place: float | None = None,
) -> Message:
    """The conversation's next message, which the caller has still to add: `session.add`, or `take_in`.

    `writer` of an `inbound` one, where that need not be who the conversation is with.
    """
    conversation.last_seq += 1
    conversation.last_message_at = now
    return Message(
        id=new_id(),
        created_at=now,
        conversation_id=conversation.id,
        seq=conversation.last_seq,
        author=author,
        agent_id=agent_id,
        place=conversation.last_seq if place is None else place,
        platform_order=inbound.order if inbound else None,
        identity_id=(writer or conversation.identity_id) if inbound else None,
        channel=inbound.channel if inbound else conversation.channel,
        account=inbound.account if inbound else conversation.account,
        external_id=external_id,
        details=inbound.details if inbound else {},
        text=text,
        language=language or conversation.language,
        content=content or {},
        delivery=None if author == "customer" else "queued",
    )


async def take_in(session: AsyncSession, conversation: Conversation, message: Message) -> None:
    """Stores a customer's message and its turn, and what became of the conversation, in one statement where it may.

    Does what adding both and flushing does, for a third of the work; it is done with every message that comes in. The
    session then knows nothing of the conversation any more.
    """
    if _changed(conversation) - _COUNTED:
        await session.flush()
    session.expunge(conversation)
    await session.execute(_TAKE_IN, _taken_in(conversation, message))


async def take_in_unchanged(
    session: AsyncSession, conversation: Conversation, identity: Identity, message: Message, marks: tuple[str, str]
) -> bool:
    """As `take_in`, for a conversation and a writer that were read without a lock and are no part of the session, if
    they are still what they were (`foreseen.Foreseen.marks`). False, and nothing written, when they are not, or when
    more of them was to be changed."""
    if _changed(conversation) - _COUNTED or _changed(identity):
        return False
    marked = {"writer": identity.id, "writer_as_read": marks[0], "as_read": marks[1]}
    row = (await session.execute(_TAKE_IN_UNCHANGED, _taken_in(conversation, message) | marked)).first()
    return row is not None


def _changed(row: Base) -> set[str]:
    kept: Any = inspect(row)
    return {name for name, old in kept.committed_state.items() if old != getattr(row, name)}


def _taken_in(conversation: Conversation, message: Message) -> dict[str, Any]:
    at = {"in_conversation": conversation.id, "up_to": conversation.last_seq, "last_at": conversation.last_message_at}
    turn = {"turn_id": new_id(), "state": "queued", "attempts": 0}
    return at | turn | {f"new_{name}": getattr(message, name) for name in _TOLD}


def answering(
    conversation: Conversation,
    *,
    author: str,
    reply: Reply,
    now: datetime,
    content: dict[str, Any] | None = None,
    agent_id: UUID | None = None,
    external_id: str | None = None,
) -> Message:
    """The conversation's next message, which says what the reply does; the caller has still to add it."""
    return following(
        conversation,
        author=author,
        text=reply.text,
        now=now,
        content={
            **reply.model_dump(mode="json", include=_CARRIED, exclude_defaults=True),
            **(content or {}),
        },
        agent_id=agent_id,
        external_id=external_id,
    )


def send(
    session: AsyncSession,
    conversation: Conversation,
    *,
    author: str,
    reply: Reply,
    now: datetime,
    agent_id: UUID | None = None,
    external_id: str | None = None,
    content: dict[str, Any] | None = None,
    files: Sequence[Attachment] = (),
    secret: str | None = None,
) -> Message:
    """Adds an outgoing message and queues its delivery: the one way out for assistant, agents and notices alike.

    `files` are rows that the caller has taken (`crm_backend.attachments.services.take`). `secret` is what is read in
    place of `hiding.HIDDEN` where the message goes, and nowhere else.
    """
    message = answering(
        conversation, author=author, reply=reply, now=now, content=content, agent_id=agent_id, external_id=external_id
    )
    session.add(message)
    for position, file in enumerate(files):
        file.message_id, file.position = message.id, position
    session.add(
        OutboxItem(
            conversation_id=conversation.id,
            message_id=message.id,
            seq=message.seq,
            channel=conversation.channel,
            account=conversation.account,
            address=conversation.address,
            available_at=now,
            secret=secret,
        )
    )
    return message
