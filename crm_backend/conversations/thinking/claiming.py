"""Taking the next turn in one statement: the way that nearly every turn takes.

`turns.claim` needs a statement for each of its questions, between a beginning and an end, and every worker asks all the
time. Here they are asked together. Where the answer is not simple (a person has written, the conversation is not the
assistant's) nothing is taken, and the longer way decides.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple, Protocol
from uuid import UUID

from sqlalchemy import and_, bindparam, exists, func, or_, select, update
from sqlalchemy.orm import aliased

from crm_backend.conversations.model import Conversation, Message, Turn
from crm_backend.conversations.schema import BOT, ClaimedTurn
from crm_backend.conversations.taking_in import Lease
from crm_backend.conversations.thinking import turns
from crm_backend.conversations.thinking.answering import Unchanged
from crm_backend.conversations.thinking.recall import recall
from crm_backend.conversations.thinking.storing import UNCHANGED
from crm_backend.database import Sessions, new_id, one_by_one, utc_now
from crm_backend.quick import Quick


class Claimed(NamedTuple):
    """A turn that was taken, its conversation as it was then, where that is known, and the message that it answers,
    where the turn was taken as that was stored."""

    turn: ClaimedTurn
    conversation: Unchanged | None
    message: Message | None = None
    until: datetime | None = None
    """When the lease ends, if it began before anybody was there to think."""


class Hand(Protocol):
    """A process that thinks itself about what it takes in."""

    def lease(self) -> Lease | None:
        """A lease for one more turn; None when that is to be left to whoever looks for it."""

    def take(self, claimed: Claimed) -> None:
        """Here is one, taken under a lease of it."""

    def queued(self) -> None:
        """One was queued instead."""

    def lost(self, lease: UUID) -> None:
        """Nothing was taken under this lease, or nobody knows: what was is to be left to others."""


async def next_turn(sessions: Sessions, *, lease_seconds: float, lease: UUID | None = None) -> Claimed | None:
    """Leases the oldest turn that may run now, as `turns.claim` does; None when there is none."""
    now, lease = utc_now(), lease or new_id()
    asked = {"now": now, "lease_now": lease, "until": now + timedelta(seconds=lease_seconds)}
    async with one_by_one(sessions) as session:
        row = (await session.execute(_TAKE, asked)).first()
        if row is None:
            return None
        if row.taken is not None:
            turn = Turn(id=row.turn, seq=row.seq, created_at=row.began, attempts=row.attempts + 1, lease=lease)
            message = Message(id=row.message, text=row.text, content=row.content, details=row.details)
            conversation: Conversation = row[0]
            recalled = await recall(session, conversation) if turn.seq == 1 else None
            session.expunge(conversation)
            taken = turns.described(turn, conversation, message, recalled)
            return Claimed(taken, Unchanged(conversation, row.mark))
    async with sessions() as session, session.begin():
        found = await turns.claim(session, lease_seconds=lease_seconds, lease=lease)
    return Claimed(found, None) if found else None


async def still(sessions: Sessions, known: Unchanged) -> bool:
    """Whether the conversation is what it was when the turn was taken."""
    async with one_by_one(sessions) as session:
        return bool(await _STILL.rows(session, {"conversation": known.conversation.id, "as_read": known.mark}))


# Made once: putting a statement together takes longer than running it.
_STILL = Quick(
    select(Conversation.id).where(Conversation.id == bindparam("conversation"), bindparam("as_read") == UNCHANGED)
)
_next = turns.oldest(Turn.id, Turn.conversation_id, Turn.message_id, Turn.seq, Turn.created_at, Turn.attempts).cte(
    "next"
)
_theirs = aliased(Conversation)
_later = exists().where(
    Message.conversation_id == _next.c.conversation_id, Message.seq > _next.c.seq, Message.author == "agent"
)
_taken = (
    update(Turn)
    .where(
        Turn.id == _next.c.id,
        _theirs.id == _next.c.conversation_id,
        _theirs.owner == BOT,
        or_(_theirs.version == 1, ~_later),
    )
    .values(state="running", lease=bindparam("lease_now"), lease_until=bindparam("until"), attempts=Turn.attempts + 1)
    .returning(Turn.id)
    .execution_options(synchronize_session=False)
    .cte("taken")
)
_TAKE = (
    select(
        Conversation,
        UNCHANGED.label("mark"),
        _next.c.id.label("turn"),
        _next.c.message_id.label("message"),
        _next.c.seq,
        _next.c.created_at.label("began"),
        _next.c.attempts,
        Message.text,
        Message.content,
        Message.details,
        _taken.c.id.label("taken"),
        # Not waited for on disk: what a crash of the database forgets here is taken again.
        func.set_config("synchronous_commit", "off", True),
    )
    .select_from(_next)
    .join(Conversation, Conversation.id == _next.c.conversation_id)
    .join(Message, Message.id == _next.c.message_id)
    .outerjoin(_taken, and_(_taken.c.id == _next.c.id))
)
