"""Who writes to people outside their hours is told when they are back: once in a conversation and closed period."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.cases import promising
from crm_backend.conversations.model import Conversation, Message
from crm_backend.conversations.notices import notice
from crm_backend.conversations.schema import BOT, Button, InboundMessage, Value, owner_kind
from crm_backend.routing import services as routing

BACK_AT = "back_at"
"""In the content of a notice: when the team is back."""
_FOR_PEOPLE = frozenset({"encrypted", "too_large"})
"""What is handed to people at once. Not `too_many`: one more automatic answer is what that is about."""


class Back(Value):
    """When the team is back, and how that is said in a sentence: `tomorrow at 9 am`."""

    at: datetime
    spoken: str


Away = Callable[[datetime, str], Back | None]
"""When the team is back from where it is at an instant, said in a language; None while it should be there, and where
its hours are not known."""


class Said(Value):
    """What the customer is told, and what is noted of it in the message."""

    text: str
    noted: dict[str, Any]
    buttons: Sequence[Button] = ()
    author: Literal["system", "bot"] = "system"

    @classmethod
    def of(cls, key: str, conversation: Conversation) -> Said:
        """A notice in the language of the conversation."""
        return cls(text=notice(key, conversation.language), noted={})


async def to_tell(
    session: AsyncSession, conversation: Conversation, inbound: InboundMessage, away: Away, now: datetime
) -> Said | None:
    """What to tell who has just written this in a locked conversation; None for most, at no cost: the assistant answers
    at any hour, and by day people do.

    Whoever waits in a queue since these same closed hours was told when they came into it.
    """
    people = owner_kind(conversation.owner) != BOT or inbound.automatic in _FOR_PEOPLE
    if not people or inbound.by_machine or inbound.automatic == "too_many":
        return None
    back = away(now, conversation.language)
    if back is None:
        return None
    waits = conversation.waiting_since if owner_kind(conversation.owner) == "queue" else None
    since = away(waits, conversation.language) if waits else None
    if since is not None and since.at == back.at:
        return None
    noted = {BACK_AT: back.at.isoformat()}
    before = select(Message.id).where(
        Message.conversation_id == conversation.id,
        Message.author == "system",
        Message.content[BACK_AT].astext == noted[BACK_AT],
    )
    if await session.scalar(before.limit(1)) is not None or await routing.agents_present(session):
        return None
    return Said(text=notice("away", conversation.language, back=back.spoken), noted=noted)


async def sorry(
    session: AsyncSession, away: Away | None, *, language: str, now: datetime, conversation_id: UUID | None = None
) -> str:
    """The apology of an assistant that hands over because it failed. While nobody is there it tells when people are
    back, and the number of the case that `conversation_id` becomes."""
    words, back = [notice("failure", language)], away(now, language) if away else None
    if await routing.agents_present(session):
        return words[0]
    if back is not None:
        words.append(notice("back", language, back=back.spoken))
    if conversation_id is not None:
        promise = await promising.promise(session, conversation_id, opens=back.at if back else None, now=now)
        words.append(notice("case_number", language, number=promise.number))
    return " ".join(words)
