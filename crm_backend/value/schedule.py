"""What is computed anew now and then: each once, however many servers there are, and begun again where one died."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.database import Sessions, utc_now
from crm_backend.offers import pairs
from crm_backend.value import services, settings
from crm_backend.value.model import ValueRun

VALUE, PAIRS = "value", "pairs"
LEASE = timedelta(minutes=10)
"""After which the run of a server that died is begun by another. It is renewed with every batch."""


async def claim(session: AsyncSession, name: str, *, now: datetime) -> bool:
    """Whether a run is due and ours: nobody is at it, and the last ended `every_hours` ago or never did."""
    every = timedelta(hours=(await settings.get(session)).every_hours)
    await session.execute(text("insert into value_runs (name) values (:name) on conflict do nothing"), {"name": name})
    free = or_(ValueRun.lease_until.is_(None), ValueRun.lease_until < now)
    due = or_(ValueRun.finished_at.is_(None), ValueRun.finished_at <= now - every)
    claimed = await session.scalar(
        update(ValueRun)
        .where(ValueRun.name == name, free, due)
        .values(started_at=now, lease_until=now + LEASE)
        .returning(ValueRun.name)
    )
    return claimed is not None


async def is_due(session: AsyncSession, *, now: datetime) -> bool:
    """Whether any run may be due: a look that locks nothing."""
    every = timedelta(hours=(await settings.get(session)).every_hours)
    done = await session.scalars(
        select(ValueRun.name).where(or_(ValueRun.finished_at > now - every, ValueRun.lease_until > now))
    )
    return set(done) < {VALUE, PAIRS}


async def note_done(session: AsyncSession, *, now: datetime) -> None:
    """Notes that everything was computed by whoever filled the database."""
    for name in (VALUE, PAIRS):
        await session.execute(
            text(
                "insert into value_runs (name, started_at, finished_at) values (:name, :now, :now)"
                " on conflict (name) do update set finished_at = excluded.finished_at"
            ),
            {"name": name, "now": now},
        )


async def run(sessions: Sessions, name: str, *, now: Callable[[], datetime] = utc_now) -> bool:
    """Does a run if it is due and nobody else is at it; whether it did. Many short transactions: nobody who changes an
    order waits for it."""
    began = now()
    async with sessions.begin() as session:
        if not await claim(session, name, now=began):
            return False
    details = await (_value if name == VALUE else _pairs)(sessions, began)
    async with sessions.begin() as session:
        await session.execute(
            update(ValueRun).where(ValueRun.name == name).values(finished_at=now(), lease_until=None, details=details)
        )
    return True


async def _value(sessions: Sessions, now: datetime) -> dict[str, Any]:
    customers = await _everybody(sessions, services.refresh_figures, now)
    async with sessions.begin() as session:
        await services.alone(session)
        await services.refit(session, now=now)
    await _everybody(sessions, services.reinterpret, now)
    return {"customers": customers}


async def _pairs(sessions: Sessions, now: datetime) -> dict[str, Any]:
    async with sessions.begin() as session:
        chosen = await settings.get(session)
        return {"pairs": await pairs.compute(session, chosen, now=now)}


async def _everybody(sessions: Sessions, work: Callable[..., Awaitable[None]], now: datetime) -> int:
    count, last = 0, None
    while True:
        async with sessions.begin() as session:
            ids: list[UUID] = await services.page_of_customers(session, after=last)
            if not ids:
                return count
            await services.alone(session)
            await work(session, ids, now=now)
            await session.execute(update(ValueRun).where(ValueRun.name == VALUE).values(lease_until=utc_now() + LEASE))
        count, last = count + len(ids), ids[-1]
