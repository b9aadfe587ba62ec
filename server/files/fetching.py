"""Fetching what platforms only named: each pending file is asked for until it is here, refused or lost."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from datetime import timedelta

import structlog

from channels.port import Channel, Live, Rejected, Retry
from crm_backend.attachments import services as attachments
from crm_backend.attachments.services import Wanted
from crm_backend.conversations.reading.messages import carrying
from crm_backend.database import Sessions, utc_now
from crm_backend.errors import BadFile, FileInfected, FileType, RelaisError, TooLarge, Unavailable
from server.files.store import FileStore
from server.wakes import Wakes

log = structlog.get_logger(__name__)
Find = Callable[[str, str], Channel | None]
PATIENCE = 180.0
LEASE = PATIENCE + 120.0
"""Longer than a fetch and the look at what it brought may take."""
CLOSED_FOR = timedelta(days=1)
"""How long a file waits for its account to be opened again."""
SWEEP_EVERY = 600.0


class FetchLoop:
    """Claims the file that has waited longest, and has its channel fetch it."""

    def __init__(self, *, sessions: Sessions, find: Find, store: FileStore, live: Live) -> None:
        self._sessions, self._find, self._store, self._wakes = sessions, find, store, Wakes(live)
        self._swept_at = float("-inf")

    async def work(self) -> bool:
        """Fetches one file; False when there was none. Now and then forgets files that no message took."""
        await self._sweep()
        async with self._sessions() as session, session.begin():
            wanted = await attachments.claim(session, lease_seconds=LEASE)
        if wanted is None:
            return False
        await self._fetch(wanted)
        return True

    async def _sweep(self) -> None:
        now = time.monotonic()
        if now - self._swept_at < SWEEP_EVERY:
            return
        self._swept_at = now
        try:
            if gone := await self._store.sweep():
                log.info("files.swept", count=gone)
        except Unavailable as error:
            log.warning("files.sweep_failed", cause=str(error))

    async def _fetch(self, wanted: Wanted) -> None:
        channel = self._find(wanted.channel, wanted.account)
        if channel is None:
            await self._put_back(wanted, "the account is closed", patient=utc_now() - wanted.created_at < CLOSED_FOR)
            return
        try:
            looked = await asyncio.wait_for(
                self._store.take_in(
                    wanted.id, channel.fetch(wanted.remote), name=wanted.name, declared_type=wanted.declared_type
                ),
                PATIENCE,
            )
        except (TooLarge, BadFile) as error:
            await self._refused(wanted, error)
        except Unavailable as error:
            # Ours is the fault: a place that is full, a scanner that is down. The file is as good as before.
            await self._put_back(wanted, str(error), patient=True)
        except Rejected as error:
            await self._lost(wanted, str(error))
        except Exception as error:  # noqa: BLE001  whatever a platform does, the file is asked for again
            await self._put_back(wanted, type(error).__name__, after=error.after if isinstance(error, Retry) else None)
        else:
            async with self._sessions() as session, session.begin():
                await attachments.fetched(session, wanted, looked)
            await self._tell(wanted)

    async def _refused(self, wanted: Wanted, error: RelaisError) -> None:
        log.info("files.refused", file=str(wanted.id), channel=wanted.channel, code=error.code)
        async with self._sessions() as session, session.begin():
            await attachments.refused(session, wanted, reason=reason(error))
        await self._tell(wanted)

    async def _lost(self, wanted: Wanted, cause: str) -> None:
        log.warning("files.lost", file=str(wanted.id), channel=wanted.channel, cause=cause)
        async with self._sessions() as session, session.begin():
            await attachments.lost(session, wanted)
        await self._tell(wanted)

    async def _put_back(self, wanted: Wanted, cause: str, *, after: float | None = None, patient: bool = False) -> None:
        log.info("files.put_back", file=str(wanted.id), channel=wanted.channel, cause=cause, attempt=wanted.attempts)
        async with self._sessions() as session, session.begin():
            again = await attachments.put_back(session, wanted, after=after, patient=patient)
        if not again:
            log.warning("files.lost", file=str(wanted.id), channel=wanted.channel, cause=cause)
            await self._tell(wanted)

    async def _tell(self, wanted: Wanted) -> None:
        async with self._sessions() as session:
            found = await carrying(session, wanted.id)
        if found is not None:
            await self._wakes.updated(*found)


def reason(error: RelaisError) -> str:
    """Why a file was refused, as it is noted of it."""
    known: dict[type[RelaisError], str] = {TooLarge: "too_large", FileType: "type", FileInfected: "infected"}
    return known.get(type(error), "broken")
