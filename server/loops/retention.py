"""Once a night, what has been kept long enough goes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

import structlog

from crm_backend.database import Sessions
from crm_backend.privacy import retention

log = structlog.get_logger(__name__)
HOUR = 3
"""Of the company's clock: nobody waits for the database then."""


class RetentionLoop:
    """Of several servers one does a night's work; one that was off at night does it when it is on again."""

    def __init__(self, *, sessions: Sessions, now: Callable[[], datetime]) -> None:
        """`now` tells the company's time."""
        self._sessions, self._now = sessions, now
        self._done: date | None = None
        self._again = 0

    async def work(self) -> bool:
        """Does the night's work if nobody has; always False: there is one night a day."""
        now = self._now()
        if now.hour < HOUR or self._done == now.date():
            return False
        # Somebody else may be at it, and may die of it: looked at again every quarter of an hour.
        if self._again > now.timestamp():
            return False
        self._again = int(now.timestamp()) + 900
        gone = await retention.night(self._sessions, day=now.date())
        if gone is None:
            self._done = now.date() if await self._ended(now.date()) else None
        else:
            self._done = now.date()
            log.info("retention.done", **gone)
        return False

    async def _ended(self, day: date) -> bool:
        async with self._sessions() as session:
            return await retention.ended(session, day)
