"""Storing what a customer said together with its turn, in one statement: the way that nearly every message takes.

Does what adding message and turn and flushing does, for a third of the work.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import (
    CTE,
    ColumnElement,
    Insert,
    Table,
    and_,
    bindparam,
    case,
    exists,
    insert,
    inspect,
    literal_column,
    select,
    true,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.conversations.model import UNFINISHED, Conversation, Message, Turn
from crm_backend.customers.model import Identity
from crm_backend.database import Base, new_id
from crm_backend.quick import Quick


class Lease(NamedTuple):
    """The name and the end of a lease on a turn."""

    id: UUID
    until: datetime


class TakenIn(NamedTuple):
    """The message's turn, whether that was taken under the lease that was given, and the mark of the conversation's
    row as it is now."""

    turn: UUID
    leased: bool
    mark: str


_COUNTED = frozenset({"last_seq", "last_message_at"})
"""What changes in a conversation with every message."""
_TOLD = (
    "id", "created_at", "conversation_id", "seq", "author", "agent_id", "place", "platform_order", "identity_id",
    "channel", "account", "external_id", "details", "text", "language", "content", "delivery",
)  # fmt: skip


async def take_in(session: AsyncSession, conversation: Conversation, message: Message) -> None:
    """Stores a customer's message and its turn, and what became of the conversation, in one statement where it may.
    The session then knows nothing of the conversation any more."""
    if _changed(conversation) - _COUNTED:
        await session.flush()
    session.expunge(conversation)
    await session.execute(_TAKE_IN, _taken_in(conversation, message))


async def take_in_unchanged(
    session: AsyncSession,
    conversation: Conversation,
    identity: Identity,
    message: Message,
    marks: tuple[str, str],
    *,
    lease: Lease | None = None,
) -> TakenIn | None:
    """As `take_in`, for a conversation and a writer that were read without a lock and are no part of the session, if
    they are still what they were (`foreseen.Foreseen.marks`). None, and nothing written, when they are not, or when
    more of them was to be changed.

    With a `lease` the turn is taken by it, unless another of the conversation is to be thought about before.
    """
    if _changed(conversation) - _COUNTED or _changed(identity):
        return None
    marked = {"writer": identity.id, "writer_as_read": marks[0], "as_read": marks[1]}
    values = _taken_in(conversation, message, lease) | marked
    for turn, leased, mark in await _TAKE_IN_UNCHANGED.rows(session, values):
        return TakenIn(turn, leased is not None, mark)
    return None


def _changed(row: Base) -> set[str]:
    kept: Any = inspect(row)
    return {name for name, old in kept.committed_state.items() if old != getattr(row, name)}


def _taken_in(conversation: Conversation, message: Message, lease: Lease | None = None) -> dict[str, Any]:
    at = {"in_conversation": conversation.id, "up_to": conversation.last_seq, "last_at": conversation.last_message_at}
    turn = {"turn_id": new_id(), "turn_lease": lease and lease.id, "turn_until": lease and lease.until}
    return at | turn | {f"new_{name}": getattr(message, name) for name in _TOLD}


def _taking_in(*, unchanged: bool) -> Insert:
    """The statement that stores a message and its turn; `unchanged` if conversation and writer are what was read."""
    conversation, message, turn, writer = (
        Table(each.__tablename__, Base.metadata) for each in (Conversation, Message, Turn, Identity)
    )
    here = conversation.c.id == bindparam("in_conversation")
    as_read = bindparam("as_read") == literal_column("conversations.xmin::text")
    # Nobody waits here for who has one of them locked: it is about to change. The writer first, as `locks` has it: the
    # message that refers to them asks for them too.
    known = (
        select(writer.c.id)
        .where(writer.c.id == bindparam("writer"))
        .where(bindparam("writer_as_read") == literal_column("identities.xmin::text"))
        .with_for_update(read=True, key_share=True, skip_locked=True)
        .cte("known")
    )
    held = (
        select(conversation.c.id)
        .where(here, as_read, exists(select(known.c.id)))
        .with_for_update(key_share=True, skip_locked=True)
        .cte("held")
    )
    counted = (
        update(conversation)
        .where(here, exists(select(held.c.id)) if unchanged else true())
        .values(last_seq=bindparam("up_to"), last_message_at=bindparam("last_at"))
        .returning(literal_column("conversations.xmin::text").label("mark"))
        .cte("counted")
    )
    new = [bindparam(f"new_{name}", type_=message.c[name].type) for name in _TOLD]
    said = (
        insert(message)
        .from_select(_TOLD, select(*new).select_from(held) if unchanged else select(*new))
        .returning(message.c.id, message.c.conversation_id, message.c.seq, message.c.created_at)
        .cte("said")
    )
    new_turn = _turn_of(turn, said)
    return (
        insert(turn)
        .from_select(list(new_turn), select(*new_turn.values()).select_from(said))
        .add_cte(counted)
        .returning(turn.c.id, turn.c.lease, select(counted.c.mark).scalar_subquery().label("mark"))
    )


def _turn_of(turn: Table, said: CTE) -> dict[str, ColumnElement[Any]]:
    """The turn of what was said, by column: taken under the lease that is given, if there is one and nothing of the
    conversation is to be thought about before; else queued."""
    before = turn.alias("before")
    free = and_(
        bindparam("turn_lease", type_=turn.c.lease.type).is_not(None),
        ~exists().where(before.c.conversation_id == bindparam("in_conversation"), before.c.state.in_(UNFINISHED)),
    )
    return {
        "id": bindparam("turn_id", type_=turn.c.id.type),
        "state": case((free, literal_column("'running'")), else_=literal_column("'queued'")),
        "attempts": case((free, literal_column("1")), else_=literal_column("0")),
        "lease": case((free, bindparam("turn_lease", type_=turn.c.lease.type))),
        "lease_until": case((free, bindparam("turn_until", type_=turn.c.lease_until.type))),
        "message_id": said.c.id,
        "conversation_id": said.c.conversation_id,
        "seq": said.c.seq,
        "created_at": said.c.created_at,
    }


_TAKE_IN = _taking_in(unchanged=False)
_TAKE_IN_UNCHANGED = Quick(_taking_in(unchanged=True))
