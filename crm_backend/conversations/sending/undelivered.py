"""Dead letters: what could not be delivered, seen, and queued again or set aside by a person."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, case, exists, func, literal, or_, select, tuple_, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from crm_backend.access import queries as access
from crm_backend.agents.model import Agent
from crm_backend.audit import services as audit
from crm_backend.conversations.hiding import HIDDEN
from crm_backend.conversations.model import Conversation, Message, OutboxItem, Participant, SentPart
from crm_backend.conversations.schema import Value, owner_agent
from crm_backend.conversations.sending import locks
from crm_backend.conversations.sending.outbox import VOID, identity_of_item
from crm_backend.customers.model import Identity
from crm_backend.database import utc_now
from crm_backend.errors import BadInput, NotFound, NotOwner
from crm_backend.notifications.model import Notification

Cursor = tuple[datetime, UUID]
SHORT = 200
_WHEN = func.coalesce(OutboxItem.failed_at, OutboxItem.created_at)
_DEAD = OutboxItem.state == "failed"
ASIDE = "set_aside"
"""In a message's content: by whom, when and why its delivery was given up for good."""
LONGEST_REASON = 500
USEFUL_FOR = timedelta(days=2)
"""What was said unasked is no news after that: as long as notifications wait for a way (`notify`)."""
_SAID = aliased(Message)
_OF_SECRET = exists().where(
    _SAID.id == OutboxItem.message_id,
    _SAID.author == "system",
    _SAID.text.contains(HIDDEN),
    OutboxItem.secret.is_(None),
)
_OF_ASIDE = exists().where(_SAID.id == OutboxItem.message_id, _SAID.content.has_key(ASIDE))


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
    aside: dict[str, Any] | None = None
    """Set aside: `why`, and the name of who did so as `by`."""


class Queued(Value):
    """A dead letter that is on its way again."""

    conversation_id: UUID
    seq: int


async def listing(
    session: AsyncSession,
    *,
    channel: str | None = None,
    account: str | None = None,
    aside: bool = False,
    before: Cursor | None = None,
    limit: int = 50,
) -> tuple[list[DeadLetter], Cursor | None]:
    """One page of what failed, or of what of it was set aside, the latest first; and where the next page begins."""
    query = (
        select(OutboxItem, Message.text, _WHEN, Message.content[ASIDE])
        .join(Message, Message.id == OutboxItem.message_id)
        .where(_DEAD, _OF_ASIDE if aside else ~_OF_ASIDE)
    )
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
            aside=told,
        )
        for item, text, at, told in rows[:limit]
    ]
    return found, (found[-1].failed_at, found[-1].id) if len(rows) > limit else None


async def counts(session: AsyncSession) -> dict[tuple[str, str], int]:
    """How many there are of each channel and account that nobody has set aside."""
    query = select(OutboxItem.channel, OutboxItem.account, func.count()).where(_DEAD, ~_OF_ASIDE)
    rows = await session.execute(query.group_by(OutboxItem.channel, OutboxItem.account))
    return {(channel, account): count for channel, account, count in rows.tuples()}


async def replay(session: AsyncSession, item: UUID, *, agent: Agent) -> list[Queued]:
    """Queues a dead letter again. Raises NotFound when it is none, or no longer, and NotAllowed."""
    await access.need(session, agent, "deliveries.manage")
    queued = await _queue_again(session, OutboxItem.id == item)
    if not queued:
        raise NotFound("no such dead letter")
    audit.record(session, actor=f"agent:{agent.id}", action="delivery.replayed", subject=("outbox", item))
    return queued


async def replay_all(session: AsyncSession, *, channel: str, account: str, agent: Agent) -> list[Queued]:
    """Queues every dead letter of an account again, each conversation's in order: but what was set aside, and what was
    said unasked and is no news any more or went another way meanwhile (`left_behind`)."""
    await access.need(session, agent, "deliveries.manage")
    place = (OutboxItem.channel == channel, OutboxItem.account == account)
    queued = await _queue_again(session, *place, ~_OF_ASIDE, ~_stale())
    if queued:
        subject = ("account", f"{channel}/{account}")
        audit.record(session, actor=f"agent:{agent.id}", action="delivery.replayed", subject=subject, count=len(queued))
    return queued


