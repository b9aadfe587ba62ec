"""Sending: each reply goes out through its channel, in order, until the platform has it or never will."""

from __future__ import annotations

import asyncio
import socket
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar
from uuid import UUID

import aiohttp
import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from channels.ending import ended
from channels.port import Channel, Live, Rejected, Retry, Waits
from crm_backend.accounts import services as accounts
from crm_backend.conversations.sending import deliveries, outbox, undelivered
from crm_backend.conversations.sending.outbox import Delivery
from crm_backend.database import Sessions, new_id, unreachable, utc_now
from crm_backend.notifications.schema import Rules, Start
from server.loops import closed_window
from server.loops.notices import Notices
from server.metrics import ACCOUNTS_PAUSED, DEAD_LETTERS, DELIVERIES
from server.wakes import Wakes

log = structlog.get_logger(__name__)
Find = Callable[[str, str], Channel | None]
"""The channel of an account (channel, account), or None when this process has none."""
Place = tuple[str, str]
Kept = TypeVar("Kept")

LEASE = 30.0
"""Seconds after which a delivery is taken up by another process, if it is not known before that the first one died."""
PATIENCE = 180.0
"""Seconds that a platform may take over one reply, with all its files."""
BATCH = 20
AT_ONCE = 50
"""Deliveries of one account under way in one process: an account that hangs leaves room for the others."""
SLOW = 0.1
"""Seconds after which a worker leaves a delivery to itself and looks for the next."""
DATABASE_PAUSES = (0.2, 1.0, 3.0, 5.0, 10.0, 20.0)
"""What a platform answered is worth waiting for the database: forgotten, the reply would be sent twice."""
LOOK_EVERY = 15.0
NETWORK = (TimeoutError, OSError, EOFError, aiohttp.ClientError)
NEVER_CONNECTED = (aiohttp.ClientConnectorError, ConnectionRefusedError, socket.gaierror)


