"""Webhooks: each event is put on its way to whoever subscribed, and posted until it has arrived."""

from __future__ import annotations

import asyncio
import json
import math
from collections.abc import Callable
from datetime import datetime, timedelta

import aiohttp
import structlog

from channels.ending import ended
from crm_backend.database import Sessions, utc_now
from crm_backend.webhooks import deliveries
from crm_backend.webhooks.schema import Parcel
from crm_backend.webhooks.signing import headers
from server.metrics import WEBHOOKS
from server.reaching import Barred
from server.subscribing import signing
from server.vault import Unreadable, Vault

log = structlog.get_logger(__name__)
PATIENCE = aiohttp.ClientTimeout(total=15, connect=5)
LEASE = timedelta(seconds=60)
BATCH = 8
LONGEST_WAIT = timedelta(days=1)
"""Of what a subscriber asks for with Retry-After."""


class WebhookLoop:
    """One `work` fans events out and posts what is due, several at once, one for each object."""

    def __init__(
        self,
        *,
        sessions: Sessions,
        http: aiohttp.ClientSession,
        vault: Vault,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        """`http` keeps to the hosts that may be connected to."""
        self._sessions, self._http, self._vault, self._now = sessions, http, vault, now
        self._under_way: set[asyncio.Task[None]] = set()
        self._tidy_at = now()

    async def work(self) -> bool:
        """Does some of what is due; False when nothing was."""
        await self._tidy()
        async with self._sessions() as session, session.begin():
            told = await deliveries.fan_out(session, now=self._now())
        async with self._sessions() as session, session.begin():
            parcels = await deliveries.claim(session, now=self._now(), lease=LEASE, limit=BATCH)
        self._under_way = {asyncio.create_task(self._deliver(parcel)) for parcel in parcels}
        if self._under_way:
            await asyncio.wait(self._under_way)
        return told or bool(parcels)

    async def close(self) -> None:
        """Gives up what is under way: it is sent again after its lease."""
        await ended(*self._under_way)

    async def _deliver(self, parcel: Parcel) -> None:
        status, error, after = await self._posted(parcel)
        async with self._sessions() as session, session.begin():
            if not error and status is not None:
                await deliveries.delivered(session, parcel, status=status, now=self._now())
                outcome = "delivered"
            else:
                outcome = await deliveries.failed(
                    session, parcel, error=error, status=status, after=after, now=self._now()
                )
        WEBHOOKS.labels(outcome).inc()
        if error:
            log.warning(
                "webhook.failed", subscription=str(parcel.subscription_id), attempt=parcel.attempts, cause=error
            )

    async def _posted(self, parcel: Parcel) -> tuple[int | None, str, timedelta | None]:
        """The status it was answered with, what went wrong (empty for nothing), and for how long to wait."""
        body = json.dumps(parcel.body, ensure_ascii=False, separators=(",", ":")).encode()
        try:
            signed = headers(signing(self._vault, parcel), message=parcel.event_id, at=self._now(), body=body)
            async with self._http.post(
                parcel.url,
                data=body,
                headers={**signed, "Content-Type": "application/json", "User-Agent": "Relais-Webhooks/1"},
                # A redirect would post elsewhere than was subscribed: it is a failure like any other.
                allow_redirects=False,
                timeout=PATIENCE,
            ) as answer:
                # What it says beyond the status is nothing to us, and may have no end.
                answer.close()
        except Unreadable:
            return None, "its secret cannot be opened: the key of this installation has changed", None
        except Barred:
            return None, "a host that may not be connected to", None
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
            barred = isinstance(error, aiohttp.ClientConnectorError) and isinstance(error.os_error, Barred)
            return None, "a host that may not be connected to" if barred else type(error).__name__, None
        if 200 <= answer.status < 300:
            return answer.status, "", None
        return answer.status, f"answered {answer.status}", asked_to_wait(answer.headers.get("Retry-After"))

    async def _tidy(self) -> None:
        if self._now() < self._tidy_at:
            return
        self._tidy_at = self._now() + timedelta(hours=1)
        async with self._sessions() as session, session.begin():
            await deliveries.forget(session, now=self._now())


def asked_to_wait(value: str | None) -> timedelta | None:
    """Seconds of a Retry-After (RFC 9110, 10.2.3); a date in it is not read."""
    try:
        seconds = float(value or "")
    except ValueError:
        return None
    return min(LONGEST_WAIT, timedelta(seconds=seconds)) if math.isfinite(seconds) and 0 <= seconds < 1e9 else None
