"""Dead letters: what could not be delivered, seen, and queued again by a person."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, case, func, literal, or_, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.agents.model import Agent
from crm_backend.audit import services as audit
from crm_backend.conversations.model import Conversation, Message, OutboxItem, Participant, SentPart
from crm_backend.conversations.outbox import VOID, identity_of_item
from crm_backend.conversations.schema import Value, owner_agent
from crm_backend.customers.model import Identity
from crm_backend.database import utc_now
from crm_backend.errors import NotFound, NotOwner

Cursor = tuple[datetime, UUID]
SHORT = 200
_WHEN = func.coalesce(OutboxItem.failed_at, OutboxItem.created_at)
_DEAD = OutboxItem.state == "failed"


class DeadLetter(Value):
    """An outgoing message that failed. `to` is the address on its channel."""

    id: UUID
    conversation_id: UUID
    seq: int
    channel: str
    account: str
    to: str
    text: str
    error: str | None
    reason: str | None
    """One of `deliveries.Reason`."""
    attempts: int
    failed_at: datetime


class Queued(Value):
    """A dead letter that is on its way again."""

    conversation_id: UUID
    seq: int


async def listing(
    session: AsyncSession,
    *,
    channel: str | None = None,
    account: str | None = None,
    before: Cursor | None = None,
    limit: int = 50,
) -> tuple[list[DeadLetter], Cursor | None]:
    """One page of what failed, the latest first, and where the next page begins."""
    query = select(OutboxItem, Message.text, _WHEN).join(Message, Message.id == OutboxItem.message_id).where(_DEAD)
    if channel is not None:
        query = query.where(OutboxItem.channel == channel)
    if account is not None:
        query = query.where(OutboxItem.account == account)
    if before is not None:
        at, last = before
        query = query.where(tuple_(_WHEN, OutboxItem.id) < tuple_(literal(at), literal(last)))
    query = query.order_by(_WHEN.desc(), OutboxItem.id.desc()).limit(limit + 1)
    rows = (await session.execute(query)).all()
    found = [
        DeadLetter(
            id=item.id,
            conversation_id=item.conversation_id,
            seq=item.seq,
            channel=item.channel,
            account=item.account,
            to=item.address,
            text=text[:SHORT],
            error=item.last_error,
            reason=item.reason,
            attempts=item.attempts,
            failed_at=at,
        )
        for item, text, at in rows[:limit]
    ]
    return found, (found[-1].failed_at, found[-1].id) if len(rows) > limit else None


async def counts(session: AsyncSession) -> dict[tuple[str, str], int]:
    """How many there are of each channel and account."""
    query = select(OutboxItem.channel, OutboxItem.account, func.count()).where(OutboxItem.state == "failed")
    rows = await session.execute(query.group_by(OutboxItem.channel, OutboxItem.account))
    return {(channel, account): count for channel, account, count in rows.tuples()}


async def replay(session: AsyncSession, item: UUID, *, agent: Agent) -> list[Queued]:
    """Queues a dead letter again. Raises NotFound when it is none, or no longer."""
    queued = await _queue_again(session, OutboxItem.id == item)
    if not queued:
        raise NotFound("no such dead letter")
    audit.record(session, actor=f"agent:{agent.id}", action="delivery.replayed", subject=("outbox", item))
    return queued


async def replay_all(session: AsyncSession, *, channel: str, account: str, agent: Agent) -> list[Queued]:
    """Queues every dead letter of an account again, each conversation's in order."""
    queued = await _queue_again(session, OutboxItem.channel == channel, OutboxItem.account == account)
    if queued:
        subject = ("account", f"{channel}/{account}")
        audit.record(session, actor=f"agent:{agent.id}", action="delivery.replayed", subject=subject, count=len(queued))
    return queued


async def resend(session: AsyncSession, *, conversation_id: UUID, seq: int, agent: Agent) -> list[Queued]:
    """Queues a failed message again; nothing when it has not failed.

    Raises NotFound when nothing of ours has this number, and NotOwner when another agent has the conversation.
    """
    found = (
        await session.execute(
            select(OutboxItem.id, Conversation.owner)
            .join(Message, Message.id == OutboxItem.message_id)
            .join(Conversation, Conversation.id == Message.conversation_id)
            .where(Message.conversation_id == conversation_id, Message.seq == seq)
        )
    ).first()
    if found is None:
        raise NotFound("no such message")
    item, owner = found
    if owner_agent(owner) not in (None, agent.id) and agent.role == "agent":
        raise NotOwner("another agent has it")
    queued = await _queue_again(session, OutboxItem.id == item)
    if queued:
        audit.record(session, actor=f"agent:{agent.id}", action="delivery.replayed", subject=("outbox", item))
    return queued


async def _queue_again(session: AsyncSession, *which: ColumnElement[bool]) -> list[Queued]:
    """Puts dead letters back into the outbox.

    A person asked for it, so an address marked as unreachable is tried again. What failed after it had been sent is
    sent whole; what failed midway goes on after the last part that the platform has.
    """
    found = list(await session.scalars(select(OutboxItem).where(_DEAD, *which).with_for_update(skip_locked=True)))
    if not found:
        return []
    ids = [item.id for item in found]
    messages = [item.message_id for item in found]
    was_sent = [item.message_id for item in found if item.sent_at is not None]
    now = utc_now()
    await session.execute(
        update(SentPart)
        .where(SentPart.message_id.in_(messages), or_(SentPart.state == "failed", SentPart.message_id.in_(was_sent)))
        .values(part=VOID)
        .execution_options(synchronize_session=False)
    )
    whom = select(Participant.identity_id).join(OutboxItem, identity_of_item()).where(OutboxItem.id.in_(ids))
    await session.execute(
        update(Identity)
        .where(Identity.id.in_(whom))
        .values(unreachable_since=None)
        .execution_options(synchronize_session=False)
    )
    await session.execute(
        update(OutboxItem)
        .where(OutboxItem.id.in_(ids))
        .values(
            # One whose end nobody knew has kept its lease: whoever sends it is told that the platform may have it.
            state=case((OutboxItem.lease_until.is_not(None), "sending"), else_="queued"),
            attempts=0,
            faults=0,
            reason=None,
            created_at=now,
            available_at=now,
            sent_at=None,
            failed_at=None,
        )
        .execution_options(synchronize_session=False)
    )
    await session.execute(update(Message).where(Message.id.in_(messages)).values(delivery="queued"))
    return [Queued(conversation_id=item.conversation_id, seq=item.seq) for item in found]
