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
    conversation.last_seq += 1
    conversation.last_message_at = now
    message = Message(
        id=new_id(),
        created_at=now,
        conversation_id=conversation.id,
        seq=conversation.last_seq,
        author=author,
        agent_id=agent_id,
        place=conversation.last_seq if place is None else place,
        platform_order=inbound.order if inbound else None,
        identity_id=conversation.identity_id if inbound else None,
        channel=conversation.channel,
        account=conversation.account,
        external_id=external_id,
        details=inbound.details if inbound else {},
        text=text,
        language=language or conversation.language,
        content=content or {},
        delivery=None if author == "customer" else "queued",
    )
    session.add(message)
    return message


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
) -> Message:
    """Adds an outgoing message and queues its delivery: the one way out for assistant, agents and notices alike.

    `files` are rows that the caller has taken (`crm_backend.attachments.services.take`).
    """
    message = append(
        session,
        conversation,
        author=author,
        text=reply.text,
        now=now,
        content={
            **reply.model_dump(mode="json", include={"buttons", "cards", "template", "values"}, exclude_defaults=True),
            **(content or {}),
        },
        agent_id=agent_id,
        external_id=external_id,
    )
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
        )
    )
    return message
