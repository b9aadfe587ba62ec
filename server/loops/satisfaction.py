"""The loop that asks customers how it was, on channels that wait for a while before they do."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime

from crm_backend.conversations.handing_over import asking
from crm_backend.database import Sessions, utc_now
from crm_backend.notifications.schema import Rules
from server.wakes import Wakes


class SatisfactionLoop:
    """One customer in one transaction: killed at any moment, it asks nobody twice."""

    def __init__(
        self,
        *,
        sessions: Sessions,
        wakes: Wakes,
        rules: Rules,
        ask_in: Collection[str],
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self._sessions, self._wakes, self._rules, self._ask_in, self._now = sessions, wakes, rules, ask_in, now

    async def work(self) -> bool:
        """False when nobody was to be asked."""
        async with self._sessions() as session, session.begin():
            found, changed = await asking.ask_later(session, rules=self._rules, now=self._now(), channels=self._ask_in)
        if changed is not None:
            await self._wakes.changed(changed, outgoing=True)
        return found
