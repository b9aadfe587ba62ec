"""Reading the audit log."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import Actor
from crm_backend.audit.model import AuditEntry
from crm_backend.audit.sealing import Head, head
from crm_backend.errors import NotFound


def entries(
    reader: Actor,
    *,
    actor: str | None = None,
    action: str | None = None,
    subject_kind: str | None = None,
    subject_id: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> Select[Any]:
    """The entries that fit; `until` is not among them. Raises NotAllowed."""
    reader.need("audit.read")
    found = select(AuditEntry)
    for column, wanted in (
        (AuditEntry.actor, actor),
        (AuditEntry.action, action),
        (AuditEntry.subject_kind, subject_kind),
        (AuditEntry.subject_id, subject_id),
    ):
        if wanted is not None:
            found = found.where(column == wanted)
    if since is not None:
        found = found.where(AuditEntry.created_at >= since)
    if until is not None:
        found = found.where(AuditEntry.created_at < until)
    return found


async def entry(session: AsyncSession, entry_id: UUID, *, reader: Actor) -> AuditEntry:
    """One entry. Raises NotFound, NotAllowed."""
    reader.need("audit.read")
    found = await session.get(AuditEntry, entry_id)
    if found is None:
        raise NotFound("no such entry")
    return found


async def chain_head(session: AsyncSession, *, reader: Actor) -> Head:
    """The last link of the chain. Raises NotAllowed."""
    reader.need("audit.read")
    return await head(session)
