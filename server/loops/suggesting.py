"""The loop that learns what suggestions are found in: conversations that were closed, canned replies that changed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from crm_backend.database import Sessions, utc_now
from crm_backend.suggesting import learning
from server.embedding import Embedder

AT_ONCE = 5


class SuggestingLoop:
    """A handful of conversations and replies at a time: nobody waits for it, and the model is others' too."""

    def __init__(self, *, sessions: Sessions, embedder: Embedder, now: Callable[[], datetime] = utc_now) -> None:
        self._sessions, self._embedder, self._now = sessions, embedder, now

    async def work(self) -> bool:
        """False: it rests after each handful, also while there is more."""
        await self._replies()
        for _ in range(AT_ONCE):
            if not await self._conversation():
                break
        return False

    async def _conversation(self) -> bool:
        async with self._sessions() as session:
            lesson = await learning.next_lesson(session)
        if lesson is None:
            return False
        vector = await self._embedder.one(lesson.question) if lesson.question else None
        async with self._sessions() as session, session.begin():
            await learning.learn(session, lesson, vector, now=self._now())
        return True

    async def _replies(self) -> None:
        async with self._sessions() as session:
            changed = await learning.changed_replies(session)
        for reply_id, language, version, text in changed:
            vector = await self._embedder.one(text)
            async with self._sessions() as session, session.begin():
                await learning.know_reply(session, reply_id, language, version=version, vector=vector)
