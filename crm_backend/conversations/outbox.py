"""The outbox: replies on their way to a channel, in order within a conversation, retried until they arrive."""

from __future__ import annotations

import random
from datetime import timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, literal_column, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from crm_backend.conversations.model import Message, OutboxItem
from crm_backend.conversations.schema import Button, Card, Reply, Value
from crm_backend.database import new_id, utc_now

MAX_ATTEMPTS = 8
UNSENT: tuple[ColumnElement[str], ...] = (literal_column("'queued'"), literal_column("'sending'"))
"""Written into the statement, not bound to it: only so does PostgreSQL see that `ix_outbox_unsent` will do."""


class Delivery(Value):
    """A leased outbox item: what to send, where."""

    id: UUID
    lease: UUID
    attempts: int
    conversation_id: UUID
    message_id: UUID
    seq: int
    channel: str
    address: str
    reply: Reply


async def claim(session: AsyncSession, *, lease_seconds: float, limit: int = 1) -> list[Delivery]:
    """Leases up to `limit` items that may be sent now, at most one of each conversation: its oldest unsent one."""
    now = utc_now()
    earlier = aliased(OutboxItem)
    items = list(
        await session.scalars(
            select(OutboxItem)
            .where(
                OutboxItem.state.in_(UNSENT),
                or_(
                    and_(OutboxItem.state == "queued", OutboxItem.available_at <= now),
                    and_(OutboxItem.state == "sending", OutboxItem.lease_until < now),
                ),
                ~exists().where(
                    earlier.conversation_id == OutboxItem.conversation_id,
                    earlier.state.in_(UNSENT),
                    earlier.seq < OutboxItem.seq,
                ),
            )
            # Not by id: PostgreSQL would walk that index from the first reply there ever was.
            .order_by(OutboxItem.created_at)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
    )
    if not items:
        return []
    texts = await session.scalars(select(Message).where(Message.id.in_([item.message_id for item in items])))
    by_id = {message.id: message for message in texts}
    deliveries = []
    for item in items:
        item.state, item.lease = "sending", new_id()
        item.lease_until = now + timedelta(seconds=lease_seconds)
        item.attempts += 1
        message = by_id[item.message_id]
        deliveries.append(
            Delivery(
                id=item.id,
                lease=item.lease,
                attempts=item.attempts,
                conversation_id=item.conversation_id,
                message_id=item.message_id,
                seq=item.seq,
                channel=item.channel,
                address=item.address,
                reply=Reply(
                    text=message.text,
                    buttons=[Button(**button) for button in message.content.get("buttons", [])],
                    cards=[Card(**card) for card in message.content.get("cards", [])],
                ),
            )
        )
    await session.flush()
    return deliveries


async def sent(session: AsyncSession, delivery: Delivery, *, platform_id: str) -> None:
    """The platform has it."""
    if await _settle(session, delivery, state="sent", platform_id=platform_id, sent_at=utc_now(), last_error=None):
        queued = update(Message).where(Message.id == delivery.message_id, Message.delivery == "queued")
        await session.execute(queued.values(delivery="sent"))


async def retry(session: AsyncSession, delivery: Delivery, *, error: str, after: float | None = None) -> bool:
    """Tries again after `after` seconds, or after 1, 2, 4 … up to 300 with jitter; false when given up for good.

    `error` is a short cause for the log, without personal data.
    """
    if delivery.attempts >= MAX_ATTEMPTS:
        await rejected(session, delivery, error=error)
        return False
    pause = after if after is not None else min(300, 2 ** (delivery.attempts - 1)) * random.uniform(0.5, 1)  # noqa: S311
    available = utc_now() + timedelta(seconds=pause)
    await _settle(session, delivery, state="queued", available_at=available, last_error=error)
    return True


async def rejected(session: AsyncSession, delivery: Delivery, *, error: str) -> None:
    """The platform will never take it: seen as failed, and the next one of the conversation may go."""
    if await _settle(session, delivery, state="failed", last_error=error):
        await session.execute(update(Message).where(Message.id == delivery.message_id).values(delivery="failed"))


async def _settle(session: AsyncSession, delivery: Delivery, **values: object) -> bool:
    """False, and nothing changed, when the lease was lost: somebody else sends it, or has."""
    settled = await session.scalar(
        update(OutboxItem)
        .where(OutboxItem.id == delivery.id, OutboxItem.lease == delivery.lease)
        .values(lease=None, lease_until=None, **values)
        .returning(OutboxItem.id)
    )
    return settled is not None
