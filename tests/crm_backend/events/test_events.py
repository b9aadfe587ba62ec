"""Events: told in the transaction, counted per object, worked through in order and at least once."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.database import Sessions, utc_now
from crm_backend.events import services as events
from crm_backend.events.model import Event, QueuedEvent


async def test_the_events_of_an_object_are_counted_from_one_without_gaps(crm: AsyncSession) -> None:
    case, other = uuid4(), uuid4()
    for subject in (case, other, case, case):
        await events.emit(crm, kind="case.changed", subject=("case", subject), data={"fields": ["team"]})
    rows = (await crm.scalars(select(Event).where(Event.subject_id == case).order_by(Event.seq))).all()
    assert [(row.seq, row.kind, row.data, row.chain) for row in rows] == [
        (seq, "case.changed", {"fields": ["team"]}, []) for seq in (1, 2, 3)
    ]


async def test_what_is_rolled_back_was_never_told(crm: AsyncSession) -> None:
    case = uuid4()
    nested = await crm.begin_nested()
    await events.emit(crm, kind="case.opened", subject=("case", case))
    await nested.rollback()
    await events.emit(crm, kind="case.opened", subject=("case", case))
    assert (await crm.scalars(select(Event.seq).where(Event.subject_id == case))).all() == [1]


async def test_a_kind_that_does_not_exist_is_refused(crm: AsyncSession) -> None:
    with pytest.raises(KeyError):
        await events.emit(crm, kind="case.exploded", subject=("case", uuid4()))


async def test_one_object_comes_in_order_and_each_consumer_for_itself(crm: AsyncSession) -> None:
    case = uuid4()
    first = await events.emit(crm, kind="case.opened", subject=("case", case))
    second = await events.emit(crm, kind="case.status", subject=("case", case))
    claimed = await events.claim(crm, consumer="rules")
    assert claimed is not None and claimed.id == first
    await events.done(crm, claimed, consumer="rules")
    claimed = await events.claim(crm, consumer="rules")
    assert claimed is not None and claimed.id == second
    other = await events.claim(crm, consumer="webhooks")
    assert other is not None and other.id == first


async def test_nobody_is_queued_for_what_nobody_listens_to(crm: AsyncSession) -> None:
    await events.emit(crm, kind="article.published", subject=("moon", uuid4()))
    assert (await crm.scalars(select(QueuedEvent))).all() == []


async def test_a_failure_pauses_the_object_and_is_given_up_in_the_end(crm: AsyncSession) -> None:
    case, now = uuid4(), utc_now()
    event = await events.emit(crm, kind="case.opened", subject=("case", case))
    later = await events.emit(crm, kind="case.status", subject=("case", case))
    await events.failed(crm, event, consumer="rules", cause="no luck", now=now)
    await crm.flush()
    assert await events.claim(crm, consumer="rules", now=now) is None
    for _ in range(events.TRIES - 1):
        await events.failed(crm, event, consumer="rules", cause="no luck", now=now)
    await crm.flush()
    claimed = await events.claim(crm, consumer="rules", now=now + timedelta(seconds=1))
    assert claimed is not None and claimed.id == later


async def test_what_rules_lead_to_names_them(crm: AsyncSession) -> None:
    case = uuid4()
    with events.caused_by(crm, ["a", "b"]):
        await events.emit(crm, kind="case.status", subject=("case", case))
    await events.emit(crm, kind="case.status", subject=("case", case))
    chains = await crm.scalars(select(Event.chain).where(Event.subject_id == case).order_by(Event.seq))
    assert chains.all() == [["a", "b"], []]


async def test_two_workers_never_hold_the_same_object(sessions: Sessions) -> None:
    case = uuid4()
    async with sessions.begin() as session:
        for _ in range(2):
            await events.emit(session, kind="case.changed", subject=("case", case))
    async with sessions() as one, sessions() as two:
        assert await events.claim(one, consumer="rules") is not None
        assert await events.claim(two, consumer="rules") is None
        await one.rollback()
        assert await events.claim(two, consumer="rules") is not None


async def test_old_events_are_forgotten_once_nobody_waits_for_them(crm: AsyncSession) -> None:
    case, now = uuid4(), utc_now()
    await events.emit(crm, kind="case.opened", subject=("case", case), now=now - timedelta(days=100))
    assert await events.forget(crm, before=now - timedelta(days=90)) == 0
    for consumer in ("rules", "webhooks"):
        claimed = await events.claim(crm, consumer=consumer)
        assert claimed is not None
        await events.done(crm, claimed, consumer=consumer)
    assert await events.forget(crm, before=now - timedelta(days=90)) == 1
