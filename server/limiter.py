"""Counting what someone does in a minute, and remembering what is used once, over all servers."""

from __future__ import annotations

import asyncio
import hashlib
import math
import time
from dataclasses import dataclass

import redis.asyncio as redis
import structlog
from limits import RateLimitItemPerMinute
from limits.aio.storage import RedisStorage
from limits.aio.strategies import SlidingWindowCounterRateLimiter
from redis.exceptions import RedisError

from crm_backend.errors import RateLimited, Unavailable

log = structlog.get_logger(__name__)
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
        if time.monotonic() < self._silent_until:
            return
        item = RateLimitItemPerMinute(per_minute)
        key = hashlib.sha256(who.encode()).hexdigest()[:32]
        try:
            async with asyncio.timeout(PATIENCE):
                if await self._strategy.hit(item, what, key):
                    return
                stats = await self._strategy.get_window_stats(item, what, key)
        except (RedisError, OSError) as error:
            if isinstance(error, TimeoutError):
                self._silent_until = time.monotonic() + PAUSE
            log.warning("limiter.unavailable", cause=type(error).__name__)
            return
        raise RateLimited(what, retry_after=max(1, math.ceil(stats.reset_time - time.time())))

    async def count(self, what: str, who: str, per_minute: int) -> Allowance | None:
        """Counts one `what` of `who`, and says what is left; None when Redis is away. Raises RateLimited."""
        await self.check(what, who, per_minute)
        item, key = RateLimitItemPerMinute(per_minute), hashlib.sha256(who.encode()).hexdigest()[:32]
        if time.monotonic() < self._silent_until:
            return None
        try:
            async with asyncio.timeout(PATIENCE):
                stats = await self._strategy.get_window_stats(item, what, key)
        except (RedisError, OSError):
            return None
        return Allowance(per_minute, max(0, stats.remaining), max(1, math.ceil(stats.reset_time - time.time())))

    async def bound(self, what: str, who: str, *, to: str, seconds: int) -> bool:
        """Whether `who` stands for `to`: the first to be asked decides, for so long. Raises Unavailable."""
        key = f"bound:{what}:{hashlib.sha256(who.encode()).hexdigest()}"
        try:
            async with asyncio.timeout(PATIENCE):
                if await self._client.set(key, to, nx=True, ex=seconds):
                    return True
                known = await self._client.get(key)
        except (RedisError, OSError) as error:
            raise Unavailable("redis") from error
        return (known.decode() if isinstance(known, bytes) else known) == to
