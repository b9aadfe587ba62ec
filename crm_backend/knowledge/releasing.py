"""What is planned happens: versions go public at their instant and leave at theirs, once each."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import SYSTEM
from crm_backend.audit.services import record
from crm_backend.errors import Invalid, NotFound
from crm_backend.knowledge import publishing
from crm_backend.knowledge.drafts import locked
from crm_backend.knowledge.model import ArticleVersion
from crm_backend.knowledge.publishing import Vectors, embedded
from crm_backend.knowledge.reviewing import release, told_of_withdrawal

AT_ONCE = 20


async def due(session: AsyncSession, *, now: datetime) -> list[tuple[UUID, list[str]]]:
    """The versions whose instant has come, the longest overdue first, with the texts whose vectors `go_public` needs:
    they are computed before anything is locked."""
    rows = await session.scalars(
        select(ArticleVersion)
        .where(ArticleVersion.status == "scheduled", ArticleVersion.publish_at <= now)
        .order_by(ArticleVersion.publish_at)
        .limit(AT_ONCE)
    )
    return [(row.id, embedded(row)) for row in rows]


async def ending(session: AsyncSession, *, now: datetime) -> list[UUID]:
    """The published versions whose end has come."""
    rows = await session.scalars(
        select(ArticleVersion.id)
        .where(ArticleVersion.status == "published", ArticleVersion.expire_at <= now)
        .order_by(ArticleVersion.expire_at)
        .limit(AT_ONCE)
    )
    return list(rows)


async def go_public(
    session: AsyncSession, version_id: UUID, *, texts: list[str], vectors: Vectors, now: datetime
) -> bool:
    """Publishes a planned version; false when it was taken back, changed or published meanwhile.

    One whose address another article took becomes a draft again, with the reason as its review's note.
    """
    try:
        article, row = await locked(session, version_id)
    except NotFound:
        return False
    if row.status != "scheduled" or row.publish_at is None or row.publish_at > now or embedded(row) != texts:
        return False

    async def known(_: list[str]) -> Vectors:
        return vectors

    try:
        await release(session, SYSTEM, article, row, known)
    except Invalid as fault:
        row.status, row.publish_at, row.review_note = "draft", None, fault.reason
        await session.flush()
        record(session, actor=SYSTEM, action="sent_back", subject=("article_version", row.id), reason=fault.reason)
        return False
    return True


async def go_away(session: AsyncSession, version_id: UUID, *, now: datetime) -> bool:
    """Takes a version whose end has come away from readers; false when that has changed meanwhile."""
    try:
        article, row = await locked(session, version_id)
    except NotFound:
        return False
    if row.status != "published" or row.expire_at is None or row.expire_at > now:
        return False
    await publishing.hide(session, article, row)
    told_of_withdrawal(session, SYSTEM, article, row, "expired")
    return True
