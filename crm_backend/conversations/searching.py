"""Conversations by the words said in them or noted of them, and by what people call themselves: quickly, whatever the
words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Integer,
    String,
    Uuid,
    bindparam,
    cast,
    func,
    literal,
    literal_column,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.agents.model import Agent
from crm_backend.conversations.model import Conversation, Message, Participant
from crm_backend.conversations.notes_model import PrivateNote
from crm_backend.conversations.texts import shorten
from crm_backend.customers.model import Identity

MOST_WORDS = 8
NEWEST, COMMON = 1_500, 15
"""Of so many messages, the newest of all, so many hold words that are common: they are met soon by whoever goes through
conversations in the order of the list, while the index would gather a good part of all there are."""
FEW = 10_000
"""Messages whose conversations are gathered at once; words that more have are common, too."""
_WORD = re.compile(r"[^\W_]+")
_LOOKED_FOR = func.to_tsquery(literal_column("'simple'"), func.relais_plain(bindparam("looked_for")))
_SAID = func.relais_words(Message.text).op("@@")(_LOOKED_FOR)
_newest = select(Message.conversation_id, Message.id, Message.text).order_by(Message.id.desc()).limit(NEWEST).subquery()
_LATELY = (
    select(_newest.c.conversation_id)
    .where(func.relais_words(_newest.c.text).op("@@")(_LOOKED_FOR))
    .order_by(_newest.c.id.desc())
)
_few = select(Message.conversation_id).where(_SAID).limit(bindparam("most", type_=Integer())).subquery()
_FEW = select(func.count(), func.coalesce(func.string_agg(cast(_few.c.conversation_id, String), ","), ""))
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


async def said(session: AsyncSession, wanted: str, *, enough: int | None = None) -> ColumnElement[bool] | None:
    """The condition that these words, or words that begin so, were all said in one message of a conversation, without
    regard to accents; None without a word. With `enough` it is cheap to test for all conversations: it holds for those
    alone that are met among what was said last of all if they are so many, and else for those of FEW messages."""
    query = query_of(wanted)
    if not query:
        return None
    given = {"looked_for": query}
    lately = (await session.scalars(_LATELY, given)).all()
    if enough is not None and len(found := set(lately)) >= enough:
        return Conversation.id.in_(found)
    if enough is not None or len(lately) < COMMON:
        # As one text: thousands of identifiers are made and read more slowly than they are found.
        count, identifiers = (await session.execute(_FEW, {**given, "most": FEW + 1})).one()
        if enough is not None or count <= FEW:
            return Conversation.id == func.any(cast(func.string_to_array(identifiers, ","), ARRAY(Uuid())))
    inside = select(true()).where(Message.conversation_id == Conversation.id, _SAID.params(looked_for=query))
    # Not `exists`, for which the database would gather the conversations of all these messages after all.
    return inside.correlate(Conversation).limit(1).scalar_subquery().is_(True)


async def noted(session: AsyncSession, wanted: str) -> ColumnElement[bool] | None:
    """The same of private notes, which are for colleagues: for those who may read conversations at the desk only."""
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


def called(wanted: str) -> ColumnElement[bool]:
    """The condition that somebody in a conversation calls themselves so, or a part of it is what is looked for."""
    escaped = wanted.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    named = (
        select(Participant.conversation_id)
        .join(Identity, Identity.id == Participant.identity_id)
        .where(
            Identity.shown_name != "", func.relais_plain(Identity.shown_name).like(func.relais_plain(f"%{escaped}%"))
        )
    )
    return Conversation.id.in_(named)
