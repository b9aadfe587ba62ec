"""Who follows a case beside the agent who works on it, and the files that are kept with it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import Actor
from crm_backend.attachments import services as attachments
from crm_backend.attachments.model import Attachment
from crm_backend.attachments.schema import FileRef
from crm_backend.cases import events, rows
from crm_backend.cases.model import Case, CaseFile, CaseWatcher
from crm_backend.database import utc_now
from crm_backend.errors import BadInput, Invalid, NotFound, NotNow

MOST_WATCHERS = 50
MOST_FILES = 100


async def watch(
    session: AsyncSession, case_id: UUID, *, actor: Actor, agent_id: UUID, now: datetime | None = None
) -> bool:
    """Has an agent follow a case; whether they did not before. Raises NotFound, NotAllowed, Invalid, NotNow."""
    actor.need("cases.write")
    case = await rows.locked(session, case_id)
    await rows.agent(session, agent_id)
    count = await session.scalar(select(func.count()).where(CaseWatcher.case_id == case.id))
    if (count or 0) >= MOST_WATCHERS:
        raise NotNow("case_too_many_watchers", most=MOST_WATCHERS)
    done: Any = await session.execute(
        insert(CaseWatcher).values(case_id=case.id, agent_id=agent_id).on_conflict_do_nothing()
    )
    if done.rowcount:
        at = now or utc_now()
        await events.happened(session, case, actor=actor, action="watched", at=at, agent_id=str(agent_id))
    return bool(done.rowcount)


async def unwatch(
    session: AsyncSession, case_id: UUID, *, actor: Actor, agent_id: UUID, now: datetime | None = None
) -> bool:
    """Has an agent follow a case no more; whether they did. Raises NotFound, NotAllowed."""
    actor.need("cases.write")
    case = await rows.locked(session, case_id)
    done: Any = await session.execute(
        delete(CaseWatcher).where(CaseWatcher.case_id == case.id, CaseWatcher.agent_id == agent_id)
    )
    if done.rowcount:
        at = now or utc_now()
        await events.happened(session, case, actor=actor, action="unwatched", at=at, agent_id=str(agent_id))
    return bool(done.rowcount)


async def attach(
    session: AsyncSession, case_id: UUID, *, actor: Actor, file_id: UUID, now: datetime | None = None
) -> FileRef:
    """Keeps a file that the actor uploaded with the case. Raises NotFound, NotAllowed, NotNow, and Invalid for a file
    that is not theirs or taken already."""
    actor.need("cases.write")
    case = await rows.locked(session, case_id)
    at = now or utc_now()
    (file,) = await keep(session, case, [file_id], actor=actor, at=at, field="file_id")
    case.updated_at = at
    await session.flush()
    await events.happened(session, case, actor=actor, action="attached", at=at, file_id=str(file.id))
    return attachments.ref_of(file)


async def keep(
    session: AsyncSession,
    case: Case,
    file_ids: Sequence[UUID],
    *,
    actor: Actor,
    at: datetime,
    comment_id: UUID | None = None,
    field: str = "files",
) -> list[Attachment]:
    """Ties files that the actor uploaded to a locked case, or to a comment on it. Raises Invalid for one that is not
    theirs or taken already, NotNow for more than a case keeps."""
    if not file_ids:
        return []
    count = await session.scalar(select(func.count()).where(CaseFile.case_id == case.id))
    if (count or 0) + len(file_ids) > MOST_FILES:
        raise NotNow("case_too_many_files", most=MOST_FILES)
    try:
        taken = await attachments.take(session, file_ids, uploaded_by=actor.name)
    except BadInput as error:
        raise Invalid(field, "case_unknown") from error
    for file in taken:
        file.held_by = f"case:{case.id}"
        session.add(CaseFile(case_id=case.id, file_id=file.id, comment_id=comment_id, added_by=actor.name, added_at=at))
    return taken


async def of_comment(session: AsyncSession, comment_id: UUID) -> list[CaseFile]:
    """The files that were put with a comment."""
    return list(await session.scalars(select(CaseFile).where(CaseFile.comment_id == comment_id)))


async def let_go(session: AsyncSession, kept: CaseFile) -> None:
    """Keeps a file with its case no more: its bytes go with the next sweep."""
    file = await session.get_one(Attachment, kept.file_id)
    file.held_by = None
    await session.delete(kept)
    await session.flush()


async def detach(
    session: AsyncSession, case_id: UUID, *, actor: Actor, file_id: UUID, now: datetime | None = None
) -> None:
    """Keeps a file with the case no more: its bytes go with the next sweep. Raises NotFound, NotAllowed."""
    actor.need("cases.write")
    case = await rows.locked(session, case_id)
    kept = await session.get(CaseFile, (case.id, file_id))
    if kept is None:
        raise NotFound("no such file")
    await let_go(session, kept)
    at = case.updated_at = now or utc_now()
    await events.happened(session, case, actor=actor, action="detached", at=at, file_id=str(file_id))


async def files(session: AsyncSession, case_id: UUID, *, actor: Actor) -> list[tuple[FileRef, UUID | None]]:
    """The files of a case, each with the comment it came with if any, the oldest first. Raises NotAllowed."""
    actor.need("cases.read")
    found = await session.execute(
        select(Attachment, CaseFile.comment_id)
        .join(CaseFile, CaseFile.file_id == Attachment.id)
        .where(CaseFile.case_id == case_id)
        .order_by(CaseFile.added_at, Attachment.id)
    )
    return [(attachments.ref_of(file), comment_id) for file, comment_id in found]
