"""Handing out what waits: one round at a time in the whole installation, whenever something may have become free."""

from __future__ import annotations

import asyncio
import time

import structlog

from channels.port import Live
from crm_backend.database import Sessions
from crm_backend.routing.distributing import distribute
from server.wakes import Wakes

log = structlog.get_logger(__name__)
APART = 0.2
"""Seconds between two rounds of this process: what comes in between is handed out together."""


class RoutingLoop:
    """One round in one transaction, then tells the desks. Killed at any moment, it leaves nothing half done."""

    def __init__(self, *, sessions: Sessions, live: Live, wakes: Wakes, apart: float = APART) -> None:
        self._sessions, self._live, self._wakes, self._apart = sessions, live, wakes, apart
        self._last = float("-inf")

    async def work(self) -> bool:
        """Does one round; False: a round leaves nothing to do that could be done."""
        await asyncio.sleep(max(0.0, self._last + self._apart - time.monotonic()))
        self._last = time.monotonic()
        async with self._sessions() as session, session.begin():
            done = await distribute(session)
        if done.made:
            log.info("routing.handed_out", count=done.made)
        for agent in sorted(done.told):
            await self._wakes.offered(agent)
        for conversation in sorted(done.conversations):
            await self._wakes.changed(conversation)
            await self._live.publish("outbox", {})
        return False
