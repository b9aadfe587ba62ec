"""Sending: each reply goes out through its channel, in order, until the platform has it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping

import structlog

from channels.port import Channel, Live, Rejected, Retry
from crm_backend.conversations import outbox
from crm_backend.conversations.outbox import Delivery
from crm_backend.database import Sessions
from server.metrics import DELIVERIES

log = structlog.get_logger(__name__)
LEASE = 30.0
BATCH = 20
AT_ONCE = 200
"""Deliveries under way in one process; their conversations wait, others do not."""
SLOW = 0.1
"""Seconds after which a worker leaves a delivery to itself and looks for the next."""


class OutboxLoop:
    """Claims the oldest unsent reply of each conversation and hands it to its channel."""

    def __init__(self, *, sessions: Sessions, channels: Mapping[str, Channel], live: Live) -> None:
        self._sessions, self._channels, self._live = sessions, channels, live
        self._under_way: set[asyncio.Task[None]] = set()

    async def work(self) -> bool:
        """Sends what may go now; False when there was nothing. A slow delivery goes on by itself."""
        if len(self._under_way) >= AT_ONCE:
            await asyncio.wait(self._under_way, return_when=asyncio.FIRST_COMPLETED)
        async with self._sessions() as session, session.begin():
            deliveries = await outbox.claim(session, lease_seconds=LEASE, limit=BATCH)
        if not deliveries:
            return False
        tasks = {asyncio.create_task(self._delivered(delivery)) for delivery in deliveries}
        self._under_way |= tasks
        for task in tasks:
            task.add_done_callback(self._under_way.discard)
        await asyncio.wait(tasks, timeout=SLOW)
        return True

    async def close(self) -> None:
        """Gives up what is under way: it is sent again after its lease."""
        for task in self._under_way:
            task.cancel()
        await asyncio.gather(*self._under_way, return_exceptions=True)

    async def _delivered(self, delivery: Delivery) -> None:
        begun = time.monotonic()
        try:
            await self._deliver(delivery)
        except Exception as error:  # noqa: BLE001  it is under its lease, and is tried again after that
            log.error("outbox.failed", conversation=str(delivery.conversation_id), cause=type(error).__name__)
        if time.monotonic() - begun >= SLOW:
            # Nobody waits for it any more, and the conversation's next reply may have waited.
            await self._live.publish("outbox", {})

    async def _deliver(self, delivery: Delivery) -> None:
        channel = self._channels.get(delivery.channel)
        try:
            if channel is None:
                raise Rejected("no such channel")
            platform_id = await asyncio.wait_for(channel.send(delivery), LEASE / 2)
        except Rejected as error:
            await self._failed(delivery, str(error))
            return
        except Exception as error:  # noqa: BLE001  whatever a platform does, the reply is kept and tried again
            after = error.after if isinstance(error, Retry) else None
            await self._later(delivery, error, after)
            return
        async with self._sessions() as session, session.begin():
            await outbox.sent(session, delivery, platform_id=platform_id)
        DELIVERIES.labels(delivery.channel, "sent").inc()

    async def _failed(self, delivery: Delivery, cause: str) -> None:
        async with self._sessions() as session, session.begin():
            await outbox.rejected(session, delivery, error=cause)
        await self._tell_failed(delivery, cause)

    async def _tell_failed(self, delivery: Delivery, cause: str) -> None:
        DELIVERIES.labels(delivery.channel, "rejected").inc()
        log.error("outbox.rejected", conversation=str(delivery.conversation_id), seq=delivery.seq, cause=cause)
        note = {"kind": "delivery", "conversation": delivery.conversation_id, "seq": delivery.seq, "delivery": "failed"}
        await self._live.publish("desk", note)

    async def _later(self, delivery: Delivery, error: Exception, after: float | None) -> None:
        async with self._sessions() as session, session.begin():
            again = await outbox.retry(session, delivery, error=type(error).__name__, after=after)
        if not again:
            await self._tell_failed(delivery, type(error).__name__)
            return
        DELIVERIES.labels(delivery.channel, "retried").inc()
        log.warning("outbox.retry", conversation=str(delivery.conversation_id), cause=type(error).__name__)
