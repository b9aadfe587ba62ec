"""Asking how it was where there are only messages: the question when a conversation ends, and the answer to it."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.conversations import stream
from crm_backend.conversations.choices import chosen_by_words, plain
from crm_backend.conversations.handing_over import ratings
from crm_backend.conversations.model import Conversation, Message, Participant
from crm_backend.conversations.notices import notice
from crm_backend.conversations.schema import NOBODY, Button, InboundMessage, Received, Reply
from crm_backend.customers.model import Identity
from crm_backend.errors import Conflict
from crm_backend.notifications import unasked
from crm_backend.notifications.schema import Rules
from crm_backend.satisfaction import asks, settings

ASKS = "rating"
"""What the `content` of the question says that it `asks`."""
ANSWERED_WITHIN = timedelta(hours=24)
"""A number that is typed later is about something else."""
SCORES = {
    "fr": ("Très mauvais", "Mauvais", "Moyen", "Bon", "Très bon"),
    "en": ("Very bad", "Bad", "So-so", "Good", "Very good"),
}
_MARK = re.compile(
    r"\s*(?P<mark>[1-5])\s*(?:(?:/|sur|out\s+of)\s*5\b|[ée]toiles?\b|stars?\b)(?P<apart>\s*[,;:.!–\n-]+)?\s*(?P<comment>.*)",
    re.IGNORECASE | re.DOTALL,
)
"""A mark as people write it by themselves, with what they say of it: `4/5, très bien`."""
FEW_WORDS = 2
"""Of a comment that nothing sets apart from the mark: "4/5 très bien"."""
_ANSWERS = {plain(title) for titles in SCORES.values() for title in titles} | {
    str(score) for score in range(ratings.WORST, ratings.BEST + 1)
}


def asked_by_default(ask_in: Collection[str], channel: str) -> bool:
    """Whether a channel asks where the company has set nothing: `ask_in` are those that can; as a mapping it says which
    of them do."""
    return bool(ask_in[channel]) if isinstance(ask_in, Mapping) else channel in ask_in


async def ask(session: AsyncSession, conversation: Conversation, *, now: datetime, by_default: bool = True) -> bool:
    """Asks for a rating in a locked conversation that has just ended, once; false when there is nothing to ask, or not
    yet: where the channel waits, it is planned. `by_default` is whether it asks where nothing is set.

    The question says that the conversation is closed, too. Choices are in the order of their score.
    """
    setting = await settings.of_channel(session, conversation.channel)
    if not (setting.explicit or by_default):
        return False
    if not await ratings.askable(session, conversation, setting=setting, now=now):
        return False
    if await _asked(session, conversation):
        return False
    if setting.delay:
        await asks.plan(session, conversation, at=now + setting.delay)
        return False
    await _put(session, conversation, setting.words.get(conversation.language), "how_was_it", now)
    return True


async def ask_later(
    session: AsyncSession, *, rules: Rules, now: datetime, channels: Collection[str]
) -> tuple[bool, UUID | None]:
    """Asks one customer who was to be asked by now: whether there was one, and the conversation that changed.

    Nobody is asked who has gone on meanwhile, has objected, or must not be written to unasked; in quiet hours it waits
    for their end (`rules`). Only the `channels` that ask by a message do.
    """
    ask = await asks.due(session, now=now)
    if ask is None:
        return False, None
    conversation = await stream.locked(session, ask.conversation_id)
    if not await asks.still(session, ask):
        return True, None
    setting = await settings.of_channel(session, conversation.channel)
    is_over = conversation.owner == NOBODY and conversation.closed_at == ask.closed_at
    open_still = is_over and await ratings.askable(session, conversation, setting=setting, now=now)
    if not open_still or conversation.channel not in channels or await _asked(session, conversation):
        await asks.drop(session, ask)
        return True, None
    held = await unasked.held(session, conversation.customer_id, rules=rules, now=now)
    if held is not None:
        if held.until is None:
            await asks.drop(session, ask)
        else:
            await asks.put_off(session, ask, until=held.until)
        return True, None
    await _put(session, conversation, setting.words.get(conversation.language), "how_was_it_then", now)
    await session.flush()
    return True, conversation.id


async def _put(session: AsyncSession, conversation: Conversation, words: str | None, key: str, now: datetime) -> None:
    """Stores the question, in the company's words or ours."""
    language = conversation.language
    buttons = [
        Button(title=title, payload=f"rating:{score}") for score, title in enumerate(SCORES[language], ratings.WORST)
    ]
    reply = Reply(text=words or notice(key, language), buttons=buttons)
    stream.send(session, conversation, author="bot", reply=reply, now=now, content={"asks": ASKS})
    await asks.asked(session, conversation, now=now)


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


async def is_question(session: AsyncSession, message_id: UUID) -> bool:
    """Whether a message is the question."""
    asks_for = select(Message.content["asks"].astext).where(Message.id == message_id)
    return bool(await session.scalar(asks_for) == ASKS)


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
    comment = marked["comment"].strip()
    apart = marked["apart"] is not None or len(comment.split()) <= FEW_WORDS
    if "?" in comment or not apart:
        # "1 sur 5 colis est arrivé" is no mark.
        return None, ""
    return int(marked["mark"]), comment[: ratings.LONGEST_COMMENT]
