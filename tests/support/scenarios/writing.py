"""What a simulated customer sends, as their channel would tell it: words, buttons, files, and silence before them."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import exists, select

from crm_backend.attachments import services as attachments
from crm_backend.attachments.model import Attachment
from crm_backend.attachments.services import Looked
from crm_backend.conversations.model import Conversation
from crm_backend.conversations.schema import InboundMessage, IncomingFile, Press, Vouched
from crm_backend.database import new_id
from server.app import Parts
from tests.support.scenarios.customer import Saying

FILES = {
    "photo": Looked(kind="image", media_type="image/jpeg", name="photo.jpg", size=3, sha256="0", width=1, height=1),
    "voice": Looked(kind="audio", media_type="audio/ogg", name="vocal.ogg", size=3, sha256="0"),
}


@dataclass(frozen=True)
class Writer:
    """Who writes: a browser; perhaps signed in on the company's site, or with a telephone number vouched for."""

    visitor: str
    language: Literal["fr", "en"]
    account: str | None = None
    phone: str | None = None


async def inbound(company: Parts, writer: Writer, saying: Saying) -> InboundMessage:
    """The message; its file is uploaded before it."""
    kind, value = ("account", writer.account) if writer.account else ("browser", writer.visitor)
    told: dict[str, Any] = {"identity_kind": kind, "identity_value": value, "address": value}
    told["signed_in"] = writer.account is not None
    if writer.phone:
        told["vouched"] = Vouched(kind="phone", value=writer.phone)
    if saying.button:
        told["press"] = Press(seq=saying.button.seq, index=saying.button.index)
    if saying.file:
        told["files"] = [IncomingFile(id=await _uploaded(company, saying.file, writer), uploaded_by=writer.visitor)]
    return InboundMessage(
        channel="webchat", external_id=new_id().hex, text=saying.text, language=writer.language, **told
    )


async def is_attached(company: Parts, message: UUID) -> bool:
    """Whether a file is kept with this message."""
    async with company.sessions() as session:
        return bool(await session.scalar(select(exists().where(Attachment.message_id == message))))


async def silence(company: Parts, conversation: UUID, *, hours: float) -> None:
    """Lets so many hours pass for the open task, and for the conversation."""
    before = timedelta(hours=hours)
    async with company.sessions.begin() as session:
        row = await session.get_one(Conversation, conversation, with_for_update=True)
        row.last_message_at -= before
        state = deepcopy(row.dialogue_state)
        if task := ((state or {}).get("slots") or {}).get("task"):
            task["at"] = (datetime.fromisoformat(task["at"]) - before).isoformat()
            row.dialogue_state = state


async def _uploaded(company: Parts, file: str, writer: Writer) -> UUID:
    made = new_id()
    async with company.sessions.begin() as session:
        await attachments.add(session, made, FILES[file], uploaded_by=writer.visitor)
    return made
