"""Conversations by the words said in them, and by what people call themselves: quickly, whatever the words."""

from __future__ import annotations

import re
import unicodedata

from sqlalchemy import ColumnElement, Uuid, bindparam, exists, func, literal, literal_column, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.conversations.model import Conversation, Message, Participant
from crm_backend.customers.model import Identity

MOST_WORDS = 8
FEW = 20_000
"""Messages whose conversations are gathered at once. Words that more have are so common that they are met soon by
whoever goes through conversations in the order of the list."""
_WORD = re.compile(r"[^\W_]+")
_SAID = func.relais_words(Message.text).op("@@")(
    func.to_tsquery(literal_column("'simple'"), func.relais_plain(bindparam("looked_for")))
)
_FEW = select(Message.conversation_id).where(_SAID).limit(FEW + 1)


def words_of(wanted: str) -> list[str]:
    """The words of what is looked for: letters and digits, composed."""
    # Modifier letters count as letters, and are signs once accents are taken off: ʼ is an apostrophe, ː a colon.
    composed = unicodedata.normalize("NFKC", wanted)
    return _WORD.findall("".join(" " if unicodedata.category(each) == "Lm" else each for each in composed))[:MOST_WORDS]


def query_of(wanted: str) -> str:
    """What is looked for, as `to_tsquery` of PostgreSQL reads it: each word, or one that begins so."""
    return " & ".join(f"{word}:*" for word in words_of(wanted))


async def said(session: AsyncSession, wanted: str) -> ColumnElement[bool] | None:
    """The condition that these words, or words that begin so, were all said in one message of a conversation, without
    regard to accents; None without a word."""
    query = query_of(wanted)
    if not query:
        return None
    found = (await session.scalars(_FEW, {"looked_for": query})).all()
    if len(found) <= FEW:
        return Conversation.id == func.any(literal(sorted(set(found)), ARRAY(Uuid())))
    inside = _SAID.params(looked_for=query)
    return exists().where(Message.conversation_id == Conversation.id, inside)


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
