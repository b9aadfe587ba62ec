"""Who polls: each account's `run()` in exactly one process, and in another one when that process dies."""

from __future__ import annotations

import asyncio
import contextlib
import random
import time
import zlib
from collections.abc import Awaitable, Callable

import asyncpg
import structlog

from channels.ending import ended
from channels.port import Channel
from crm_backend.accounts.settings import Key

log = structlog.get_logger(__name__)
SPACE = 0x52454C41
"""Our advisory locks among those of others in the same database."""
EVERY = 3.0
"""Seconds between two looks at whose turn it is."""
PATIENCE = 5.0
LONGEST_PAUSE = 300.0
STEADY = 300.0
"""Seconds after which a run that fails counts as having been well."""

Note = Callable[[Key, Exception], Awaitable[None]]


class Listening:
    """Runs channels while this process holds their lock: a session-level advisory lock of PostgreSQL (9.28.10), which
    ends with the connection, and so with the process. Needs a direct connection, no transaction pooling."""

    def __init__(self, database_url: str) -> None:
        self._url = database_url.replace("postgresql+asyncpg://", "postgresql://")
        self._note: Note = _forgotten
        self._wanted: dict[Key, Channel] = {}
        self._running: dict[Key, tuple[Channel, asyncio.Task[None]]] = {}
        self._connection: asyncpg.Connection | None = None
        self._changed = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    @property
    def mine(self) -> frozenset[Key]:
        """The accounts that this process has."""
        return frozenset(self._running)

    def want(self, channels: dict[Key, Channel]) -> None:
        """These are to be run, by whichever process."""
        self._wanted = dict(channels)
        self._changed.set()

    def start(self, *, note: Note) -> None:
        """Begins to take accounts on; `note` is told of runs that ended with an error."""
        self._note = note
        self._task = asyncio.create_task(self._tend(), name="listening")

    async def stop(self) -> None:
        """Ends every run, then lets others have them."""
        await ended(self._task)
        await self._drop(list(self._running))
        await self._hang_up()

    async def _tend(self) -> None:
        while True:
            self._changed.clear()
            try:
                await self._look()
            except Exception as error:  # noqa: BLE001  what drivers raise of a connection that is being lost is of all kinds
                # Without the connection the locks are gone: another process may have them already.
                log.warning("listening.lost", cause=type(error).__name__)
                await self._drop(list(self._running))
                await self._hang_up()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(EVERY):
                    await self._changed.wait()

    async def _look(self) -> None:
        connection = await self._connected()
        for key in [key for key in self._running if key not in self._wanted]:
            await self._drop([key])
            await connection.execute("select pg_advisory_unlock($1, $2)", SPACE, _number(key), timeout=PATIENCE)
        for key, channel in self._wanted.items():
            if key in self._running:
                if self._running[key][0] is not channel:
                    await ended(self._running[key][1])
                    self._run(key, channel)
            elif await connection.fetchval(
                "select pg_try_advisory_lock($1, $2)", SPACE, _number(key), timeout=PATIENCE
            ):
                self._run(key, channel)

    def _run(self, key: Key, channel: Channel) -> None:
        self._running[key] = (channel, asyncio.create_task(self._kept_running(key, channel), name=f"run {key}"))

    async def _kept_running(self, key: Key, channel: Channel) -> None:
        pause = 1.0
        while True:
            begun = time.monotonic()
            try:
                await channel.run()
                return
            except Exception as error:  # noqa: BLE001  whatever a platform does, the account is listened to again
                if time.monotonic() - begun > STEADY:
                    pause = 1.0
                log.warning("channel.stopped", channel=str(key), cause=type(error).__name__, again_in=pause)
                with contextlib.suppress(Exception):
                    await self._note(key, error)
            await asyncio.sleep(pause * random.uniform(0.5, 1))  # noqa: S311
            pause = min(LONGEST_PAUSE, pause * 2)

    async def _connected(self) -> asyncpg.Connection:
        if self._connection is None or self._connection.is_closed():
            await self._drop(list(self._running))
            self._connection = await asyncpg.connect(
                self._url, timeout=PATIENCE, server_settings={"application_name": "relais-listening"}
            )
            self._connection.add_termination_listener(lambda _: self._changed.set())
        else:
            await self._connection.execute("select 1", timeout=PATIENCE)
        return self._connection

    async def _drop(self, keys: list[Key]) -> None:
        for key in keys:
            await ended(self._running.pop(key)[1])

    async def _hang_up(self) -> None:
        if self._connection is not None:
            self._connection.terminate()
            self._connection = None


async def _forgotten(key: Key, error: Exception) -> None:
    """Before anybody listens."""


def _number(key: Key) -> int:
    """The account's number among our locks, as a signed 32-bit integer."""
    found = zlib.crc32(str(key).encode())
    return found - 2**32 if found >= 2**31 else found