class OutboxLoop:
    """Claims the oldest unsent reply of each conversation and hands it to its channel."""

    def __init__(
        self,
        *,
        sessions: Sessions,
        find: Find,
        live: Live,
        starts: Callable[[], Sequence[Start]] = tuple,
        rules: Rules | None = None,
        lease: Callable[[str], UUID] = lambda _: new_id(),
    ) -> None:
        """`starts` are the accounts that may write first, `rules` say when the company writes unasked, `lease` makes a
        new lease for a channel."""
        self._sessions, self._find, self._live, self._starts = sessions, find, live, starts
        self._wakes, self._lease = Wakes(live), lease
        self._notices = Notices(sessions=sessions, wakes=self._wakes, rules=rules) if rules else None
        self._under_way: dict[Place, set[asyncio.Task[None]]] = defaultdict(set)
        self._look_at = 0.0

    async def work(self) -> bool:
        """Sends what may go now; False when there was nothing. A slow delivery goes on by itself."""
        await self._look()
        full = [place for place, tasks in self._under_way.items() if len(tasks) >= AT_ONCE]
        async with self._sessions() as session, session.begin():
            claimed = await outbox.claim(session, lease_seconds=LEASE, limit=BATCH, besides=full, lease=self._lease)
        if not claimed:
            return False
        tasks = {self._begin(delivery) for delivery in claimed}
        await asyncio.wait(tasks, timeout=SLOW)
        return True

    async def close(self) -> None:
        """Gives up what is under way: it is sent again once its lease has ended."""
        await ended(*(task for place in self._under_way.values() for task in place))

    def _begin(self, delivery: Delivery) -> asyncio.Task[None]:
        place = self._under_way[delivery.channel, delivery.account]
        task = asyncio.create_task(self._delivered(delivery))
        place.add(task)
        task.add_done_callback(place.discard)
        return task

    async def _delivered(self, delivery: Delivery) -> None:
        begun = time.monotonic()
        try:
            await self._deliver(delivery)
        except Exception as error:  # noqa: BLE001  it is under its lease, and is tried again after that
            log.error("outbox.failed", **_named(delivery), cause=type(error).__name__)
        if time.monotonic() - begun >= SLOW:
            # Nobody waits for it any more, and the conversation's next reply may have waited.
            await self._live.publish("outbox", {})

    async def _deliver(self, delivery: Delivery) -> None:
        if self._notices and await self._notices.held_back(delivery):
            return
        try:
            platform_id = await self._hand_over(delivery)
        except Waits as error:
            await self._closed(delivery, error)
        except Rejected as error:
            if error.reason == "window":
                await self._closed(delivery, error)
                return
            await (self._misconfigured if error.reason == "settings" else self._rejected)(delivery, error)
        except Exception as error:  # noqa: BLE001  whatever a platform does, the reply is kept and tried again
            await self._later(delivery, error)
        else:
            await self._sent(delivery, platform_id)

    async def _hand_over(self, delivery: Delivery) -> str:
        """The platform's id of it. The lease is renewed for as long as the platform takes."""
        if delivery.unreachable:
            raise Unreached("unreachable since an earlier message")
        channel = self._find(delivery.channel, delivery.account)
        if channel is None:
            # It may be on its way to this process, or be switched on again.
            raise NotHere("no such account here")
        sending = asyncio.ensure_future(channel.send(delivery))
        try:
            async with asyncio.timeout(PATIENCE):
                while not (await asyncio.wait({sending}, timeout=LEASE / 3))[0]:
                    await self._hold(delivery)
                return sending.result()
        finally:
            sending.cancel()

    async def _hold(self, delivery: Delivery) -> None:
        try:
            async with self._sessions() as session, session.begin():
                await deliveries.hold(session, delivery, lease_seconds=LEASE)
        except Exception as error:  # noqa: BLE001  at worst somebody else sends it too
            log.warning("outbox.not_held", **_named(delivery), cause=type(error).__name__)

    async def _sent(self, delivery: Delivery, platform_id: str) -> None:
        async def note(session: AsyncSession) -> str | None:
            state = await deliveries.sent(session, delivery, platform_id=platform_id)
            await accounts.succeeded(session, delivery.channel, delivery.account, probe=delivery.probe)
            return state

        state = await self._stored(note)
        DELIVERIES.labels(delivery.channel, "sent").inc()
        if state is not None:
            await self._wakes.delivery(delivery.conversation_id, seq=delivery.seq, state=state)

    async def _rejected(self, delivery: Delivery, error: Rejected) -> None:
        async def note(session: AsyncSession) -> bool:
            failed = await deliveries.rejected(session, delivery, error=str(error), reason=error.reason)
            if not isinstance(error, Unreached):
                # It answers, whatever it thinks of this message.
                await accounts.succeeded(session, delivery.channel, delivery.account, probe=delivery.probe)
            elif delivery.probe:
                await accounts.not_probed(session, delivery.channel, delivery.account)
            return failed

        if await self._stored(note):
            await self._tell_failed(delivery, str(error))

    async def _closed(self, delivery: Delivery, error: Waits | Rejected) -> None:
        async def note(session: AsyncSession) -> closed_window.Became:
            # It answers, whatever it thinks of this message.
            became = await closed_window.settle(session, delivery, error, starts=self._starts())
            await accounts.succeeded(session, delivery.channel, delivery.account, probe=delivery.probe)
            return became

        became = await self._stored(note)
        if became == "failed":
            await self._tell_failed(delivery, str(error))
        elif became != "lost":
            DELIVERIES.labels(delivery.channel, became).inc()
            log.info("outbox.window_closed", became=became, **_named(delivery), cause=str(error))
            await self._live.publish("outbox", {})
            await self._wakes.updated(delivery.conversation_id, delivery.seq)

    async def _misconfigured(self, delivery: Delivery, error: Rejected) -> None:
        """Our credentials are at fault, not the message: it waits until they are put right."""

        async def note(session: AsyncSession) -> None:
            until = await accounts.failed(
                session, delivery.channel, delivery.account, str(error), at_once=True, probe=delivery.probe
            )
            after = (until - utc_now()).total_seconds() if until else None
            known = until is not None
            await deliveries.retry(session, delivery, error=str(error), after=after, counted=not known, patient=True)

        await self._stored(note)
        DELIVERIES.labels(delivery.channel, "refused").inc()
        log.error("outbox.settings", **_named(delivery), cause=str(error))

    async def _later(self, delivery: Delivery, error: Exception) -> None:
        cause = str(error) if isinstance(error, Retry) else type(error).__name__

        async def note(session: AsyncSession) -> bool:
            return await self._put_back(session, delivery, error, cause)

        if not await self._stored(note):
            await self._tell_failed(delivery, cause)
            return
        DELIVERIES.labels(delivery.channel, "retried").inc()
        log.warning("outbox.retry", **_named(delivery), cause=cause, attempt=delivery.attempts)

    async def _put_back(self, session: AsyncSession, delivery: Delivery, error: Exception, cause: str) -> bool:
        place, probe = (delivery.channel, delivery.account), delivery.probe
        foreseen = isinstance(error, (Retry, *NETWORK))
        after = error.after if isinstance(error, Retry) else None
        whole = isinstance(error, Retry) and error.whole_account
        until = None
        if foreseen and not isinstance(error, NotHere):
            told = after if whole else None
            until = await accounts.failed(session, *place, cause, told, at_once=whole, probe=probe)
        elif probe:
            await accounts.not_probed(session, *place)
        if whole and until is not None:
            after = (until - utc_now()).total_seconds()
        return await deliveries.retry(
            session,
            delivery,
            error=cause,
            after=after,
            foreseen=foreseen,
            counted=not (whole and until is not None),
            unsure=_unsure(error),
        )

    async def _tell_failed(self, delivery: Delivery, cause: str) -> None:
        DELIVERIES.labels(delivery.channel, "rejected").inc()
        log.error("outbox.rejected", **_named(delivery), cause=cause)
        await self._wakes.delivery(delivery.conversation_id, seq=delivery.seq, state="failed")

    async def _stored(self, note: Callable[[AsyncSession], Awaitable[Kept]]) -> Kept:
        """Does it in one transaction, again when the database was away."""
        for pause in DATABASE_PAUSES:
            try:
                async with self._sessions() as session, session.begin():
                    return await note(session)
            except Exception as error:
                if not unreachable(error):
                    raise
                log.warning("outbox.database_away", cause=type(error).__name__)
            await asyncio.sleep(pause)
        async with self._sessions() as session, session.begin():
            return await note(session)

    async def _look(self) -> None:
        """Refreshes the figures that are counted in the database."""
        if time.monotonic() < self._look_at:
            return
        self._look_at = time.monotonic() + LOOK_EVERY
        async with self._sessions() as session:
            dead, paused = await undelivered.counts(session), await accounts.paused(session)
        DEAD_LETTERS.clear()
        for (channel, account), count in dead.items():
            DEAD_LETTERS.labels(channel, account).set(count)
        ACCOUNTS_PAUSED.clear()
        for channel, account, is_paused in paused:
            ACCOUNTS_PAUSED.labels(channel, account).set(is_paused)


class NotHere(Retry):
    """No channel for the account in this process."""


class Unreached(Rejected):
    """Not even tried: nothing sent there arrives."""


def _unsure(error: Exception) -> bool:
    """Whether the platform may have taken it although it failed: the connection was lost before it said so.

    A Retry of its own is what the platform answered; one that is raised from another error, and without the time that
    a platform names, stands for an answer that never came.
    """
    if isinstance(error, Retry):
        cause = error.__cause__
        return cause is not None and error.after is None and not isinstance(cause, NEVER_CONNECTED)
    return not isinstance(error, NEVER_CONNECTED)


def _named(delivery: Delivery) -> dict[str, str | int]:
    return {
        "conversation": str(delivery.conversation_id),
        "seq": delivery.seq,
        "channel": delivery.channel,
        "account": delivery.account,
    }
