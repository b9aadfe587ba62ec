"""Whether a notice that has waited in the outbox may still go: its account was paused, and now it is night, or over."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from sqlalchemy import CursorResult, delete, literal, select, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.conversations.model import Conversation, Message, OutboxItem
from crm_backend.conversations.sending.outbox import Delivery
from crm_backend.notifications import services
from crm_backend.notifications.model import Notification
from crm_backend.notifications.schema import Rules

Held = Literal["unsubscribed", "too_late", "night"]
"""Why a notice does not go: its customer wants no more of them, it is no news any more, or it would wake them."""


def is_notice(delivery: Delivery) -> bool:
    """Whether nobody asked for this: all else that is sent answers somebody."""
    return delivery.author == "bot" and delivery.reply.template is not None


async def hold_back(session: AsyncSession, delivery: Delivery, *, rules: Rules, now: datetime) -> Held | None:
    """Why a leased notice may not go now; None when it may.

    It is taken out of the outbox, where what is said after it would wait behind it, and is shown as not delivered. What
    would wake somebody is told anew when the quiet hours end; the rest is dropped.
    """
    told = await session.scalar(
        select(Notification).where(Notification.message_id == delivery.message_id).with_for_update()
    )
    why = await _why(session, delivery, told, rules, now)
    if why is None:
        return None
    gone: CursorResult[Any] = await session.execute(  # type: ignore[assignment]
        delete(OutboxItem).where(OutboxItem.id == delivery.id, OutboxItem.lease == delivery.lease)
    )
    if not gone.rowcount:
        return why
    noted = Message.content.op("||")(literal({"held_back": why}, JSONB))
    await session.execute(
        update(Message).where(Message.id == delivery.message_id).values(delivery="failed", content=noted)
    )
    if told is not None:
        _settle(told, delivery, why, rules.quiet_end(now))
    return why


async def _why(
    session: AsyncSession, delivery: Delivery, told: Notification | None, rules: Rules, now: datetime
) -> Held | None:
    whose = select(Conversation.customer_id).where(Conversation.id == delivery.conversation_id)
    customer_id = told.customer_id if told else await session.scalar(whose)
    if customer_id is not None and not await services.wants(session, customer_id=customer_id):
        return "unsubscribed"
    # One that is told no more by itself was queued again by a person, whose hour it is; and what a part of has arrived
    # is brought to its end.
    if told is None or delivery.parts:
        return None
    if told.expires_at <= now:
        return "too_late"
    return "night" if rules.quiet_end(now) else None


def _settle(told: Notification, delivery: Delivery, why: Held, morning: datetime | None) -> None:
    told.message_id = None
    if why != "night" or morning is None:
        told.state, told.reason = "dropped", why
        return
    told.state, told.sent_at, told.due_at = "waiting", None, morning
    # By the same way: it was not tried.
    here = f"{delivery.channel}/{delivery.account}/{delivery.address}"
    told.tried = [way for way in told.tried if way != here]
