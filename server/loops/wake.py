"""A loop of workers that run when woken, and look by themselves now and then."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable

import structlog

from channels.ending import ended
from channels.port import Live

log = structlog.get_logger(__name__)
ONE = "one"
"""Marks a note that tells of one thing to do, and is sent for each: who is woken by it does that, and need not look
whether there is more."""
Work = Callable[[], Awaitable[bool | None]]
"""Does one thing: true when there was one, false when there was none, None when surely nothing stands behind it."""
IDLE = 1.0
PAUSE_AFTER_ERROR = 1.0


class Workers:
    """`count` workers that call `work` until there is nothing to do, then sleep until `topic` is heard, or for a while.

    Unwoken, one of them looks every `rest` seconds for all: what nobody was told of is one thing, not many.
    """

    def __init__(
        self,
        *,
        name: str,
        topic: str,
        count: int,
        work: Work,
        live: Live,
        close: Callable[[], Awaitable[None]] | None = None,
        rest: float = IDLE,
    ) -> None:
        """`rest` is for how many seconds nobody looks who is not woken."""
        self._rest, self._looked_at = rest, 0.0
        self.name, self._topic, self._count, self._work, self._live = name, topic, count, work, live
        self._close = close
        self._woken = asyncio.Semaphore(0)
        self._all = False
        self._in_vain = 0
        self._stopping = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Begins to work."""
        self._tasks = [asyncio.create_task(self._worker(), name=f"{self.name}-{n}") for n in range(self._count)]
        self._tasks.append(asyncio.create_task(self._listen(), name=f"{self.name}-wake"))

    def wake(self, *, one: bool = False) -> None:
        """There is something to do; or `one` thing, of which this is the only word."""
        if one:
            self._woken.release()
            return
        self._all = True
        if self._woken._value < self._count:  # noqa: SLF001  no other way to ask a semaphore
            self._woken.release()

    async def stop(self, grace: float = 5.0) -> None:
        """Lets workers finish what they hold, for `grace` seconds."""
        self._stopping.set()
        for _ in range(self._count):
            self._woken.release()
        _, late = await asyncio.wait(self._tasks[:-1], timeout=grace)
        await ended(*late, self._tasks[-1])
        if self._close:
            await self._close()

    async def _listen(self) -> None:
        async with self._live.listen(self._topic) as notes:
            async for note in notes:
                self.wake(one=note is not None and ONE in note)

    async def _worker(self) -> None:
        for_one = False
        while not self._stopping.is_set():
            in_vain = self._in_vain
            if not for_one:
                self._looked_at = time.monotonic()
            try:
                busy = await self._work()
            except Exception as error:  # a worker outlives whatever its work meets
                log.error("worker.failed", loop=self.name, cause=type(error).__name__, exc_info=True)
                busy = False
                await asyncio.sleep(PAUSE_AFTER_ERROR)
            self._in_vain += busy is False
            if for_one and busy is False:
                # Who finds the one thing has not seen whether there is more: nobody need rest on that.
                self._looked_at = time.monotonic()
            alone = busy is None or in_vain == self._in_vain
            if busy is not False and not (for_one and alone):
                # Where one thing was, more may be. What stood behind the one that is
                # done was looked for in vain meanwhile.
                for_one = False
                continue
            for_one = await self._sleep()

    async def _sleep(self) -> bool:
        """Until woken, or until nobody has looked for long enough. Whether it is for one thing only."""
        while (left := self._looked_at + self._rest - time.monotonic()) > 0:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(left):
                    await self._woken.acquire()
                    every, self._all = self._all, False
                    return not every
        return False
