"""The files that came with a message: tied to it where they are kept, and fetched where the platform still has them."""

from __future__ import annotations

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.attachments.model import Attachment
from crm_backend.conversations.model import Message
from crm_backend.conversations.schema import InboundMessage, IncomingFile
from crm_backend.errors import BadInput
from crm_backend.texts import clean_name

MAX_FILES = 50


async def attach(session: AsyncSession, message: Message, inbound: InboundMessage) -> None:
    """Ties files that are kept to the message, and queues the fetching of those the platform still has."""
    for position, file in enumerate(inbound.files[:MAX_FILES]):
        if file.id is not None:
            await _tie(session, message, file, position)
        elif file.remote is not None:
            session.add(
                Attachment(
                    message_id=message.id,
                    position=position,
                    kind=file.kind,
                    name=clean_name(file.name),
                    media_type=clean_name(file.media_type) or "application/octet-stream",
                    size=max(0, file.size),
                    inline=file.inline,
                    state="pending",
                    channel=inbound.channel,
                    account=inbound.account,
                    remote=file.remote,
                )
            )


async def _tie(session: AsyncSession, message: Message, file: IncomingFile, position: int) -> None:
    tied = await session.scalar(
        update(Attachment)
        .where(
            Attachment.id == file.id,
            Attachment.message_id.is_(None),
            Attachment.uploaded_by.is_not_distinct_from(file.uploaded_by),
        )
        .values(message_id=message.id, position=position, inline=file.inline)
        .returning(Attachment.id)
    )
    if tied is None:
        raise BadInput("no such file")
