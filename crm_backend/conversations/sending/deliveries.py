"""What becomes of a delivery: sent, tried again, given up. The platform's word is kept even when the lease was lost."""

from __future__ import annotations

import random
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from sqlalchemy import case, func, literal, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.conversations.model import Message, OutboxItem, Participant, SentPart
from crm_backend.conversations.sending import locks
from crm_backend.conversations.sending.outbox import UNSENT, VOID, Delivery, identity_of_item
from crm_backend.customers.model import Identity
from crm_backend.database import utc_now

MAX_FAULTS = 8
"""How often a message may meet an error nobody foresaw: a bug that it wakes would be met for ever."""
GIVE_UP_AFTER = timedelta(hours=24)
"""How long a message is tried while its platform is in trouble, from when it was queued."""
LONGEST_PAUSE = 300.0
LONGEST_ERROR = 300
STATES = {"sent": 1, "delivered": 2, "read": 3}
"""How far a platform has brought a message. It never goes back."""

Reason = Literal["unreachable", "window", "content", "settings", "late", "fault"]
"""Why a message was given up: what its platform says of it (`channels.port.Rejected`), `late` when the platform was in
trouble for too long, `fault` for a bug of ours."""


async def hold(session: AsyncSession, delivery: Delivery, *, lease_seconds: float) -> bool:
    """Keeps a delivery that takes longer; false when the lease was lost."""
    held = await session.scalar(
        update(OutboxItem)
        .where(OutboxItem.id == delivery.id, OutboxItem.lease == delivery.lease)
        .values(lease_until=utc_now() + timedelta(seconds=lease_seconds))
        .returning(OutboxItem.id)
    )
    return held is not None


async def part_sent(session: AsyncSession, delivery: Delivery, platform_id: str) -> None:
    """The platform has one part of a delivery, or all of it, under this id. Telling it again changes nothing."""
    number = select(func.count()).where(SentPart.message_id == delivery.message_id).scalar_subquery()
    # Out of the table, so that a message which is no more is no error.
    part = select(
        literal(delivery.channel),
        literal(delivery.account),
        literal(platform_id),
        Message.id,
        number,
        literal("sent"),
        literal(utc_now()),
    ).where(Message.id == delivery.message_id)
    names = ["channel", "account", "platform_id", "message_id", "part", "state", "created_at"]
    await session.execute(insert(SentPart).from_select(names, part).on_conflict_do_nothing())


async def sent(session: AsyncSession, delivery: Delivery, *, platform_id: str) -> str | None:
    """The platform has it; how the message now stands, when that has changed.

    Holds even when the lease was lost meanwhile: what the platform has need not be sent again.
    """
    settled = await session.scalar(
        update(OutboxItem)
        .where(OutboxItem.id == delivery.id, OutboxItem.state.in_(UNSENT))
        .values(
            state="sent",
            platform_id=platform_id,
            sent_at=utc_now(),
            last_error=None,
            lease=None,
            lease_until=None,
            secret=None,
        )
        .returning(OutboxItem.id)
    )
    # Item before part before message: the order of `locks`.
    if platform_id:
        await part_sent(session, delivery, platform_id)
    return None if settled is None else await as_its_parts(session, delivery.message_id)


async def as_its_parts(session: AsyncSession, message_id: UUID) -> str | None:
    """Brings a sent message as far as the part of it that is furthest behind; its new state, if that is one."""
    rank = func.min(case(STATES, value=SentPart.state, else_=0))
    lowest = select(rank).where(SentPart.message_id == message_id, SentPart.part > VOID).scalar_subquery()
    reached = case({rank: state for state, rank in STATES.items()}, value=lowest, else_="sent")
    now_at = case({"queued": 0, **STATES}, value=Message.delivery, else_=len(STATES))
    state: str | None = await session.scalar(
        update(Message)
        .where(Message.id == message_id, now_at < case(STATES, value=reached))
        .values(delivery=reached)
        .returning(Message.delivery)
    )
    return state


