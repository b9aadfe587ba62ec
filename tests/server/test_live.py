"""Notes between processes: here at once and once, elsewhere through Redis."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any
from urllib.parse import unquote

import pytest
import redis.asyncio as redis

from server import live as live_notes
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


async def test_a_redis_that_takes_connections_and_says_nothing_holds_nobody_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_notes, "PATIENCE", 0.05)

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while await reader.read(1024):
            pass
        writer.close()

    async with await asyncio.start_server(silent, "127.0.0.1", 0) as stopped, asyncio.timeout(10):
        client = redis.Redis.from_url(f"redis://127.0.0.1:{stopped.sockets[0].getsockname()[1]}")
        live = RedisLive(client)
        async with live.listen(TOPIC) as notes:
            await live.publish(TOPIC, {"kind": "news"})
            assert await anext(notes) == {"kind": "news"}
        await live.stop()
        await client.aclose()


async def test_a_connection_that_was_cut_without_a_word_is_opened_anew(
    stores: Stores, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_notes, "IDLE", 0.2)
    socket = unquote(stores.redis_url.removeprefix("unix://"))
    carried: list[asyncio.Event] = []

    async def between(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        answers, asks = await asyncio.open_unix_connection(socket)
        carried.append(cut := asyncio.Event())

        async def carry(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
            while data := await source.read(4096):
                if not cut.is_set():
                    target.write(data)
            target.close()

        await asyncio.gather(carry(reader, asks), carry(answers, writer))

    async with AsyncExitStack() as stack:
        wire = await stack.enter_async_context(await asyncio.start_server(between, "127.0.0.1", 0))
        here = await stack.enter_async_context(started(f"redis://127.0.0.1:{wire.sockets[0].getsockname()[1]}"))
        there = await stack.enter_async_context(started(stores.redis_url))
        notes = await stack.enter_async_context(here.listen(TOPIC))
        for cut in carried:
            cut.set()
        heard = None
        async with asyncio.timeout(20):
            while heard is None:
                await there.publish(TOPIC, {"kind": "news"})
                heard = await anext(notes)
        assert heard == {"kind": "news"}


async def test_a_connection_on_which_nothing_is_told_is_kept(stores: Stores, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_notes, "IDLE", 0.3)
    async with started(stores.redis_url) as live:
        gaps: list[None] = []
        monkeypatch.setattr(live, "_gap", lambda: gaps.append(None))
        await asyncio.sleep(0.7)
        assert not gaps


async def test_what_another_version_tells_ends_no_hearing(stores: Stores) -> None:
    async with AsyncExitStack() as stack:
        here, there = [await stack.enter_async_context(started(stores.redis_url)) for _ in range(2)]
        notes = await stack.enter_async_context(here.listen(TOPIC))
        async with redis.Redis.from_url(stores.redis_url) as client:
            await client.publish(TOLD_ON, '[["conversation:1",{"kind":"news"}]]')
        assert await anext(notes) is None
        await there.publish(TOPIC, {"kind": "news"})
        assert await asyncio.wait_for(anext(notes), 5) == {"kind": "news"}
