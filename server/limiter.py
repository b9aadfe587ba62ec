"""Counting what someone does in a minute, and remembering what is used once, over all servers."""

from __future__ import annotations

import asyncio
import hashlib
import math
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

import redis.asyncio as redis
import structlog
from limits import RateLimitItemPerMinute
from limits.aio.storage import RedisStorage
from limits.aio.strategies import SlidingWindowCounterRateLimiter
from redis.exceptions import RedisError

from crm_backend.errors import RateLimited, Unavailable

log = structlog.get_logger(__name__)
Answer = TypeVar("Answer")
PATIENCE = 2.0
"""Seconds that Redis may take. One that is stopped, or cut off, answers nothing and refuses nothing."""
PAUSE = 5.0
"""Seconds for which one that took longer is not asked."""


@dataclass(frozen=True)
class Allowance:
    """What is left of a limit: `remaining` of `limit`, whole again after `reset` seconds."""

    limit: int
    remaining: int
    reset: int


class RedisLimiter:
    """A sliding window of a minute in Redis. When Redis is away nothing is limited: serving comes first."""

    def __init__(self, pool: redis.ConnectionPool) -> None:
        # The address is not used with a pool, yet the library insists on reading one.
        storage = RedisStorage("async+redis://localhost:6379", connection_pool=pool, implementation="redispy")  # type: ignore[arg-type]
        self._client = redis.Redis(connection_pool=pool)
        self._strategy = SlidingWindowCounterRateLimiter(storage)
        self._silent_until = 0.0

    async def check(self, what: str, who: str, per_minute: int) -> None:
        """Counts one `what` of `who`. Raises RateLimited past `per_minute`."""
        item, key = RateLimitItemPerMinute(per_minute), _key(who)[:32]
        try:
            if await self._asked(lambda: self._strategy.hit(item, what, key)):
                return
            left = await self._left(item, what, key)
        except Unavailable:
            return
        raise RateLimited(what, retry_after=left.reset)

    async def count(self, what: str, who: str, per_minute: int) -> Allowance | None:
        """Counts one `what` of `who`, and says what is left; None when Redis is away. Raises RateLimited."""
        await self.check(what, who, per_minute)
        try:
            return await self._left(RateLimitItemPerMinute(per_minute), what, _key(who)[:32])
        except Unavailable:
            return None

    async def bound(self, what: str, who: str, *, to: str, seconds: int) -> bool:
        """Whether `who` stands for `to`: the first to be asked decides, for so long. Raises Unavailable."""
        key = f"bound:{what}:{_key(who)}"
        if await self._asked(lambda: self._client.set(key, to, nx=True, ex=seconds)):
            return True
        known = await self._asked(lambda: self._client.get(key))
        return (known.decode() if isinstance(known, bytes) else known) == to

    async def _left(self, item: RateLimitItemPerMinute, what: str, key: str) -> Allowance:
        stats = await self._asked(lambda: self._strategy.get_window_stats(item, what, key))
        return Allowance(item.amount, max(0, stats.remaining), max(1, math.ceil(stats.reset_time - time.time())))

    async def _asked(self, question: Callable[[], Awaitable[Answer]]) -> Answer:
        """What Redis answers. Raises Unavailable, at once where it took too long a moment ago."""
        if time.monotonic() < self._silent_until:
            raise Unavailable("redis")
        try:
            async with asyncio.timeout(PATIENCE):
                return await question()
        except (RedisError, OSError) as error:
            if isinstance(error, TimeoutError):
                self._silent_until = time.monotonic() + PAUSE
            log.warning("limiter.unavailable", cause=type(error).__name__)
            raise Unavailable("redis") from error


def _key(who: str) -> str:
    return hashlib.sha256(who.encode()).hexdigest()
