"""Which conversations a message might belong to, where the channel itself does not say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.conversations.model import Conversation, Message, Participant
from crm_backend.conversations.schema import NOBODY
from crm_backend.customers.model import SHARED_KINDS, Identity

LATELY = 20
"""Conversations of one writer, and messages of one conversation, that are looked at."""


@dataclass(frozen=True)
class Candidate:
    """A conversation that a message might belong to. `named` are those of the asked-for messages that it holds, by the
    identifier that was asked for; `texts` its last messages, `subject` the last one given."""

    conversation_id: UUID
    writes_there: bool
    named: frozenset[str]
    subject: str
    texts: tuple[str, ...]
    closed: bool
    last_message_at: datetime


async def candidates(
    session: AsyncSession,
    *,
    channel: str,
    writer: tuple[str, str],
    named: Sequence[UUID] = (),
    external_ids: Sequence[str] = (),
    also: Sequence[UUID] = (),
) -> list[Candidate]:
    """The conversations that hold one of the named messages (ours by id, theirs by external id on the channel), those
    of `also`, and the last ones in which the writer (kind and value of their identity) has written."""
    identity = select(Identity.id).where(Identity.kind == writer[0], Identity.value == writer[1])
    if writer[0] in SHARED_KINDS:
        identity = identity.where(Identity.customer_id.is_(None))
    theirs = await session.execute(
        select(Participant.conversation_id, func.max(Participant.last_at))
        .where(Participant.identity_id.in_(identity), Participant.channel == channel)
        .group_by(Participant.conversation_id)
        .order_by(func.max(Participant.last_at).desc())
        .limit(LATELY)
    )
    wanted = {row[0] for row in theirs} | set(also)
    holding: dict[UUID, set[str]] = {}
    if named or external_ids:
        rows = await session.execute(
            select(Message.conversation_id, Message.id, Message.external_id).where(
                or_(
                    Message.id.in_(named),
                    (Message.channel == channel) & Message.external_id.in_(external_ids),
                )
            )
        )
        for conversation_id, message_id, external_id in rows:
            holding.setdefault(conversation_id, set()).update({str(message_id), external_id or ""})
    found = wanted | set(holding)
    if not found:
        return []
    writes = set(
        await session.scalars(
            select(Participant.conversation_id).where(
                Participant.conversation_id.in_(found), Participant.identity_id.in_(identity)
            )
        )
    )
    said = await _lately(session, found)
    rows = await session.execute(
        select(Conversation.id, Conversation.owner, Conversation.last_message_at, Conversation.subject).where(
            Conversation.id.in_(found)
        )
    )
    return [
        Candidate(
            conversation_id=one,
            writes_there=one in writes,
            named=frozenset(holding.get(one, ())),
            subject=next((given for given, _ in said.get(one, []) if given), first or ""),
            texts=tuple(text for _, text in said.get(one, [])),
            closed=owner == NOBODY,
            last_message_at=last,
        )
        for one, owner, last, first in rows
    ]


async def _lately(session: AsyncSession, found: set[UUID]) -> dict[UUID, list[tuple[str | None, str]]]:
    """Subject and text of the last messages, newest first."""
    rows = await session.execute(
        select(Message.conversation_id, Message.details["subject"].astext, func.left(Message.text, 4_000))
        .join(Conversation, Conversation.id == Message.conversation_id)
        .where(Conversation.id.in_(found), Message.seq > Conversation.last_seq - LATELY)
        .order_by(Message.conversation_id, Message.seq.desc())
    )
    said: dict[UUID, list[tuple[str | None, str]]] = {}
    for conversation_id, subject, text in rows:
        said.setdefault(conversation_id, []).append((subject, text))
    return said
