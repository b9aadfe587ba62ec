"""The loop that sees to cases: tells customers that theirs were opened, hears what is said in them, closes them."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import datetime
from uuid import UUID

import structlog

from crm_backend.cases import acknowledging, following, workflow
from crm_backend.database import Sessions
from crm_backend.notifications.schema import Start
from server.cases import news, words
from server.wakes import Wakes

log = structlog.get_logger(__name__)
LISTENS_EVERY = 3.0
CLOSES_EVERY = 60.0


class CaseLoop:
    """Sends what is owed, one mail in one transaction; looks into conversations and at the clock now and then."""

    def __init__(
        self,
        *,
        sessions: Sessions,
        wakes: Wakes,
        starts: Callable[[], Sequence[Start]],
        now: Callable[[], datetime],
    ) -> None:
        self._sessions, self._wakes, self._starts, self._now = sessions, wakes, starts, now
        self._listened = self._closed = float("-inf")

    async def work(self) -> bool:
        """Does one thing; False when there is nothing to do for now."""
        done = await self._acknowledge()
        if time.monotonic() - self._listened >= LISTENS_EVERY:
            self._listened = time.monotonic()
            done = await self._listen() or done
        if time.monotonic() - self._closed >= CLOSES_EVERY:
            self._closed = time.monotonic()
            done = await self._close() or done
        return done

    async def _acknowledge(self) -> bool:
        async with self._sessions.begin() as session:
            told = await acknowledging.next_one(session, starts=self._starts(), wording=self._words, now=self._now())
        if isinstance(told, UUID):
            log.info("case.acknowledged", conversation=str(told))
            await self._wakes.changed(told, outgoing=True)
        await news.tell(session, self._wakes)
        return bool(told)

    async def _listen(self) -> bool:
        async with self._sessions.begin() as session:
            concerned = await following.look(session, now=self._now())
        await news.tell(session, self._wakes)
        return len(concerned) >= following.AT_ONCE

    async def _close(self) -> bool:
        async with self._sessions.begin() as session:
            closed = await workflow.close_resolved(session, now=self._now())
        await news.tell(session, self._wakes)
        if closed:
            log.info("case.closed_by_time", count=closed)
        return bool(closed)

    def _words(self, opened: acknowledging.Opened) -> str:
        return words.acknowledgement(opened, zone=self._now().tzinfo)
