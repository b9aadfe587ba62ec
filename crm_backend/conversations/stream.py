"""Adding to a conversation: where messages get their sequence number, and outgoing ones their outbox row."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.attachments.model import Attachment
from crm_backend.conversations.model import Conversation, Message, OutboxItem
from crm_backend.conversations.schema import InboundMessage, Reply
from crm_backend.database import new_id
from crm_backend.errors import NotFound

_CARRIED = {"buttons", "cards", "location", "contacts", "template", "values", "marks"}
"""What a message's `content` holds of a reply."""


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
    """The conversation's next message, which the caller has still to add: `session.add`, or `taking_in`.

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
