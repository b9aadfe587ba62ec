"""While nobody is there to take what waits, the assistant goes on helping: the place and what was promised are kept.

The conversation stays in its queue. A message in it is thought about when nobody could take it at that moment, and is
answered unless somebody was offered it since: who is offered a conversation locks it, and so does who answers.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import and_, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.conversations.handing_over import passport
from crm_backend.conversations.model import Conversation, Message
from crm_backend.conversations.notices import notice
from crm_backend.conversations.schema import BotAnswer, ClaimedTurn, Reply, owner_kind
from crm_backend.conversations.waiting.away import BACK_AT
from crm_backend.routing import services as routing
from crm_backend.routing.model import QueueEntry, RoutingOffer

SAID: Final = "meanwhile"
"""In the content of the message that says that the request is kept."""


async def thinks(session: AsyncSession, conversation: Conversation) -> bool:
    """Whether the assistant is asked about what a customer who waits has written now."""
    return await may_answer(session, conversation) and not await routing.agents_present(session)


async def may_answer(session: AsyncSession, conversation: Conversation) -> bool:
    """Whether the assistant's answer may be said in a conversation, locked, that is not its own: one that waits, that
    nobody is offered, and that nobody had before. Who had it asked something, or promised to come back to it."""
    if owner_kind(conversation.owner) != "queue":
        return False
    offered = exists().where(RoutingOffer.conversation_id == conversation.id, RoutingOffer.state == "offered")
    waits = select(QueueEntry.id).where(
        QueueEntry.conversation_id == conversation.id, QueueEntry.left_at.is_(None), ~QueueEntry.front, ~offered
    )
    return await session.scalar(waits) is not None


async def note(session: AsyncSession, conversation: Conversation, *, now: datetime) -> None:
    """Notes in the passport what was said while the customer waits. What they wait for stays what it was."""
    if (known := conversation.passport) is not None:
        built = await passport.build(session, conversation, reason=known["reason"], now=now)
        conversation.passport = {**built, "goal": known["goal"]}


async def begun(
    session: AsyncSession, conversation: Conversation, claimed: ClaimedTurn, answer: BotAnswer
) -> tuple[Reply, dict[str, Any]]:
    """The first reply, after a word that the request is kept, once in a wait; and what is noted of it. As it is where
    it is about the wait itself, or answers next to nothing."""
    first = answer.replies[0]
    if answer.commands or answer.understanding.intent in passport.SAYS_LITTLE:
        return first, {}
    if await _knows(session, conversation.id, since=claimed.seq):
        return first, {}
    words = notice("meanwhile", conversation.language)
    return first.model_copy(update={"text": f"{words}\n\n{first.text}".rstrip()}), {SAID: True}


async def _knows(session: AsyncSession, conversation_id: UUID, *, since: int) -> bool:
    """Whether they were told in this wait, or just now by the notice that people are away."""
    entered = select(QueueEntry.entered_at).where(
        QueueEntry.conversation_id == conversation_id, QueueEntry.left_at.is_(None)
    )
    told = or_(Message.content.has_key(SAID), and_(Message.content.has_key(BACK_AT), Message.seq > since))
    found = select(Message.id).where(
        Message.conversation_id == conversation_id,
        Message.author != "customer",
        Message.created_at >= entered.scalar_subquery(),
        told,
    )
    return await session.scalar(found.limit(1)) is not None
