"""Sending: each reply goes out through its channel, in order, until the platform has it."""

from __future__ import annotations

import asyncio
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


class OutboxLoop:
    """Claims the oldest unsent reply of each conversation and hands it to its channel."""

    def __init__(self, *, sessions: Sessions, channels: Mapping[str, Channel], live: Live) -> None:
        self._sessions, self._channels, self._live = sessions, channels, live

    async def work(self) -> bool:
        """Sends what may go now; False when there was nothing."""
        async with self._sessions() as session, session.begin():
            deliveries = await outbox.claim(session, lease_seconds=LEASE, limit=BATCH)
        if not deliveries:
            return False
        await asyncio.gather(*(self._deliver(delivery) for delivery in deliveries))
        return True

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
        DELIVERIES.labels(delivery.channel, "rejected").inc()
        log.error("outbox.rejected", conversation=str(delivery.conversation_id), seq=delivery.seq, cause=cause)
        note = {"kind": "delivery", "conversation": delivery.conversation_id, "seq": delivery.seq, "delivery": "failed"}
        await self._live.publish("desk", note)

    async def _later(self, delivery: Delivery, error: Exception, after: float | None) -> None:
        async with self._sessions() as session, session.begin():
            await outbox.retry(session, delivery, error=type(error).__name__, after=after)
        DELIVERIES.labels(delivery.channel, "retried").inc()
        log.warning("outbox.retry", conversation=str(delivery.conversation_id), cause=type(error).__name__)
