"""What is looked for in conversations: words that were said or noted, and what people call themselves."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Uuid, bindparam, func, literal, literal_column, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.agents.model import Agent
from crm_backend.conversations.model import Conversation, Participant
from crm_backend.conversations.notes_model import PrivateNote
from crm_backend.customers.model import Identity
from crm_backend.texts import shorten

MOST_WORDS = 8
FEW = 10_000
"""Conversations at most that notes are found in."""
_WORD = re.compile(r"[^\W_]+")
_LOOKED_FOR = func.to_tsquery(literal_column("'simple'"), func.relais_plain(bindparam("looked_for")))
_NOTED = func.relais_words(PrivateNote.text).op("@@")(_LOOKED_FOR)
GIST = 160
"""Characters of a note that are shown of it."""


class Noted(NamedTuple):
    """A private note that holds what was looked for: who wrote it, and as much of it as shows that."""

    id: UUID
    conversation_id: UUID
    author: str
    gist: str


def words_of(wanted: str) -> list[str]:
    """The words of what is looked for: letters and digits, composed."""
    # Modifier letters count as letters, and are signs once accents are taken off: ʼ is an apostrophe, ː a colon.
    composed = unicodedata.normalize("NFKC", wanted)
    return _WORD.findall("".join(" " if unicodedata.category(each) == "Lm" else each for each in composed))[:MOST_WORDS]


def query_of(wanted: str) -> str:
    """What is looked for, as `to_tsquery` of PostgreSQL reads it: each word, or one that begins so. A letter by itself
    is a word unless it is the last, which may still be typed: too many begin with it."""
    words = words_of(wanted)
    return " & ".join(f"{word}:*" if len(word) > 1 or at == len(words) - 1 else word for at, word in enumerate(words))


async def noted(session: AsyncSession, wanted: str) -> ColumnElement[bool] | None:
    """The condition that these words, or words that begin so, were all noted in one private note on a conversation, for
    colleagues: for those who may read conversations at the desk only. None where that is nowhere."""
    query = query_of(wanted)
    if not query:
        return None
    where = select(PrivateNote.conversation_id).where(_NOTED).distinct().limit(FEW)
    found = (await session.scalars(where, {"looked_for": query})).all()
    return Conversation.id == func.any(literal(sorted(found), ARRAY(Uuid()))) if found else None


async def notes(
    session: AsyncSession, wanted: str, *, limit: int, within: Collection[UUID] | None = None
) -> list[Noted]:
    """The newest private notes that hold these words, of all conversations or `within` these."""
    query = query_of(wanted)
    if not query or (within is not None and not within):
        return []
    found = select(PrivateNote.id, PrivateNote.conversation_id, Agent.name, PrivateNote.text).where(_NOTED)
    if within is not None:
        found = found.where(PrivateNote.conversation_id.in_(within))
    found = found.join(Agent, Agent.id == PrivateNote.agent_id).order_by(PrivateNote.created_at.desc(), PrivateNote.id)
    rows = (await session.execute(found.limit(limit), {"looked_for": query})).tuples()
    return [Noted(note, where, author, _gist(text, words_of(wanted)[0])) for note, where, author, text in rows]


def _gist(text: str, word: str) -> str:
    text = " ".join(text.split())
    at = max(0, text.casefold().find(word.casefold()) - 40)
    start = text.rfind(" ", 0, at) + 1 if at and len(text) > GIST else 0
    return ("…" if start else "") + shorten(text[start:], GIST)


def called(wanted: str) -> Select[tuple[UUID]]:
    """The conversations in which somebody calls themselves so, or a part of it is what is looked for."""
    return (
        select(Participant.conversation_id)
        .join(Identity, Identity.id == Participant.identity_id)
        .where(Identity.shown_name != "", func.relais_plain(Identity.shown_name).like(part(wanted)))
    )


def part(wanted: str) -> ColumnElement[str]:
    """The pattern of what has this in it, where both are plain."""
    escaped = wanted.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return func.relais_plain(f"%{escaped}%")
