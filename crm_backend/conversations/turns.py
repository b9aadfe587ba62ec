"""The queue of turns: claimed under a lease, thought about outside any transaction, finished in one."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, exists, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from crm_backend.conversations import owners, stream
from crm_backend.conversations.model import Conversation, Message, Turn
from crm_backend.conversations.schema import BOT, BotAnswer, ClaimedTurn, Command, Reply
from crm_backend.conversations.texts import for_assistant
from crm_backend.database import new_id, utc_now

UNFINISHED = ("queued", "running")


async def claim(session: AsyncSession, *, lease_seconds: float) -> ClaimedTurn | None:
    """Leases the oldest turn that may run now, or None. Turns of conversations the assistant does not own are skipped
    on the way: the desk shows those messages.

    A turn may run when it is the oldest unfinished one of its conversation and nobody holds a live lease on it.
    """
    while True:
        now = utc_now()
        earlier = aliased(Turn)
        turn = await session.scalar(
            select(Turn)
            .where(
                or_(Turn.state == "queued", and_(Turn.state == "running", Turn.lease_until < now)),
                ~exists().where(
                    earlier.conversation_id == Turn.conversation_id,
                    earlier.state.in_(UNFINISHED),
                    earlier.seq < Turn.seq,
                ),
            )
            .order_by(Turn.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
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
        if conversation.owner != BOT:
            turn.state, turn.finished_at = "skipped", now
            await session.flush()
            continue
        turn.state, turn.lease = "running", new_id()
        turn.lease_until = now + timedelta(seconds=lease_seconds)
        turn.attempts += 1
        await session.flush()
        return _claimed(turn, conversation, message)


def _claimed(turn: Turn, conversation: Conversation, message: Message) -> ClaimedTurn:
    assert turn.lease is not None
    content = message.content
    asks_for_person = content.get("action") == "person"
    text = "/ask_person" if asks_for_person else content.get("payload") or for_assistant(message.text)
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
        state=conversation.dialogue_state,
        proof=conversation.proof,
        action=content.get("action"),
        created_at=turn.created_at,
    )


async def finish(session: AsyncSession, claimed: ClaimedTurn, answer: BotAnswer) -> bool:
    """Stores what the assistant answered, its new state and its commands; true if the replies were taken.

    False, and nothing said, when the lease was lost or somebody took the conversation meanwhile. If it was taken and
    given back in that time the turn is queued again, so that the customer is answered.
    """
    held = await _held(session, claimed)
    if held is None:
        return False
    turn, conversation = held
    now = utc_now()
    if conversation.owner != BOT:
        turn.state, turn.finished_at = "skipped", now
        return False
    if conversation.version != claimed.version:
        turn.state, turn.lease, turn.lease_until = "queued", None, None
        return False
    conversation.dialogue_state = answer.state
    _remember(conversation, answer)
    message_values: dict[str, Any] = {"understanding": answer.understanding.model_dump(mode="json")}
    await session.execute(
        update(Message).where(Message.id == claimed.message_id).values(language=answer.language, **message_values)
    )
    for reply in answer.replies:
        stream.send(session, conversation, author="bot", reply=reply, now=now)
    turn.state, turn.finished_at, turn.lease = "done", now, None
    await session.flush()
    for command in answer.commands:
        await _carry_out(session, conversation, command, now)
    return True


def _remember(conversation: Conversation, answer: BotAnswer) -> None:
    conversation.language = answer.language
    slots = answer.state.get("slots", {}) if isinstance(answer.state, dict) else {}
    conversation.language_pinned = bool(slots.get("language_pinned", conversation.language_pinned))
    intent = answer.understanding.intent
    if intent in ("order_status", "ask_knowledge"):
        conversation.topic = intent
    if intent == "complain":
        conversation.mood = "upset"


async def _carry_out(session: AsyncSession, conversation: Conversation, command: Command, now: datetime) -> None:
    if command.do == "hand_over":
        await owners.hand_over(session, conversation, reason=command.reason, topic=command.topic, now=now)
    elif command.do == "close":
        await owners.end(session, conversation, actor="bot", now=now)


async def put_back(session: AsyncSession, claimed: ClaimedTurn, *, seconds: float) -> None:
    """Lets the turn run again after `seconds`; nothing happens when the lease was lost."""
    held = await _held(session, claimed)
    if held is not None:
        held[0].lease, held[0].lease_until = None, utc_now() + timedelta(seconds=seconds)


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
