"""Files in the database: what was kept, which message took it, what is still to be fetched, what may go."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict
from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.attachments.limits import MAX_LOOSE
from crm_backend.attachments.model import Attachment
from crm_backend.attachments.schema import FileKind, FileRef
from crm_backend.database import new_id, utc_now
from crm_backend.errors import BadInput, NotFound, RateLimited

MAX_ATTEMPTS = 10


class Looked(BaseModel):
    """What looking at a file told: facts, where its sender's words were hints."""

    model_config = ConfigDict(frozen=True)

    kind: FileKind
    media_type: str
    name: str
    size: int
    sha256: str
    width: int | None = None
    height: int | None = None


class Wanted(BaseModel):
    """A leased file that its platform still has."""

    model_config = ConfigDict(frozen=True)

    id: UUID
    lease: UUID
    attempts: int
    channel: str
    account: str
    remote: dict[str, Any]
    name: str
    declared_type: str
    created_at: datetime


def made_in(turn_id: UUID) -> str:
    """As whom the assistant keeps what it makes in a turn: only the answer of that turn may take it."""
    return f"turn:{turn_id}"


def ref_of(file: Attachment) -> FileRef:
    """What is told of the file."""
    return FileRef.model_validate(file, from_attributes=True)


async def add(session: AsyncSession, file_id: UUID, looked: Looked, *, uploaded_by: str | None = None) -> FileRef:
    """Notes a file whose bytes are stored already, under an identifier chosen before."""
    file = Attachment(id=file_id, state="kept", uploaded_by=uploaded_by, **looked.model_dump())
    session.add(file)
    await session.flush()
    return ref_of(file)


async def kept(session: AsyncSession, file_id: UUID) -> FileRef:
    """A file that is kept. Raises NotFound."""
    file = await session.get(Attachment, file_id)
    if file is None or file.state != "kept":
        raise NotFound("no such file")
    return ref_of(file)


async def room_for_another(session: AsyncSession, uploaded_by: str) -> None:
    """Raises RateLimited when this person has uploaded too many files without sending them."""
    loose = await session.scalar(
        select(func.count()).where(
            Attachment.message_id.is_(None), Attachment.held_by.is_(None), Attachment.uploaded_by == uploaded_by
        )
    )
    if (loose or 0) >= MAX_LOOSE:
        raise RateLimited("too many files that were never sent", retry_after=3600)


async def kept_before(session: AsyncSession, *, uploaded_by: str, sha256: str) -> FileRef | None:
    """The same content, which this person has uploaded before and not sent."""
    file = await session.scalar(
        select(Attachment)
        .where(
            Attachment.uploaded_by == uploaded_by,
            Attachment.sha256 == sha256,
            Attachment.message_id.is_(None),
            Attachment.held_by.is_(None),
            Attachment.state == "kept",
        )
        .order_by(Attachment.id)
        .limit(1)
    )
    return None if file is None else ref_of(file)


async def take(session: AsyncSession, file_ids: Sequence[UUID], *, uploaded_by: str) -> list[Attachment]:
    """The files that this person uploaded and no message has taken, in the order given, locked for the caller to tie.

    Raises BadInput when one of them is not such a file.
    """
    rows = await session.scalars(
        select(Attachment)
        .where(
            Attachment.id.in_(file_ids),
            Attachment.message_id.is_(None),
            Attachment.held_by.is_(None),
            Attachment.uploaded_by == uploaded_by,
            Attachment.state == "kept",
        )
        .order_by(Attachment.id)
        .with_for_update()
    )
    found = {file.id: file for file in rows}
    if len(found) != len(set(file_ids)):
        raise BadInput("no such file")
    return [found[file_id] for file_id in dict.fromkeys(file_ids)]


async def hand_on(session: AsyncSession, file_ids: Sequence[UUID], *, uploaded_by: str, to: str) -> None:
    """Has files that one person uploaded, and no message has taken, be taken by another who acts for them: `take` says
    which of them there are not."""
    loose = (Attachment.message_id.is_(None), Attachment.held_by.is_(None), Attachment.uploaded_by == uploaded_by)
    await session.execute(update(Attachment).where(Attachment.id.in_(file_ids), *loose).values(uploaded_by=to))


async def claim(session: AsyncSession, *, lease_seconds: float) -> Wanted | None:
    """Leases the file that has waited longest to be fetched; None when none may be fetched now."""
    now = utc_now()
    file = await session.scalar(
        select(Attachment)
        .where(
            Attachment.state == "pending",
            # Whose message was deleted is not wanted any more.
            Attachment.message_id.is_not(None),
            Attachment.available_at <= now,
            or_(Attachment.lease_until.is_(None), Attachment.lease_until < now),
        )
        .order_by(Attachment.available_at)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    if file is None:
        return None
    file.lease, file.lease_until = new_id(), now + timedelta(seconds=lease_seconds)
    file.attempts += 1
    await session.flush()
    return Wanted(
        id=file.id,
        lease=file.lease,
        attempts=file.attempts,
        channel=file.channel or "",
        account=file.account or "main",
        remote=file.remote or {},
        name=file.name,
        declared_type=file.media_type,
        created_at=file.created_at,
    )


async def fetched(session: AsyncSession, wanted: Wanted, looked: Looked) -> bool:
    """The bytes are stored; false, and nothing changed, when somebody else has the lease."""
    return await _settle(session, wanted, state="kept", remote=None, **looked.model_dump())


async def refused(session: AsyncSession, wanted: Wanted, *, reason: str) -> bool:
    """It was looked at and is not kept: `too_large`, `type`, `infected`, `broken`."""
    return await _settle(session, wanted, state="refused", refused=reason, remote=None)


async def lost(session: AsyncSession, wanted: Wanted) -> bool:
    """The platform does not have it any more, or never gave it."""
    return await _settle(session, wanted, state="lost", refused="gone", remote=None)


async def put_back(session: AsyncSession, wanted: Wanted, *, after: float | None = None, patient: bool = False) -> bool:
    """Tries again after `after` seconds, or after 2, 4, 8 … up to 900 with jitter; false when given up as lost.

    With `patient` it is never given up: the fault is ours, not the file's.
    """
    if wanted.attempts >= MAX_ATTEMPTS and not patient:
        await lost(session, wanted)
        return False
    # Of a file that is tried for days only the last powers matter, and 2 ** 1000 is no float.
    pause = after if after is not None else min(900.0, 2.0 ** min(wanted.attempts, 12)) * random.uniform(0.5, 1)  # noqa: S311
    await _settle(session, wanted, available_at=utc_now() + timedelta(seconds=pause))
    return True


async def _settle(session: AsyncSession, wanted: Wanted, **values: Any) -> bool:
    settled = await session.scalar(
        update(Attachment)
        .where(Attachment.id == wanted.id, Attachment.lease == wanted.lease)
        .values(lease=None, lease_until=None, **values)
        .returning(Attachment.id)
    )
    return settled is not None


async def drop_loose(session: AsyncSession, *, before: datetime, limit: int = 100) -> list[UUID]:
    """Deletes up to `limit` files older than `before` that nothing took; whose bytes the caller now deletes."""
    loose = (
        select(Attachment.id)
        .where(Attachment.message_id.is_(None), Attachment.held_by.is_(None), Attachment.created_at < before)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    gone = await session.scalars(delete(Attachment).where(Attachment.id.in_(loose)).returning(Attachment.id))
    return list(gone)
