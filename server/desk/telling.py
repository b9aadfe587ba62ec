"""What an open desk is told: the changes that its agent may hear of, in their language."""

from __future__ import annotations

import asyncio
from collections.abc import Sized
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import structlog
from aiohttp import web

from crm_backend.access.queries import may
from crm_backend.agents.model import Agent
from crm_backend.conversations.desk import private_notes
from crm_backend.conversations.reading import inbox
from crm_backend.database import reading
from crm_backend.errors import NotFound
from crm_backend.notices import services as notices
from server.desk.api import Desk
from server.desk.news import LATEST, Reading
from server.desk.notes import note_out
from server.desk.routing import shown

log = structlog.get_logger(__name__)
COUNTED_EVERY = 0.5
"""Seconds between two counts for one desk: they are the same for many changes at once."""
COUNTING_DESKS = 10
"""Desks of a process that are counted for so often; where more are open, each is the more seldom."""


@dataclass
class OpenDesk:
    """One connected desk: the conversations it was told about, and up to which message; whether it hears of cases, and
    of orders."""

    agent: Agent
    token: str
    told: dict[UUID, int] = field(default_factory=dict)
    touched: float = float("-inf")
    to_count: bool = False
    cases: bool = False
    orders: bool = False
    counting: asyncio.Task[None] | None = None


class Telling:
    """Tells the open desks of a process; `desks` is all of them: the more there are, the seldomer each is counted."""

    def __init__(self, desk: Desk, desks: Sized) -> None:
        self._desk, self._news, self._desks = desk, Reading(desk), desks

    async def changed(self, socket: web.WebSocketResponse, desk: OpenDesk, note: dict[str, Any]) -> None:
        """Tells of what is new in a conversation, and of the message `seq` that is not what it was."""
        conversation, language = UUID(note["conversation"]), desk.agent.language
        try:
            news = await self._news.of(note, language)
            told = desk.told.get(conversation, max(0, news.last - LATEST))
            frames = news.after(told)
            if frames is None:
                frames = await self._news.after(conversation, told, language)
            if (again := note.get("seq")) is not None and again <= told:
                frames.append(await self._news.again(conversation, again, language))
        except NotFound:
            return
        except Exception as error:  # noqa: BLE001  a desk outlives a failed look
            log.warning("desk.push_failed", cause=type(error).__name__)
            return
        desk.told[conversation] = max(told, news.last)
        for frame in (news.row, *frames):
            await socket.send_str(frame)
        self.count(socket, desk)

    async def delivery(self, socket: web.WebSocketResponse, desk: OpenDesk, note: dict[str, Any]) -> None:
        """What became of an answer."""
        await socket.send_str(await self._news.delivery(note, desk.agent.language))

    async def note(self, socket: web.WebSocketResponse, conversation: UUID, note: UUID) -> None:
        """A private note as it is now; null when it was taken away."""
        try:
            async with reading(self._desk.sessions) as session:
                found = await private_notes.one(session, note)
        except Exception as error:  # noqa: BLE001  a desk outlives a failed look
            log.warning("desk.push_failed", cause=type(error).__name__)
            return
        shown = note_out(found) if found else None
        frame = {"type": "note", "conversation": str(conversation), "id": str(note), "note": shown}
        await socket.send_json(frame)

    async def own(self, socket: web.WebSocketResponse, desk: OpenDesk, kind: str) -> None:
        """Something changed that is the agent's alone."""
        if kind == "offer":
            await self._offers(socket, desk)
        elif kind == "notice":
            await self._notice(socket, desk)
        else:
            self.count(socket, desk)

    def count(self, socket: web.WebSocketResponse, desk: OpenDesk) -> None:
        """Has it told of the counts now, or soon where it just was."""
        desk.to_count = True
        if desk.counting is None or desk.counting.done():
            desk.counting = asyncio.create_task(self._counts(socket, desk), name="desk-counts")

    async def _notice(self, socket: web.WebSocketResponse, desk: OpenDesk) -> None:
        """The newest of what the agent was told, for whom it is for and nobody else."""
        try:
            async with reading(self._desk.sessions) as session:
                found = await notices.of_agent(session, desk.agent.id, limit=1)
                if found and found[0].subject_kind == "case" and not await may(session, desk.agent, "cases.read"):
                    return
        except Exception as error:  # noqa: BLE001  a desk outlives a failed look
            log.warning("desk.push_failed", cause=type(error).__name__)
            return
        if found:
            about = {"kind": found[0].kind, "conversation": None}
            if found[0].subject_kind == "conversation":
                about["conversation"] = str(found[0].subject_id)
            await socket.send_json({"type": "notice", "text": found[0].texts.get(desk.agent.language, ""), **about})
            # A mention or a reminder that is due is counted.
            self.count(socket, desk)

    async def _offers(self, socket: web.WebSocketResponse, desk: OpenDesk) -> None:
        """What its agent is offered now, and where they are: both change without their doing."""
        try:
            async with reading(self._desk.sessions) as session:
                agent = await session.get_one(Agent, desk.agent.id)
                frame = {"offers": await shown(session, agent), "presence": agent.presence}
        except Exception as error:  # noqa: BLE001  a desk outlives a failed look
            log.warning("desk.push_failed", cause=type(error).__name__)
            return
        await socket.send_json({"type": "offers", **frame})

    async def _counts(self, socket: web.WebSocketResponse, desk: OpenDesk) -> None:
        while desk.to_count:
            desk.to_count = False
            try:
                async with reading(self._desk.sessions) as session:
                    counts: dict[str, Any] = await inbox.counts(session, agent=desk.agent)
                await socket.send_json({"type": "counts", "counts": counts})
            except Exception as error:  # noqa: BLE001  a desk outlives a failed look
                log.warning("desk.push_failed", cause=type(error).__name__)
            await asyncio.sleep(COUNTED_EVERY * max(1, len(self._desks) / COUNTING_DESKS))
