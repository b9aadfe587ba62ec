"""Where a conversation may go on, and what takes it there: a link with a code that proves the same person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.accounts.elsewhere import Elsewhere
from crm_backend.accounts.elsewhere import elsewhere as accounts_elsewhere
from crm_backend.conversations.model import Conversation, Message
from crm_backend.conversations.receiving import joining
from crm_backend.database import utc_now
from crm_backend.errors import NotFound


@dataclass(frozen=True)
class Standing:
    """Where a conversation is now, and the accounts on other channels that it may be taken to.

    `overheard` when others read what is said there (a mail with copies, a group): a code would be theirs as well.
    """

    channel: str
    ways: tuple[Elsewhere, ...]
    overheard: bool


@dataclass(frozen=True)
class Along:
    """What is given to the person: the address that opens the other channel and brings the code, the code, its end."""

    channel: str
    link: str
    code: str
    expires: datetime


async def standing(session: AsyncSession, conversation_id: UUID) -> Standing:
    """Where the conversation may go on. Raises NotFound."""
    channel = await session.scalar(_CHANNEL, {"conversation": conversation_id})
    if channel is None:
        raise NotFound("no such conversation")
    details = await session.scalar(_LAST_HEARD, {"conversation": conversation_id}) or {}
    overheard = bool(details.get("cc") or details.get("group"))
    found = [] if overheard else await accounts_elsewhere(session)
    return Standing(channel, tuple(one for one in found if one.channel != channel), overheard)


async def take_along(session: AsyncSession, conversation_id: UUID, channel: str) -> Along:
    """A code for this conversation, good once, and the link that brings it to the channel.

    Raises NotFound where the conversation may not go on there.
    """
    known = await standing(session, conversation_id)
    way = next((one for one in known.ways if one.channel == channel), None)
    if way is None:
        raise NotFound("not offered")
    code = await joining.make_code(session, conversation_id=conversation_id)
    return Along(channel, way.with_code(code), code, utc_now() + joining.GOOD_FOR)


# Made once: putting a statement together takes longer than running it.
_CHANNEL = select(Conversation.channel).where(Conversation.id == bindparam("conversation"))
_LAST_HEARD = (
    select(Message.details)
    .where(Message.conversation_id == bindparam("conversation"), Message.author == "customer")
    .order_by(Message.seq.desc())
    .limit(1)
)
