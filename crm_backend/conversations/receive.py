"""Taking in what a customer said: stored once, in the right conversation, with a turn queued behind it."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.conversations import stream
from crm_backend.conversations.model import Conversation, Message, Turn
from crm_backend.conversations.schema import BOT, NOBODY, InboundMessage, Press, Received, owner_kind
from crm_backend.conversations.texts import MAX_LENGTH, clean
from crm_backend.customers.model import CHANNEL_KINDS, Identity
from crm_backend.database import new_id, utc_now
from crm_backend.errors import BadInput, NotFound

PROOF_KEPT = timedelta(hours=12)
"""Silence after which a proof no longer holds."""

_WORD = re.compile(r"[^\w]+")


async def receive(
    session: AsyncSession, inbound: InboundMessage, *, default_language: str = "fr", max_length: int = MAX_LENGTH
) -> Received:
    """Stores one inbound message and queues its turn; a redelivery (same channel and external id) changes nothing.

    The caller commits, and only then tells the platform. Raises Empty, TooLong, BadInput (a button nobody offered) and
    NotFound (a conversation that is not this person's).
    """
    text = clean(inbound.text, max_length=max_length)
    now = utc_now()
    # The identity's lock puts deliveries for one person in a row: no two first conversations, no double storing.
    identity = await _identity(session, inbound.identity_kind, inbound.identity_value)
    if known := await _stored_before(session, inbound):
        return known
    conversation = await _conversation(session, inbound, identity, default_language, now)
    content = await _meaning(session, conversation, inbound, text)
    if conversation.owner == NOBODY or now - conversation.last_message_at > PROOF_KEPT:
        # Who writes now need not be who proved to be the customer: the same browser may serve others.
        conversation.proof = _first_proof(conversation, identity)
    if conversation.owner == NOBODY:
        conversation.owner, conversation.closed_at = BOT, None
        conversation.dialogue_state = None
        conversation.version += 1
    message = stream.append(
        session,
        conversation,
        author="customer",
        text=content.pop("title", text),
        now=now,
        language=inbound.language,
        content=content,
        external_id=inbound.external_id,
    )
    if owner_kind(conversation.owner) != BOT and conversation.waiting_since is None:
        conversation.waiting_since = now
    await session.flush()
    session.add(Turn(conversation_id=conversation.id, message_id=message.id, seq=message.seq))
    await session.flush()
    return Received(conversation_id=conversation.id, message_id=message.id, seq=message.seq, owner=conversation.owner)


async def _identity(session: AsyncSession, kind: str, value: str) -> Identity:
    if kind not in CHANNEL_KINDS:
        raise BadInput(f"{kind} is no channel account")
    await session.execute(
        insert(Identity).values(id=new_id(), kind=kind, value=value, proof="none").on_conflict_do_nothing()
    )
    # Without the key: who updates a conversation twice has its foreign key checked, and must not wait for us while we
    # wait for the conversation.
    found = await session.scalar(
        select(Identity).where(Identity.kind == kind, Identity.value == value).with_for_update(key_share=True)
    )
    assert found is not None
    return found


async def _stored_before(session: AsyncSession, inbound: InboundMessage) -> Received | None:
    row = (
        await session.execute(
            select(Message.conversation_id, Message.id, Message.seq, Conversation.owner)
            .join(Conversation, Conversation.id == Message.conversation_id)
            .where(Message.channel == inbound.channel, Message.external_id == inbound.external_id)
        )
    ).first()
    if row is None:
        return None
    return Received(conversation_id=row[0], message_id=row[1], seq=row[2], owner=row[3], duplicate=True)


async def _conversation(
    session: AsyncSession, inbound: InboundMessage, identity: Identity, default_language: str, now: datetime
) -> Conversation:
    if inbound.conversation_id is not None:
        found = await stream.locked(session, inbound.conversation_id)
        if found.identity_id != identity.id or found.channel != inbound.channel:
            raise NotFound("no such conversation")
        return found
    if not inbound.start_new and (latest := await latest_open(session, identity.id, inbound.channel)):
        return await stream.locked(session, latest)
    conversation = Conversation(
        id=new_id(),
        created_at=now,
        channel=inbound.channel,
        address=inbound.address,
        identity_id=identity.id,
        customer_id=identity.customer_id,
        proof="anonymous",
        language=inbound.language or default_language,
        owner=BOT,
        version=1,
        last_seq=0,
    )
    conversation.proof = _first_proof(conversation, identity)
    session.add(conversation)
    await session.flush()
    return conversation


def _first_proof(conversation: Conversation, identity: Identity) -> str:
    """What the channel itself vouches for, before anything is asked."""
    vouched = identity.customer_id is not None and identity.proof != "none"
    return "channel" if vouched and identity.customer_id == conversation.customer_id else "anonymous"


async def latest_open(session: AsyncSession, identity_id: UUID, channel: str) -> UUID | None:
    """The open conversation in which this identity last spoke on this channel."""
    found: UUID | None = await session.scalar(
        select(Conversation.id)
        .where(
            Conversation.identity_id == identity_id,
            Conversation.channel == channel,
            Conversation.owner != NOBODY,
        )
        .order_by(Conversation.last_message_at.desc())
        .limit(1)
    )
    return found


async def _meaning(
    session: AsyncSession, conversation: Conversation, inbound: InboundMessage, text: str
) -> dict[str, Any]:
    """What the message carries beside its words: the control it came from, or the button it stands for."""
    if inbound.action:
        return {"action": inbound.action}
    if inbound.press:
        button = await _button(session, conversation, inbound.press)
        return {"payload": button["payload"], "title": button["title"]}
    if conversation.last_seq and (chosen := await _chosen_by_words(session, conversation, text)):
        return {"payload": chosen["payload"]}
    return {}


async def _button(session: AsyncSession, conversation: Conversation, press: Press) -> dict[str, str]:
    buttons = await _buttons(session, conversation.id, press.seq)
    if press.index >= len(buttons):
        raise BadInput("no such button")
    return buttons[press.index]


async def _buttons(session: AsyncSession, conversation_id: UUID, seq: int) -> list[dict[str, str]]:
    content = await session.scalar(
        select(Message.content).where(
            Message.conversation_id == conversation_id, Message.seq == seq, Message.author == "bot"
        )
    )
    buttons: list[dict[str, str]] = (content or {}).get("buttons", [])
    return buttons


async def _chosen_by_words(session: AsyncSession, conversation: Conversation, text: str) -> dict[str, str] | None:
    """The button of the last message whose title, or else whose number, the customer typed."""
    buttons = await _buttons(session, conversation.id, conversation.last_seq)
    said = _plain(text)
    titles = [_plain(button["title"]) for button in buttons]
    numbers = [str(position) for position in range(1, len(buttons) + 1)]
    for names in (titles, numbers):
        if said in names:
            return buttons[names.index(said)]
    return None


def _plain(text: str) -> str:
    # A title may be a lone emoji: without its letters every one would be the same.
    return _WORD.sub(" ", text.casefold()).strip() or text.strip()
