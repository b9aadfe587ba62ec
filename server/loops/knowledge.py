"""Articles that go public or leave at an instant."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from uuid import UUID

import structlog

from crm_backend.database import Sessions, utc_now
from crm_backend.knowledge import releasing
from server.embedding import Embedder

log = structlog.get_logger(__name__)


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
        try:
            for version_id, texts in due:
                vectors = await self._embedder.several(texts)
                async with self._sessions() as session, session.begin():
                    if await releasing.go_public(session, version_id, texts=texts, vectors=vectors, now=now):
                        log.info("article.published", version=str(version_id))
        finally:
            # What must not be read any more leaves even while nothing can be published.
            await self._end(ending, now)
        return bool(due or ending)

    async def _end(self, ending: Sequence[UUID], now: datetime) -> None:
        for version_id in ending:
            async with self._sessions() as session, session.begin():
                if await releasing.go_away(session, version_id, now=now):
                    log.info("article.expired", version=str(version_id))
