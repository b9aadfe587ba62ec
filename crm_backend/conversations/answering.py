"""Storing what the assistant answered in one statement, so that no customer waits behind what is locked for it.

The assistant's process gives way to those that take messages in (docs/architecture.md): between two of its statements
seconds may pass on a busy machine, and a conversation that it keeps locked meanwhile takes in nothing. So all is read
without a lock, put together, and written by a single statement that does something only if the conversation is still
what was read. `turns.finish` does the rest, step by step: commands, files, and what changes too often.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Insert,
    Select,
    Table,
    bindparam,
    case,
    exists,
    insert,
    literal,
    literal_column,
    select,
    union_all,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from crm_backend.conversations import hiding, news, stream
from crm_backend.conversations.model import Conversation, Message, OutboxItem, Turn
from crm_backend.conversations.schema import BOT, BotAnswer, ClaimedTurn, Understanding
from crm_backend.database import Base, new_id, utc_now

UPSET = frozenset({"complain", "complaint", "insult"})
"""Intents of somebody who is cross, whatever their words."""
TRIES = 3
"""How often an answer is put together anew because the conversation changed meanwhile."""
MOST_REPLIES = 8
_REMEMBERED = ("dialogue_state", "language", "language_pinned", "topic", "mood", "last_seq", "last_message_at")
_SAID = (
    "id", "created_at", "conversation_id", "seq", "author", "place", "channel", "account", "details", "text",
    "language", "content", "delivery",
)  # fmt: skip
_SENT = (
    "id", "created_at", "conversation_id", "message_id", "seq", "channel", "account", "address", "state", "attempts",
    "faults", "available_at",
)  # fmt: skip


async def at_once(session: AsyncSession, claimed: ClaimedTurn, answer: BotAnswer) -> bool:
    """Stores the answer as `turns.finish` does; false, and nothing written, when that has to do it.

    The session is one in which each statement is a transaction of its own (`database.one_by_one`).
    """
    if answer.commands or not 0 < len(answer.replies) <= MOST_REPLIES or any(reply.files for reply in answer.replies):
        return False
    for _ in range(TRIES):
        values = await _put_together(session, claimed, answer)
        if values is None:
            return False
        if (await session.execute(_storing(len(answer.replies)), values)).all():
            return True
    return False


async def _put_together(session: AsyncSession, claimed: ClaimedTurn, answer: BotAnswer) -> dict[str, Any] | None:
    """What is to be written, for the conversation as it is now; None when it is not the assistant's to answer."""
    row = (await session.execute(_READ, {"conversation": claimed.conversation_id})).first()
    if row is None:
        return None
    conversation: Conversation = row[0]
    session.expunge(conversation)
    if conversation.owner != BOT or conversation.version != claimed.version:
        return None
    now = utc_now()
    content: dict[str, str] = await overtaken(session, conversation, claimed)
    remember(conversation, claimed, answer)
    told: dict[str, Any] = {}
    for number, reply in enumerate(answer.replies):
        message = stream.answering(conversation, author="bot", reply=reply, now=now, content=content)
        told |= {f"said_{name}_{number}": getattr(message, name) for name in _SAID}
        told |= {f"sent_{name}_{number}": value for name, value in _on_its_way(conversation, message, now).items()}
        content = {}
    return {
        "conversation": conversation.id,
        "as_read": row[1],
        "turn": claimed.id,
        "turn_lease": claimed.lease,
        "finished": now,
        "answered": claimed.message_id,
        "answered_in": answer.language,
        "understood": answer.understanding.model_dump(mode="json"),
        "understood_bare": bare(answer.understanding),
        **{f"new_{name}": getattr(conversation, name) for name in _REMEMBERED},
        **told,
    }


def _on_its_way(conversation: Conversation, message: Message, now: datetime) -> dict[str, Any]:
    return {
        "id": new_id(),
        "created_at": now,
        "conversation_id": conversation.id,
        "message_id": message.id,
        "seq": message.seq,
        "channel": conversation.channel,
        "account": conversation.account,
        "address": conversation.address,
        "state": "queued",
        "attempts": 0,
        "faults": 0,
        "available_at": now,
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


# All made once: putting a statement together takes longer than running it.
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
_unchanged: ColumnElement[str] = literal_column("conversations.xmin::text")
"""The transaction that wrote the row as it is (PostgreSQL, 5.6 "System Columns"): any change of it gives another."""
_READ: Select[Any] = (
    select(Conversation, _unchanged)
    .where(Conversation.id == bindparam("conversation"))
    .execution_options(populate_existing=True)
)


@lru_cache(maxsize=MOST_REPLIES)
def _storing(replies: int) -> Insert:
    """The statement for so many replies. It returns their outbox rows, or nothing when it did nothing.

    Conversation before turn before all that hangs on them, as `locks` has it: each part asks for the one before.
    """
    conversation, message, turn, outbox = (
        Table(each.__tablename__, Base.metadata) for each in (Conversation, Message, Turn, OutboxItem)
    )
    held = (
        select(conversation.c.id)
        .where(conversation.c.id == bindparam("conversation"), _unchanged == bindparam("as_read"))
        .with_for_update(key_share=True)
        .cte("held")
    )
    done = (
        update(turn)
        .where(turn.c.id == bindparam("turn"), turn.c.state == "running", turn.c.lease == bindparam("turn_lease"))
        .where(exists(select(held.c.id)))
        .values(state="done", finished_at=bindparam("finished"), lease=None)
        .returning(turn.c.id)
        .cte("done")
    )
    if_done = exists(select(done.c.id))
    remembered = (
        update(conversation)
        .where(conversation.c.id == bindparam("conversation"), if_done)
        .values({name: bindparam(f"new_{name}", type_=conversation.c[name].type) for name in _REMEMBERED})
        .cte("remembered")
    )
    understood = (
        update(message)
        .where(message.c.id == bindparam("answered"), if_done)
        .values(language=bindparam("answered_in"), understanding=_without_secrets(message))
        .cte("understood")
    )
    said = insert(message).from_select(_SAID, _rows(message, "said", _SAID, replies, done)).cte("said")
    sent = insert(outbox).from_select(_SENT, _rows(outbox, "sent", _SENT, replies, done))
    return sent.add_cte(remembered, understood, said).returning(outbox.c.id)


def _without_secrets(message: Table) -> ColumnElement[Any]:
    whole, less = bindparam("understood", type_=JSONB), bindparam("understood_bare", type_=JSONB)
    return case((message.c.content.has_key(hiding.MARK), less), else_=whole)


def _rows(table: Table, prefix: str, names: Sequence[str], count: int, done: CTE) -> Any:
    """So many rows of bound values, if the turn was done."""
    rows = [
        select(*(bindparam(f"{prefix}_{name}_{n}", type_=table.c[name].type) for name in names)).select_from(done)
        for n in range(count)
    ]
    return rows[0] if count == 1 else union_all(*rows)


def kept_of(understanding: Understanding) -> ColumnElement[Any]:
    """What a message keeps of what was understood in it, as a value for its column."""
    whole = literal(understanding.model_dump(mode="json"), JSONB)
    return case((Message.content.has_key(hiding.MARK), literal(bare(understanding), JSONB)), else_=whole)
