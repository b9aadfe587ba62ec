"""Asking how it was where there are only messages: the question when a conversation ends, and the answer to it."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.conversations import ratings, stream
from crm_backend.conversations.choices import chosen_by_words, plain
from crm_backend.conversations.model import Conversation, Message, Participant
from crm_backend.conversations.notices import notice
from crm_backend.conversations.schema import NOBODY, Button, InboundMessage, Received, Reply
from crm_backend.customers.model import Identity
from crm_backend.errors import Conflict

ASKS = "rating"
"""What the `content` of the question says that it `asks`."""
ANSWERED_WITHIN = timedelta(hours=24)
"""A number that is typed later is about something else."""
SCORES = {
    "fr": ("Très mauvais", "Mauvais", "Moyen", "Bon", "Très bon"),
    "en": ("Very bad", "Bad", "So-so", "Good", "Very good"),
}
_MARK = re.compile(
    r"\s*(?P<mark>[1-5])\s*(?:(?:/|sur|out\s+of)\s*5\b|[ée]toiles?\b|stars?\b)(?:\s*[,;:.!–-]+)?\s*(?P<comment>.*)",
    re.IGNORECASE | re.DOTALL,
)
"""A mark as people write it by themselves, with what they say of it: `4/5, très bien`."""
_ANSWERS = {plain(title) for titles in SCORES.values() for title in titles} | {
    str(score) for score in range(ratings.WORST, ratings.BEST + 1)
}


async def ask(session: AsyncSession, conversation: Conversation, *, now: datetime) -> bool:
    """Asks for a rating in a locked conversation that has just ended, once; false when there is nothing to ask.

    The question says that the conversation is closed, too. Choices are in the order of their score.
    """
    if not await ratings.wanted(session, conversation, now=now) or await _asked(session, conversation):
        return False
    language = conversation.language
    buttons = [
        Button(title=title, payload=f"rating:{score}") for score, title in enumerate(SCORES[language], ratings.WORST)
    ]
    reply = Reply(text=notice("how_was_it", language), buttons=buttons)
    stream.send(session, conversation, author="bot", reply=reply, now=now, content={"asks": ASKS})
    return True


async def answer(
    session: AsyncSession, inbound: InboundMessage, identity: Identity, text: str, now: datetime
) -> Received | None:
    """Takes a message that answers the question: stored, thanked for, and the conversation stays closed.

    None for any other message. A choice may be pressed again within a day; typed it counts only right after the
    question, and may be a mark out of five with a word on it. Pressed too late it is thanked for all the same.
    """
    question = await _question(session, inbound, identity, text, now)
    if question is None:
        return None
    score, comment = _score(question, inbound, text)
    if score is None:
        return None
    conversation = await stream.locked(session, question.conversation_id)
    if conversation.owner != NOBODY and inbound.press is None:
        return None
    said = stream.append(
        session,
        conversation,
        author="customer",
        text=text if comment else question.content["buttons"][score - ratings.WORST]["title"],
        now=now,
        language=inbound.language,
        external_id=inbound.external_id,
        inbound=inbound,
    )
    try:
        await ratings.rate(session, conversation_id=conversation.id, score=score, comment=comment, now=now)
    except Conflict:
        thanks = notice("rating_too_late", conversation.language)
    else:
        thanks = notice("rating_noted", conversation.language)
    stream.send(session, conversation, author="system", reply=Reply(text=thanks), now=now)
    await session.flush()
    return Received(
        conversation_id=conversation.id, message_id=said.id, seq=said.seq, owner=conversation.owner, outgoing=True
    )


async def _asked(session: AsyncSession, conversation: Conversation) -> bool:
    found = await session.scalar(
        select(Message.id)
        .where(Message.conversation_id == conversation.id, Message.content["asks"].astext == ASKS)
        .limit(1)
    )
    return found is not None


async def _question(
    session: AsyncSession, inbound: InboundMessage, identity: Identity, text: str, now: datetime
) -> Message | None:
    """The question that the message may answer: the one whose button was pressed, or the last word of the conversation
    in which this person wrote last from here."""
    if inbound.action or inbound.join_code or inbound.automatic:
        return None
    if inbound.press is None and plain(text) not in _ANSWERS and not _MARK.fullmatch(text):
        # Nearly every message: they cost no look into the database.
        return None
    query = (
        select(Message)
        .join(Conversation, Conversation.id == Message.conversation_id)
        .join(Participant, Participant.conversation_id == Conversation.id)
        .where(
            Participant.identity_id == identity.id,
            Participant.channel == inbound.channel,
            Participant.account == inbound.account,
        )
        .limit(1)
    )
    if inbound.press is not None:
        if inbound.press.message_id is None:
            return None
        found = await session.scalar(query.where(Message.id == inbound.press.message_id))
    else:
        found = await session.scalar(
            query.where(Message.seq == Conversation.last_seq).order_by(Participant.last_at.desc())
        )
    if found is None or found.content.get("asks") != ASKS:
        return None
    return found if inbound.press is not None or found.created_at > now - ANSWERED_WITHIN else None


def _score(question: Message, inbound: InboundMessage, text: str) -> tuple[int | None, str]:
    """The score, and what is said with it."""
    buttons: list[dict[str, Any]] = question.content["buttons"]
    if inbound.press is not None:
        return (inbound.press.index + ratings.WORST if inbound.press.index < len(buttons) else None), ""
    if chosen := chosen_by_words(buttons, text):
        return buttons.index(chosen) + ratings.WORST, ""
    marked = _MARK.fullmatch(text)
    if marked is None:
        return None, ""
    return int(marked["mark"]), marked["comment"].strip()[: ratings.LONGEST_COMMENT]
