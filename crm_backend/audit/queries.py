"""Reading the audit log."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import Actor
from crm_backend.audit.model import AuditEntry
from crm_backend.audit.sealing import Head, head
from crm_backend.database import utc_now
from crm_backend.errors import NotFound

STRETCH = timedelta(hours=1)
"""How long what is saved by itself while somebody writes is one deed."""


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


async def audited(
    session: AsyncSession, *, actor: Actor, action: str, subject: tuple[str, object], fields: Collection[str]
) -> bool:
    """Whether the newest entry about the subject tells it already: the actor did the same, to these fields at least,
    within `STRETCH`. Entries hold no values of what people wrote, so another one would say nothing more."""
    kind, identifier = subject
    newest = await session.scalar(
        select(AuditEntry)
        .where(AuditEntry.subject_kind == kind, AuditEntry.subject_id == str(identifier))
        .order_by(AuditEntry.created_at.desc(), AuditEntry.id.desc())
        .limit(1)
    )
    if newest is None or (newest.actor, newest.action) != (actor.name, action):
        return False
    return newest.created_at > utc_now() - STRETCH and set(fields) <= set(newest.new or {})
