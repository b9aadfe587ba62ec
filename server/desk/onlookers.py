"""Who looks at a conversation, and who of the colleagues is writing in it: told from server to server, kept nowhere.

Every server knows its own desks. A desk that opens a conversation says so to all, and whoever looks at it already
answers; each says it again now and then, and who has not been heard of for a while is taken to have gone.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import structlog

from channels.ending import ended
from channels.port import Live

log = structlog.get_logger(__name__)
TOPIC = "onlookers"
AGAIN_EVERY = 30.0
GONE_AFTER = 75.0
"""Seconds: two repeats may be lost."""


@dataclass(eq=False)
class Looking:
    """One open desk: whose it is, what it shows, and how to tell it who else does, or who is writing."""

    agent: UUID
    name: str
    tell: Callable[[dict[str, Any]], Awaitable[None]]
    conversation: UUID | None = None


@dataclass
class _Seen:
    """Who of the other agents looks at one conversation, and when each was last heard of."""

    names: dict[UUID, str] = field(default_factory=dict)
    heard: dict[UUID, float] = field(default_factory=dict)


class Onlookers:
    """Those of this server's desks, and what was heard of others."""

    def __init__(self, live: Live) -> None:
        self._live = live
        self._desks: set[Looking] = set()
        self._seen: dict[UUID, _Seen] = {}
        self._tasks: list[asyncio.Task[None]] = []

    def enter(self, desk: Looking) -> None:
        """A desk was opened."""
        self._desks.add(desk)
        if not self._tasks:
            self._tasks = [
                asyncio.create_task(self._hear(), name="onlookers"),
                asyncio.create_task(self._repeat(), name="onlookers-again"),
            ]

    async def leave(self, desk: Looking) -> None:
        """A desk was closed."""
        self._desks.discard(desk)
        await self.look(desk, None)
        if not self._desks:
            tasks, self._tasks = self._tasks, []
            await ended(*tasks)
            self._seen.clear()

    async def look(self, desk: Looking, conversation: UUID | None) -> None:
        """A desk shows another conversation now, or none."""
        before, desk.conversation = desk.conversation, conversation
        if before == conversation:
            return
        if before is not None and not self._shows(desk.agent, before):
            await self._say(desk, before, "gone")
        if conversation is not None:
            await self._say(desk, conversation, "came")
            await self._tell(desk)

    def _shows(self, agent: UUID, conversation: UUID) -> bool:
        """Whether one of the agent's desks here shows it: another tab keeps them there."""
        return any(desk.agent == agent and desk.conversation == conversation for desk in self._desks)

    async def _say(self, desk: Looking, conversation: UUID, what: str) -> None:
        note = {"what": what, "conversation": conversation, "agent": desk.agent, "name": desk.name}
        await self._live.publish(TOPIC, note)

    async def _hear(self) -> None:
        async with self._live.listen(TOPIC) as notes:
            async for note in notes:
                try:
                    if note is not None:
                        await self._heard(note)
                except Exception as error:  # noqa: BLE001  one note that cannot be told is no reason to hear no other
                    log.warning("onlookers.failed", cause=type(error).__name__)

    async def _heard(self, note: dict[str, Any]) -> None:
        conversation, agent = UUID(str(note["conversation"])), UUID(str(note["agent"]))
        here = [desk for desk in self._desks if desk.conversation == conversation]
        if note["what"] == "writing":
            frame = {"type": "typing", "conversation": str(conversation), "from": "agent", "name": note["name"]}
            for desk in here:
                if desk.agent != agent:
                    await _told(desk, frame)
            return
        if note["what"] == "came":
            for desk in {desk.agent: desk for desk in here if desk.agent != agent}.values():
                await self._say(desk, conversation, "here")
        if self._note(conversation, agent, note["name"], gone=note["what"] == "gone"):
            for desk in here:
                await self._tell(desk)

    def _note(self, conversation: UUID, agent: UUID, name: str, *, gone: bool) -> bool:
        """Whether that is news."""
        seen = self._seen.setdefault(conversation, _Seen())
        if gone:
            seen.heard.pop(agent, None)
            news = seen.names.pop(agent, None) is not None
        else:
            seen.heard[agent] = time.monotonic()
            news = agent not in seen.names
            seen.names[agent] = name
        if not seen.names:
            del self._seen[conversation]
        return news

    async def _tell(self, desk: Looking) -> None:
        seen = self._seen.get(desk.conversation) if desk.conversation else None
        names = seen.names if seen else {}
        others = sorted((name, str(agent)) for agent, name in names.items() if agent != desk.agent)
        agents = [{"id": agent, "name": name} for name, agent in others]
        await _told(desk, {"type": "viewing", "conversation": str(desk.conversation), "agents": agents})

    async def _repeat(self) -> None:
        while True:
            await asyncio.sleep(AGAIN_EVERY)
            for desk in list(self._desks):
                if desk.conversation is not None:
                    await self._say(desk, desk.conversation, "here")
            silent = time.monotonic() - GONE_AFTER
            heard = [(which, agent, at) for which, seen in self._seen.items() for agent, at in seen.heard.items()]
            gone = [(which, agent) for which, agent, at in heard if at < silent]
            for which, agent in gone:
                self._note(which, agent, "", gone=True)
            for desk in [desk for desk in self._desks if desk.conversation in {which for which, _ in gone}]:
                await self._tell(desk)


def viewed(frame: str) -> UUID | None:
    """The conversation that a desk says it shows; None for none, and for whatever is no conversation."""
    try:
        return UUID(json.loads(frame)["conversation"])
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None


async def writing(live: Live, *, agent: UUID, name: str, conversation: UUID) -> None:
    """Tells whoever looks at a conversation that an agent is writing in it."""
    await live.publish(TOPIC, {"what": "writing", "conversation": conversation, "agent": agent, "name": name})


async def _told(desk: Looking, frame: dict[str, Any]) -> None:
    # A desk that has just gone away is none of the others' business.
    with contextlib.suppress(ConnectionError, RuntimeError):
        await desk.tell(frame)
