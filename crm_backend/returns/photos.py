"""Pictures that show why something comes back: seen before the parcel is here."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import Actor
from crm_backend.attachments import services as attachments
from crm_backend.attachments.model import Attachment
from crm_backend.attachments.schema import FileRef
from crm_backend.errors import BadInput, Invalid
from crm_backend.returns.model import Return, ReturnFile

MOST = 6


async def keep(session: AsyncSession, made: Return, file_ids: Sequence[UUID], *, actor: Actor) -> None:
    """Keeps pictures that the actor uploaded with a return that is being asked for. Raises Invalid for too many, and
    for what is not theirs, taken already, or no picture."""
    if len(file_ids) > MOST:
        raise Invalid("files", "too_many_pictures", most=MOST)
    if not file_ids:
        return
    try:
        files = await attachments.take(session, file_ids, uploaded_by=actor.name)
    except BadInput as error:
        raise Invalid("files", "unknown_picture") from error
    for at, file in enumerate(files):
        if file.kind != "image":
            raise Invalid("files", "not_a_picture")
        file.held_by = f"return:{made.id}"
        session.add(ReturnFile(return_id=made.id, file_id=file.id, position=at))


async def of(session: AsyncSession, return_ids: Collection[UUID]) -> dict[UUID, list[FileRef]]:
    """The pictures of returns, in the order in which they were sent; nothing for those without any. For whoever has
    checked that the returns may be read."""
    rows = await session.execute(
        select(ReturnFile.return_id, Attachment)
        .join(Attachment, Attachment.id == ReturnFile.file_id)
        .where(ReturnFile.return_id.in_(return_ids))
        .order_by(ReturnFile.position)
    )
    found: dict[UUID, list[FileRef]] = {}
    for return_id, file in rows.tuples():
        found.setdefault(return_id, []).append(attachments.ref_of(file))
    return found
