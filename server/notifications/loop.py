"""The loop that looks for news and sends what may go, one notification in one transaction."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import datetime
from uuid import UUID

import structlog

from crm_backend.database import Sessions
from crm_backend.notifications import orders, services
from crm_backend.notifications.schema import Rules, Start
from server.notifications import words
from server.wakes import Wakes

log = structlog.get_logger(__name__)
LOOKS_EVERY = 20.0


class NotificationLoop:
    """Finds what happened to orders, then sends what is due. `starts` are the accounts that may write first."""

    def __init__(
        self,
        *,
        sessions: Sessions,
        wakes: Wakes,
        rules: Rules,
        starts: Callable[[], Sequence[Start]],
        unsubscribe: Callable[[UUID], str],
        now: Callable[[], datetime],
    ) -> None:
        self._sessions, self._wakes, self._rules = sessions, wakes, rules
        self._starts, self._unsubscribe, self._now = starts, unsubscribe, now
        self._looked_at = float("-inf")

    async def work(self) -> bool:
        """Sends, puts off or drops one; False when none is due."""
        await self._look()
        async with self._sessions() as session, session.begin():
            now = self._now()
            planned = await services.plan(session, rules=self._rules, starts=self._starts(), now=now)
            if isinstance(planned, bool):
                return planned
            reply = words.reply(
                planned.kind,
                planned.facts,
                planned.language,
                today=now.date(),
                unsubscribe=self._unsubscribe(planned.customer_id),
            )
            conversation = await services.send(session, planned, reply, now=now)
        log.info("notification.sent", kind=planned.kind, channel=planned.route.channel, conversation=str(conversation))
        await self._wakes.changed(conversation, outgoing=True)
        return True

    async def _look(self) -> None:
        if time.monotonic() - self._looked_at < LOOKS_EVERY:
            return
        self._looked_at = time.monotonic()
        async with self._sessions() as session, session.begin():
            found = await orders.look(session, now=self._now())
            again = await services.take_back(session)
        if found or again:
            log.info("notification.queued", found=found, again=again)
