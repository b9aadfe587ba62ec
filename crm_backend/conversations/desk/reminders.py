"""Reminders: an agent is told at a time of their choice of something to do in a conversation. Each their own."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access import queries as access
from crm_backend.agents.model import Agent
from crm_backend.audit import services as audit
from crm_backend.conversations.model import Conversation
from crm_backend.conversations.notes_model import Reminder
from crm_backend.conversations.schema import agent_owner
from crm_backend.customers.model import Customer
from crm_backend.database import expect, new_id
from crm_backend.errors import BadInput, Invalid, NotFound, NotNow
from crm_backend.notices import services as notices
from crm_backend.texts import clean, shorten

DUE = "reminder.due"
"""The kind of the notice that tells an agent of a reminder whose time has come."""
LONGEST, MOST = 500, 200
FURTHEST = timedelta(days=366)
_READS = "conversations.read"


class Listed(NamedTuple):
    """A reminder, where its conversation is held and whose it is, where that is known."""

    reminder: Reminder
    channel: str
    customer: str | None


async def remind(
    session: AsyncSession,
    *,
    conversation_id: UUID,
    agent: Agent,
    client_id: UUID,
    text: str,
    due_at: datetime,
    now: datetime,
) -> tuple[Reminder, bool]:
    """Has the agent reminded of a conversation then; (the reminder, whether it is new). Needs conversations.read.

    The words may be none. Repeating a `client_id` makes no second one. Raises NotFound, TooLong, Invalid for a time
    that is past or more than a year away, NotNow when there are MOST already, and BadInput for a `client_id` that was
    used in another conversation.
    """
    await access.need(session, agent, _READS)
    words = _words(text)
    _to_come(due_at, now)
    there = select(Conversation.id).where(Conversation.id == conversation_id)
    if await session.scalar(there.with_for_update(read=True, key_share=True)) is None:
        raise NotFound("no such conversation")
    own = (Reminder.agent_id == agent.id, Reminder.client_id == client_id)
    known = await session.scalar(select(Reminder).where(*own))
    many = select(func.count()).where(Reminder.agent_id == agent.id, Reminder.done_at.is_(None))
    if known is None and (await session.scalar(many) or 0) >= MOST:
        raise NotNow("reminders_too_many", most=MOST)
    new = {"conversation_id": conversation_id, "text": words, "due_at": due_at}
    made = insert(Reminder).values(id=new_id(), created_at=now, agent_id=agent.id, client_id=client_id, **new)
    row = await session.scalar(
        made.on_conflict_do_nothing(index_elements=["agent_id", "client_id"]).returning(Reminder)
    )
    if row is None:
        kept = (await session.scalars(select(Reminder).where(*own))).one()
        if kept.conversation_id != conversation_id:
            raise BadInput("that key was used in another conversation")
        return kept, False
    _record(session, row, "created", new=_told(row))
    return row, True


async def change(
    session: AsyncSession,
    *,
    reminder_id: UUID,
    agent: Agent,
    now: datetime,
    text: str | None = None,
    due_at: datetime | None = None,
    done: bool | None = None,
    version: int | None = None,
) -> Reminder:
    """Puts a reminder of the agent's off, words it anew, or says that it is done or is not. What is put off is told
    again at its new time, and is no longer done. Needs conversations.read. Raises NotFound, Stale, TooLong, Invalid."""
    await access.need(session, agent, _READS)
    row = await session.get(Reminder, reminder_id, with_for_update=True, populate_existing=True)
    # What somebody keeps for themselves is not known to exist to others.
    if row is None or row.agent_id != agent.id:
        raise NotFound("no such reminder")
    expect(row, version)
    old = _told(row)
    if text is not None:
        row.text = _words(text)
    if due_at is not None and due_at != row.due_at:
        _to_come(due_at, now)
        row.due_at, row.told_at, row.done_at = due_at, None, None
    if done is not None and done != (row.done_at is not None):
        row.done_at = now if done else None
    await session.flush()
    _record(session, row, "changed", old=old, new=_told(row))
    return row


async def of_agent(session: AsyncSession, agent: Agent, *, conversation_id: UUID | None = None) -> list[Listed]:
    """What the agent is still to do, the soonest first: all, or in one conversation. Needs conversations.read."""
    await access.need(session, agent, _READS)
    query = (
        select(Reminder, Conversation.channel, Customer)
        .join(Conversation, Conversation.id == Reminder.conversation_id)
        .outerjoin(Customer, Customer.id == Conversation.customer_id)
        .where(Reminder.agent_id == agent.id, Reminder.done_at.is_(None))
        .order_by(Reminder.due_at, Reminder.id)
        .limit(MOST)
    )
    if conversation_id is not None:
        query = query.where(Reminder.conversation_id == conversation_id)
    rows = (await session.execute(query.execution_options(populate_existing=True))).tuples()
    return [Listed(row, channel, customer.name if customer else None) for row, channel, customer in rows]


async def due(session: AsyncSession, *, now: datetime, limit: int = 50) -> list[UUID]:
    """Tells agents of what they wanted to be reminded of by now, once; whom a notice was left for. What somebody has
    locked comes with the next call."""
    rows = await session.scalars(
        select(Reminder)
        .where(Reminder.due_at <= now, Reminder.told_at.is_(None), Reminder.done_at.is_(None))
        .order_by(Reminder.due_at, Reminder.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    told: list[UUID] = []
    for row in rows.all():
        row.told_at = now
        subject = ("conversation", row.conversation_id)
        texts = await _texts(session, row)
        # Each time it is put off is a reason of its own.
        told += await notices.tell(
            session, agents=[row.agent_id], kind=DUE, subject=subject, cause=new_id(), texts=texts, push="reminder"
        )
    await session.flush()
    return told


async def _texts(session: AsyncSession, row: Reminder) -> dict[str, str]:
    whose = select(Customer).join(Conversation, Conversation.customer_id == Customer.id)
    customer = await session.scalar(whose.where(Conversation.id == row.conversation_id))
    name = customer.name if customer else ""
    words = shorten(row.text, 160)
    if words:
        return {
            "fr": f"Rappel\u00a0: {words}" + (f" ({name})" if name else ""),
            "en": f"Reminder: {words}" + (f" ({name})" if name else ""),
        }
    if name:
        return {"fr": f"Rappel\u00a0: la conversation avec {name}.", "en": f"Reminder: the conversation with {name}."}
    return {"fr": "Rappel\u00a0: une conversation vous attend.", "en": "Reminder: a conversation waits for you."}


def _words(text: str) -> str:
    return clean(text, max_length=LONGEST) if text.strip() else ""


def _to_come(due_at: datetime, now: datetime) -> None:
    if due_at <= now:
        raise Invalid("due_at", "snooze_past")
    if due_at > now + FURTHEST:
        raise Invalid("due_at", "snooze_too_far")


def _told(row: Reminder) -> dict[str, object]:
    return {"text": row.text, "due_at": row.due_at, "done": row.done_at is not None}


def _record(
    session: AsyncSession,
    row: Reminder,
    action: str,
    *,
    old: dict[str, object] | None = None,
    new: dict[str, object] | None = None,
) -> None:
    actor, subject = agent_owner(row.agent_id), ("reminder", row.id)
    audit.record(session, actor=actor, action=action, subject=subject, old=old, new=new)
