"""The queue of turns: claimed under a lease, thought about outside any transaction, finished in one."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, bindparam, exists, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from crm_backend.attachments import services as attachments
from crm_backend.conversations import stream
from crm_backend.conversations.handing_over import confirming, news, owners, passport
from crm_backend.conversations.model import UNFINISHED, Conversation, Message, Turn
from crm_backend.conversations.schema import BOT, BotAnswer, ClaimedTurn, Command, Recall, Reply
from crm_backend.conversations.texts import for_assistant
from crm_backend.conversations.thinking import answering
from crm_backend.conversations.thinking.recall import recall
from crm_backend.conversations.waiting import instead, meanwhile
from crm_backend.database import new_id, utc_now

ACTIONS = {"person": "/ask_person", "leave": "/ask_person", "greet": "/greet"}
"""What a control means to the assistant."""


async def claim(session: AsyncSession, *, lease_seconds: float, lease: UUID | None = None) -> ClaimedTurn | None:
    """Leases the oldest turn that may run now, or None. Turns of conversations the assistant does not own are skipped
    on the way, unless nobody is there for who waits (`meanwhile`): the desk shows those messages.

    A turn may run when it is the oldest unfinished one of its conversation and nobody holds a live lease on it.
    """
    changing: set[UUID] = set()
    while True:
        now = utc_now()
        turn = await _next(session, now, besides=changing)
        if turn is None:
            return None
        conversation, message = (
            await session.execute(
                select(Conversation, Message)
                .join(Message, Message.conversation_id == Conversation.id)
                .where(Message.id == turn.message_id)
                .execution_options(populate_existing=True)
            )
        ).one()
        if conversation.owner != BOT and not await _settled(session, conversation):
            changing.add(conversation.id)
            continue
        waits = conversation.owner != BOT and await meanwhile.thinks(session, conversation)
        others = conversation.owner != BOT and not waits
        if others or await _answered_by_agent(session, conversation, turn):
            turn.state, turn.finished_at = "skipped", now
            await session.flush()
            continue
        turn.state, turn.lease = "running", lease or new_id()
        turn.lease_until = now + timedelta(seconds=lease_seconds)
        turn.attempts += 1
        await session.flush()
        recalled = await recall(session, conversation) if turn.seq == 1 else None
        return described(turn, conversation, message, recalled, waits=waits)


async def _next(session: AsyncSession, now: datetime, *, besides: set[UUID]) -> Turn | None:
    found: Turn | None = await session.scalar(
        _OLDEST if not besides else _OLDEST.where(Turn.conversation_id.not_in(besides)), {"now": now}
    )
    return found


_earlier = aliased(Turn)


def oldest(*columns: Any) -> Select[Any]:
    """The statement for the oldest turn that may run at `now`, locked."""
    return (
        select(*columns)
        .where(
            Turn.state.in_(UNFINISHED),
            or_(Turn.state == "queued", Turn.lease_until < bindparam("now")),
            ~exists().where(
                _earlier.conversation_id == Turn.conversation_id,
                _earlier.state.in_(UNFINISHED),
                _earlier.seq < Turn.seq,
            ),
        )
        # Not by id: PostgreSQL would walk that index from the first turn there ever was.
        .order_by(Turn.created_at)
        .limit(1)
        .with_for_update(skip_locked=True)
    )


# Made once: putting a statement together takes longer than running it, and every worker asks all the time.
_OLDEST = oldest(Turn)


async def _settled(session: AsyncSession, conversation: Conversation) -> bool:
    """Whether nobody is about to change the owner: a message may only be left to a person who keeps the conversation.

    Never waits, since others lock the conversation first and its turns second.
    """
    owner = await session.scalar(
        select(Conversation.owner)
        .where(Conversation.id == conversation.id)
        .with_for_update(read=True, skip_locked=True)
    )
    return owner == conversation.owner


async def _answered_by_agent(session: AsyncSession, conversation: Conversation, turn: Turn) -> bool:
    """Whether a person wrote after this message, while no worker looked."""
    if conversation.version == 1:
        return False
    later = exists().where(
        Message.conversation_id == conversation.id, Message.seq > turn.seq, Message.author == "agent"
    )
    return bool(await session.scalar(select(later)))


def described(
    turn: Turn, conversation: Conversation, message: Message, recalled: Recall | None, *, waits: bool = False
) -> ClaimedTurn:
    """A leased turn as the assistant is told of it."""
    assert turn.lease is not None
    state = news.applied(conversation)
    if state is None and recalled and recalled.order_number:
        # "Where is it now?" means the order they asked about elsewhere.
        state = {"slots": {"order_number": recalled.order_number}}
    if state is None and (number := message.details.get("form", {}).get("order_number")):
        # Filled in before the first message: nobody is asked for it again.
        state = {"slots": {"order_number": number}}
    content = message.content
    action = content.get("action")
    if action in ACTIONS:
        text = ACTIONS[action]
    elif message.text:
        text = content.get("payload") or for_assistant(message.text)
    else:
        text = content.get("payload") or "/sent_file"
    return ClaimedTurn(
        id=turn.id,
        lease=turn.lease,
        attempts=turn.attempts,
        conversation_id=conversation.id,
        message_id=message.id,
        seq=turn.seq,
        version=conversation.version,
        text=text,
        language=conversation.language,
        language_pinned=conversation.language_pinned,
        state=state,
        proof=conversation.proof,
        action=content.get("action"),
        created_at=turn.created_at,
        recall=recalled,
        waits=waits,
    )


async def finish(
    session: AsyncSession,
    claimed: ClaimedTurn,
    answer: BotAnswer,
    *,
    ask_in: Collection[str] = (),
    confirm_in: Collection[str] = (),
) -> bool:
    """Stores what the assistant answered, its new state and its commands; true if the replies were taken. For what
    `answering.at_once` leaves. On the channels of `confirm_in` what hands over says what is passed on, too.

    False, and nothing said, when the lease was lost or somebody took the conversation meanwhile. If it was taken and
    given back in that time the turn is queued again, so that the customer is answered. Raises BadInput for a file that
    the assistant did not make in this turn.
    """
    held = await _held(session, claimed)
    if held is None:
        return False
    turn, conversation = held
    now = utc_now()
    waits = conversation.owner != BOT and await meanwhile.may_answer(session, conversation)
    if conversation.owner != BOT and not waits:
        turn.state, turn.finished_at = "skipped", now
        return False
    if conversation.version != claimed.version:
        turn.state, turn.lease, turn.lease_until = "queued", None, None
        return False
    waits_for = conversation.topic
    answering.remember(conversation, claimed, answer)
    if waits:
        conversation.topic = waits_for
    await session.execute(
        update(Message)
        .where(Message.id == claimed.message_id)
        .values(language=answer.language, understanding=answering.kept_of(answer.understanding))
        .execution_options(synchronize_session=False)
    )
    answers = await answering.overtaken(session, conversation, claimed)
    for reply, noted in await _worded(session, conversation, claimed, answer, confirm_in, waits=waits, now=now):
        named = [file.id for file in reply.files]
        files = await attachments.take(session, named, uploaded_by=attachments.made_in(claimed.id)) if named else []
        content = {**answers, **noted}
        stream.send(session, conversation, author="bot", reply=reply, now=now, content=content, files=files)
        answers = {}
    turn.state, turn.finished_at, turn.lease = "done", now, None
    await session.flush()
    if waits:
        await meanwhile.note(session, conversation, now=now)
    for command in answer.commands:
        await _carry_out(session, conversation, command, now, ask_in)
    return True


async def _worded(
    session: AsyncSession,
    conversation: Conversation,
    claimed: ClaimedTurn,
    answer: BotAnswer,
    confirm_in: Collection[str],
    *,
    waits: bool,
    now: datetime,
) -> list[tuple[Reply, dict[str, Any]]]:
    """The replies as they are said, and what is noted of each. The last one, when it hands over, says what is passed
    on, which who waits already knows, and what may be had instead."""
    said: list[tuple[Reply, dict[str, Any]]] = [(reply, {}) for reply in answer.replies]
    if waits and said:
        said[0] = await meanwhile.begun(session, conversation, claimed, answer)
    if said and conversation.channel in confirm_in and (reason := _handing_over(answer)):
        reply, noted = said[-1]
        if not waits:
            known = await passport.build(session, conversation, reason=reason, now=now)
            reply, noted = await confirming.announced(session, conversation, known, reply)
        said[-1] = await instead.announced(session, conversation, reply, noted, now=now)
    return said


def _handing_over(answer: BotAnswer) -> str | None:
    """Why the answer passes the conversation to a person; None when it does not."""
    return next((command.reason for command in answer.commands if command.do == "hand_over"), None)


async def _carry_out(
    session: AsyncSession, conversation: Conversation, command: Command, now: datetime, ask_in: Collection[str]
) -> None:
    if command.do == "hand_over":
        await owners.hand_over(session, conversation, reason=command.reason, topic=command.topic, now=now)
    elif command.do == "close" and conversation.owner == BOT and not await _waiting(session, conversation):
        await owners.end(session, conversation, actor="bot", now=now, ask_in=ask_in)


async def _waiting(session: AsyncSession, conversation: Conversation) -> bool:
    """Whether the customer has written more: it is answered before the conversation may end."""
    unfinished = exists().where(Turn.conversation_id == conversation.id, Turn.state.in_(UNFINISHED))
    return bool(await session.scalar(select(unfinished)))


async def put_back(session: AsyncSession, claimed: ClaimedTurn, *, seconds: float, tried: bool = True) -> None:
    """Lets the turn run again after `seconds`; nothing happens when the lease was lost.

    Without `tried` it does not count as an attempt: the assistant was not there.
    """
    held = await _held(session, claimed)
    if held is not None:
        turn, _ = held
        turn.lease, turn.lease_until = None, utc_now() + timedelta(seconds=seconds)
        turn.attempts -= not tried


async def give_up(session: AsyncSession, claimed: ClaimedTurn, *, apology: Reply) -> bool:
    """Says sorry and hands over to a person; false when the lease was lost or the assistant no longer owns."""
    held = await _held(session, claimed)
    if held is None:
        return False
    turn, conversation = held
    now = utc_now()
    turn.state, turn.finished_at, turn.lease = "failed", now, None
    if conversation.owner != BOT:
        return False
    stream.send(session, conversation, author="bot", reply=apology, now=now)
    await session.flush()
    await owners.hand_over(session, conversation, reason="failure", topic=None, now=now)
    return True


async def _held(session: AsyncSession, claimed: ClaimedTurn) -> tuple[Turn, Conversation] | None:
    # Conversation before turn, as everywhere: one order of locks, no deadlock.
    conversation = await stream.locked(session, claimed.conversation_id)
    turn = await session.scalar(
        select(Turn)
        .where(Turn.id == claimed.id, Turn.state == "running", Turn.lease == claimed.lease)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return None if turn is None else (turn, conversation)
