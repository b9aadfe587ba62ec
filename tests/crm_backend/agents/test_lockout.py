"""Holding off who guesses."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.agents import lockout
from crm_backend.agents.lockout import Try
from crm_backend.agents.model import Agent, SignInTries
from crm_backend.audit.model import AuditEntry

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
LEA = Try("Lea@example.com", "192.0.2.1", b"secret")


async def tried(crm: AsyncSession, what: Try = LEA, *, now: datetime = NOW, times: int = 1) -> list[int]:
    return [await lockout.counted(crm, what, now=now) for _ in range(times)]


@pytest.mark.parametrize("known", [True, False])
async def test_after_five_failures_each_makes_the_next_wait_twice_as_long(crm: AsyncSession, known: bool) -> None:
    if known:
        crm.add(Agent(email="lea@example.com", name="Léa", password_hash="x"))
        await crm.flush()
    assert await tried(crm, times=6) == [0, 0, 0, 0, 0, 30]
    later, waits = NOW, []
    for wait in (30, 60, 120, 240):
        later += timedelta(seconds=wait)
        assert await tried(crm, now=later) == [0]
        waits += await tried(crm, now=later)
    assert waits == [60, 120, 240, 480]
    for _ in range(10):
        later += timedelta(hours=1)
        assert await tried(crm, now=later) == [0]
    assert await tried(crm, now=later) == [3600]
    told = list(await crm.scalars(select(AuditEntry).where(AuditEntry.action == "locked_out")))
    assert told and {entry.subject_kind for entry in told} == ({"agent"} if known else {"sign_in"})
    assert "lea" not in str([(entry.subject_id, entry.details) for entry in told]).casefold()


async def test_a_right_password_clears_the_account_and_a_day_everything(crm: AsyncSession) -> None:
    await tried(crm, times=4)
    await lockout.was_right(crm, LEA)
    assert await tried(crm, times=5) == [0] * 5
    assert await tried(crm, now=NOW + timedelta(hours=25), times=2) == [0, 0]
    await lockout.forget(crm, now=NOW + timedelta(hours=50))
    assert await crm.scalar(select(func.count()).select_from(SignInTries)) == 0


async def test_a_password_without_its_code_does_not_count(crm: AsyncSession) -> None:
    for _ in range(12):
        assert await tried(crm) == [0]
        await lockout.was_half_right(crm, LEA)


async def test_guessing_from_many_addresses_locks_the_account_and_many_accounts_the_address(crm: AsyncSession) -> None:
    waits = [await lockout.counted(crm, Try("lea@example.com", f"192.0.2.{n}", b"s"), now=NOW) for n in range(22)]
    assert waits == [0] * 20 + [30, 30]
    waits = [await lockout.counted(crm, Try(f"{n}@example.com", "198.51.100.7", b"s"), now=NOW) for n in range(61)]
    assert waits == [0] * 60 + [30]
    assert await tried(crm, Try("emma@example.com", "192.0.2.99", b"s")) == [0]


async def test_what_others_guessed_is_forgiven_to_the_owner_and_not_to_the_address(crm: AsyncSession) -> None:
    for n in range(22):
        await lockout.counted(crm, Try("lea@example.com", f"198.51.100.{n}", b"secret"), now=NOW)
    assert await tried(crm) == [30]
    await lockout.forgiven(crm, LEA)
    assert await tried(crm, times=6) == [0] * 5 + [30]
    guesser = Try("lea@example.com", "198.51.100.1", b"secret")
    kinds = await crm.scalars(select(SignInTries.kind).where(SignInTries.who.in_(guesser.keys().values())))
    assert set(kinds) == {"account", "address", "pair"}


async def test_what_is_stored_names_nobody(crm: AsyncSession) -> None:
    await tried(crm)
    rows = list(await crm.scalars(select(SignInTries)))
    assert len(rows) == 3 and all(len(row.who) == 64 and "lea" not in row.who for row in rows)
