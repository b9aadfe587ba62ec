"""Answers to somebody who may not be written to just now: kept until they write, sent another way, or left out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import CursorResult, bindparam, delete, exists, literal, select, update
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.conversations import stream
from crm_backend.conversations.model import Message, OutboxItem, SentPart
from crm_backend.conversations.participants import writes_at
from crm_backend.conversations.schema import Value, at_least
from crm_backend.conversations.sending.deliveries import LONGEST_ERROR
from crm_backend.conversations.sending.outbox import UNSENT, VOID, Delivery
from crm_backend.customers.model import SHARED_KINDS, Identity
from crm_backend.database import new_id, utc_now
from crm_backend.notifications import routes
from crm_backend.notifications.schema import Route, Start

WAITS = "window"
"""The `reason` of an item that is kept: not given up, and not to be sent before they write."""
LOOKS_EVERY = timedelta(minutes=10)
"""They are known to have written at once (`opened`); this is for what was being looked at in that very moment."""
KEPT_FOR = timedelta(days=7)
"""Who has not come for an answer by then gets it another way, or it is a dead letter."""


class Asked(Value):
    """How asking somebody to write again went: `refused` holds the platform's reason when it came to nothing."""

    of: UUID
    refused: str | None = None


class Freed(Value):
    """An answer that may go now."""

    conversation_id: UUID
    seq: int


async def asked(
    session: AsyncSession, *, channel: str, account: str, address: str, since: datetime | None
) -> Asked | None:
    """The last time that somebody was asked to write for an answer that is still kept; None when they were not, or have
    written since then."""
    query = (
        select(OutboxItem.message_id, SentPart.state, OutboxItem.last_error)
        .join(SentPart, SentPart.message_id == OutboxItem.message_id)
        .where(
            OutboxItem.channel == channel,
            OutboxItem.account == account,
            OutboxItem.address == address,
            OutboxItem.state.in_(UNSENT),
            OutboxItem.reason == WAITS,
            SentPart.part == VOID,
        )
        .order_by(SentPart.created_at.desc())
        .limit(1)
    )
    if since is not None:
        query = query.where(SentPart.created_at > since)
    row = (await session.execute(query)).one_or_none()
    if row is None:
        return None
    return Asked(of=row[0], refused=(row[2] or "refused") if row[1] == "failed" else None)


async def keep(session: AsyncSession, delivery: Delivery, *, cause: str, asked: str | None) -> bool:
    """Keeps a leased delivery until they write; what follows in its conversation waits behind it. `asked` is what asked
    them, where it was this delivery's turn to. False, and nothing changed, when it has been kept for long enough."""
    now = utc_now()
    settled = await session.scalar(
        update(OutboxItem)
        .where(OutboxItem.id == delivery.id, OutboxItem.lease == delivery.lease, OutboxItem.created_at > now - KEPT_FOR)
        .values(
            state="queued",
            reason=WAITS,
            last_error=cause[:LONGEST_ERROR],
            lease=None,
            lease_until=None,
            available_at=now + LOOKS_EVERY,
            attempts=delivery.attempts - 1,
        )
        .returning(OutboxItem.id)
    )
    if settled is None:
        return False
    if asked:
        place = {"channel": delivery.channel, "account": delivery.account, "platform_id": asked}
        what = {"message_id": delivery.message_id, "part": VOID, "state": "sent", "created_at": now}
        await session.execute(insert(SentPart).values(**place, **what).on_conflict_do_nothing())
    return True


async def anything(session: AsyncSession, *, channel: str, account: str, address: str) -> bool:
    """Whether anything is kept for this address; asked with each message from there, and nearly always nothing is."""
    where = {"on_channel": channel, "by_account": account, "to": address}
    return bool(await session.scalar(_ANYTHING, where))


# Made once: putting a statement together takes longer than running it. The state is written into it, not bound to it:
# only so does PostgreSQL see that `ix_outbox_unsent` will do.
_ANYTHING = select(
    exists().where(
        OutboxItem.channel == bindparam("on_channel"),
        OutboxItem.account == bindparam("by_account"),
        OutboxItem.address == bindparam("to"),
        OutboxItem.state.in_(UNSENT),
        OutboxItem.reason == WAITS,
    )
)


