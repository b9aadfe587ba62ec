"""What is over at the customers' pages does not stay."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from crm_backend.database import Sessions, utc_now
from crm_backend.portal import leftovers


class PortalLoop:
    """Clears away visits that ended, with what was typed in them, and what let people in. Several may run."""

    def __init__(self, *, sessions: Sessions, idle: timedelta, now: Callable[[], datetime] = utc_now) -> None:
        """`idle` is after how long without a page a visit ends."""
        self._sessions, self._idle, self._now = sessions, idle, now

    async def work(self) -> bool:
        """Clears what there is; always False: the next look is soon enough for the rest."""
        async with self._sessions.begin() as session:
            await leftovers.clear(session, idle=self._idle, now=self._now())
        return False