async def left_behind(session: AsyncSession, *, channel: str, account: str) -> int:
    """How many dead letters of an account `replay_all` does not send because they are no news any more."""
    query = select(func.count()).select_from(OutboxItem)
    place = (OutboxItem.channel == channel, OutboxItem.account == account)
    return await session.scalar(query.where(_DEAD, *place, ~_OF_ASIDE, _stale())) or 0


def _stale() -> ColumnElement[bool]:
    unasked = exists().where(Notification.kind == _SAID.content["template"].astext)
    carried = exists().where(Notification.message_id == _SAID.id)
    return exists().where(
        _SAID.id == OutboxItem.message_id,
        _SAID.author == "bot",
        unasked,
        or_(_SAID.created_at < utc_now() - USEFUL_FOR, ~carried),
    )


async def set_aside(session: AsyncSession, item: UUID, *, why: str, agent: Agent) -> None:
    """Takes a dead letter off the list for a `why`; it stays seen among those set aside, and may still be sent again.

    Agents may do so with what went out in a conversation that is no other agent's. Raises NotFound (none, or aside
    already), NotOwner, BadInput without a reason.
    """
    await access.need(session, agent, "conversations.write")
    reason = " ".join(why.split())[:LONGEST_REASON]
    if not reason:
        raise BadInput("a reason is needed")
    found = await session.execute(
        select(OutboxItem.message_id, Conversation.owner)
        .join(Conversation, Conversation.id == OutboxItem.conversation_id)
        .where(_DEAD, OutboxItem.id == item, ~_OF_ASIDE)
        .with_for_update(of=OutboxItem)
    )
    row = found.first()
    if row is None:
        raise NotFound("no such dead letter")
    if owner_agent(row[1]) not in (None, agent.id) and not await access.may(session, agent, "conversations.supervise"):
        raise NotOwner("another agent has it")
    told = {ASIDE: {"why": reason, "by": agent.name, "at": utc_now().isoformat()}}
    await session.execute(
        update(Message)
        .where(Message.id == row[0])
        .values(content=Message.content.op("||")(literal(told, JSONB)))
        .execution_options(synchronize_session=False)
    )
    audit.record(session, actor=f"agent:{agent.id}", action="delivery.set_aside", subject=("outbox", item))


async def item_of(session: AsyncSession, *, conversation_id: UUID, seq: int) -> UUID:
    """The outbox item of a message. Raises NotFound when nothing of ours has this number."""
    found: UUID | None = await session.scalar(
        select(OutboxItem.id).where(OutboxItem.conversation_id == conversation_id, OutboxItem.seq == seq)
    )
    if found is None:
        raise NotFound("no such message")
    return found


async def resend(session: AsyncSession, *, conversation_id: UUID, seq: int, agent: Agent) -> list[Queued]:
    """Queues a failed message again; nothing when it has not failed.

    Raises NotFound when nothing of ours has this number, NotOwner when another agent has the conversation, NotAllowed.
    """
    await access.need(session, agent, "conversations.write")
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
    if owner_agent(owner) not in (None, agent.id) and not await access.may(session, agent, "conversations.supervise"):
        raise NotOwner("another agent has it")
    queued = await _queue_again(session, OutboxItem.id == item)
    if queued:
        audit.record(session, actor=f"agent:{agent.id}", action="delivery.replayed", subject=("outbox", item))
    return queued


async def _queue_again(session: AsyncSession, *which: ColumnElement[bool]) -> list[Queued]:
    """Puts dead letters back into the outbox.

    A person asked for it, so an address marked as unreachable is tried again. What failed after it had been sent is
    sent whole; what failed midway goes on after the last part that the platform has. What carried a secret is not sent
    again: the secret is gone, and is asked for anew.
    """
    which = (*which, ~_OF_SECRET)
    held = await locks.recipients(session, _DEAD, *which)
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
        .where(Identity.id.in_(held), Identity.id.in_(whom))
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
    kept = Message.content.op("-")(ASIDE)
    await session.execute(update(Message).where(Message.id.in_(messages)).values(delivery="queued", content=kept))
    return [Queued(conversation_id=item.conversation_id, seq=item.seq) for item in found]
