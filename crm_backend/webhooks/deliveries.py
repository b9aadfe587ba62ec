"""Events on their way to subscribers: in order for each object, tried again for days, given up at last."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import and_, delete, exists, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased, joinedload, undefer
from sqlalchemy.sql.dml import ReturningUpdate

from crm_backend.database import new_id
from crm_backend.events import services as events
from crm_backend.events.model import Event
from crm_backend.webhooks.model import Subscription, WebhookDelivery
from crm_backend.webhooks.schema import Parcel

CONSUMER = "webhooks"
GONE = 410
"""Nobody listens there any more (RFC 9110, 15.5.11)."""
PAUSES = tuple(
    timedelta(seconds=seconds) for seconds in (5, 60, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400)
)
"""How long is waited after each try, as the Standard Webhooks specification proposes: three days in all."""
MANY = 5
"""Failures in a row, over all objects, after which a subscriber is left alone for a while."""
LONGEST_REST = timedelta(minutes=10)
GIVEN_UP_AFTER = timedelta(days=5)
"""A subscriber that has failed for so long is switched off."""
KEPT = timedelta(days=14)
"""How long delivered and given-up events can be looked at and replayed."""
_ON_ITS_WAY = ("waiting", "sending")


async def fan_out(session: AsyncSession, *, now: datetime) -> bool:
    """Takes the next event and puts it on its way to each subscriber of its kind; False when there is none."""
    event = await events.claim(session, consumer=CONSUMER, now=now)
    if event is None:
        return False
    noun = f"{event.kind.partition('.')[0]}.*"
    wanted = Subscription.kinds.overlap([event.kind, noun, "*"])
    for subscription_id in await session.scalars(select(Subscription.id).where(Subscription.enabled, wanted)):
        await queue(session, subscription_id, event=event, now=now)
    await events.done(session, event, consumer=CONSUMER)
    return True


async def queue(session: AsyncSession, subscription_id: UUID, *, event: Event, now: datetime) -> None:
    """Puts one event on its way to one subscriber, once."""
    await session.execute(
        insert(WebhookDelivery)
        .values(
            id=new_id(),
            subscription_id=subscription_id,
            event_id=event.id,
            kind=event.kind,
            subject_kind=event.subject_kind,
            subject_id=event.subject_id,
            seq=event.seq,
            body=body_of(event),
            available_at=now,
        )
        .on_conflict_do_nothing()
    )


def body_of(event: Event) -> dict[str, object]:
    """What a subscriber is told, as the specification has it. `seq` counts the events of one object without a gap."""
    about = {"kind": event.subject_kind, "id": str(event.subject_id), "seq": event.seq}
    return {
        "type": event.kind,
        "timestamp": event.created_at.isoformat(),
        "data": {**event.data, "object": about, "actor": event.actor},
    }


async def claim(session: AsyncSession, *, now: datetime, lease: timedelta, limit: int) -> list[Parcel]:
    """Leases up to `limit` deliveries that are due: of each subscriber and object the earliest one only."""
    earlier = aliased(WebhookDelivery)
    due = or_(
        and_(WebhookDelivery.state == "waiting", WebhookDelivery.available_at <= now),
        and_(WebhookDelivery.state == "sending", WebhookDelivery.lease_until < now),
    )
    found = await session.scalars(
        select(WebhookDelivery)
        .join(WebhookDelivery.subscription)
        .where(
            WebhookDelivery.state.in_(_ON_ITS_WAY),
            due,
            Subscription.enabled,
            or_(Subscription.paused_until.is_(None), Subscription.paused_until <= now),
            ~exists().where(
                earlier.subscription_id == WebhookDelivery.subscription_id,
                earlier.subject_kind == WebhookDelivery.subject_kind,
                earlier.subject_id == WebhookDelivery.subject_id,
                earlier.seq < WebhookDelivery.seq,
                earlier.state.in_(_ON_ITS_WAY),
            ),
        )
        .order_by(WebhookDelivery.available_at, WebhookDelivery.id)
        .limit(limit)
        .with_for_update(of=WebhookDelivery, skip_locked=True)
        .options(joinedload(WebhookDelivery.subscription).options(undefer(Subscription.secrets)))
        .execution_options(populate_existing=True)
    )
    parcels = []
    for each in found:
        each.state, each.lease, each.lease_until = "sending", new_id(), now + lease
        each.attempts += 1
        parcels.append(_parcel(each, now))
    await session.flush()
    return parcels


def _parcel(delivery: WebhookDelivery, now: datetime) -> Parcel:
    there = delivery.subscription
    assert delivery.lease is not None
    return Parcel(
        id=delivery.id,
        lease=delivery.lease,
        attempts=delivery.attempts,
        subscription_id=there.id,
        event_id=delivery.event_id,
        url=there.url,
        secrets=there.secrets,
        previous=there.previous_until is not None and there.previous_until > now,
        body=delivery.body,
    )


async def delivered(session: AsyncSession, parcel: Parcel, *, status: int, now: datetime) -> bool:
    """It is there. False when somebody else holds it by now."""
    ours = await session.scalar(_held(parcel, state="delivered", status=status, error=None, ended_at=now, lease=None))
    if ours is None:
        return False
    await session.execute(
        update(Subscription)
        .where(Subscription.id == parcel.subscription_id, Subscription.failures > 0)
        .values(failures=0, failing_since=None, paused_until=None)
    )
    return True


async def failed(
    session: AsyncSession,
    parcel: Parcel,
    *,
    error: str,
    now: datetime,
    status: int | None = None,
    after: timedelta | None = None,
) -> str:
    """It did not arrive: `waiting` for the next try, not before `after`, or `dead`; `lost` when somebody else holds it.

    `status` 410 says that nobody listens there any more: the subscription is switched off.
    """
    over = parcel.attempts > len(PAUSES) or status == GONE
    pause = PAUSES[min(parcel.attempts, len(PAUSES)) - 1] * random.uniform(0.9, 1.1)  # noqa: S311
    state = "dead" if over else "waiting"
    ours = await session.scalar(
        _held(
            parcel,
            state=state,
            status=status,
            error=error[:500],
            lease=None,
            available_at=now + max(pause, after or timedelta()),
            ended_at=now if over else None,
        )
    )
    if ours is None:
        return "lost"
    there = await session.get_one(Subscription, parcel.subscription_id, with_for_update=True, populate_existing=True)
    there.failures += 1
    there.failing_since = there.failing_since or now
    if there.failures >= MANY:
        there.paused_until = now + min(LONGEST_REST, timedelta(seconds=10 * 2 ** min(there.failures - MANY, 10)))
    if status == GONE or now - there.failing_since > GIVEN_UP_AFTER:
        there.enabled, there.stopped = False, "gone" if status == GONE else "failing"
    await session.flush()
    return state


def _held(parcel: Parcel, **values: Any) -> ReturningUpdate[tuple[UUID]]:
    return (
        update(WebhookDelivery)
        .where(WebhookDelivery.id == parcel.id, WebhookDelivery.lease == parcel.lease)
        .values(**values)
        .returning(WebhookDelivery.id)
    )


async def forget(session: AsyncSession, *, now: datetime) -> int:
    """Deletes what ended long ago; how many."""
    gone = await session.scalars(
        delete(WebhookDelivery).where(WebhookDelivery.ended_at < now - KEPT).returning(WebhookDelivery.id)
    )
    return len(gone.all())
