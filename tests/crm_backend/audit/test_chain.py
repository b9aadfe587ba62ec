"""The chain of the audit log, and what tampering with it looks like."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, func, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import SYSTEM, Actor
from crm_backend.audit import sealing, services
from crm_backend.audit.model import AuditEntry
from crm_backend.audit.sealing import Fault, Head
from crm_backend.database import new_id


async def _deeds(session: AsyncSession, count: int = 6) -> None:
    for number in range(count):
        services.record(
            session,
            actor=SYSTEM,
            action="changed",
            subject=("thing", number),
            old={"state": "new", "amount": number},
            new={"state": "open", "amount": number + 1},
            why="été",
        )
        await session.flush()


async def _tamper(session: AsyncSession, *statements: str) -> None:
    """What a person with all rights on the database can do."""
    await session.execute(text("alter table audit_log disable trigger user"))
    for statement in statements:
        await session.execute(text(statement))
    await session.execute(text("alter table audit_log enable trigger user"))


async def test_an_untouched_log_is_whole(crm: AsyncSession) -> None:
    await _deeds(crm)
    assert (await sealing.verify(crm)).unsealed == 6
    assert await sealing.seal(crm, limit=4) == 4
    assert await sealing.seal(crm, limit=4) == 2
    assert await sealing.seal(crm) == 0
    found = await sealing.verify(crm)
    assert (found.whole, found.entries, found.unsealed, found.head) == (True, 6, 0, await sealing.head(crm))


async def test_entries_are_chained_in_the_order_they_were_made(crm: AsyncSession) -> None:
    await _deeds(crm)
    await sealing.seal(crm)
    order = select(AuditEntry.subject_id).order_by(AuditEntry.position)
    assert list(await crm.scalars(order)) == ["0", "1", "2", "3", "4", "5"]


@pytest.mark.parametrize(
    "column",
    ["actor = 'x'", "origin = 'x'", "action = 'x'", "subject_kind = 'x'", "subject_id = 'x'", "old = '{}'",
     "new = null", "details = '{}'", "created_at = created_at + interval '1 microsecond'",
     "id = '00000000-0000-0000-0000-000000000000'", "hash = repeat('0', 64)"],
)  # fmt: skip
async def test_a_change_is_found_where_it_was_made(crm: AsyncSession, column: str) -> None:
    await _deeds(crm)
    await sealing.seal(crm)
    await _tamper(crm, f"update audit_log set {column} where position = 3")
    assert (await sealing.verify(crm)).faults[0] == Fault(3, "changed")


async def test_a_deleted_entry_is_missed(crm: AsyncSession) -> None:
    await _deeds(crm)
    await sealing.seal(crm)
    await _tamper(crm, "delete from audit_log where position in (1, 4)")
    assert (await sealing.verify(crm)).faults == [Fault(1, "missing"), Fault(4, "missing")]


async def test_closing_the_gap_breaks_the_chain(crm: AsyncSession) -> None:
    await _deeds(crm)
    await sealing.seal(crm)
    await _tamper(
        crm,
        "delete from audit_log where position = 3",
        *(f"update audit_log set position = {at - 1} where position = {at}" for at in (4, 5, 6)),
    )
    assert (await sealing.verify(crm)).faults[0] == Fault(3, "changed")


async def test_an_entry_put_between_others_is_found(crm: AsyncSession) -> None:
    await _deeds(crm)
    await sealing.seal(crm)
    await _tamper(
        crm,
        *(f"update audit_log set position = {at + 1} where position = {at}" for at in (6, 5, 4)),
        "insert into audit_log (id, actor, action, subject_kind, subject_id, details, position, hash) "
        f"values ('{new_id()}', 'system', 'changed', 'thing', '9', '{{}}', 4, repeat('a', 64))",
    )
    assert (await sealing.verify(crm)).faults[0] == Fault(4, "changed")


async def test_swapped_entries_are_found(crm: AsyncSession) -> None:
    await _deeds(crm)
    await sealing.seal(crm)
    await _tamper(
        crm,
        "update audit_log set position = 99 where position = 2",
        "update audit_log set position = 2 where position = 5",
        "update audit_log set position = 5 where position = 99",
    )
    assert [fault.position for fault in (await sealing.verify(crm)).faults] == [2, 3, 5, 6]


async def test_a_head_kept_elsewhere_shows_a_log_cut_short_or_made_anew(crm: AsyncSession) -> None:
    await _deeds(crm)
    await sealing.seal(crm)
    kept = await sealing.head(crm)
    assert (await sealing.verify(crm, kept=kept)).whole
    await _deeds(crm, 2)
    await sealing.seal(crm)
    assert (await sealing.verify(crm, kept=kept)).whole
    await _tamper(crm, "delete from audit_log where position > 4")
    assert (await sealing.verify(crm)).whole
    assert (await sealing.verify(crm, kept=kept)).faults == [Fault(5, "missing")]
    await _deeds(crm, 4)
    await sealing.seal(crm)
    assert (await sealing.verify(crm)).whole
    assert (await sealing.verify(crm, kept=kept)).faults == [Fault(6, "head")]


async def test_only_the_first_faults_are_told(crm: AsyncSession) -> None:
    await _deeds(crm, 50)
    await sealing.seal(crm)
    await _tamper(crm, "update audit_log set hash = repeat('0', 64)")
    assert len((await sealing.verify(crm)).faults) == sealing.FAULTS_TOLD


async def test_the_database_refuses_changes(crm: AsyncSession) -> None:
    await _deeds(crm, 2)
    await sealing.seal(crm, limit=1)
    for statement in (
        update(AuditEntry).values(actor="nobody"),
        update(AuditEntry).where(AuditEntry.position.is_(None)).values(position=2, hash="x", actor="nobody"),
        update(AuditEntry).where(AuditEntry.position == 1).values(position=None, hash=None),
        update(AuditEntry).where(AuditEntry.position == 1).values(hash="0" * 64),
        delete(AuditEntry),
        text("truncate audit_log"),
    ):
        with pytest.raises(IntegrityError, match="append-only"):
            async with crm.begin_nested():
                await crm.execute(statement)
    assert await crm.scalar(select(func.count()).select_from(AuditEntry)) == 2


async def test_an_empty_log_is_whole(crm: AsyncSession) -> None:
    found = await sealing.verify(crm)
    assert (found.whole, found.head) == (True, Head(0, ""))


async def test_who_asked_and_from_where_is_kept(crm: AsyncSession) -> None:
    services.record(crm, actor=Actor("agent:1", origin="api"), action="seen", subject=("case", 1))
    services.record(crm, actor="bot", action="seen", subject=("case", 2))
    services.record(crm, actor="agent:1", action="seen", subject=("case", 3))
    await crm.flush()
    told = await crm.execute(select(AuditEntry.actor, AuditEntry.origin, AuditEntry.old).order_by(AuditEntry.id))
    assert [tuple(row) for row in told] == [
        ("agent:1", "api", None),
        ("bot", "server", None),
        ("agent:1", "desk", None),
    ]
