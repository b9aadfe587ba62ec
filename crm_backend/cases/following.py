"""What is said in the conversations of cases: the customer's word brings a case back, an agent's answers it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import Actor
from crm_backend.cases import by_message, events, rows, workflow
from crm_backend.cases.model import Case, CaseComment, CaseConversation
from crm_backend.conversations.model import Conversation, Message, Turn
from crm_backend.conversations.schema import agent_owner

UNDERSTOOD_WITHIN = timedelta(minutes=1)
"""How long is waited to hear from the assistant what a message means."""
ONLY_THANKS = frozenset({"thanks", "goodbye"})
"""What brings no resolved case back."""
AT_ONCE = 200


async def look(session: AsyncSession, *, now: datetime, limit: int = AT_ONCE) -> list[UUID]:
    """Notes what was said since the last look, in up to `limit` conversations; the cases that this concerned. What was
    to be taken down on a case and was cut off comes first, in a look of its own.

    Mails of machines are nobody's word. One who only says thanks for a resolved case is not taken to want more.
    """
    if made_up := await by_message.make_up(session, now=now):
        return made_up
    found = await session.execute(
        select(CaseConversation.case_id, CaseConversation.conversation_id)
        .join(Conversation, Conversation.id == CaseConversation.conversation_id)
        .where(CaseConversation.going, Conversation.last_seq > CaseConversation.seen_seq)
        .order_by(CaseConversation.case_id, CaseConversation.conversation_id)
        .limit(limit)
    )
    concerned = []
    for case_id, conversation_id in found.tuples().all():
        case = await rows.locked(session, case_id)
        link = await session.get(CaseConversation, (case_id, conversation_id), populate_existing=True)
        if link is not None and await _catch_up(session, case, link, now):
            concerned.append(case_id)
    await session.flush()
    return concerned


async def _catch_up(session: AsyncSession, case: Case, link: CaseConversation, now: datetime) -> bool:
    thinking = exists().where(Turn.message_id == Message.id, Turn.state.in_(("queued", "running")))
    said = await session.execute(
        select(Message, thinking)
        .where(Message.conversation_id == link.conversation_id, Message.seq > link.seen_seq)
        .order_by(Message.seq)
        .limit(AT_ONCE)
    )
    any_noted = False
    for message, unfinished in said.tuples().all():
        if unfinished and message.created_at > now - UNDERSTOOD_WITHIN:
            break
        link.seen_seq = message.seq
        any_noted = await _note(session, case, message) or any_noted
    return any_noted


async def _note(session: AsyncSession, case: Case, message: Message) -> bool:
    told: dict[str, Any] = {"conversation_id": str(message.conversation_id), "message_id": str(message.id)}
    at = message.created_at
    if message.author == "agent" and message.agent_id is not None:
        through = exists().where(CaseComment.message_id == message.id, CaseComment.case_id == case.id)
        if await session.scalar(select(through)):
            return False
        actor = Actor(agent_owner(message.agent_id))
        await events.happened(session, case, actor=actor, action="answered", at=at, **told)
        return True
    if message.author != "customer" or message.content.get("automatic") or by_message.is_on(case, message):
        return False
    name = f"customer:{case.customer_id}" if case.customer_id else "customer"
    case.updated_at = max(case.updated_at, at)
    await events.happened(session, case, actor=Actor(name), action="customer_wrote", at=at, **told)
    thanks = (message.understanding or {}).get("intent") in ONLY_THANKS
    if not (thanks and case.stage == "resolved"):
        await workflow.resume(session, case, reason="customer_wrote", now=max(at, case.status_since))
    return True
