"""What an inbound message stands for beside its words: the control it came from, or the button it chooses."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.conversations.model import Conversation, Message
from crm_backend.conversations.participants import kept_from
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
        button = await _button(session, conversation, inbound, inbound.press)
        return {"payload": button["payload"], "title": button["title"]} if button else {}
    if chosen := chosen_by_words(last.get("buttons", []), text):
        return {"payload": chosen["payload"]}
    return {}


async def _button(
    session: AsyncSession, conversation: Conversation, inbound: InboundMessage, press: Press
) -> dict[str, str] | None:
    """None where it is of a message that who presses it is not shown: it means nothing, and what it says is not told.
    Raises BadInput for one that nobody offered."""
    which = Message.seq == press.seq if press.message_id is None else Message.id == press.message_id
    shown = select(Message.seq, Message.channel, Message.account, Message.content).where(
        Message.conversation_id == conversation.id, Message.author == "bot", which
    )
    row = (await session.execute(shown)).one_or_none()
    buttons: list[dict[str, str]] = (row.content or {}).get("buttons", []) if row else []
    if row is None or press.index >= len(buttons):
        raise BadInput("no such button")
    if row.channel != inbound.channel and await kept_from(
        session,
        conversation.id,
        seq=row.seq,
        place=(row.channel, row.account),
        kind=inbound.identity_kind,
        value=inbound.identity_value,
    ):
        return None
    return buttons[press.index]


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
