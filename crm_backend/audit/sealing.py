"""The chain of the audit log: each entry's SHA-256 covers the entry and the hash of the one before it.

To chain entries as they are written, every transaction would have to wait for the one before it. So they are chained
shortly after they were committed, by one sealer at a time, in the order it finds them.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from datetime import UTC
from typing import Any, Literal

from sqlalchemy import BigInteger, Row, String, Uuid, func, select, text, update, values
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql import column

from crm_backend.audit.model import AuditEntry

BATCH = 1_000
FAULTS_TOLD = 20
_LOCK = text("select pg_advisory_xact_lock(7235207)")
_TRY_LOCK = text("select pg_try_advisory_xact_lock(7235207)")
_CONTENT = (
    AuditEntry.id,
    AuditEntry.created_at,
    AuditEntry.actor,
    AuditEntry.origin,
    AuditEntry.action,
    AuditEntry.subject_kind,
    AuditEntry.subject_id,
    AuditEntry.old,
    AuditEntry.new,
    AuditEntry.details,
)
_ROW = (*_CONTENT, AuditEntry.position, AuditEntry.hash)


@dataclass(frozen=True)
class Head:
    """The last link of the chain. Its hash stands for everything before it: kept elsewhere, it also shows that the
    whole chain was replaced or its end cut off."""

    position: int = 0
    hash: str = ""

    def __str__(self) -> str:
        return f"{self.position}:{self.hash}"


@dataclass(frozen=True)
class Fault:
    """Where the chain does not hold. `changed`: the entry is not what was sealed, or does not follow the one before it;
    `missing`: there is no entry at this position; `head`: there is another than the one that was kept elsewhere."""

    position: int
    kind: Literal["changed", "missing", "head"]


@dataclass
class Verified:
    """What a verification found. `faults` are the first of them in order; `unsealed` counts the entries that were
    written since the last sealing."""

    entries: int = 0
    head: Head = field(default_factory=Head)
    unsealed: int = 0
    faults: list[Fault] = field(default_factory=list)

    @property
    def whole(self) -> bool:
        return not self.faults


def link(content: dict[str, Any], *, position: int, previous: str) -> str:
    """The hash of an entry, as 64 hexadecimal digits: SHA-256 of its canonical JSON (names in order, no white space,
    UTF-8), its position and the hash of the entry before it ("" for the first) among it."""
    whole = {**content, "position": position, "previous": previous}
    written = json.dumps(whole, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return hashlib.sha256(written.encode()).hexdigest()


def _content(row: Row[Any]) -> dict[str, Any]:
    return {
        "id": str(row.id),
        "created_at": row.created_at.astimezone(UTC).isoformat(timespec="microseconds"),
        "actor": row.actor,
        "origin": row.origin,
        "action": row.action,
        "subject": [row.subject_kind, row.subject_id],
        "old": row.old,
        "new": row.new,
        "details": row.details,
    }


async def head(session: AsyncSession) -> Head:
    """The last link; position 0 when nothing was sealed yet."""
    found = await session.execute(
        select(AuditEntry.position, AuditEntry.hash)
        .where(AuditEntry.position.is_not(None))
        .order_by(AuditEntry.position.desc())
        .limit(1)
    )
    row = found.first()
    return Head(row.position, row.hash) if row else Head()


async def seal(session: AsyncSession, *, limit: int = BATCH, wait: bool = True) -> int:
    """Chains up to `limit` committed entries; how many. One seals at a time, until its transaction ends: another waits,
    or, without `wait`, leaves it to them."""
    if not wait and not await session.scalar(_TRY_LOCK):
        return 0
    if wait:
        await session.execute(_LOCK)
    found = (
        await session.execute(
            select(*_CONTENT).where(AuditEntry.position.is_(None)).order_by(AuditEntry.created_at, AuditEntry.id)
            .limit(limit)
        )
    ).all()  # fmt: skip
    if not found:
        return 0
    last = await head(session)
    position, previous = last.position, last.hash
    sealed = []
    for row in found:
        position += 1
        previous = link(_content(row), position=position, previous=previous)
        sealed.append((row.id, position, previous))
    links = values(
        column("id", Uuid), column("position", BigInteger), column("hash", String), name="links"
    ).data(sealed)  # fmt: skip
    await session.execute(
        update(AuditEntry)
        .where(AuditEntry.id == links.c.id)
        .values(position=links.c.position, hash=links.c.hash)
        .execution_options(synchronize_session=False)
    )
    return len(sealed)


async def verify(session: AsyncSession, *, kept: Head | None = None) -> Verified:
    """Recomputes the whole chain in batches, so that memory stays flat. `kept` is a head that was printed before and
    kept elsewhere. After a fault it goes on from what is stored, up to `FAULTS_TOLD` faults."""
    found = Verified()
    expected, previous = 1, ""
    while rows := await _sealed_after(session, found.head.position):
        for row in rows:
            if row.position > expected:
                found.faults.append(Fault(expected, "missing"))
            elif link(_content(row), position=row.position, previous=previous) != row.hash:
                found.faults.append(Fault(row.position, "changed"))
            if kept is not None and row.position == kept.position and row.hash != kept.hash:
                found.faults.append(Fault(row.position, "head"))
            expected, previous = row.position + 1, row.hash
            found.entries += 1
            found.head = Head(row.position, row.hash)
            if len(found.faults) >= FAULTS_TOLD:
                return found
    if kept is not None and kept.position > found.head.position:
        found.faults.append(Fault(found.head.position + 1, "missing"))
    unsealed = select(func.count()).select_from(AuditEntry).where(AuditEntry.position.is_(None))
    found.unsealed = await session.scalar(unsealed) or 0
    return found


async def _sealed_after(session: AsyncSession, position: int) -> list[Row[Any]]:
    asked = select(*_ROW).where(AuditEntry.position > position).order_by(AuditEntry.position).limit(5 * BATCH)
    return list((await session.execute(asked)).all())