async def opened(session: AsyncSession, *, message_id: UUID, channel: str, account: str, address: str) -> list[Freed]:
    """They have written `message_id`: what was kept for this address may go, in order. Notices of ours that wait behind
    it are left out: they speak of a moment that is over."""
    now = utc_now()
    rows = await session.execute(
        update(OutboxItem)
        .where(
            OutboxItem.channel == channel,
            OutboxItem.account == account,
            OutboxItem.address == address,
            OutboxItem.state == "queued",
            OutboxItem.reason == WAITS,
        )
        .values(reason=None, last_error=None, available_at=now, created_at=now)
        .returning(OutboxItem.conversation_id, OutboxItem.seq)
        .execution_options(synchronize_session=False)
    )
    freed = [Freed(conversation_id=conversation, seq=seq) for conversation, seq in rows.tuples()]
    for each in freed:
        wrote_at = select(Message.created_at).where(Message.id == message_id).scalar_subquery()
        stale = select(Message.id).where(
            Message.conversation_id == each.conversation_id,
            Message.seq > each.seq,
            Message.author == "system",
            Message.delivery == "queued",
            Message.created_at < wrote_at,
        )
        gone = delete(OutboxItem).where(OutboxItem.message_id.in_(stale), OutboxItem.state == "queued")
        left = list(await session.scalars(gone.returning(OutboxItem.message_id)))
        await session.execute(update(Message).where(Message.id.in_(left)).values(delivery=None))
    return freed


async def leave_out(session: AsyncSession, delivery: Delivery) -> bool:
    """A notice of ours that nobody can be told now is not sent, and nobody's trouble. False when the lease was lost."""
    gone: CursorResult[Any] = await session.execute(  # type: ignore[assignment]
        delete(OutboxItem).where(OutboxItem.id == delivery.id, OutboxItem.lease == delivery.lease)
    )
    if not gone.rowcount:
        return False
    await session.execute(update(Message).where(Message.id == delivery.message_id).values(delivery=None))
    return True


async def send_elsewhere(session: AsyncSession, delivery: Delivery, *, starts: Sequence[Start]) -> Route | None:
    """Puts a leased delivery on its way to another channel of the same customer; None where there is none, or where
    nothing proves that they are this customer. Their answer comes back into the same conversation."""
    conversation = await stream.locked(session, delivery.conversation_id)
    here = (conversation.channel, conversation.account, conversation.address)
    known = conversation.customer_id is not None and at_least(conversation.proof, "channel")
    if not known or here != (delivery.channel, delivery.account, delivery.address):
        return None
    assert conversation.customer_id is not None
    ways = await routes.ways(session, conversation.customer_id, starts=starts)
    route = next((way for way in ways if way.channel != delivery.channel), None)
    reader = await _reader(session, route) if route else None
    if route is None or reader is None:
        return None
    now = utc_now()
    settled = await session.scalar(
        update(OutboxItem)
        .where(OutboxItem.id == delivery.id, OutboxItem.lease == delivery.lease)
        .values(
            channel=route.channel,
            account=route.account,
            address=route.address,
            state="queued",
            reason=None,
            last_error=None,
            lease=None,
            lease_until=None,
            attempts=0,
            faults=0,
            available_at=now,
            created_at=now,
        )
        .returning(OutboxItem.id)
    )
    if settled is None:
        return None
    await writes_at(session, conversation.id, reader, route.place, now)
    # What the first channel has of it is nothing that the second one has.
    await session.execute(update(SentPart).where(SentPart.message_id == delivery.message_id).values(part=VOID))
    await _note(session, delivery.message_id, instead={"channel": route.channel, "to": route.address})
    return route


async def _reader(session: AsyncSession, route: Route) -> UUID | None:
    """Whose address it is; not locked, since the conversation is, and messages take their locks in the other order."""
    shared = route.kind in SHARED_KINDS
    value = route.value.lower() if route.kind == "email" else route.value
    if shared:
        made = insert(Identity).values(id=new_id(), kind=route.kind, value=value, proof="none")
        await session.execute(made.on_conflict_do_nothing())
    query = select(Identity.id).where(Identity.kind == route.kind, Identity.value == value)
    found: UUID | None = await session.scalar(query.where(Identity.customer_id.is_(None)) if shared else query)
    return found


async def _note(session: AsyncSession, message_id: UUID, **noted: Any) -> None:
    """Adds to what is told of a message beside its words."""
    merged = Message.content.op("||")(literal(noted, JSONB))
    await session.execute(
        update(Message)
        .where(Message.id == message_id)
        .values(content=merged)
        .execution_options(synchronize_session=False)
    )
