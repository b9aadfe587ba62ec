"""What an inbound message stands for beside its words: the control it came from, or the button it chooses."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.conversations.model import Conversation, Message
from crm_backend.conversations.schema import InboundMessage, Press
from crm_backend.errors import BadInput

_WORD = re.compile(r"[^\w]+")


async def meaning(
    session: AsyncSession, conversation: Conversation, inbound: InboundMessage, text: str, last: dict[str, Any]
) -> dict[str, Any]:
    """What the message carries beside its words: the control it came from, or the button it stands for.

    `last` is the content of the assistant's message before it. Raises BadInput for a button nobody offered.
    """
    if inbound.action:
        return {"action": inbound.action}
    if inbound.press:
        button = await _button(session, conversation, inbound.press)
        return {"payload": button["payload"], "title": button["title"]}
    if chosen := chosen_by_words(last.get("buttons", []), text):
        return {"payload": chosen["payload"]}
    return {}


async def _button(session: AsyncSession, conversation: Conversation, press: Press) -> dict[str, str]:
    seq = press.seq
    if press.message_id is not None:
        query = select(Message.seq).where(Message.id == press.message_id, Message.conversation_id == conversation.id)
        seq = await session.scalar(query) or 0
    buttons = await _buttons(session, conversation.id, seq)
    if press.index >= len(buttons):
        raise BadInput("no such button")
    return buttons[press.index]


async def _buttons(session: AsyncSession, conversation_id: UUID, seq: int) -> list[dict[str, str]]:
    content = await session.scalar(
        select(Message.content).where(
            Message.conversation_id == conversation_id, Message.seq == seq, Message.author == "bot"
        )
    )
    buttons: list[dict[str, str]] = (content or {}).get("buttons", [])
    return buttons


def chosen_by_words(buttons: Sequence[dict[str, str]], text: str) -> dict[str, str] | None:
    """The button whose title, or else whose number, the customer typed."""
    said = plain(text)
    titles = [plain(button["title"]) for button in buttons]
    numbers = [str(position) for position in range(1, len(buttons) + 1)]
    for names in (titles, numbers):
        if said in names:
            return buttons[names.index(said)]
    return None


def plain(text: str) -> str:
    """What is compared of a choice: its letters and figures."""
    # A title may be a lone emoji: without its letters every one would be the same.
    return _WORD.sub(" ", text.casefold()).strip() or text.strip()
