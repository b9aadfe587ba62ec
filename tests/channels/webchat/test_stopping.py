"""What watches a conversation ends when it is told to, whatever happens at that very moment."""

from __future__ import annotations

import asyncio
from typing import Any

from channels.ending import ended
from server.live import RedisLive


async def test_a_watcher_told_to_end_as_a_note_comes_ends() -> None:
    live = RedisLive(None)  # type: ignore[arg-type]  nothing is published
    heard: list[Any] = []

    async def watch() -> None:
        async with live.listen("conversation:1") as notes:
            async for note in notes:
                heard.append(note)  # noqa: PERF401  it is cancelled on the way

    watcher = asyncio.create_task(watch())
    while "conversation:1" not in live._listeners:
        await asyncio.sleep(0)
    await asyncio.sleep(0)
    live._hand_on("conversation:1", {"kind": "news"})
    watcher.cancel()
    async with asyncio.timeout(5):
        await asyncio.wait({watcher})
    assert watcher.cancelled() and heard == []


async def test_a_task_that_swallows_the_first_asking_is_asked_again() -> None:
    begun = asyncio.Event()

    async def deaf() -> None:
        begun.set()
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            await asyncio.sleep(60)

    task = asyncio.create_task(deaf())
    await begun.wait()
    async with asyncio.timeout(20):
        await ended(task)
    assert task.done()
    await ended(None)
