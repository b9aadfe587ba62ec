"""Keeping up with customers' value: after changes of orders at once, all of it anew on a schedule."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime

import structlog

from crm_backend.database import Sessions, reading, utc_now
from crm_backend.value import schedule, services

log = structlog.get_logger(__name__)
LOOK_EVERY = 60.0
"""Seconds between looks at the schedule; the first look is that long after the start."""


class ValueLoop:
    """Computes the customers whose orders changed, and runs what is due. Each is done once, however many servers run:
    by an advisory lock, and by leases (crm_backend/value/schedule.py)."""

    def __init__(self, *, sessions: Sessions, now: Callable[[], datetime] = utc_now) -> None:
        self._sessions, self._now = sessions, now
        self._look_at = time.monotonic() + LOOK_EVERY

    async def work(self) -> bool:
        """One batch of changed customers, or what is due; False when there was neither."""
        async with reading(self._sessions) as session:
            any_changed = await services.any_changed(session)
        if any_changed:
            async with self._sessions.begin() as session:
                return await services.refresh_changed(session, now=self._now()) > 0
        if time.monotonic() < self._look_at:
            return False
        self._look_at = time.monotonic() + LOOK_EVERY
        return await self.catch_up()

    async def catch_up(self) -> bool:
        """Runs what is due; whether anything was."""
        async with self._sessions.begin() as session:
            if not await schedule.is_due(session, now=self._now()):
                return False
        ran = [name for name in (schedule.VALUE, schedule.PAIRS) if await self._ran(name)]
        return bool(ran)

    async def _ran(self, name: str) -> bool:
        began = time.monotonic()
        ran = await schedule.run(self._sessions, name, now=self._now)
        if ran:
            log.info("value.computed", run=name, seconds=round(time.monotonic() - began, 1))
        return ran
