"""Conversations, their messages and what was said of them, as programs read them."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from crm_backend.access.actor import Actor
from crm_backend.conversations.model import Conversation, Message, Rating
from crm_backend.conversations.schema import NOBODY
from crm_backend.errors import NotFound


def conversations(
    actor: Actor,
    *,
    customer_id: UUID | None = None,
    channel: str | None = None,
    team: str | None = None,
    owner: str | None = None,
    is_open: bool | None = None,
    mood: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> Select[tuple[Conversation]]:
    """Conversations with all of these, in no order; `since` and `until` are about the last message. Raises
    NotAllowed."""
    actor.need("conversations.read")
    found = select(Conversation)
    equal: list[tuple[Any, Any]] = [
        (Conversation.customer_id, customer_id),
        (Conversation.channel, channel),
        (Conversation.team, team),
        (Conversation.owner, owner),
        (Conversation.mood, mood),
    ]
    for column, value in equal:
        if value is not None:
            found = found.where(column == value)
    if is_open is not None:
        found = found.where(Conversation.owner != NOBODY if is_open else Conversation.owner == NOBODY)
    if since is not None:
        found = found.where(Conversation.last_message_at >= since)
    return found.where(Conversation.last_message_at < until) if until is not None else found


async def conversation(session: AsyncSession, conversation_id: UUID, *, actor: Actor) -> Conversation:
    """One conversation. Raises NotAllowed, NotFound."""
    actor.need("conversations.read")
    found = await session.get(Conversation, conversation_id, populate_existing=True)
    if found is None:
        raise NotFound("no such conversation")
    return found


def messages(
    actor: Actor, conversation_id: UUID, *, author: str | None = None, after: int | None = None
) -> Select[tuple[Message]]:
    """The messages of a conversation with their files, in no order; `after` a sequence number. Raises NotAllowed."""
    actor.need("conversations.read")
    found = select(Message).where(Message.conversation_id == conversation_id).options(selectinload(Message.files))
    if author is not None:
        found = found.where(Message.author == author)
    return found.where(Message.seq > after) if after is not None else found


def ratings(
    actor: Actor,
    *,
    agent_id: UUID | None = None,
    author: str | None = None,
    channel: str | None = None,
    score: int | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> Select[tuple[Rating]]:
    """What customers said of conversations, in no order. Raises NotAllowed."""
    actor.need("conversations.read")
    found = select(Rating)
    equal: list[tuple[Any, Any]] = [
        (Rating.agent_id, agent_id),
        (Rating.author, author),
        (Rating.channel, channel),
        (Rating.score, score),
    ]
    for column, value in equal:
        if value is not None:
            found = found.where(column == value)
    if since is not None:
        found = found.where(Rating.created_at >= since)
    return found.where(Rating.created_at < until) if until is not None else found
