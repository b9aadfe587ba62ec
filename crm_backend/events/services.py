"""Telling what happened, in the transaction that made it so, and working through what was told."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Insert, Table, bindparam, delete, exists, func, insert, literal, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased, joinedload
from sqlalchemy.types import String, Uuid

from crm_backend.database import Base, new_id, utc_now
from crm_backend.events.kinds import KINDS, listening
from crm_backend.events.model import Event, EventCounter, QueuedEvent

TRIES, AT_ONCE = 8, 1000
LONGEST_PAUSE = timedelta(hours=1)
_CHAIN = "events.chain"


async def emit(
    session: AsyncSession,
    *,
    kind: str,
    subject: tuple[str, UUID],
    data: dict[str, Any] | None = None,
    actor: str = "system",
    now: datetime | None = None,
) -> UUID:
    """Adds one event to the caller's transaction and queues it for whoever listens; returns its identifier.

    `subject` is (kind, identifier) of the object it happened to, `data` plain JSON without anything personal beyond
    identifiers, `now` when it happened if not now. One statement. Raises KeyError for a kind that is not in
    `kinds.KINDS`.
    """
    if kind not in KINDS:
        raise KeyError(kind)
    event_id, at = new_id(), now or utc_now()
    await session.execute(
        _EMIT,
        {
            "event_id": event_id,
            "at": at,
            "told_kind": kind,
            "of_kind": subject[0],
            "of_id": subject[1],
            "told": data or {},
            "by": actor,
            "led_by": list(session.info.get(_CHAIN, ())),
            "listening": listening(subject[0]),
            "available": utc_now(),
        },
    )
    return event_id


@contextmanager
def caused_by(session: AsyncSession, chain: list[str]) -> Iterator[None]:
    """What is emitted inside names these rules as what led to it."""
    before = session.info.get(_CHAIN, [])
    session.info[_CHAIN] = chain
    try:
        yield
    finally:
        session.info[_CHAIN] = before


async def claim(session: AsyncSession, *, consumer: str, now: datetime | None = None) -> Event | None:
    """The next event for a consumer, its place in the queue locked until the transaction ends; None when none is due.

    The events of one object come in their order, one at a time. Call `done` in the same transaction: killed before it
    commits, the event comes again.
    """
    earlier = aliased(QueuedEvent)
    before = exists().where(
        earlier.consumer == QueuedEvent.consumer,
        earlier.subject_kind == QueuedEvent.subject_kind,
        earlier.subject_id == QueuedEvent.subject_id,
        earlier.seq < QueuedEvent.seq,
        earlier.state == "waiting",
    )
    queued = await session.scalar(
        select(QueuedEvent)
        .where(
            QueuedEvent.consumer == consumer,
            QueuedEvent.state == "waiting",
            QueuedEvent.available_at <= (now or utc_now()),
            ~before,
        )
        .order_by(QueuedEvent.available_at, QueuedEvent.event_id)
        .limit(1)
        .with_for_update(skip_locked=True, of=QueuedEvent)
        .options(joinedload(QueuedEvent.event, innerjoin=True))
    )
    return queued.event if queued else None


async def done(session: AsyncSession, event: Event, *, consumer: str) -> None:
    """The consumer has worked through it."""
    await session.execute(delete(QueuedEvent).where(QueuedEvent.consumer == consumer, QueuedEvent.event_id == event.id))


async def failed(session: AsyncSession, event_id: UUID, *, consumer: str, cause: str, now: datetime) -> None:
    """It did not work: tried again after a pause that doubles, given up after eight tries. Later events of the same
    object wait until then."""
    queued = await session.get(QueuedEvent, (consumer, event_id), with_for_update=True)
    if queued is None:
        return
    queued.attempts += 1
    queued.last_error = cause[:500]
    queued.available_at = now + min(LONGEST_PAUSE, timedelta(seconds=2**queued.attempts))
    if queued.attempts >= TRIES:
        queued.state = "dead"


async def forget(session: AsyncSession, *, before: datetime) -> int:
    """Deletes events from before an instant that nobody waits for any more, 1,000 at most; how many."""
    old = (
        select(Event.id)
        .where(Event.created_at < before, ~exists().where(QueuedEvent.event_id == Event.id))
        .order_by(Event.created_at)
        .limit(AT_ONCE)
    )
    gone = await session.scalars(delete(Event).where(Event.id.in_(old)).returning(Event.id))
    return len(gone.all())


_TOLD = {
    "id": "event_id",
    "created_at": "at",
    "kind": "told_kind",
    "subject_kind": "of_kind",
    "subject_id": "of_id",
    "data": "told",
    "actor": "by",
    "chain": "led_by",
}
"""The columns of an event, and the parameters that `emit` gives for them."""


def _emission() -> Insert:
    counter, log, queue = (Table(each.__tablename__, Base.metadata) for each in (EventCounter, Event, QueuedEvent))
    count = upsert(counter).values(
        subject_kind=bindparam("of_kind", type_=String), subject_id=bindparam("of_id", type_=Uuid), last=1
    )
    counted = (
        count.on_conflict_do_update(
            index_elements=[counter.c.subject_kind, counter.c.subject_id], set_={"last": counter.c.last + 1}
        )
        .returning(counter.c.last)
        .cte("counted")
    )
    columns = {name: bindparam(parameter, type_=log.c[name].type) for name, parameter in _TOLD.items()}
    told = (
        insert(log)
        .from_select([*columns, "seq"], select(*columns.values(), counted.c.last), include_defaults=False)
        .returning(log.c.id, log.c.subject_kind, log.c.subject_id, log.c.seq)
        .cte("told")
    )
    consumers = func.unnest(bindparam("listening", type_=ARRAY(String))).table_valued("name").alias("consumers")
    queued = select(
        consumers.c.name.cast(String),
        told.c.id,
        told.c.subject_kind,
        told.c.subject_id,
        told.c.seq,
        bindparam("available", type_=queue.c.available_at.type),
    ).select_from(told.join(consumers, literal(value=True)))
    names = ["consumer", "event_id", "subject_kind", "subject_id", "seq", "available_at"]
    return insert(queue).from_select(names, queued, include_defaults=False)


# Made once: putting a statement together takes longer than running it.
_EMIT = _emission()