async def retry(
    session: AsyncSession,
    delivery: Delivery,
    *,
    error: str,
    after: float | None = None,
    foreseen: bool = True,
    counted: bool = True,
    unsure: bool = False,
    patient: bool = False,
) -> bool:
    """Tries again after `after` seconds, or after 1, 2, 4 … up to 300 with jitter; false when given up for good.

    Trouble on the platform's side is `foreseen`: it is met until the item is 24 h old, with `patient` for ever; any
    other error only MAX_FAULTS times. Without `counted` this was no attempt at all. `unsure` when the platform may
    have it: the next attempt is told (`again`). `error` is a short cause for the log, without personal data.
    """
    now = utc_now()
    unsure = unsure or delivery.again
    queued_at = await session.scalar(select(OutboxItem.created_at).where(OutboxItem.id == delivery.id))
    faults = delivery.faults + (not foreseen)
    too_old = foreseen and not patient and queued_at is not None and now - queued_at >= GIVE_UP_AFTER
    if too_old or faults >= MAX_FAULTS:
        await rejected(session, delivery, error=error, reason="late" if too_old else "fault", unsure=unsure)
        return False
    pause = after
    if pause is None:
        pause = min(LONGEST_PAUSE, 2.0 ** min(delivery.attempts - 1, 20)) * random.uniform(0.5, 1)  # noqa: S311
    due = now + min(timedelta(seconds=max(0.0, pause)), GIVE_UP_AFTER)
    await _settle(
        session,
        delivery,
        # What nobody knows the end of stays under a lease that runs out when it is due.
        state="sending" if unsure else "queued",
        lease_until=due if unsure else None,
        available_at=due,
        attempts=delivery.attempts if counted else delivery.attempts - 1,
        faults=faults,
        last_error=error[:LONGEST_ERROR],
    )
    return True


async def rejected(
    session: AsyncSession, delivery: Delivery, *, error: str, reason: Reason = "content", unsure: bool = False
) -> bool:
    """The platform will never take it: seen as failed, and the next one of the conversation may go.

    `unreachable` marks the address: nothing is sent there until they write. False when the lease was lost.
    """
    now = utc_now()
    held = await locks.recipients(session, OutboxItem.id == delivery.id) if reason == "unreachable" else []
    settled = await _settle(
        session,
        delivery,
        state="failed",
        failed_at=now,
        secret=None,
        last_error=error[:LONGEST_ERROR],
        reason=reason,
        # Kept for a replay: the platform may have it all the same.
        lease_until=now if unsure else None,
    )
    if not settled:
        return False
    if reason == "unreachable":
        await mark_unreachable(session, delivery.id, now, held=held)
    unseen = Message.delivery.in_(("queued", "sent"))
    await session.execute(update(Message).where(Message.id == delivery.message_id, unseen).values(delivery="failed"))
    return True


async def mark_unreachable(session: AsyncSession, item: UUID, now: datetime, *, held: Collection[UUID]) -> None:
    """Nothing more is sent to whom this item is for, until they write. `held` are those that `locks.recipients` locked
    before the item."""
    whom = select(Participant.identity_id).join(OutboxItem, identity_of_item()).where(OutboxItem.id == item)
    await session.execute(
        update(Identity)
        .where(Identity.id.in_(held), Identity.id.in_(whom), Identity.unreachable_since.is_(None))
        .values(unreachable_since=now)
        .execution_options(synchronize_session=False)
    )


async def _settle(session: AsyncSession, delivery: Delivery, **values: object) -> bool:
    """False, and nothing changed, when the lease was lost: somebody else sends it, or has."""
    settled = await session.scalar(
        update(OutboxItem)
        .where(OutboxItem.id == delivery.id, OutboxItem.lease == delivery.lease)
        .values(lease=None, **values)
        .returning(OutboxItem.id)
    )
    return settled is not None
