"""Storing what the assistant answered in one statement, so that no customer waits behind what is locked for it.

The assistant's process gives way to those that take messages in (docs/architecture.md): between two of its statements
seconds may pass on a busy machine, and a conversation that it keeps locked meanwhile takes in nothing. So all is read
without a lock, put together, and written by a single statement (`storing`) that does something only if the conversation
is still what was read. `turns.finish` does the rest, step by step: commands, files, and what changes too often.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, bindparam, case, exists, literal, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from crm_backend.conversations import hiding, stream
from crm_backend.conversations.handing_over import news
from crm_backend.conversations.model import Conversation, Message
from crm_backend.conversations.schema import BOT, BotAnswer, ClaimedTurn, Understanding
from crm_backend.conversations.thinking import storing
from crm_backend.conversations.thinking.storing import MOST_REPLIES, UNCHANGED
from crm_backend.database import new_id, utc_now

UPSET = frozenset({"complain", "complaint", "insult"})
"""Intents of somebody who is cross, whatever their words."""
TRIES = 3
"""How often an answer is put together anew because the conversation changed meanwhile."""


class Stored(NamedTuple):
    """Where an answer goes, whether it is there already, and its messages, where the conversation was still what it
    was when the turn was taken; whether another turn of the conversation is unfinished; text and content of the message
    that is answered, as they are now."""

    channel: str
    account: str
    sent: bool
    said: Sequence[Message] | None
    more: bool
    text: str
    content: dict[str, Any]


class Unchanged(NamedTuple):
    """A conversation as it was read, apart from any session, and the mark of that state of its row."""

    conversation: Conversation
    mark: str


async def at_once(
    session: AsyncSession,
    claimed: ClaimedTurn,
    answer: BotAnswer,
    *,
    as_claimed: Unchanged | None = None,
    shown_in: Collection[str] = (),
) -> Stored | None:
    """Stores the answer as `turns.finish` does; None, and nothing written, when that has to do it.

    The session is one in which each statement is a transaction of its own (`database.one_by_one`). With `as_claimed`,
    the conversation as it was when the turn was taken, it is read again only if it has changed. On the channels of
    `shown_in` the answer is sent with that, elsewhere it is queued.
    """
    if answer.commands or not 0 < len(answer.replies) <= MOST_REPLIES or any(reply.files for reply in answer.replies):
        return None
    known = as_claimed
    for _ in range(TRIES):
        known = known or await _read(session, claimed)
        if known is None or known.conversation.owner != BOT or known.conversation.version != claimed.version:
            return None
        shown = known.conversation.channel in shown_in
        said, values = await _put_together(session, claimed, answer, known, shown)
        for _, *answered in await storing.statement(len(answer.replies)).rows(session, values):
            place = known.conversation.channel, known.conversation.account
            return Stored(*place, shown, said if known is as_claimed else None, *answered)
        known = None
    return None


async def _read(session: AsyncSession, claimed: ClaimedTurn) -> Unchanged | None:
    row = (await session.execute(_READ, {"conversation": claimed.conversation_id})).first()
    if row is None:
        return None
    session.expunge(row[0])
    return Unchanged(row[0], row[1])


async def _put_together(
    session: AsyncSession, claimed: ClaimedTurn, answer: BotAnswer, known: Unchanged, shown: bool
) -> tuple[list[Message], dict[str, Any]]:
    """What is said, and what is to be written, for the conversation as it was read."""
    conversation, now = known.conversation, utc_now()
    content: dict[str, str] = await overtaken(session, conversation, claimed)
    remember(conversation, claimed, answer)
    said: list[Message] = []
    told: dict[str, Any] = {}
    for number, reply in enumerate(answer.replies):
        message = stream.answering(conversation, author="bot", reply=reply, now=now, content=content)
        message.delivery = "sent" if shown else message.delivery
        told |= {f"said_{name}_{number}": getattr(message, name) for name in storing.SAID}
        told |= {
            f"sent_{name}_{number}": value for name, value in _on_its_way(conversation, message, now, shown).items()
        }
        content = {}
        said.append(message)
    return said, {
        "conversation": conversation.id,
        "as_read": known.mark,
        "turn": claimed.id,
        "turn_lease": claimed.lease,
        "finished": now,
        "answered": claimed.message_id,
        "answered_in": answer.language,
        "understood": answer.understanding.model_dump(mode="json"),
        "understood_bare": bare(answer.understanding),
        **{f"new_{name}": getattr(conversation, name) for name in storing.REMEMBERED},
        **told,
    }


def _on_its_way(conversation: Conversation, message: Message, now: datetime, shown: bool) -> dict[str, Any]:
    return {
        "id": new_id(),
        "created_at": now,
        "conversation_id": conversation.id,
        "message_id": message.id,
        "seq": message.seq,
        "channel": conversation.channel,
        "account": conversation.account,
        "address": conversation.address,
        "state": "sent" if shown else "queued",
        "attempts": 0,
        "faults": 0,
        "available_at": now,
        "sent_at": now if shown else None,
    }


def bare(understanding: Understanding) -> dict[str, Any]:
    """What is kept of what was understood in a message of which something was taken out: not what was found in it."""
    return {**understanding.model_dump(mode="json"), "entities": [], "also": []}


def remember(conversation: Conversation, claimed: ClaimedTurn, answer: BotAnswer) -> None:
    """Changes the conversation to what it is after the answer."""
    state = news.kept(conversation.dialogue_state, answer.state, answered=claimed.seq)
    slots = state.get("slots", {})
    if _chosen_meanwhile(conversation, claimed):
        slots = {**slots, "language": conversation.language, "language_pinned": True}
        conversation.dialogue_state = {**state, "slots": slots}
    else:
        conversation.dialogue_state = state
        conversation.language = answer.language
        conversation.language_pinned = bool(slots.get("language_pinned", conversation.language_pinned))
    if topic := slots.get("topic"):
        conversation.topic = str(topic)
    if answer.understanding.intent in UPSET or answer.understanding.mood == "upset":
        conversation.mood = "upset"


def _chosen_meanwhile(conversation: Conversation, claimed: ClaimedTurn) -> bool:
    """Whether the customer chose a language by hand while the assistant thought."""
    before = (claimed.language, claimed.language_pinned)
    return conversation.language_pinned and (conversation.language, True) != before


async def overtaken(session: AsyncSession, conversation: Conversation, claimed: ClaimedTurn) -> dict[str, str]:
    """What the message that is answered is called on its channel, when the customer has written more since: the answer
    is to point at it. Empty otherwise, and when answers go to another channel than that message came by."""
    if conversation.last_seq == claimed.seq:
        return {}
    asked = {
        "answered": claimed.message_id,
        "conversation": conversation.id,
        "seq": claimed.seq,
        "on_channel": conversation.channel,
        "by_account": conversation.account,
    }
    name = await session.scalar(_OVERTAKEN, asked)
    return {"answers": name} if name else {}


# Made once: putting a statement together takes longer than running it.
_later = aliased(Message)
_OVERTAKEN = select(Message.external_id).where(
    Message.id == bindparam("answered"),
    Message.channel == bindparam("on_channel"),
    Message.account == bindparam("by_account"),
    exists().where(
        _later.conversation_id == bindparam("conversation"),
        _later.seq > bindparam("seq"),
        _later.author == "customer",
    ),
)
_READ: Select[Any] = (
    select(Conversation, UNCHANGED)
    .where(Conversation.id == bindparam("conversation"))
    .execution_options(populate_existing=True)
)


def kept_of(understanding: Understanding) -> ColumnElement[Any]:
    """What a message keeps of what was understood in it, as a value for its column."""
    whole = literal(understanding.model_dump(mode="json"), JSONB)
    return case((Message.content.has_key(hiding.MARK), literal(bare(understanding), JSONB)), else_=whole)
