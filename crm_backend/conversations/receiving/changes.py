"""What a customer does to a message they sent before: edits it, deletes it, or reacts to one of ours."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.attachments.model import Attachment
from crm_backend.conversations import stream
from crm_backend.conversations.model import UNFINISHED, Conversation, Message, SentPart, Turn
from crm_backend.conversations.schema import BOT, InboundMessage, Received
from crm_backend.customers.model import Identity
from crm_backend.errors import NotFound
from crm_backend.texts import shorten

EDITED_AT = "edited_at"
"""In a message's content: when the customer made the edit that it holds, as the platform tells."""


async def apply(
    session: AsyncSession, inbound: InboundMessage, *, identity: Identity, text: str, now: datetime
) -> Received:
    """Changes the message that `inbound.target` names. Doing it again changes nothing more.

    An edit is thought about when the assistant has not answered the message yet, or has it as the last word: the
    customer corrected what it answered. One that was made before the edit which the message already holds changes
    nothing, nor does one of a message that was deleted: platforms may tell of them out of order. What is deleted before
    it was answered is not answered. Raises NotFound when the message is unknown, or not this person's.
    """
    message = await _target(session, inbound, identity)
    conversation = await stream.locked(session, message.conversation_id)
    await session.refresh(message)
    if inbound.event == "reaction":
        _react(message, identity, shorten(text, 16))
    elif inbound.event == "deleted":
        message.text, message.content = "", {"deleted": True}
        # Files that no message has are forgotten after a day.
        await session.execute(update(Attachment).where(Attachment.message_id == message.id).values(message_id=None))
        # Whoever is thinking about it has lost the lease, and is not heard.
        await session.execute(
            update(Turn)
            .where(Turn.message_id == message.id, Turn.state.in_(UNFINISHED))
            .values(state="skipped", finished_at=now, lease=None)
        )
    elif text and not _is_superseded(message, inbound):
        if inbound.said_at is not None:
            message.content = {**message.content, EDITED_AT: inbound.said_at.isoformat()}
        if text != message.text:
            await _edit(session, conversation, message, text=text, now=now)
    await session.flush()
    return Received(conversation_id=conversation.id, message_id=message.id, seq=message.seq, owner=conversation.owner)


def _is_superseded(message: Message, inbound: InboundMessage) -> bool:
    """Whether the message already holds what came after this edit."""
    held = message.content.get(EDITED_AT)
    if message.content.get("deleted"):
        return True
    return held is not None and inbound.said_at is not None and inbound.said_at < datetime.fromisoformat(held)


async def _edit(
    session: AsyncSession, conversation: Conversation, message: Message, *, text: str, now: datetime
) -> None:
    edits = [*message.content.get("edits", []), {"text": message.text, "at": now.isoformat()}]
    kept = {key: value for key, value in message.content.items() if key not in ("payload", "action")}
    message.text, message.content = text, {**kept, "edits": edits[-20:]}
    # What is being thought about is thought about again, as it is now.
    await session.execute(
        update(Turn)
        .where(Turn.message_id == message.id, Turn.state == "running")
        .values(state="queued", lease=None, lease_until=None)
    )
    if conversation.owner == BOT and await _is_last_word(session, conversation, message):
        await session.execute(
            update(Turn)
            .where(Turn.message_id == message.id, Turn.state.in_(("done", "failed", "skipped")))
            .values(state="queued", attempts=0, finished_at=None, lease=None, lease_until=None)
        )


async def _target(session: AsyncSession, inbound: InboundMessage, identity: Identity) -> Message:
    found: Message | None = None
    if inbound.target is not None:
        found = await session.scalar(
            select(Message).where(Message.channel == inbound.channel, Message.external_id == inbound.target)
        )
        if found is not None and found.identity_id != identity.id:
            found = None
        if found is None and inbound.event == "reaction":
            found = await session.scalar(
                select(Message)
                .join(SentPart, SentPart.message_id == Message.id)
                .join(Conversation, Conversation.id == Message.conversation_id)
                .where(
                    SentPart.channel == inbound.channel,
                    SentPart.account == inbound.account,
                    SentPart.platform_id == inbound.target,
                    Conversation.identity_id == identity.id,
                )
            )
    if found is None:
        raise NotFound("no such message")
    return found


def _react(message: Message, identity: Identity, emoji: str) -> None:
    reactions = {key: value for key, value in message.content.get("reactions", {}).items() if key != str(identity.id)}
    if emoji:
        reactions[str(identity.id)] = emoji
    message.content = {**message.content, "reactions": reactions}


async def _is_last_word(session: AsyncSession, conversation: Conversation, message: Message) -> bool:
    later = await session.scalar(
        select(Message.id)
        .where(
            Message.conversation_id == conversation.id,
            Message.seq > message.seq,
            Message.author.in_(("customer", "agent")),
        )
        .limit(1)
    )
    return later is None
