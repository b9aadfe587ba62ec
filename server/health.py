"""Whether this process lives, whether it can serve, and its figures."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable

import redis.asyncio as redis
from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy import text

from crm_backend.accounts import settings as accounts
from crm_backend.database import Sessions
from server.addresses import is_local
from server.bot import HttpBot

PATIENCE = 2.0


class Health:
    """`/healthz`, `/readyz`, `/metrics`"""

    def __init__(self, *, sessions: Sessions, client: redis.Redis, bot: HttpBot) -> None:
        self._sessions, self._client, self._bot = sessions, client, bot

    def routes(self) -> list[web.RouteDef]:
        """The three addresses."""
        return [
            web.get("/healthz", self.alive),
            web.get("/readyz", self.ready),
            web.get("/metrics", self.metrics),
        ]

    async def alive(self, request: web.Request) -> web.Response:
        """200 while the process answers."""
        return web.json_response({"status": "ok"})

    async def ready(self, request: web.Request) -> web.Response:
        """200 when messages can be taken in: the database answers. The other parts are named with their state, and
        so is every account that is switched on: one that is in trouble degrades the whole, and stops nothing else."""
        names = ("database", "redis", "assistant")
        states = await asyncio.gather(_holds(self._database()), _holds(self._redis()), _holds(self._bot.ready()))
        parts = dict(zip(names, ("ok" if state else "away" for state in states), strict=True))
        channels = await self._channels() if states[0] else {}
        well = all(states) and all(state in ("ok", "unchecked") for state in channels.values())
        found = {"status": "ok" if well else "degraded", **parts, "channels": channels}
        return web.json_response(found, status=200 if states[0] else 503)

    async def metrics(self, request: web.Request) -> web.Response:
        """Prometheus' text format; only for this machine's own scraper."""
        if not is_local(request):
            raise web.HTTPNotFound
        return web.Response(body=generate_latest(), headers={"Content-Type": CONTENT_TYPE_LATEST})

    async def _database(self) -> bool:
        async with self._sessions() as session:
            await session.execute(text("select 1"))
        return True

    async def _channels(self) -> dict[str, str]:
        try:
            async with asyncio.timeout(PATIENCE), self._sessions() as session:
                return {str(found.key): found.state for found in await accounts.standings(session)}
        except Exception:  # noqa: BLE001  the database was there a moment ago
            return {}

    async def _redis(self) -> bool:
        await self._client.ping()
        return True


async def _holds(check: Awaitable[bool]) -> bool:
    try:
        return await asyncio.wait_for(check, PATIENCE)
    except Exception:  # noqa: BLE001  whatever is wrong with it, it is away
        return False
