"""What a message should have been understood as, in the word of somebody who supervises: for the assistant to learn."""

from __future__ import annotations

import re
from collections.abc import Collection
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import Actor
from crm_backend.audit import services as audit
from crm_backend.conversations.model import Message
from crm_backend.conversations.schema import Value
from crm_backend.database import utc_now
from crm_backend.errors import Invalid, NotFound, NotNow

CORRECTED = "corrected"
"""In a message's understanding: the intent it should have had, by whom and when."""
_NAME = re.compile(r"[a-z][a-z_]{0,59}")


class Correction(Value):
    """A customer's message with the intent that a person gave it. `language` is null where it is not known."""

    text: str
    language: str | None
    intent: str
    understood: str | None


async def correct(
    session: AsyncSession,
    *,
    conversation_id: UUID,
    seq: int,
    intent: str | None,
    intents: Collection[str],
    actor: Actor,
) -> None:
    """Says what the message is about, as one of `intents`; with None what was said is taken back. Saying what the
    assistant understood confirms it. Needs conversations.supervise. Raises NotFound, Invalid, and NotNow for a message
    that the assistant did not read."""
    actor.need("conversations.supervise")
    if intent is not None and (not _NAME.fullmatch(intent) or intent not in intents):
        raise Invalid("intent", "unknown_intent")
    message = await session.scalar(
        select(Message)
        .where(Message.conversation_id == conversation_id, Message.seq == seq)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if message is None:
        raise NotFound("no such message")
    if message.author != "customer" or not message.text or not message.understanding:
        raise NotNow("not_understood_yet")
    kept = {key: value for key, value in message.understanding.items() if key != CORRECTED}
    if intent is not None:
        kept[CORRECTED] = {"intent": intent, "by": actor.name, "at": utc_now().isoformat()}
    message.understanding = kept
    done = "understanding.corrected" if intent else "understanding.restored"
    subject = ("conversation", conversation_id)
    audit.record(session, actor=actor, action=done, subject=subject, seq=seq, intent=intent)
    await session.flush()


async def corrections(session: AsyncSession, *, actor: Actor, most: int = 100_000) -> list[Correction]:
    """All that were corrected or confirmed and are still there, the oldest first. Needs conversations.supervise."""
    actor.need("conversations.supervise")
    given = Message.understanding[CORRECTED]["intent"].astext
    rows = await session.execute(
        select(Message.text, Message.language, given, Message.understanding["intent"].astext)
        .where(Message.understanding.has_key(CORRECTED), func.length(Message.text) > 0)
        .order_by(Message.created_at, Message.id)
        .limit(most)
    )
    return [
        Correction(text=text, language=language, intent=intent, understood=understood)
        for text, language, intent, understood in rows.tuples()
    ]
