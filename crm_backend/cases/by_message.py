"""What customers add to a case by a message: taken down on the case once, soon after where that was cut off."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import Actor
from crm_backend.cases import theirs
from crm_backend.cases.model import Case
from crm_backend.conversations.model import Conversation, Message
from crm_backend.errors import RelaisError

TAKES_DOWN: Final = frozenset({"cases.read", "cases.write", "conversations.read"})
"""What adding to a case of theirs takes."""
OWED: Final = "take_down"
"""In the details of a message, until it stands on its case: which, what stands there for files without words, and where
it came from."""
CUT_OFF_AFTER, AT_ONCE = timedelta(minutes=1), 20
# As it stands in the condition of ix_messages_take_down: another spelling would read every message.
_OWED = text("messages.details ? 'take_down'")


def told(case: Case, *, without_words: str, origin: str) -> dict[str, Any]:
    """What goes into the details of a message that is to be taken down."""
    return {"case": case.number, OWED: {"case": str(case.id), "without_words": without_words, "origin": origin}}


def is_on(case: Case, message: Message) -> bool:
    """Whether it is taken down, or will be, as what the customer says of this case."""
    return bool(message.details.get("case") == case.number)


async def take_down(session: AsyncSession, message_id: UUID, *, now: datetime | None = None) -> UUID | None:
    """Adds a message to its case, with the files that came with it; the case, None where that is done. Raises what
    `theirs.add` raises."""
    message = await session.get_one(Message, message_id, with_for_update=True, populate_existing=True)
    owed = message.details.get(OWED)
    if owed is None:
        return None
    conversation = await session.get_one(Conversation, message.conversation_id)
    case = await theirs.add(
        session,
        UUID(owed["case"]),
        conversation_id=conversation.id,
        actor=Actor(f"customer:{conversation.customer_id}", TAKES_DOWN, owed["origin"]),
        # The whole of it stands in the conversation.
        text=(message.text or owed["without_words"])[: theirs.LONGEST],
        key=f"portal:{message.id}",
        sent_since=message.created_at - theirs.SENT_LATELY,
        now=now,
    )
    _settled(message)
    return case.id


async def make_up(session: AsyncSession, *, now: datetime) -> list[UUID]:
    """Takes down what was cut off a while ago; the cases that it concerned. What cannot be added any more (its case was
    closed) stays in its conversation alone."""
    which = Message.details[OWED]["case"].astext
    left = select(Message).where(_OWED, Message.created_at < now - CUT_OFF_AFTER)
    # In the order in which everybody locks cases.
    some = left.order_by(which, Message.created_at).limit(AT_ONCE).with_for_update(skip_locked=True)
    concerned = []
    for message in (await session.scalars(some)).all():
        case_id = UUID(message.details[OWED]["case"])
        try:
            async with session.begin_nested():
                await take_down(session, message.id, now=now)
        except RelaisError:
            _settled(message)
        concerned.append(case_id)
    await session.flush()
    return concerned


def _settled(message: Message) -> None:
    message.details = {name: value for name, value in message.details.items() if name != OWED}
