"""Buttons under messages, and what a press of one means."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import and_, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from crm_backend.conversations.model import Message
from crm_backend.conversations.schema import Button, Press
from crm_backend.texts import shorten

USED = "-"
"""The data of a button that shows what was chosen."""
ROWS = 100
"""The most buttons that one message may have (limits of `InlineKeyboardMarkup`, not written in its documentation)."""
LONGEST_TITLE = 60
_SIDE_BY_SIDE = 16
"""Two titles as long as this share a row on a narrow telephone."""

Keyboard = list[list[dict[str, Any]]]


def data_of(message_id: UUID, index: int) -> str:
    """What Telegram gives back when the button is pressed, `<message_id>:<index>`; 1 to 64 bytes (`callback_data`)."""
    return f"{message_id}:{index}"


def press_of(data: str | None) -> Press | None:
    """The button that was pressed; None for data that we cannot have written."""
    message_id, _, index = (data or "").rpartition(":")
    try:
        return Press(message_id=UUID(message_id), index=int(index))
    except ValueError:
        return None


def keyboard(buttons: Sequence[Button], *, message_id: UUID, links: Sequence[tuple[str, str]] = ()) -> Keyboard:
    """Rows of buttons: links to pages, each in a row of its own, then the choices, short ones two by two."""
    rows: Keyboard = [[{"text": shorten(title, LONGEST_TITLE), "url": url}] for title, url in links]
    choices = [
        {"text": shorten(button.title, LONGEST_TITLE) or "…", "callback_data": data_of(message_id, index)}
        for index, button in enumerate(buttons)
    ][: ROWS - len(rows)]
    while choices:
        pair = choices[:2]
        short = len(pair) == 2 and all(len(button["text"]) <= _SIDE_BY_SIDE for button in pair)
        taken, choices = (pair, choices[2:]) if short else (choices[:1], choices[1:])
        rows.append(taken)
    return rows


def used(title: str, links: Keyboard) -> Keyboard:
    """The buttons after one was pressed: the pages, and what was chosen."""
    return [*links, [{"text": shorten(f"✓ {title}", LONGEST_TITLE), "callback_data": USED}]]


async def is_stale(session: AsyncSession, press: Press, *, external_id: str) -> bool:
    """Whether the conversation has gone on since the buttons were shown: a "yes" to an old question must not answer a
    new one. A press that is delivered again is not stale for having been stored."""
    offered, later = aliased(Message), aliased(Message)
    gone_on = (
        select(offered.id)
        .join(later, later.conversation_id == offered.conversation_id)
        .where(
            offered.id == press.message_id,
            later.seq > offered.seq,
            or_(
                and_(later.author == "customer", later.external_id.is_distinct_from(external_id)),
                and_(later.author == "bot", later.content.has_key("buttons")),
            ),
        )
    )
    stored = select(Message.id).where(Message.channel == "telegram", Message.external_id == external_id)
    return bool(await session.scalar(select(exists(gone_on) & ~exists(stored))))
