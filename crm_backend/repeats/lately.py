"""The rows behind the repeat-yourself rate: which questions asked for what was known."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import Actor
from crm_backend.agents.model import Agent
from crm_backend.conversations.model import Message
from crm_backend.repeats.model import RepeatedFact
from crm_backend.texts import shorten

GIST, MOST = 160, 100


class Repeated(NamedTuple):
    """A fact asked for, or said, again: where, by whom, and in which words."""

    conversation_id: UUID
    seq: int
    at: datetime
    kind: str
    fact: str
    agent: str | None
    words: str


async def lately(session: AsyncSession, *, actor: Actor, since: datetime) -> list[Repeated]:
    """The newest 100 since then, newest first. Raises NotAllowed."""
    actor.need("conversations.read", "conversations.supervise")
    rows = await session.execute(
        select(RepeatedFact, Message.conversation_id, Message.seq, Message.text, Agent.name)
        .join(Message, Message.id == RepeatedFact.message_id)
        .outerjoin(Agent, Agent.id == RepeatedFact.agent_id)
        .where(RepeatedFact.created_at >= since)
        .order_by(RepeatedFact.created_at.desc(), RepeatedFact.fact)
        .limit(MOST)
    )
    return [
        Repeated(conversation, seq, row.created_at, row.kind, row.fact, name, shorten(text, GIST))
        for row, conversation, seq, text, name in rows.tuples()
    ]
