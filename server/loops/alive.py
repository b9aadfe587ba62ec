"""That this process is there to work, for others to see; and turns and deliveries that nobody works on, given back."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import time
from collections.abc import Awaitable, Callable, Collection
from uuid import UUID

import asyncpg
import structlog

from channels.ending import ended
from crm_backend.conversations import processes
from crm_backend.conversations.sending import deserted as unsent
from crm_backend.conversations.thinking import deserted
from crm_backend.database import new_id

log = structlog.get_logger(__name__)
Wake = Callable[[], Awaitable[None]]

EVERY = 1.0
"""Seconds between two looks."""
SURELY = 2.5
"""Seconds for which a process must not be seen before it counts as dead: when the database was restarted, others have
not found it again yet."""
SENDERS_SURELY = 10.0
"""The same where a delivery is to be given back: what a living process sends, and another sends again, comes twice."""
FAULTS = 3
"""How many looks in a row may fail before a new connection is made: with this one the lock goes."""
BRIEFLY = 1.0
"""Seconds for which this process names its leases though it holds no lock: it will again before others are sure."""
LOOKS = 5
"""How often it is looked for a turn that may have been taken: what was asked of the database may be done late."""
PATIENCE = 5.0


class Alive:
    """Holds the lock of this process (`processes`) and looks for what those left that hold theirs no more. While it
    cannot hold it its leases name nobody, and end by themselves. Needs a direct one, no transaction pooling."""

    def __init__(self, database_url: str, *, wake: Wake, wake_senders: Wake) -> None:
        """`wake` is called when there are turns to be taken up, `wake_senders` when there are deliveries."""
        self._wake, self._wake_senders = wake, wake_senders
        self._url = database_url.replace("postgresql+asyncpg://", "postgresql://")
        self._number = secrets.randbelow(processes.LARGEST)
        self._connection: asyncpg.Connection | None = None
        self._held, self._seen_until = False, 0.0
        self._lost: dict[UUID, int] = {}
        self._unseen: dict[str, float] = {}
        self._faults = 0
        self._changed = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def lease(self) -> UUID:
        """A new lease of this process."""
        seen = self._held or time.monotonic() < self._seen_until
        return processes.lease_of(self._number) if seen else new_id()

    def lost(self, lease: UUID) -> None:
        """If a turn was taken under this lease, nobody here thinks about it."""
        self._lost[lease] = LOOKS

    async def start(self) -> None:
        """Holds the lock, if the database is there, and begins to look."""
        await self._try()
        self._task = asyncio.create_task(self._tend(), name="alive")

    async def stop(self) -> None:
        """Gives back what is left, and lets others see that this process thinks no more."""
        await ended(self._task)
        if self._lost:
            await self._try()
        self._hang_up()

    async def _tend(self) -> None:
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(EVERY):
                    await self._changed.wait()
            self._changed.clear()
            await self._try()

    async def _try(self) -> None:
        try:
            await self._look()
        except Exception as error:  # noqa: BLE001  what drivers raise of a connection that is being lost is of all kinds
            self._faults += 1
            connection = self._connection
            if connection is None or connection.is_closed() or self._faults >= FAULTS:
                if connection is not None:
                    log.warning("alive.lost", cause=type(error).__name__)
                self._hang_up()
        else:
            self._faults = 0

    async def _look(self) -> None:
        connection, now = await self._connected(), time.monotonic()
        unseen = await self._turns(connection, self._unseen_for(SURELY, now))
        unseen |= await self._deliveries(connection, self._unseen_for(SENDERS_SURELY, now))
        self._unseen = {name: self._unseen.get(name, now) for name in unseen}

    def _unseen_for(self, seconds: float, now: float) -> list[str]:
        return [name for name, since in self._unseen.items() if now - since >= seconds]

    async def _turns(self, connection: asyncpg.Connection, dead: Collection[str]) -> set[str]:
        """Gives back turns; the processes that seem dead."""
        lost = list(self._lost)
        async with asyncio.timeout(PATIENCE):
            found = await deserted.give_back(connection, process=self._number, dead=dead, lost=lost)
        left = ((lease, self._lost[lease] - 1) for lease in lost if lease not in found.ended)
        later = {lease: looks for lease, looks in self._lost.items() if lease not in lost}
        self._lost = {lease: looks for lease, looks in left if looks} | later
        if found.ended:
            log.info("turns.given_back", turns=len(found.ended), dead=len(dead))
            await self._wake()
        return found.dead

    async def _deliveries(self, connection: asyncpg.Connection, dead: Collection[str]) -> set[str]:
        """Gives back deliveries; the processes that seem dead."""
        async with asyncio.timeout(PATIENCE):
            found = await unsent.give_back(connection, process=self._number, dead=dead)
        if found.given_back:
            log.info("outbox.given_back", deliveries=found.given_back, dead=len(dead))
            await self._wake_senders()
        return found.dead

    async def _connected(self) -> asyncpg.Connection:
        if self._connection is None or self._connection.is_closed():
            self._let_go()
            self._connection = await asyncpg.connect(
                self._url, timeout=PATIENCE, server_settings={"application_name": "relais-alive"}
            )
            self._connection.add_termination_listener(self._gone)
        if not self._held:
            # Not at once where the connection of before is still thought to be there.
            self._held = await self._connection.fetchval(
                "select pg_try_advisory_lock($1, $2)", processes.SPACE, self._number, timeout=PATIENCE
            )
        return self._connection

    def _gone(self, connection: object) -> None:
        if connection is self._connection:
            self._let_go()
            self._changed.set()

    def _let_go(self) -> None:
        if self._held:
            self._held, self._seen_until = False, time.monotonic() + BRIEFLY

    def _hang_up(self) -> None:
        self._let_go()
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.terminate()
