"""Notes between processes: here at once and once, elsewhere through Redis."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import redis.asyncio as redis

from server.live import TOLD_ON, RedisLive
from tests.support.stores import Stores

TOPIC = "conversation:1"


@asynccontextmanager
async def started(url: str) -> AsyncIterator[RedisLive]:
    client = redis.Redis.from_url(url)
    live = RedisLive(client)
    await live.start()
    # A gap is told once it hears.
    async with live.listen(TOPIC) as notes:
        await anext(notes)
    try:
        yield live
    finally:
        await live.stop()
        await client.aclose()


async def test_a_note_is_heard_here_before_it_is_sent_and_not_again_when_it_comes_back(stores: Stores) -> None:
    async with AsyncExitStack() as stack:
        here, there = [await stack.enter_async_context(started(stores.redis_url)) for _ in range(2)]
        mine = await stack.enter_async_context(here.listen(TOPIC, "end"))
        theirs = await stack.enter_async_context(there.listen(TOPIC, "end"))
        await here.publish(TOPIC, {"kind": "news"})
        assert await asyncio.wait_for(anext(mine), 0.5) == {"kind": "news"}
        # The same again, before the first has left: who heard the first may have looked already.
        await here.publish(TOPIC, {"kind": "news"})
        assert await anext(mine) == {"kind": "news"}
        assert await anext(theirs) == {"kind": "news"}
        await there.publish("end", {"kind": "end"})
        heard: list[Any] = [await anext(theirs), await anext(mine)]
        assert heard == [{"kind": "end"}] * 2


async def test_while_redis_is_away_this_process_still_hears() -> None:
    live = RedisLive(redis.Redis.from_url("redis://127.0.0.1:1"))
    async with live.listen(TOPIC) as notes:
        await live.publish(TOPIC, {"kind": "news"})
        assert await anext(notes) == {"kind": "news"}
    await live.stop()


async def test_what_another_version_tells_ends_no_hearing(stores: Stores) -> None:
    async with AsyncExitStack() as stack:
        here, there = [await stack.enter_async_context(started(stores.redis_url)) for _ in range(2)]
        notes = await stack.enter_async_context(here.listen(TOPIC))
        async with redis.Redis.from_url(stores.redis_url) as client:
            await client.publish(TOLD_ON, '[["conversation:1",{"kind":"news"}]]')
        assert await anext(notes) is None
        await there.publish(TOPIC, {"kind": "news"})
        assert await asyncio.wait_for(anext(notes), 5) == {"kind": "news"}
