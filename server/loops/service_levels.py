"""The loop that watches the clocks of cases: warnings before, escalation after, one clock in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from sqlalchemy import select

from channels.port import Live
from crm_backend.cases.model import CaseConversation
from crm_backend.database import Sessions, unreachable, utc_now
from crm_backend.events import services as events
from crm_backend.notifications.schema import Rules
from crm_backend.rules import running
from crm_backend.rules.acting import Done
from crm_backend.service_levels import clocks, overdue
from server.cases import news
from server.wakes import Wakes

log = structlog.get_logger(__name__)
CONSUMER = "service_levels"
AFTER_FAULT = timedelta(minutes=5)


class ServiceLevelLoop:
    """Tells of clocks whose time is nearly up, or up. Killed at any moment, it tells each once."""

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

    async def work(self) -> bool:
        """Tells of one clock, or notes one answer of the assistant that counts; False when there is neither."""
        return await self._clock() or await self._answer()

    async def _clock(self) -> bool:
        now, clock_id = self._now(), None
        try:
            async with self._sessions() as session, session.begin():
                claimed = await overdue.claim(session, now=now)
                if claimed is None:
                    return False
                case, clock = claimed
                clock_id = clock.id
                moment, actions = await overdue.tell(session, clock, now=now)
                done = await running.escalate(
                    session, actions, case=case, cause=clock.id, kind=f"clock.{moment}", now=now, quiet=self._quiet
                )
        except Exception as error:  # whatever one clock meets, the others are told of
            if clock_id is None or unreachable(error):
                raise
            log.error("clock.failed", clock_id=str(clock_id), cause=type(error).__name__, exc_info=True)
            async with self._sessions() as session, session.begin():
                await overdue.put_off(session, clock_id, until=now + AFTER_FAULT)
            return True
        log.info("clock.told", moment=moment, case=str(case.id), clock=clock.kind, refused=done.refused)
        await tell_of(done, live=self._live, wakes=self._wakes)
        await news.tell(session, self._wakes)
        return True

    async def _answer(self) -> bool:
        event_id: UUID | None = None
        try:
            async with self._sessions() as session, session.begin():
                event = await events.claim(session, consumer=CONSUMER, now=self._now())
                if event is None:
                    return False
                event_id = event.id
                linked = select(CaseConversation.case_id).where(CaseConversation.conversation_id == event.subject_id)
                for case_id in (await session.scalars(linked.order_by(CaseConversation.case_id))).all():
                    await clocks.answered(session, case_id, at=event.created_at, by_bot=event.data["author"] == "bot")
                await events.done(session, event, consumer=CONSUMER)
        except Exception as error:  # whatever one answer meets, the others count
            if event_id is None or unreachable(error):
                raise
            cause = type(error).__name__
            log.error("answer.failed", event_id=str(event_id), cause=cause, exc_info=True)
            async with self._sessions() as session, session.begin():
                await events.failed(session, event_id, consumer=CONSUMER, cause=cause, now=self._now())
        return True


async def tell_of(done: Done | running.Outcome, *, live: Live, wakes: Wakes) -> None:
    """After the commit: the desks of agents who were told something look, and what is to be sent goes."""
    await notice(done.told, live=live)
    for conversation_id in done.outgoing:
        await wakes.changed(conversation_id, outgoing=True)


async def notice(agents: Iterable[UUID], *, live: Live) -> None:
    """Tells open desks that these agents have a new notice."""
    for agent_id in sorted(agents):
        await live.publish("desk", {"kind": "notice", "agent": str(agent_id)})
