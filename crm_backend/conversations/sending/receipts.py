"""What platforms tell of messages after they took them: further along, or failed after all. Never backwards."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import case, exists, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.conversations.model import Message, OutboxItem, SentPart
from crm_backend.conversations.schema import Receipt, Value
from crm_backend.conversations.sending import deliveries, locks
from crm_backend.conversations.sending.deliveries import LONGEST_ERROR, STATES
from crm_backend.conversations.sending.outbox import UNSENT, VOID
from crm_backend.database import utc_now


class Standing(Value):
    """How a message of ours stands after a receipt; `changed` when it stood otherwise before."""

    conversation_id: UUID
    message_id: UUID
    seq: int
    delivery: str
    changed: bool


async def apply(session: AsyncSession, receipt: Receipt) -> Standing | None:
    """Stores a receipt; None when it is about nothing that we know to have sent.

    A message goes from queued to sent, delivered and read, and never back; one in several parts as far as the last of
    them. It fails from any state but read. A receipt that gives our own identifier back also settles a delivery whose
    sender never told how it ended.
    """
    now = utc_now()
    part = await _part(session, receipt)
    message_id = part.message_id if part else receipt.message_id
    if message_id is None:
        return None
    which = (
        OutboxItem.message_id == message_id,
        OutboxItem.channel == receipt.channel,
        OutboxItem.account == receipt.account,
    )
    # In the order of `locks`: whom it is for, the item, its parts, the message.
    held = await locks.recipients(session, *which) if receipt.unreachable else []
    item = await session.scalar(
        select(OutboxItem).where(*which).with_for_update().execution_options(populate_existing=True)
    )
    if item is None:
        return None
    before = await session.scalar(select(Message.delivery).where(Message.id == message_id))
    part = await _part(session, receipt) or await _learnt(session, receipt, message_id, now)
    if part is None or part.part > VOID:
        await _note(session, receipt, item, part, before, now, held)
    elif receipt.state == "failed" and item.state == "queued" and item.reason == "window":
        # They could not be asked to write for what is kept (`held`): its channel is to look again.
        part.state, item.available_at, item.last_error = "failed", now, receipt.cause[:LONGEST_ERROR] or None
        await session.flush()
    after = await session.scalar(select(Message.delivery).where(Message.id == message_id))
    return Standing(
        conversation_id=item.conversation_id,
        message_id=message_id,
        seq=item.seq,
        delivery=after or "queued",
        changed=after != before,
    )


async def being_sent(session: AsyncSession, *, channel: str, account: str) -> bool:
    """Whether something of the account is on its way just now, so that a receipt which names nothing we know may be
    about that: platforms may tell of a message before they tell its sender what it is called."""
    under_way = exists().where(
        OutboxItem.state.in_(UNSENT),
        OutboxItem.state == "sending",
        OutboxItem.channel == channel,
        OutboxItem.account == account,
        OutboxItem.lease_until > utc_now(),
    )
    return bool(await session.scalar(select(under_way)))


async def _part(session: AsyncSession, receipt: Receipt) -> SentPart | None:
    if receipt.platform_id is None:
        return None
    found: SentPart | None = await session.scalar(
        select(SentPart)
        .where(
            SentPart.channel == receipt.channel,
            SentPart.account == receipt.account,
            SentPart.platform_id == receipt.platform_id,
        )
        .execution_options(populate_existing=True)
    )
    return found


async def _learnt(session: AsyncSession, receipt: Receipt, message_id: UUID, now: datetime) -> SentPart | None:
    """The part that the platform tells of before its sender does."""
    if receipt.platform_id is None:
        return None
    number = len(list(await session.scalars(select(SentPart.part).where(SentPart.message_id == message_id))))
    values = {"message_id": message_id, "part": number, "state": "sent", "created_at": now}
    await session.execute(
        insert(SentPart)
        .values(channel=receipt.channel, account=receipt.account, platform_id=receipt.platform_id, **values)
        .on_conflict_do_nothing()
    )
    return await _part(session, receipt)


async def _note(
    session: AsyncSession,
    receipt: Receipt,
    item: OutboxItem,
    part: SentPart | None,
    before: str | None,
    now: datetime,
    held: Collection[UUID],
) -> None:
    if receipt.state == "failed":
        if before != "read":
            await _fail(session, receipt, item, part, now, held)
        return
    if part is not None and part.state == "failed":
        return
    if item.state != "sent":
        if receipt.message_id != item.message_id or not receipt.last:
            # More of it may be on its way: its sender brings the message as far as this part is, once all is sent.
            await _advance(session, receipt, item.message_id, part)
            return
        await session.execute(
            update(Message).where(Message.id == item.message_id, Message.delivery == "failed").values(delivery="queued")
        )
        item.state, item.sent_at, item.failed_at = "sent", now, None
        item.lease = item.lease_until = item.last_error = item.reason = None
        item.platform_id = receipt.platform_id or item.platform_id
        await session.flush()
    await _advance(session, receipt, item.message_id, part)
    await deliveries.as_its_parts(session, item.message_id)


async def _advance(session: AsyncSession, receipt: Receipt, message_id: UUID, part: SentPart | None) -> None:
    """Brings one part, or all that are known when the receipt is about the whole, as far as the receipt says."""
    await session.flush()
    which = SentPart.platform_id == part.platform_id if part is not None else SentPart.part > VOID
    await session.execute(
        update(SentPart)
        .where(
            SentPart.message_id == message_id,
            which,
            case(STATES, value=SentPart.state, else_=len(STATES)) < STATES[receipt.state],
        )
        .values(state=receipt.state)
        .execution_options(synchronize_session=False)
    )


async def _fail(
    session: AsyncSession,
    receipt: Receipt,
    item: OutboxItem,
    part: SentPart | None,
    now: datetime,
    held: Collection[UUID],
) -> None:
    if part is not None:
        part.state = "failed"
    item.state, item.failed_at, item.lease, item.lease_until = "failed", item.failed_at or now, None, None
    item.sent_at = item.sent_at or now
    item.last_error = receipt.cause[:LONGEST_ERROR] or None
    item.reason = "unreachable" if receipt.unreachable else "content"
    await session.execute(update(Message).where(Message.id == item.message_id).values(delivery="failed"))
    if receipt.unreachable:
        await deliveries.mark_unreachable(session, item.id, now, held=held)
    await session.flush()
