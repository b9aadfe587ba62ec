"""The loop that works through what happened and runs the company's rules, one event in one transaction."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from sqlalchemy import select

from channels.port import Live
from crm_backend.database import Sessions, unreachable, utc_now
from crm_backend.events import services as events
from crm_backend.notifications.schema import Rules
from crm_backend.orders.model import Order
from crm_backend.rules import running, waiting
from server.cases import news
from server.loops.order_news import OrderNews
from server.loops.service_levels import tell_of
from server.wakes import Wakes

log = structlog.get_logger(__name__)
CONSUMER = "rules"
LOOKS_EVERY = 20.0
REMEMBERED = timedelta(days=180)
"""How long what happened can be looked at, and be a dry run's example."""


class RuleLoop:
    """Runs the rules for one event after the other; those of one object in their order. Killed at any moment, each
    event is worked through again as if it had not been."""

    def __init__(
        self,
        *,
        sessions: Sessions,
        live: Live,
        wakes: Wakes,
        quiet: Rules | None = None,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self._sessions, self._live, self._wakes, self._quiet, self._now = sessions, live, wakes, quiet, now
        self._looked_at = float("-inf")
        self._orders = OrderNews(wakes)

    async def work(self) -> bool:
        """Works through one event; False when none is waiting."""
        await self._look()
        event_id: UUID | None = None
        try:
            async with self._sessions() as session, session.begin():
                event = await events.claim(session, consumer=CONSUMER, now=self._now())
                if event is None:
                    await self._orders.rested()
                    return False
                event_id = event.id
                order = event.subject_id if event.subject_kind == "order" else None
                whose = await session.scalar(select(Order.customer_id).where(Order.id == order)) if order else None
                outcome = await running.run(session, event, now=self._now(), quiet=self._quiet)
                await events.done(session, event, consumer=CONSUMER)
        except Exception as error:  # whatever a rule meets, the others go on
            if event_id is None or unreachable(error):
                raise
            log.error("rules.failed", event_id=str(event_id), cause=type(error).__name__, exc_info=True)
            await self._failed(event_id, type(error).__name__)
            return True
        if outcome.ran:
            log.info("rules.ran", event_id=str(event_id), kind=event.kind, rules=[str(each) for each in outcome.ran])
        await tell_of(outcome, live=self._live, wakes=self._wakes)
        if order is not None:
            await self._orders.changed(order, whose)
        await news.tell(session, self._wakes)
        return True

    async def _failed(self, event_id: UUID, cause: str) -> None:
        async with self._sessions() as session, session.begin():
            await events.failed(session, event_id, consumer=CONSUMER, cause=cause, now=self._now())

    async def _look(self) -> None:
        if time.monotonic() - self._looked_at < LOOKS_EVERY:
            return
        self._looked_at = time.monotonic()
        async with self._sessions() as session, session.begin():
            found = await waiting.look(session, now=self._now(), quiet=self._quiet)
            old = await events.forget(session, before=self._now() - REMEMBERED)
        if found or old:
            log.info("rules.looked", waited=found, forgotten=old)
