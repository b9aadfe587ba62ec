"""What became of suggestions: used or waved away, kept for each and counted."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend import values
from crm_backend.access.actor import Actor
from crm_backend.agents.model import Agent
from crm_backend.conversations.model import Conversation
from crm_backend.database import new_id, utc_now
from crm_backend.errors import Invalid, NotFound
from crm_backend.suggesting.model import KINDS, OUTCOMES, SuggestionOutcome

LONGEST, LOWEST = 100, 20
MOST_EACH = 500
"""Outcomes of an agent in one conversation: more than anybody has read."""


class Counted(NamedTuple):
    """How often something that was suggested was used, and waved away."""

    kind: str
    subject: str | None
    used: int
    dismissed: int


async def note(
    session: AsyncSession,
    conversation_id: UUID,
    *,
    agent: Agent,
    actor: Actor,
    kind: str,
    subject: str,
    outcome: str,
    place: int,
    seq: int,
) -> None:
    """Keeps what an agent did with a suggestion; what they do with it later takes its place. Needs conversations.write.
    Raises Invalid, NotFound."""
    actor.need("conversations.write")
    values.choice("kind", kind, KINDS)
    values.choice("outcome", outcome, OUTCOMES)
    subject = values.line_of("subject", subject, LONGEST)
    values.integer("place", place, LOWEST, 1)
    values.integer("seq", seq, 2**31 - 1)
    if await session.scalar(select(Conversation.id).where(Conversation.id == conversation_id)) is None:
        raise NotFound("no such conversation")
    mine = (SuggestionOutcome.conversation_id == conversation_id, SuggestionOutcome.agent_id == agent.id)
    if (await session.scalar(select(func.count()).select_from(SuggestionOutcome).where(*mine)) or 0) >= MOST_EACH:
        raise Invalid("subject", "too_many_entries", most=MOST_EACH)
    told = {"outcome": outcome, "place": place, "seq": seq, "created_at": utc_now()}
    await session.execute(
        insert(SuggestionOutcome)
        .values(id=new_id(), conversation_id=conversation_id, agent_id=agent.id, kind=kind, subject=subject, **told)
        .on_conflict_do_update(index_elements=["conversation_id", "agent_id", "kind", "subject"], set_=told)
    )


async def counts(session: AsyncSession, *, actor: Actor, since: datetime, most: int = 20) -> list[Counted]:
    """How often each kind was used and waved away since then (`subject` None), then the `most` used things. Needs
    conversations.supervise."""
    actor.need("conversations.supervise")
    used = func.count().filter(SuggestionOutcome.outcome == "used")
    dismissed = func.count().filter(SuggestionOutcome.outcome == "dismissed")
    lately = SuggestionOutcome.created_at >= since
    by_kind = await session.execute(
        select(SuggestionOutcome.kind, used, dismissed).where(lately).group_by(SuggestionOutcome.kind)
    )
    totals = {kind: Counted(kind, None, many, waved) for kind, many, waved in by_kind}
    # Conversations are told apart by nobody's interest: what was used of them is counted as a kind.
    each = await session.execute(
        select(SuggestionOutcome.kind, SuggestionOutcome.subject, used, dismissed)
        .where(lately, SuggestionOutcome.kind != "solved")
        .group_by(SuggestionOutcome.kind, SuggestionOutcome.subject)
        .order_by(used.desc(), dismissed.desc(), SuggestionOutcome.subject)
        .limit(most)
    )
    return [totals.get(kind, Counted(kind, None, 0, 0)) for kind in KINDS] + [Counted(*row) for row in each]
