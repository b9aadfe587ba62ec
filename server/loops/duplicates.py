"""Looking for customers who may be the same person, as they come and change."""

from __future__ import annotations

import time

from crm_backend.customers import duplicates
from crm_backend.database import Sessions

EVERY = 30.0
"""Seconds between looks when there was nothing to look at."""


class DuplicateLoop:
    """Takes customers who are new or have changed, a batch at a time; several servers share them."""

    def __init__(self, *, sessions: Sessions) -> None:
        self._sessions = sessions
        self._look_at = time.monotonic() + EVERY

    async def work(self) -> bool:
        """One batch; False when there was none, or it is too early to ask again."""
        if time.monotonic() < self._look_at:
            return False
        async with self._sessions.begin() as session:
            looked = await duplicates.look(session)
        if not looked:
            self._look_at = time.monotonic() + EVERY
        return looked > 0
