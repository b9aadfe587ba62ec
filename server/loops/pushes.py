"""Browser push: what is due is taken for good, then sent; what the push service refused for now waits again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

import aiohttp
import structlog
from cryptography.hazmat.primitives.asymmetric import ec

from channels.ending import ended
from crm_backend.database import Sessions, utc_now
from crm_backend.pushes import deliveries, services
from crm_backend.pushes.deliveries import Due
from server.loops.webhooks import asked_to_wait
from server.metrics import PUSHES
from server.pushes import posting
from server.pushes.endpoints import PUBLIC, Endpoints
from server.pushes.sealing import keys_of
from server.vault import Vault

log = structlog.get_logger(__name__)
PATIENCE = aiohttp.ClientTimeout(total=15, connect=5)
BATCH = 16
REST = timedelta(minutes=5)
"""For how long nothing is sent to a browser whose push service did not answer in time: all others wait meanwhile."""
GONE = (404, 410)
"""The browser asks for nothing any more (RFC 8030, 7.3)."""


class PushLoop:
    """One `work` sends what is due, several at once. Killed in between, what was taken is not sent a second time."""

    def __init__(
        self,
        *,
        sessions: Sessions,
        vault: Vault,
        address: str,
        endpoints: Endpoints = PUBLIC,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self._sessions, self._vault, self._address, self._now = sessions, vault, address, now
        self._endpoints = endpoints
        self._http: aiohttp.ClientSession | None = None
        self._under_way: set[asyncio.Task[None]] = set()
        self._tidy_at = now()

    async def work(self) -> bool:
        """Does some of what is due; False when nothing was."""
        now = self._now()
        async with self._sessions() as session, session.begin():
            if now >= self._tidy_at:
                self._tidy_at = now + timedelta(hours=1)
                await services.forget_expired(session, now=now)
            due, any_taken = await deliveries.take(session, now=now, limit=BATCH)
        if due:
            async with self._sessions() as session, session.begin():
                public, private = await keys_of(session, self._vault)
            self._under_way = {asyncio.create_task(self._send(each, public, private)) for each in due}
            await asyncio.wait(self._under_way)
        return any_taken

    async def close(self) -> None:
        """Gives up what is under way."""
        await ended(*self._under_way)
        if self._http is not None:
            await self._http.close()

    async def _send(self, due: Due, public: str, private: ec.EllipticCurvePrivateKey) -> None:
        try:
            status, after = await self._posted(due, public, private)
        except aiohttp.ClientConnectorError:
            # Nothing was sent: nothing can arrive twice.
            status, after = 503, None
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
            log.warning("push.lost", subscription=str(due.subscription_id), cause=type(error).__name__)
            PUSHES.labels("lost").inc()
            if isinstance(error, TimeoutError):
                async with self._sessions() as session, session.begin():
                    await deliveries.rest(session, due.subscription_id, until=self._now() + REST)
            return
        async with self._sessions() as session, session.begin():
            if status in GONE:
                await deliveries.forget(session, due.subscription_id)
            elif status == 429 or status >= 500:
                await deliveries.put_off(session, due, after=after, now=self._now())
        done = "sent" if status < 300 else "gone" if status in GONE else "refused"
        PUSHES.labels(done).inc()
        if done == "refused":
            log.warning("push.refused", subscription=str(due.subscription_id), status=status, attempt=due.attempts)

    async def _posted(self, due: Due, public: str, private: ec.EllipticCurvePrivateKey) -> tuple[int, timedelta | None]:
        """The status it was answered with, and for how long to wait."""
        if self._http is None:
            self._http = aiohttp.ClientSession(connector=self._endpoints.connector())
        signed = posting.headers(due, public=public, private=private, address=self._address, now=self._now())
        async with self._http.post(
            due.endpoint, data=posting.body(due), headers=signed, allow_redirects=False, timeout=PATIENCE
        ) as answer:
            # What it says beyond the status is nothing to us, and may have no end.
            answer.close()
        return answer.status, asked_to_wait(answer.headers.get("Retry-After"))
