"""Telling in a conversation what is on a card, without letting anybody look for cards."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal
from uuid import UUID

from sqlalchemy import ColumnElement, distinct, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.conversations.model import Conversation
from crm_backend.database import new_id, utc_now
from crm_backend.errors import Invalid, NotFound
from crm_backend.gift_cards import services
from crm_backend.gift_cards.model import GiftCard, GiftCardTry

WINDOW, END = timedelta(days=1), 4
OF_CONVERSATION, OF_WRITER, OF_CARD = 5, 10, 5
"""Codes that there are not, which may be asked about in a day: in one conversation, by one writer in all of theirs; and
by whomever, different ones that are alike but for the end, as who has seen most of a card would try them."""


async def look_up(
    session: AsyncSession, code: str, *, conversation_id: UUID, turn_id: UUID
) -> GiftCard | Literal["unknown", "too_many"]:
    """The card with this code, for whoever has it. A wrong one is counted, once a turn; after too many even a right one
    is not answered. Raises NotFound."""
    writer = await _writer(session, conversation_id)
    key, of_card = services.fingerprint(code), services.fingerprint(_letters(code)[:-END])
    # Tries at once wait for each other here.
    for name in (f"gift card of {writer}", f"gift card {of_card}"):
        await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 0))))
    tried = await session.scalar(select(GiftCardTry.id).where(GiftCardTry.turn_id == turn_id))
    if tried is None and await _guessing(session, conversation_id, writer, of_card):
        return "too_many"
    try:
        return await services.by_code(session, code)
    except Invalid:
        if tried is None:
            made = {"conversation_id": conversation_id, "writer_id": writer, "turn_id": turn_id}
            session.add(GiftCardTry(id=new_id(), code_key=key, card_key=of_card, **made))
            await session.flush()
    return "too_many" if await _guessing(session, conversation_id, writer, of_card) else "unknown"


async def too_many(session: AsyncSession, *, conversation_id: UUID) -> bool:
    """Whether no code is answered there any more, whichever it is. Raises NotFound."""
    return await _guessing(session, conversation_id, await _writer(session, conversation_id), None)


async def _writer(session: AsyncSession, conversation_id: UUID) -> UUID:
    found = await session.scalar(select(Conversation.identity_id).where(Conversation.id == conversation_id))
    if found is None:
        raise NotFound("no such conversation")
    return found


async def _guessing(session: AsyncSession, conversation_id: UUID, writer: UUID, of_card: str | None) -> bool:
    tries, since = func.count(), utc_now() - WINDOW
    limits: list[tuple[ColumnElement[int], ColumnElement[bool], int]] = [
        (tries, GiftCardTry.conversation_id == conversation_id, OF_CONVERSATION),
        (tries, GiftCardTry.writer_id == writer, OF_WRITER),
    ]
    if of_card is not None:
        # The same code once more is no further guess.
        different = func.count(distinct(GiftCardTry.code_key))
        limits.append((different, GiftCardTry.card_key == of_card, OF_CARD))
    for what, which, most in limits:
        if (await session.scalar(select(what).where(which, GiftCardTry.created_at > since)) or 0) >= most:
            return True
    return False


def _letters(code: str) -> str:
    return "".join(letter for letter in code if letter.isalnum())
