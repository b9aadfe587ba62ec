"""Forgetting answers that were kept for repeated requests, once their day is over."""

from __future__ import annotations

import time

from crm_backend.database import Sessions
from crm_backend.keys import repeats

EVERY = 3_600.0
"""Seconds."""


class AnswersLoop:
    """Of several servers each may do it: what is gone is gone."""

    def __init__(self, *, sessions: Sessions) -> None:
        self._sessions = sessions
        self._last = -EVERY

    async def work(self) -> bool:
        """Removes them, once an hour; always False."""
        if time.monotonic() - self._last >= EVERY:
            self._last = time.monotonic()
            async with self._sessions.begin() as session:
                await repeats.forget_old(session)
        return False
