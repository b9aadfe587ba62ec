"""What may be used once is used once, on all servers; and nobody waits for a Redis that says nothing."""

from __future__ import annotations

import asyncio

import pytest
import redis.asyncio as redis

from crm_backend.errors import Unavailable
from server import limiter
from server.app import Parts
from server.limiter import RedisLimiter


async def test_a_token_stands_for_what_it_first_stood_for(server: Parts) -> None:
    limiter = server.board.core.limiter
    for to, expected in (("one mail", True), ("another", False), ("one mail", True)):
        assert await limiter.bound("mailgun/main", "token", to=to, seconds=60) is expected
    assert await limiter.bound("mailgun/second", "token", to="another", seconds=60)


async def test_nobody_waits_for_a_redis_that_takes_connections_and_says_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limiter, "PATIENCE", 0.05)
    asked = 0

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal asked
        asked += 1
        while await reader.read(1024):
            pass
        writer.close()

    async with await asyncio.start_server(silent, "127.0.0.1", 0) as stopped:
        port = stopped.sockets[0].getsockname()[1]
        pool = redis.ConnectionPool.from_url(f"redis://127.0.0.1:{port}")
        limits = RedisLimiter(pool)
        async with asyncio.timeout(10):
            for _ in range(5):
                await limits.check("chat", "marie", 1)
            assert asked == 1 and await limits.count("api", "key", 1) is None
            with pytest.raises(Unavailable):
                await limits.bound("mailgun/main", "token", to="one mail", seconds=60)
        await pool.aclose()
