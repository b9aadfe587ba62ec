"""The loops of reports: following what happens, and mailing what was asked for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import structlog

from crm_backend.database import Sessions, unreachable, utc_now
from crm_backend.reports import following, mailings
from server.reports.mailing import ReportMail

log = structlog.get_logger(__name__)


class ReportLoop:
    """Keeps what reports count up to date. Of several servers one does it at a time."""

    def __init__(self, *, sessions: Sessions) -> None:
        self._sessions = sessions

    async def work(self) -> bool:
        """Follows for one batch; whether there may be more."""
        async with self._sessions.begin() as session:
            return await following.follow(session, now=utc_now())


class ReportMailLoop:
    """Sends reports whose hour has come, each once. Killed at any moment, it goes on where it stood."""

    def __init__(self, *, sessions: Sessions, mail: ReportMail, now: Callable[[], datetime]) -> None:
        """`now` tells the company's time."""
        self._sessions, self._mail, self._now = sessions, mail, now

    async def work(self) -> bool:
        """Plans what is due, and sends one mail; False when there is none."""
        now = self._now()
        async with self._sessions.begin() as session:
            await mailings.plan(session, now=now)
            due = await mailings.claim(session, now=now)
        if due is None:
            return False
        try:
            await self._mail.send(due, now=now)
        except Exception as error:  # whatever one mail meets, the others are sent
            if unreachable(error):
                raise
            async with self._sessions.begin() as session:
                again = await mailings.failed(session, due, now=now)
            log.warning("report_mail.failed", mailing=str(due.mailing.id), cause=type(error).__name__, again=again)
            return True
        async with self._sessions.begin() as session:
            await mailings.sent(session, due, now=now)
        log.info("report_mail.sent", mailing=str(due.mailing.id), day=due.day.isoformat())
        return True
