"""Articles that go public or leave at an instant."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from uuid import UUID

import structlog

from crm_backend.database import Sessions, utc_now
from crm_backend.knowledge import publishing, releasing
from server.embedding import Embedder

log = structlog.get_logger(__name__)
AT_ONCE = 5
"""Texts indexed anew in one look: their vectors take the processor."""


class KnowledgeLoop:
    """Looks every few seconds for what is due; several may run, each article is published once."""

    def __init__(self, *, sessions: Sessions, embedder: Embedder, now: Callable[[], datetime] = utc_now) -> None:
        self._sessions, self._embedder, self._now = sessions, embedder, now

    async def work(self) -> bool:
        """Does what is due; true if anything was."""
        now = self._now()
        async with self._sessions() as session:
            due = await releasing.due(session, now=now)
            ending = await releasing.ending(session, now=now)
            behind = await publishing.behind(session, limit=AT_ONCE)
        try:
            for version_id, texts in due:
                vectors = await self._embedder.several(texts)
                async with self._sessions() as session, session.begin():
                    if await releasing.go_public(session, version_id, texts=texts, vectors=vectors, now=now):
                        log.info("article.published", version=str(version_id))
        finally:
            # What must not be read any more leaves even while nothing can be published.
            await self._end(ending, now)
        for translation_id, texts in behind:
            vectors = await self._embedder.several(texts)
            async with self._sessions() as session, session.begin():
                await publishing.catch_up(session, translation_id, texts=texts, vectors=vectors)
        return bool(due or ending or behind)

    async def _end(self, ending: Sequence[UUID], now: datetime) -> None:
        for version_id in ending:
            async with self._sessions() as session, session.begin():
                if await releasing.go_away(session, version_id, now=now):
                    log.info("article.expired", version=str(version_id))
