"""Opening a case for what people have to see to: with its number, and once."""

from __future__ import annotations

from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from actions.tasks.talk import Talk
from crm_backend.access.actor import Actor
from crm_backend.cases import opening
from crm_backend.cases.model import Case
from crm_backend.cases.schema import NewCase
from crm_backend.orders import repeats

ASSISTANT: Final = Actor(
    "bot", frozenset({"cases.read", "cases.write", "conversations.read", "orders.read"}), "assistant"
)
"""The assistant as an actor: it opens cases and writes to them, and reads what they are about."""

CASE: Final = "case"
"""The slot that keeps the number of the case that was opened last, and by which topic."""


async def open_case(talk: Talk, session: AsyncSession, new: NewCase) -> Case:
    """Opens a case about the conversation; the one that was opened when the turn is run again. Raises Invalid."""
    given = {"type": new.type_key, "subject": new.subject, "description": new.description}
    command = await repeats.begin(session, actor=ASSISTANT, key=talk.key, name="open_case", given=given)
    if (before := repeats.done(command, "case")) is not None:
        case = await session.get_one(Case, before)
    else:
        case = await opening.open_from_conversation(session, talk.turn.conversation, actor=ASSISTANT, new=new)
        repeats.finish(command, order_id=None, case=case.id)
    talk.slot(CASE, {"number": case.number, "topic": talk.task.topic})
    return case
