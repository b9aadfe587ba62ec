"""What is told of a test that waits for ever."""

from __future__ import annotations

import asyncio

from tests.hanging import chain


async def test_the_whole_chain_is_told() -> None:
    never = asyncio.Event()

    async def deep() -> None:
        await never.wait()

    async def above() -> None:
        await deep()

    task = asyncio.create_task(above(), name="stuck")
    await asyncio.sleep(0)
    told = chain(task)
    task.cancel()
    assert told[0] == "stuck"
    assert [line.rsplit(".", 1)[-1] for line in told[1:4]] == ["above", "deep", "wait"]
