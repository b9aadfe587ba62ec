"""Workers that nobody wakes: one looks for all, and a wake is heard at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from server.loops.wake import Workers


class Silent:
    """A `Live` on which nothing is told."""

    async def publish(self, topic: str, note: dict[str, Any], *, here: dict[str, Any] | None = None) -> None:
        raise AssertionError("nothing is told here")

    @asynccontextmanager
    async def listen(self, *topics: str) -> AsyncIterator[AsyncIterator[dict[str, Any] | None]]:
        async def never() -> AsyncIterator[dict[str, Any] | None]:
            await asyncio.Event().wait()
            yield None

        yield never()


async def test_who_is_woken_for_one_thing_looks_for_no_other_unless_somebody_looked_in_vain() -> None:
    looks: list[bool] = []
    waiting, going_on = 0, asyncio.Event()
    going_on.set()

    async def work() -> bool:
        nonlocal waiting
        found, waiting = waiting > 0, max(0, waiting - 1)
        looks.append(found)
        if found:
            await going_on.wait()
        return found

    async def woken(**how: bool) -> list[bool]:
        before = len(looks)
        workers.wake(**how)
        await asyncio.sleep(0.02)
        return looks[before:]

    workers = Workers(name="few", topic="few", count=2, work=work, live=Silent(), rest=60)
    workers.start()
    await asyncio.sleep(0.02)
    waiting = 1
    assert await woken(one=True) == [True]
    waiting = 2
    assert await woken() == [True, True, False]
    # What stands behind the one that is being done cannot be begun, and is not forgotten.
    waiting = 1
    going_on.clear()
    assert [await woken(one=True), await woken(one=True)] == [[True], [False]]
    waiting = 1
    going_on.set()
    await asyncio.sleep(0.02)
    assert looks[-2:] == [True, False]
    await workers.stop()


async def test_of_many_workers_one_looks_unwoken_and_all_may_be_woken() -> None:
    looks = asyncio.Semaphore(0)
    seen = 0

    async def work() -> bool:
        nonlocal seen
        seen += 1
        looks.release()
        return False

    workers = Workers(name="few", topic="few", count=8, work=work, live=Silent(), rest=0.2)
    workers.start()
    async with asyncio.timeout(10):
        for _ in range(8 + 3):
            await looks.acquire()
        # Eight looked at the start; since then one at a time, not eight at each.
        assert seen < 8 + 8
        before = seen
        workers.wake()
        while seen == before:
            await looks.acquire()
    await workers.stop()


async def test_what_nobody_was_told_of_does_not_wait_for_an_hour_without_messages() -> None:
    waiting = 5

    async def work() -> bool:
        nonlocal waiting
        found, waiting = waiting > 0, max(0, waiting - 1)
        await asyncio.sleep(0)
        return found

    workers = Workers(name="few", topic="few", count=2, work=work, live=Silent(), rest=0.5)
    workers.start()
    await asyncio.sleep(0.02)
    waiting = 5
    for _ in range(200):
        # Each who is woken takes the oldest, and leaves the one that was told.
        waiting += 1
        workers.wake(one=True)
        await asyncio.sleep(0.01)
        if not waiting:
            break
    assert not waiting
    await workers.stop()
