"""How often articles are read and by what searches: counted here, written down together every few seconds."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from uuid import UUID
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy.exc import SQLAlchemyError

from crm_backend.database import Sessions, utc_now
from crm_backend.knowledge import arrivals, opinions

log = structlog.get_logger(__name__)
EVERY = 5.0
"""Seconds from the first view to the write: what a server that is killed may lose."""

MOST = 500
"""Different searches kept in memory between two writes."""


class ViewCounter:
    """The views of one process."""

    def __init__(self, sessions: Sessions, zone: ZoneInfo, every: float = EVERY) -> None:
        self._sessions, self._zone, self._every = sessions, zone, every
        self._views: Counter[tuple[UUID, str]] = Counter()
        self._searches: Counter[tuple[UUID, str, str]] = Counter()
        self._writing: asyncio.Task[None] | None = None

    def seen(self, article_id: UUID, language: str, *, searched: str = "") -> None:
        """One more view, by somebody who had searched for these words."""
        self._views[article_id, language] += 1
        if searched and len(self._searches) < MOST:
            self._searches[article_id, language, searched] += 1
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._later(), name="article-views")

    async def _later(self) -> None:
        await asyncio.sleep(self._every)
        await self.write()

    async def write(self) -> None:
        """Writes down what was counted; while the database is away it is counted on."""
        views, self._views = self._views, Counter()
        searches, self._searches = self._searches, Counter()
        if not views:
            return
        try:
            async with self._sessions.begin() as session:
                await opinions.count_views(session, views, day=utc_now().astimezone(self._zone).date())
                if searches:
                    await arrivals.count_searches(session, searches)
        except (SQLAlchemyError, OSError) as error:
            self._views += views
            self._searches += searches
            log.warning("views.not_written", cause=type(error).__name__)

    async def close(self) -> None:
        """Writes the rest."""
        if self._writing is not None:
            self._writing.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._writing
        await self.write()
