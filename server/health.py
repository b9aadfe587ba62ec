"""Whether this process lives, whether it can serve, and its figures."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Mapping

import redis.asyncio as redis
from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy import text

from channels.port import Blueprint
from crm_backend.accounts import settings as accounts
from crm_backend.accounts.settings import Standing
from crm_backend.database import Sessions
from server.addresses import is_local
from server.bot import LaneBot
from server.files import FilesStanding

PATIENCE = 2.0
FINE = ("ok", "off", "unchecked")


class Health:
    """`/healthz`, `/readyz`, `/metrics`"""

    def __init__(
        self,
        *,
        sessions: Sessions,
        client: redis.Redis,
        bot: LaneBot,
        files: FilesStanding,
        blueprints: Mapping[str, Blueprint],
    ) -> None:
        self._sessions, self._client, self._bot, self._files = sessions, client, bot, files
        self._blueprints = blueprints

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
        so is every account that is switched on: one that is in trouble degrades the whole, and stops nothing else.

        Without the place of files, or a scanner that is set, messages go on and files are refused or wait. How many
        mails and the like an account has set aside is told of it; they wait for a person, and degrade nothing.
        """
        database, client, bot, files = await asyncio.gather(
            _holds(self._database()), _holds(self._redis()), _holds(self._bot.ready()), self._files.states()
        )
        parts = {"database": _word(database), "redis": _word(client), "assistant": _word(bot)}
        parts |= {"files": files.place, "scanner": files.scanner}
        standings = await self._standings() if database else []
        states = [*parts.values(), *(found.state for found in standings)]
        found = {
            "status": "ok" if all(state in FINE for state in states) else "degraded",
            **parts,
            "channels": {str(each.key): each.state for each in standings},
            "set_aside": {str(each.key): count for each in standings if (count := self._set_aside(each))},
        }
        return web.json_response(found, status=200 if database else 503)

    async def metrics(self, request: web.Request) -> web.Response:
        """Prometheus' text format; only for this machine's own scraper."""
        if not is_local(request):
            raise web.HTTPNotFound
        return web.Response(body=generate_latest(), headers={"Content-Type": CONTENT_TYPE_LATEST})

    async def _database(self) -> bool:
        async with self._sessions() as session:
            await session.execute(text("select 1"))
        return True

    async def _standings(self) -> list[Standing]:
        try:
            async with asyncio.timeout(PATIENCE), self._sessions() as session:
                return await accounts.standings(session)
        except Exception:  # noqa: BLE001  the database was there a moment ago
            return []

    def _set_aside(self, standing: Standing) -> int:
        blueprint = self._blueprints.get(standing.key.channel)
        return blueprint.asides.count(standing.cursor) if blueprint and blueprint.asides else 0

    async def _redis(self) -> bool:
        await self._client.ping()
        return True


def _word(holds: bool) -> str:
    return "ok" if holds else "away"


async def _holds(check: Awaitable[bool]) -> bool:
    try:
        return await asyncio.wait_for(check, PATIENCE)
    except Exception:  # noqa: BLE001  whatever is wrong with it, it is away
        return False
