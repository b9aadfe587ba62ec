"""Looking for words inside one conversation: where they were said, however long it is."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.conversations.model import Message
from crm_backend.conversations.reading import queries

MOST, FEWEST_LETTERS, MOST_WORDS = 500, 2, 8


async def said(session: AsyncSession, conversation_id: UUID, words: str) -> list[int]:
    """The sequence numbers of the newest 500 messages that hold every one of the words, or parts of words, in order.
    Accents and capitals count for nothing. Nothing for less than two letters. Raises NotFound."""
    found = await queries.conversation(session, conversation_id)
    wanted = [word for word in words.split()[:MOST_WORDS] if word]
    if len("".join(wanted)) < FEWEST_LETTERS:
        return []
    plain = func.relais_plain(Message.text)
    holding = [plain.contains(func.relais_plain(word), autoescape=False) for word in map(_literal, wanted)]
    newest = select(Message.seq).where(Message.conversation_id == found.id, *holding)
    return sorted(await session.scalars(newest.order_by(Message.seq.desc()).limit(MOST)))


def _literal(word: str) -> str:
    """The word as `LIKE` takes it: nothing in it stands for anything else."""
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
