"""Notices on their way out are looked at once more: one that has waited may be for the morning, or for nobody."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import structlog

from crm_backend.accounts import services as accounts
from crm_backend.conversations.sending.outbox import Delivery
from crm_backend.database import Sessions, utc_now
from crm_backend.notifications import leaving
from crm_backend.notifications.schema import Rules
from server.wakes import Wakes

log = structlog.get_logger(__name__)


class Notices:
    """The last look at what is sent unasked; answers pass without a question to the database."""

    def __init__(
        self, *, sessions: Sessions, wakes: Wakes, rules: Rules, now: Callable[[], datetime] = utc_now
    ) -> None:
        self._sessions, self._wakes, self._rules, self._now = sessions, wakes, rules, now

    async def held_back(self, delivery: Delivery) -> bool:
        """Whether a delivery is a notice that may not go now: it is taken out of the outbox then, and desks hear it."""
        if not leaving.is_notice(delivery):
            return False
        async with self._sessions() as session, session.begin():
            why = await leaving.hold_back(session, delivery, rules=self._rules, now=self._now())
            if why is not None and delivery.probe:
                await accounts.not_probed(session, delivery.channel, delivery.account)
        if why is None:
            return False
        log.info("notification.held_back", conversation=str(delivery.conversation_id), seq=delivery.seq, cause=why)
        await self._wakes.changed(delivery.conversation_id, outgoing=True)
        await self._wakes.delivery(delivery.conversation_id, seq=delivery.seq, state="failed")
        return True
