"""The one statement that stores an answer, and does something only if the conversation is still what was read."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Table,
    bindparam,
    case,
    exists,
    insert,
    literal_column,
    select,
    union_all,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB

from crm_backend.conversations import hiding
from crm_backend.conversations.model import UNFINISHED, Conversation, Message, OutboxItem, Turn
from crm_backend.database import Base
from crm_backend.quick import Quick

MOST_REPLIES = 8
"""How many it stores; an answer of more is stored step by step."""
REMEMBERED = ("dialogue_state", "language", "language_pinned", "topic", "mood", "last_seq", "last_message_at")
SAID = (
    "id", "created_at", "conversation_id", "seq", "author", "place", "channel", "account", "details", "text",
    "language", "content", "delivery",
)  # fmt: skip
SENT = (
    "id", "created_at", "conversation_id", "message_id", "seq", "channel", "account", "address", "state", "attempts",
    "faults", "available_at", "sent_at",
)  # fmt: skip
UNCHANGED: ColumnElement[str] = literal_column("conversations.xmin::text")
"""The transaction that wrote the row as it is (PostgreSQL, 5.6 "System Columns"): any change of it gives another."""


# Made once: putting a statement together takes longer than running it.
@lru_cache(maxsize=MOST_REPLIES)
def statement(replies: int) -> Quick:
    """The statement for so many replies. It returns their outbox rows, with text and content of what is answered, or
    nothing when it did nothing.

    Conversation before turn before all that hangs on them, as `locks` has it: each part asks for the one before.
    """
    conversation, message, turn, outbox = (
        Table(each.__tablename__, Base.metadata) for each in (Conversation, Message, Turn, OutboxItem)
    )
    unfinished = turn.alias("unfinished")
    held = (
        select(conversation.c.id)
        .where(conversation.c.id == bindparam("conversation"), bindparam("as_read") == UNCHANGED)
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
        .values({name: bindparam(f"new_{name}", type_=conversation.c[name].type) for name in REMEMBERED})
        .cte("remembered")
    )
    understood = (
        update(message)
        .where(message.c.id == bindparam("answered"), if_done)
        .values(language=bindparam("answered_in"), understanding=_without_secrets(message))
        # What became of it while it was thought about: a code may have been taken out.
        .returning(message.c.text, message.c.content)
        .cte("understood")
    )
    said = insert(message).from_select(SAID, _rows(message, "said", SAID, replies, done)).cte("said")
    sent = insert(outbox).from_select(SENT, _rows(outbox, "sent", SENT, replies, done))
    answered = (select(column).scalar_subquery() for column in understood.c)
    # As all was before: this one is unfinished there.
    more = exists().where(
        unfinished.c.conversation_id == bindparam("conversation"),
        unfinished.c.state.in_(UNFINISHED),
        unfinished.c.id != bindparam("turn"),
    )
    return Quick(sent.add_cte(remembered, understood, said).returning(outbox.c.id, more, *answered))


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
