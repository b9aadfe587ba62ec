"""The loop of the desk's inbox: says answers that nobody took back, brings back what was put off, and reminds."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from channels.port import Live
from crm_backend.conversations.desk import reminders, second_thoughts
from crm_backend.conversations.handing_over import snoozes
from crm_backend.database import Sessions, utc_now
from server.loops.service_levels import notice
from server.wakes import Wakes


class InboxLoop:
    """One answer, or a handful of conversations, in one transaction. Killed at any moment, it says nothing twice."""

    def __init__(self, *, sessions: Sessions, live: Live, wakes: Wakes, now: Callable[[], datetime] = utc_now) -> None:
        self._sessions, self._live, self._wakes, self._now = sessions, live, wakes, now

    async def work(self) -> bool:
        """False when there was nothing of it."""
        answered, returned, reminded = await self._answer(), await self._snoozes(), await self._reminders()
        return answered or returned or reminded

    async def _answer(self) -> bool:
        async with self._sessions() as session, session.begin():
            ended = await second_thoughts.due(session, now=self._now())
        if ended is None:
            return False
        if ended.said:
            await self._wakes.changed(ended.conversation_id, outgoing=True)
        else:
            await notice([ended.agent_id], live=self._live)
        return True

    async def _snoozes(self) -> bool:
        async with self._sessions() as session, session.begin():
            back = await snoozes.due(session, now=self._now())
        for conversation, told in back:
            await self._wakes.changed(conversation)
            await notice(told, live=self._live)
        return bool(back)

    async def _reminders(self) -> bool:
        async with self._sessions() as session, session.begin():
            told = await reminders.due(session, now=self._now())
        await notice(set(told), live=self._live)
        return bool(told)
