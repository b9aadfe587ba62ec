"""Learning from conversations that an agent closed: what was asked and what answered it, without what names anybody.

Kept are two short texts: the sentence of the customer that says most, and the agent's that answers it
(wrap_up/extracting.py). Out of both are taken numbers, addresses and introductions (knowledge/masking.py), and every
word of the names and postal addresses on file for the people of that conversation. It is a precaution, not a proof:
what else a sentence gives away stays in it, so it is shown to agents only, who may read the conversation itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.canned.model import CannedReply
from crm_backend.conversations.model import Conversation, Participant
from crm_backend.conversations.schema import NOBODY
from crm_backend.customers.model import Address, Customer, Identity
from crm_backend.knowledge.masking import masked
from crm_backend.suggesting.model import CannedVector, SolvedConversation
from crm_backend.wrap_up import summary
from crm_backend.wrap_up.extracting import words_of

FEWEST_WORDS = 3
"""Words that say something, below which a question or an answer is like too many others."""
HIDDEN = "[…]"
_NAME_PARTS = re.compile(r"[^\W_]{2,}")
_LONGEST_CANNED = 500


@dataclass(frozen=True)
class Lesson:
    """What was asked and answered in a conversation; both empty where there is nothing to learn."""

    conversation_id: UUID
    closed_at: datetime
    language: str
    topic: str | None
    question: str
    answer: str


async def next_lesson(session: AsyncSession) -> Lesson | None:
    """The conversation that waits longest to be learnt from; None when none does."""
    row = await session.scalar(
        select(SolvedConversation)
        .where(SolvedConversation.looked_at.is_(None))
        .order_by(SolvedConversation.closed_at)
        .limit(1)
        .execution_options(populate_existing=True)
    )
    if row is None:
        return None
    conversation = await session.get_one(Conversation, row.conversation_id, populate_existing=True)
    question, answer = "", ""
    # Who has gone on with it has not had their answer.
    if conversation.owner == NOBODY:
        question, answer = await _told(session, conversation)
    if min(len(words_of(question)), len(words_of(answer))) < FEWEST_WORDS:
        question = answer = ""
    return Lesson(conversation.id, row.closed_at, conversation.language, conversation.topic, question, answer)


async def learn(session: AsyncSession, lesson: Lesson, vector: Sequence[float] | None, *, now: datetime) -> bool:
    """Keeps a lesson with the vector of its question; false when the conversation was closed anew meanwhile."""
    kept = {"language": lesson.language, "topic": lesson.topic, "question": lesson.question, "answer": lesson.answer}
    done = await session.execute(
        update(SolvedConversation)
        .where(
            SolvedConversation.conversation_id == lesson.conversation_id,
            SolvedConversation.closed_at == lesson.closed_at,
        )
        .values(**kept, looked_at=now, vector=None if vector is None else list(map(float, vector)))
        .returning(SolvedConversation.conversation_id)
    )
    return done.first() is not None


async def changed_replies(session: AsyncSession, *, limit: int = 20) -> list[tuple[UUID, str, int, str]]:
    """Canned replies whose vector is missing or of an older version: (reply, language, version, text to embed)."""
    found: list[tuple[UUID, str, int, str]] = []
    for language in ("fr", "en"):
        rows = await session.execute(
            select(CannedReply.id, CannedReply.version, CannedReply.titles[language].astext,
                   CannedReply.texts[language].astext)
            .outerjoin(
                CannedVector, (CannedVector.reply_id == CannedReply.id) & (CannedVector.language == language)
            )
            .where(
                CannedReply.archived.is_(False),
                CannedReply.texts.has_key(language),
                or_(CannedVector.of_version.is_(None), CannedVector.of_version != CannedReply.version),
            )
            .order_by(CannedReply.id)
            .limit(limit)
        )  # fmt: skip
        found += [(row[0], language, row[1], f"{row[2] or ''}. {row[3]}"[:_LONGEST_CANNED]) for row in rows]
    return found


async def know_reply(
    session: AsyncSession, reply_id: UUID, language: str, *, version: int, vector: Sequence[float]
) -> None:
    """Keeps the vector of a canned reply, where the reply is still there."""
    if await session.get(CannedReply, reply_id, with_for_update={"read": True}, populate_existing=True) is None:
        return
    await session.merge(
        CannedVector(reply_id=reply_id, language=language, of_version=version, vector=list(map(float, vector)))
    )


def without(text: str, names: Iterable[str]) -> str:
    """The text on one line, without numbers, addresses, introductions, and every word of these names."""
    known = {part.casefold() for name in names for part in _NAME_PARTS.findall(name or "")}
    line = masked(text)
    return _NAME_PARTS.sub(lambda match: HIDDEN if match[0].casefold() in known else match[0], line)


async def _told(session: AsyncSession, conversation: Conversation) -> tuple[str, str]:
    told = await summary.extracted(session, conversation.id)
    if not told.goal or not told.answer:
        return "", ""
    names = await _names(session, conversation)
    return without(told.goal, names), without(told.answer, names)


async def _names(session: AsyncSession, conversation: Conversation) -> list[str]:
    """What the people of a conversation are called, and where they live, as far as we know."""
    found: list[Any] = list(
        await session.scalars(
            select(Identity.shown_name)
            .join(Participant, Participant.identity_id == Identity.id)
            .where(Participant.conversation_id == conversation.id)
        )
    )
    found += [fact.get("value") for fact in (conversation.passport or {}).get("facts", [])]
    if conversation.customer_id is not None:
        people = select(Customer.first_name, Customer.last_name, Customer.company)
        for person in await session.execute(people.where(Customer.id == conversation.customer_id)):
            found += person
        places = select(Address.line1, Address.line2, Address.city, Address.postcode)
        for place in await session.execute(places.where(Address.customer_id == conversation.customer_id)):
            found += place
    return [str(each) for each in found if each]
