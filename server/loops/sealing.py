"""Chaining the audit log's new entries, a moment after they were committed."""

from __future__ import annotations

import time

import structlog

from crm_backend.audit import sealing
from crm_backend.database import Sessions

log = structlog.get_logger(__name__)
TELL_EVERY = 3_600.0
"""Seconds. The head in the log, which is often kept elsewhere, shows later that the chain was not made anew."""


class SealingLoop:
    """Of several servers, one seals at a time; the others do without."""

    def __init__(self, *, sessions: Sessions) -> None:
        self._sessions = sessions
        self._told_at = -TELL_EVERY
        self._told = sealing.Head()

    async def work(self) -> bool:
        """Seals one batch; whether there may be more."""
        async with self._sessions.begin() as session:
            sealed = await sealing.seal(session, wait=False)
        if sealed == sealing.BATCH:
            return True
        if sealed or time.monotonic() - self._told_at >= TELL_EVERY:
            await self._tell()
        return False

    async def _tell(self) -> None:
        if time.monotonic() - self._told_at < TELL_EVERY:
            return
        async with self._sessions() as session:
            head = await sealing.head(session)
        self._told_at = time.monotonic()
        if head != self._told:
            self._told = head
            log.info("audit.head", position=head.position, hash=head.hash)
