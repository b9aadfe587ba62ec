"""Pacing: thinking gives way while a process that answers platforms does not get the processor in time.

Giving way by priority (`server.supervise.priority`) is not enough where both cores are full: whatever has begun keeps
PostgreSQL and the caches busy. So fewer turns are begun for a moment. Their customers wait a little longer; a platform
that is acknowledged late would send everything again.
"""

from __future__ import annotations

import asyncio
import socket

from channels.ending import ended
from channels.port import Live
from server.loops.wake import Work

TOPIC = "haste"
HERE = socket.gethostname()
"""Whom it concerns: what thinks on another machine takes nothing from us."""
TICK = 0.04
LATE = 0.02
"""Seconds beyond a tick after which the loop counts as late."""
SOON = 0.03
"""Seconds in which a message is taken in where nobody is late. It goes through the loop and the database several times:
each waits little for the processor, all of them together long before the loop alone is late."""
QUIET = 2.0
"""Seconds without a message after which nobody looks any more."""
SHORTEST, LONGEST = 0.02, 0.2
"""Seconds between the beginnings of two turns, in haste: at least five a second are thought about in any case."""
EASES_EVERY = 0.25
EASING = 0.7


class Haste:
    """Tells when this process's loop runs late while messages come in, or they are taken in late."""

    def __init__(self, live: Live) -> None:
        self._live = live
        self._until = 0.0
        self._late = False
        self._watching: asyncio.Task[None] | None = None

    def noticed(self) -> None:
        """A message came in."""
        self._until = asyncio.get_running_loop().time() + QUIET
        if self._watching is None or self._watching.done():
            self._watching = asyncio.create_task(self._watch(), name="haste")

    def took(self, seconds: float) -> None:
        """One was taken in within so much time."""
        self._late = self._late or seconds > SOON

    async def _watch(self) -> None:
        loop = asyncio.get_running_loop()
        while (begun := loop.time()) < self._until:
            await asyncio.sleep(TICK)
            if self._late or loop.time() - begun - TICK > LATE:
                self._late = False
                await self._live.publish(TOPIC, {"host": HERE})


class Pace:
    """How soon after one turn the next may begin."""

    def __init__(self, live: Live) -> None:
        self._live = live
        self._rest = 0.0
        self._heard_at = 0.0
        self._next = 0.0
        self._listening: asyncio.Task[None] | None = None

    def paced(self, work: Work) -> Work:
        """The same work, begun no sooner than it may."""

        async def begun() -> bool | None:
            if self._listening is None:
                self._listening = asyncio.create_task(self._listen(), name="pace")
            if (wait := self.wait(asyncio.get_running_loop().time())) > 0:
                await asyncio.sleep(wait)
            return await work()

        return begun

    async def close(self) -> None:
        """Hears no more."""
        await ended(self._listening)

    def heard(self, now: float) -> None:
        """Somebody is late, at this time of the loop: twice the rest, within bounds."""
        self._rest = min(LONGEST, max(SHORTEST, 2 * self._eased(now)))
        self._heard_at = now

    def wait(self, now: float) -> float:
        """Seconds after which what asks now may begin; it counts as begun then."""
        rest = self._eased(now)
        if not rest:
            return 0.0
        begins = max(now, self._next)
        self._next = begins + rest
        return begins - now

    def _eased(self, now: float) -> float:
        """The rest as it is after a time in which nobody was late."""
        left = self._rest * EASING ** ((now - self._heard_at) / EASES_EVERY)
        return left if left >= SHORTEST / 2 else 0.0

    async def _listen(self) -> None:
        async with self._live.listen(TOPIC) as notes:
            async for note in notes:
                if note is not None and note.get("host") == HERE:
                    self.heard(asyncio.get_running_loop().time())
