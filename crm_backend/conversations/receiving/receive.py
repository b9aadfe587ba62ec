"""Taking in what a customer said: stored once, in the right conversation, with a turn queued behind it."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.conversations import stream, taking_in
from crm_backend.conversations.choices import meaning
from crm_backend.conversations.handing_over import asking, confirming, snoozes
from crm_backend.conversations.model import Conversation, Message, Turn
from crm_backend.conversations.participants import goes_on_here
from crm_backend.conversations.receiving import changes, enclosed, said_at_once
from crm_backend.conversations.receiving.belonging import around, conversation_of, place_before, prove
from crm_backend.conversations.receiving.foreseen import Foreseen, foreseen
from crm_backend.conversations.receiving.storable import storable
from crm_backend.conversations.schema import (
    BOT,
    NOBODY,
    InboundMessage,
    Received,
    Reply,
    owner_agent,
    owner_kind,
)
from crm_backend.conversations.thinking import turns
from crm_backend.conversations.thinking.answering import Unchanged
from crm_backend.conversations.thinking.claiming import Claimed, Hand
from crm_backend.conversations.waiting import away as absence
from crm_backend.conversations.waiting import instead
from crm_backend.conversations.waiting.away import Away, Said
from crm_backend.customers import people
from crm_backend.customers.model import ACCOUNT, Identity
from crm_backend.database import utc_now
from crm_backend.errors import BadInput, Empty
from crm_backend.pushes import services as pushes
from crm_backend.texts import MAX_LENGTH, clean, clean_name


class MoreToAsk(Exception):
    """A message that cannot be stored without waiting for others."""


class _NothingMore:
    """Stands for a session where nothing more may be asked of the database."""

    def __getattr__(self, name: str) -> Any:
        raise MoreToAsk


async def receive(
    session: AsyncSession,
    inbound: InboundMessage,
    *,
    default_language: str = "fr",
    max_length: int = MAX_LENGTH,
    away: Away | None = None,
    at_once: bool = False,
    unlocked: bool = False,
    hand: Hand | None = None,
) -> Received:
    """Stores one inbound message and queues its turn; a redelivery (same channel and external id) changes nothing.

    The caller commits, and only then tells the platform. Raises Empty, TooLong, BadInput (a button nobody offered, an
    identifier that cannot be kept) and NotFound (a conversation that is not this person's, or a change to a message
    nobody knows). With `at_once` it raises MoreToAsk, with nothing written, for what is not the way of nearly every
    message: that may wait for what others have locked. So it does with `unlocked`, for which the session is one of
    `database.one_by_one`: one statement reads, one writes, and nothing else is asked. Its turn `hand` may take then.
    """
    inbound = storable(inbound)
    text = _text(inbound, max_length)
    now = utc_now()
    ahead = await _ahead(session, inbound, at_once=at_once, unlocked=unlocked)
    # Reads do no harm, and are what a button costs; whatever else asks for more than one statement takes the long way.
    reading, session = session, cast("AsyncSession", _NothingMore()) if unlocked else session
    # The identity's lock puts deliveries for one person in a row: no two first conversations, no double storing.
    identity = _heard(ahead, inbound, now) if ahead else await _writer(session, inbound, now)
    if (ahead is None or ahead.stored) and (known := await _stored_before(session, inbound)):
        return known
    if inbound.event != "message":
        return await changes.apply(session, inbound, identity=identity, text=text, now=now)
    if rated := await asking.answer(session, inbound, identity, text, now):
        return rated
    customer_id = await _customer_of(session, inbound, identity, now)
    if ahead:
        belongs, neighbours = ahead.belongs, ahead.around
    else:
        belongs = await conversation_of(session, inbound, identity, customer_id, default_language, now)
        neighbours = await around(session, belongs.conversation, inbound, identity)
    conversation, joined = belongs.conversation, belongs.joined
    content = await meaning(reading, conversation, inbound, text, neighbours.last)
    if not inbound.by_machine or not conversation.last_seq:
        prove(conversation, inbound, identity, customer_id, now, by_code=joined == "joined")
        _open_again(conversation)
        await goes_on_here(session, conversation, inbound, identity, now, known_here=belongs.known_here)
    step = await confirming.heard(session, conversation, content, neighbours.last, inbound, text)
    choice = instead.chosen(conversation, inbound, text, content, neighbours.last)
    message = stream.following(
        conversation,
        author="customer",
        text=content.pop("title", text),
        now=now,
        language=inbound.language,
        content=content | _shared(inbound) | ({"joined": joined} if joined else {}),
        external_id=inbound.external_id,
        inbound=inbound,
        writer=identity.id,
        place=await place_before(session, conversation, neighbours.later),
    )
    told = await said_at_once.told(
        session, conversation, inbound, text, message=message, joined=joined == "joined", step=step, choice=choice
    )
    thinks = told is None and inbound.automatic is None
    waits = told is None and not inbound.by_machine and owner_kind(conversation.owner) != BOT
    if told is None and away is not None:
        told = await absence.to_tell(session, conversation, inbound, away, now)
    _wait(conversation, waits=waits, asks=step is not None, now=now)
    plain = thinks and told is None and not inbound.files
    taken = False
    if unlocked:
        taken = await _keep(reading, ahead, conversation, message, hand, plain=plain)
    elif plain:
        await taking_in.take_in(session, conversation, message)
    else:
        await _add(session, conversation, message, inbound, told=told, thinks=thinks)
    if waits:
        await _push(session, conversation, message)
    return Received(
        conversation_id=conversation.id,
        message_id=message.id,
        seq=message.seq,
        owner=conversation.owner,
        outgoing=told is not None,
        taken=taken,
    )


async def _ahead(session: AsyncSession, inbound: InboundMessage, *, at_once: bool, unlocked: bool) -> Foreseen | None:
    """What one question tells. Raises MoreToAsk where nothing but that may be asked."""
    short = at_once or unlocked
    # What a platform vouches for is noted of the writer with each message.
    more = (short and inbound.files) or (unlocked and inbound.vouched is not None)
    ahead = None if more else await foreseen(session, inbound, unlocked=unlocked)
    if short and ahead is None:
        raise MoreToAsk
    return ahead


async def _keep(
    session: AsyncSession,
    ahead: Foreseen | None,
    conversation: Conversation,
    message: Message,
    hand: Hand | None,
    *,
    plain: bool,
) -> bool:
    """Stores what was read without a lock; true if `hand` took its turn. Raises MoreToAsk, with nothing written, where
    that does not do."""
    # Whoever holds the conversation is told in the transaction that stores the message, or not at all.
    if not plain or ahead is None or owner_agent(conversation.owner) is not None:
        raise MoreToAsk
    lease = hand.lease() if hand and conversation.owner == BOT else None
    stored, marks = None, ahead.marks
    try:
        stored = await taking_in.take_in_unchanged(session, conversation, ahead.identity, message, marks, lease=lease)
    finally:
        if stored is None and hand and lease:
            hand.lost(lease.id)
    if stored is None:
        raise MoreToAsk
    if hand is None or lease is None or not stored.leased:
        return False
    turn = Turn(id=stored.turn, seq=message.seq, created_at=message.created_at, attempts=1, lease=lease.id)
    described = turns.described(turn, conversation, message, None)
    hand.take(Claimed(described, Unchanged(conversation, stored.mark), message, lease.until))
    return True


def _wait(conversation: Conversation, *, waits: bool, asks: bool, now: datetime) -> None:
    """Who writes to a person waits for one; what was put off is back."""
    if waits:
        conversation.waiting_since = conversation.waiting_since or now
    if waits or asks:
        snoozes.end(conversation, now=now)


async def _push(session: AsyncSession, conversation: Conversation, message: Message) -> None:
    """Who holds the conversation is told by their browser, where they asked for it."""
    if (holder := owner_agent(conversation.owner)) is not None:
        await pushes.queue(session, agents=[holder], kind="message", cause=message.id, conversation_id=conversation.id)


def _open_again(conversation: Conversation) -> None:
    if conversation.owner == NOBODY:
        conversation.owner, conversation.closed_at = BOT, None
        conversation.dialogue_state = None
        conversation.version += 1


async def _add(
    session: AsyncSession,
    conversation: Conversation,
    message: Message,
    inbound: InboundMessage,
    *,
    told: Said | None,
    thinks: bool,
) -> None:
    """Stores the message with its files. A notice, where one is told, answers it: what they want here, after a code
    was the message, is what they wanted there."""
    session.add(message)
    await session.flush()
    await enclosed.attach(session, message, inbound)
    if told is not None:
        reply, now = Reply(text=told.text, buttons=told.buttons), message.created_at
        stream.send(session, conversation, author=told.author, reply=reply, now=now, content=told.noted)
    if thinks:
        session.add(Turn(conversation_id=conversation.id, message_id=message.id, seq=message.seq))
    await session.flush()


async def _writer(session: AsyncSession, inbound: InboundMessage, now: datetime) -> Identity:
    """Who writes, locked."""
    if inbound.signed_in != (inbound.identity_kind == ACCOUNT) or (inbound.customer_id and not inbound.signed_in):
        raise BadInput("who is signed in is an account, and nobody else is")
    # What the company's site vouches for beside the number of the account is looked at once the number is not known.
    vouched = None if inbound.signed_in else inbound.vouched
    return await people.writer(
        session,
        kind=inbound.identity_kind,
        value=inbound.identity_value,
        shown_name=clean_name(inbound.sender_name),
        vouched=(vouched.kind, vouched.value) if vouched else None,
        now=now,
    )


def _heard(ahead: Foreseen, inbound: InboundMessage, now: datetime) -> Identity:
    """Who writes, locked already."""
    people.heard_from(
        ahead.identity,
        shown_name=clean_name(inbound.sender_name),
        vouched=inbound.vouched is not None,
        owners=ahead.owners,
        now=now,
    )
    return ahead.identity


async def _customer_of(
    session: AsyncSession, inbound: InboundMessage, identity: Identity, now: datetime
) -> UUID | None:
    if not inbound.signed_in:
        return await people.on_file(session, identity, inbound.vouched)
    email = inbound.vouched.value if inbound.vouched and inbound.vouched.kind == "email" else None
    return await people.signs_in(session, identity, email=email, now=now, known=inbound.customer_id)


def _text(inbound: InboundMessage, max_length: int) -> str:
    """The message's words. Only what carries something else may have none."""
    beside = inbound.files or inbound.location or inbound.contacts or inbound.event in ("deleted", "reaction")
    try:
        return clean(inbound.text, max_length=max_length)
    except Empty:
        if beside or inbound.join_code:
            return ""
        raise


def _shared(inbound: InboundMessage) -> dict[str, Any]:
    """What the message carries that is neither words nor files, as it is stored."""
    shared = inbound.model_dump(
        mode="json", include={"location", "contacts", "reply_to", "automatic", "said_at"}, exclude_defaults=True
    )
    if inbound.sender_name and (name := clean_name(inbound.sender_name)):
        shared["sender_name"] = name
    return shared


async def _stored_before(session: AsyncSession, inbound: InboundMessage) -> Received | None:
    named = {"on_channel": inbound.channel, "with_id": inbound.external_id}
    row = (await session.execute(_STORED, named)).first()
    if row is None:
        return None
    return Received(conversation_id=row[0], message_id=row[1], seq=row[2], owner=row[3], duplicate=True)


# Made once: putting a statement together takes longer than running it.
_STORED = (
    select(Message.conversation_id, Message.id, Message.seq, Conversation.owner)
    .join(Conversation, Conversation.id == Message.conversation_id)
    .where(Message.channel == bindparam("on_channel"), Message.external_id == bindparam("with_id"))
)
