"""Queueing notifications, and sending those that may go: only where wanted, never at night, never too many."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.audit import services as audit
from crm_backend.conversations import stream
from crm_backend.conversations.handing_over import news
from crm_backend.conversations.model import Conversation, Message
from crm_backend.conversations.schema import BOT, NOBODY, Reply
from crm_backend.conversations.sending.beginning import begin
from crm_backend.customers import consents, people, telling
from crm_backend.customers.model import Customer
from crm_backend.customers.records import ConsentEvent
from crm_backend.database import new_id, utc_now
from crm_backend.notifications import routes
from crm_backend.notifications.model import ContactPreference, Notification
from crm_backend.notifications.schema import Planned, Route, Rules, Start

WEEK = timedelta(days=7)
GOES_ON_WITHIN = timedelta(days=7)


async def notify(
    session: AsyncSession,
    *,
    customer_id: UUID,
    kind: str,
    subject: str,
    facts: dict[str, Any],
    keep_for: timedelta = timedelta(days=2),
    now: datetime | None = None,
) -> bool:
    """Queues something to tell a customer; false when it was queued before (same `kind` and `subject`).

    `facts` hold no language: they are put into words when sent. What cannot be sent within `keep_for` is dropped.
    """
    now = now or utc_now()
    made = await session.scalar(
        insert(Notification)
        .values(
            id=new_id(),
            customer_id=customer_id,
            kind=kind,
            subject=subject,
            facts=facts,
            state="waiting",
            due_at=now,
            expires_at=now + keep_for,
            tried=[],
        )
        .on_conflict_do_nothing()
        .returning(Notification.id)
    )
    return made is not None


async def plan(session: AsyncSession, *, rules: Rules, starts: Sequence[Start], now: datetime) -> Planned | bool:
    """The next notification that may be sent now, locked until the transaction ends.

    True when one was looked at and put off or dropped instead, False when none is due.
    """
    found = await session.scalar(
        select(Notification)
        .where(Notification.state == "waiting", Notification.due_at <= now)
        .order_by(Notification.due_at)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    if found is None:
        return False
    if found.expires_at <= now:
        return _drop(found, "too_late")
    wish = await session.get(ContactPreference, found.customer_id)
    if wish is not None and not wish.unasked:
        return _drop(found, "unsubscribed")
    if (later := rules.quiet_end(now)) is not None or (later := await their_hour(session, wish, rules, now)):
        found.due_at = later
        return True
    # Two of one customer's, planned at once: the second waits until the first can be counted.
    alone = func.pg_advisory_xact_lock(func.hashtextextended(f"notices {found.customer_id}", 0))
    await session.execute(select(alone))
    if await _sent_lately(session, found.customer_id, now) >= rules.per_week and not found.tried:
        return _drop(found, "enough_this_week")
    route = await routes.best(
        session, found.customer_id, preferred=wish.channel if wish else None, starts=starts, tried=found.tried
    )
    if route is None:
        return _drop(found, "no_way_to_reach")
    customer = await session.get_one(Customer, found.customer_id)
    return Planned(
        id=found.id,
        customer_id=found.customer_id,
        kind=found.kind,
        facts=found.facts,
        language=customer.language,
        route=route,
    )


async def their_hour(
    session: AsyncSession, wish: ContactPreference | None, rules: Rules, now: datetime
) -> datetime | None:
    """When the hours begin in which they want to be written to; None in these hours, or when any hour will do."""
    if wish is None or wish.hours_from is None or wish.hours_until is None:
        return None
    named = await session.scalar(select(Customer.time_zone).where(Customer.id == wish.customer_id))
    zone = ZoneInfo(named) if named else rules.zone
    # Outside the hours they want is quiet to them.
    theirs = Rules(zone=zone, quiet_from=wish.hours_until, quiet_until=wish.hours_from)
    return theirs.quiet_end(now)


def _drop(found: Notification, reason: str) -> bool:
    found.state, found.reason = "dropped", reason
    return True


async def _sent_lately(session: AsyncSession, customer_id: UUID, now: datetime) -> int:
    counted = select(func.count()).where(Notification.customer_id == customer_id, Notification.sent_at > now - WEEK)
    return await session.scalar(counted) or 0


async def send(session: AsyncSession, planned: Planned, reply: Reply, *, now: datetime) -> UUID:
    """Puts the planned notification into the conversation where the customer may answer it; that conversation."""
    conversation = await _conversation(session, planned, now)
    message = stream.send(session, conversation, author="bot", reply=reply, now=now)
    if number := reply.values.get("number"):
        news.note(conversation, number=number, seq=message.seq, customer_id=planned.customer_id)
    await session.flush()
    sent = await session.get_one(Notification, planned.id)
    sent.state, sent.sent_at, sent.message_id = "sent", now, message.id
    sent.tried = [*sent.tried, planned.route.key]
    return conversation.id


async def _conversation(session: AsyncSession, planned: Planned, now: datetime) -> Conversation:
    route = planned.route
    identity = await people.writer(session, kind=route.kind, value=route.value, now=now, wrote=False)
    latest = await session.scalar(
        select(Conversation.id)
        .where(
            Conversation.identity_id == identity.id,
            Conversation.channel == route.channel,
            Conversation.account == route.account,
            Conversation.customer_id == planned.customer_id,
            Conversation.owner != NOBODY,
            Conversation.last_message_at > now - GOES_ON_WITHIN,
        )
        .order_by(Conversation.last_message_at.desc())
        .limit(1)
    )
    if latest is not None:
        return await stream.locked(session, latest)
    whose, language = planned.customer_id, planned.language
    return await begin(session, identity, route.place, customer_id=whose, language=language, owner=BOT, now=now)


async def take_back(session: AsyncSession, *, limit: int = 50) -> int:
    """Queues again, for another route, what could not be delivered by the last; how many."""
    found = await session.scalars(
        select(Notification)
        .join(Message, Message.id == Notification.message_id)
        .where(Notification.state == "sent", Message.delivery == "failed")
        .limit(limit)
        .with_for_update(of=Notification, skip_locked=True)
    )
    count = 0
    for notification in found:
        notification.state, notification.message_id, notification.sent_at = "waiting", None, None
        count += 1
    return count


async def choose(
    session: AsyncSession,
    *,
    customer_id: UUID,
    unasked: bool | None = None,
    channel: str | None = None,
    actor: str,
    how: str = "message",
    wording: str = "",
    at: datetime | None = None,
) -> ConsentEvent | None:
    """Notes whether a customer wants to be written to unasked, and where. What is None stays as it is; an empty
    `channel` is no preference any more. What they say of `unasked` is kept on record, with `how` they said it (one of
    `consents.HOWS`): that entry."""
    values = {key: value for key, value in (("unasked", unasked), ("channel", channel)) if value is not None}
    now = utc_now()
    await session.execute(
        insert(ContactPreference)
        .values(customer_id=customer_id, updated_at=now, **({"unasked": True} | values))
        .on_conflict_do_update(index_elements=["customer_id"], set_={**values, "updated_at": now})
    )
    told: dict[str, Any] = {key: str(value) for key, value in values.items()}
    audit.record(session, actor=actor, action="contact_preference", subject=("customer", customer_id), **told)
    fields = [{"unasked": f"consents.{consents.NOTICES}"}.get(name, name) for name in values]
    await telling.changed(session, customer_id, actor=actor, action="contact_preference", fields=fields)
    if unasked is None:
        return None
    return consents.note(
        session,
        customer_id=customer_id,
        purpose=consents.NOTICES,
        given=unasked,
        how=how,
        actor=actor,
        wording=wording,
        at=at or now,
    )


async def wants(session: AsyncSession, *, customer_id: UUID) -> bool:
    """Whether the customer may be written to unasked."""
    found = await session.get(ContactPreference, customer_id)
    return found is None or found.unasked


__all__ = ["Route", "choose", "notify", "plan", "send", "take_back", "their_hour", "wants"]
