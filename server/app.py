"""The server, wired: settings in, a running process out."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import aiohttp
import redis.asyncio as redis
import structlog
from aiohttp import web

import crm_backend.model  # noqa: F401  every table must be known before the first query
from actions import runner, toolbox
from channels.port import Accept, Channel
from channels.webchat import WebChat
from channels.webchat.visits import Options
from crm_backend.conversations.receive import receive
from crm_backend.conversations.schema import InboundMessage, Received
from crm_backend.database import Sessions, connect, sessions_on, unreachable
from crm_backend.errors import Unavailable
from server import actions_site, addresses, language, logs, site
from server.bot import HttpBot
from server.desk.api import Desk
from server.desk.socket import Feed
from server.embedding import Embedder
from server.health import Health
from server.help.pages import HelpCentre
from server.limiter import RedisLimiter
from server.live import RedisLive
from server.loops.outbox import OutboxLoop
from server.loops.turns import TurnLoop
from server.loops.wake import Workers
from server.metrics import RECEIVED
from server.problems import problems
from server.settings import Settings
from server.wakes import Wakes

log = structlog.get_logger(__name__)
MAX_BODY = 1024 * 1024


@dataclass
class Parts:
    """What a running server is made of."""

    settings: Settings
    sessions: Sessions
    live: RedisLive
    wakes: Wakes
    bot: HttpBot
    channels: Mapping[str, Channel]
    accept: Accept
    public: web.Application
    actions: web.Application
    workers: list[Workers]


@asynccontextmanager
async def running(settings: Settings) -> AsyncIterator[Parts]:
    """Wires every part and starts the loops; stops them and closes every connection at the end.

    `settings` carry the addresses of both stores and every secret.
    """
    assert settings.database_url and settings.redis_url and settings.bot_token and settings.action_token
    engine = connect(settings.database_url, pool_size=settings.turn_workers + settings.outbox_workers + 4)
    pool = redis.ConnectionPool.from_url(settings.redis_url)
    client = redis.Redis(connection_pool=pool)
    web_client = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))
    try:
        live = RedisLive(client)
        await live.start()
        parts = _wire(settings, sessions_on(engine), client, live, RedisLimiter(pool), web_client)
        for workers in parts.workers:
            workers.start()
        tasks = [asyncio.create_task(channel.run(parts.accept)) for channel in parts.channels.values()]
        try:
            yield parts
        finally:
            for workers in parts.workers:
                await workers.stop()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await live.stop()
    finally:
        await web_client.close()
        await client.aclose()
        await pool.aclose()
        await engine.dispose()


def _wire(
    settings: Settings,
    sessions: Sessions,
    client: redis.Redis,
    live: RedisLive,
    limiter: RedisLimiter,
    web_client: aiohttp.ClientSession,
) -> Parts:
    assert settings.bot_token and settings.action_token
    zone = ZoneInfo(settings.timezone)
    wakes = Wakes(live)
    accept = _acceptor(sessions, wakes, settings)
    bot = HttpBot(web_client, address=settings.bot_address, token=settings.bot_token, timeout=settings.turn_timeout)
    webchat = WebChat(sessions=sessions, live=live, limiter=limiter, options=_chat_options(settings))
    channels: dict[str, Channel] = {webchat.name: webchat}
    embedder = Embedder(settings.var / "vectors")
    toolbox.equip(toolbox.Toolbox(sessions=sessions, embed=embedder.one, now=lambda: datetime.now(zone)))

    turn_loop = TurnLoop(
        sessions=sessions,
        bot=bot,
        live=live,
        wakes=wakes,
        company=settings.company,
        lease_seconds=settings.turn_lease,
    )
    outbox_loop = OutboxLoop(sessions=sessions, channels=channels, live=live)
    workers = []
    if "worker" in settings.roles:
        workers = [
            Workers(name="turns", topic="turns", count=settings.turn_workers, work=turn_loop.work, live=live),
            Workers(
                name="outbox",
                topic="outbox",
                count=settings.outbox_workers,
                work=outbox_loop.work,
                live=live,
                close=outbox_loop.close,
            ),
        ]

    desk = Desk(
        sessions=sessions,
        live=live,
        wakes=wakes,
        limiter=limiter,
        company=settings.company,
        zone=zone,
        session_hours=settings.session_hours,
        secure=settings.address.startswith("https://"),
    )
    feed = Feed(desk)
    public = web.Application(
        client_max_size=MAX_BODY, middlewares=[addresses.telling(settings.trusted_proxies), problems]
    )
    public.add_routes(Health(sessions=sessions, client=client, bot=bot).routes())
    if "web" in settings.roles:
        for channel in channels.values():
            public.add_routes(channel.routes(accept))
        public.add_routes(desk.routes() + feed.routes())
        help_centre = HelpCentre(sessions=sessions, embedder=embedder, company=settings.company, zone=zone)
        public.add_routes(help_centre.routes() + site.routes())
    public.on_response_prepare.append(site.harden)

    async def hang_up(_: web.Application) -> None:
        await webchat.close()
        await feed.close()

    public.on_shutdown.append(hang_up)
    actions = actions_site.application(runner.build_executor(), settings.action_token)
    return Parts(settings, sessions, live, wakes, bot, channels, accept, public, actions, workers)


def _acceptor(sessions: Sessions, wakes: Wakes, settings: Settings) -> Accept:
    async def accept(inbound: InboundMessage) -> Received:
        try:
            async with sessions() as session, session.begin():
                received = await receive(
                    session, inbound, default_language=settings.default_language, max_length=settings.max_length
                )
        except Exception as error:
            if unreachable(error):
                raise Unavailable("database") from error
            raise
        RECEIVED.labels(inbound.channel, "repeated" if received.duplicate else "new").inc()
        if not received.duplicate:
            await wakes.turn()
            await wakes.changed(received.conversation_id)
        return received

    return accept


def _chat_options(settings: Settings) -> Options:
    public = urlsplit(settings.address)
    return Options(
        company=settings.company,
        accent=settings.accent,
        hours=settings.hours,
        default_language=settings.default_language,
        max_length=settings.max_length,
        per_minute=settings.messages_per_minute,
        sockets_per_address=settings.sockets_per_address,
        origins=frozenset([*settings.allowed_origins, f"{public.scheme}://{public.netloc}"]),
    )


async def serve(settings: Settings) -> None:
    """Runs until it is told to stop (SIGTERM, SIGINT): requests end, workers finish what they hold."""
    logs.configure(level=settings.log_level, form=settings.log_format)
    await asyncio.to_thread(language.warm_up)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        with contextlib.suppress(NotImplementedError):
            loop.add_signal_handler(name, stop.set)
    async with running(settings) as parts:
        runners = [web.AppRunner(app, access_log=None, shutdown_timeout=5) for app in (parts.actions, parts.public)]
        for app_runner in runners:
            await app_runner.setup()
        try:
            await web.TCPSite(runners[0], "127.0.0.1", settings.action_port).start()
            await web.TCPSite(runners[1], settings.host, settings.port, reuse_address=True).start()
            log.info("server.ready", address=settings.address)
            await stop.wait()
            log.info("server.stopping")
        finally:
            for app_runner in reversed(runners):
                await app_runner.cleanup()
