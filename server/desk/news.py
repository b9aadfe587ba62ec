"""What is new in a conversation, read once for all the desks of a process that hear of the same change."""

from __future__ import annotations

import asyncio
import json
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import structlog

from crm_backend.conversations.reading import queries
from crm_backend.conversations.reading.messages import MessageView
from crm_backend.database import reading
from server.desk import views, words
from server.desk.api import Desk

log = structlog.get_logger(__name__)
LATEST = 20
"""Messages that a desk is told of a conversation it has not heard of yet."""
KEPT = 64
"""Changes whose frames are kept: desks hear of the same one within a moment."""


@dataclass(frozen=True)
class News:
    """The row of the list and the latest messages, as frames for readers of one language."""

    row: str
    last: int
    messages: list[tuple[int, str]]

    def after(self, seq: int) -> list[str] | None:
        """The messages after this one; None when some of them are not here."""
        if self.last > seq and (not self.messages or self.messages[0][0] > seq + 1):
            return None
        return [frame for number, frame in self.messages if number > seq]


class Reading:
    """Reads for every desk of this process."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._read: OrderedDict[tuple[str, str], asyncio.Task[News]] = OrderedDict()

    async def of(self, note: dict[str, Any], language: str) -> News:
        """What a change brought. The same `id` means the same change, so that one look answers all who heard of it.
        Raises NotFound."""
        key = (str(note.get("id")), language)
        task = self._read.get(key) if note.get("id") else None
        if task is None:
            task = asyncio.create_task(self._look(UUID(note["conversation"]), language), name="desk-news")
            self._read[key] = task
            while len(self._read) > KEPT:
                self._read.popitem(last=False)
        return await asyncio.shield(task)

    async def _look(self, conversation: UUID, language: str) -> News:
        async with reading(self._desk.sessions) as session:
            summary = await views.summary(session, conversation, language)
            last = summary["last"]["seq"] if summary["last"] else 0
            after = max(0, last - LATEST)
            found = await queries.messages_after(session, conversation_id=conversation, after=after)
        row = json.dumps({"type": "conversation", "conversation": summary})
        found = sorted(found, key=lambda view: view.seq)
        return News(row, last, [(view.seq, self._frame(conversation, view, language)) for view in found])

    async def after(self, conversation: UUID, seq: int, language: str) -> list[str]:
        """The messages after this one, for a desk that is far behind. Raises NotFound."""
        async with reading(self._desk.sessions) as session:
            found = await queries.messages_after(session, conversation_id=conversation, after=seq)
        return [self._frame(conversation, view, language) for view in sorted(found, key=lambda view: view.seq)]

    async def again(self, conversation: UUID, seq: int, language: str) -> str:
        """One message that is not what it was. Raises NotFound."""
        async with reading(self._desk.sessions) as session:
            view = await queries.message(session, conversation_id=conversation, seq=seq)
        return self._frame(conversation, view, language)

    async def delivery(self, note: dict[str, Any], language: str) -> str:
        """What became of a message of ours, and why it failed."""
        error = None
        if note["delivery"] == "failed":
            # The note is for every desk, and each has a language of its own.
            try:
                async with reading(self._desk.sessions) as session:
                    conversation = UUID(note["conversation"])
                    view = await queries.message(session, conversation_id=conversation, seq=note["seq"])
                error = words.undelivered(view.failure, view.error, language)
            except Exception as cause:  # noqa: BLE001  that it failed is worth telling without the reason
                log.warning("desk.push_failed", cause=type(cause).__name__)
        told = {name: note[name] for name in ("conversation", "seq", "delivery")}
        return json.dumps({"type": "delivery", **told, "error": error})

    def _frame(self, conversation: UUID, view: MessageView, language: str) -> str:
        shown = self._desk.shown(view, language)
        return json.dumps({"type": "message", "conversation": str(conversation), "message": shown})
