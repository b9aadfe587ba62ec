"""The server, wired: settings in, a running process out."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from zoneinfo import ZoneInfo

import aiohttp
import redis.asyncio as redis
import structlog
from aiohttp import web

import crm_backend.model  # noqa: F401  every table must be known before the first query
from actions import runner
from channels import installed
from channels.port import Core
from crm_backend.database import Sessions, connect, sessions_on
from crm_backend.service_levels import following
from server import files, language, logs, working
from server.accounts import given_accounts
from server.acting import Acting
from server.activity import Activity
from server.bot import LaneBot
from server.cases import news
from server.core import company_of, core
from server.embedding import Embedder
from server.equipping import equip
from server.health import Health
from server.help.theme import theme_of
from server.illustrating import Illustrations
from server.limiter import RedisLimiter
from server.listening import Listening
from server.live import RedisLive
from server.loops.alive import Alive
from server.loops.handed import Handed
from server.loops.wake import Workers
from server.notifications.pages import Unsubscribing
from server.public import Doors, public_site
from server.reaching import Reach
from server.renewals import Renewals
from server.settings import Settings
from server.shelf import Shelf
from server.starting import may_begin
from server.switchboard import Switchboard
from server.vault import vault_of
from server.wakes import Wakes

log = structlog.get_logger(__name__)
HANDED = 3
"""Turns for each worker of this process that wait in it for one. In one process they go as they come; where there are
several, what waits here is not done by another that has time."""
CONNECTIONS = 8
"""Half as many as a process has open to the database at the most. More would wait for the processor all the same, and
each plans its statements for itself: with 28 the database needed a seventh longer for the first messages."""
CONNECTING = 5.0
"""Seconds that Redis may take to accept a connection."""
BACKLOG = 1024
"""Connections that may wait to be taken: platforms come in bursts."""
LONGEST_LINE = 65_536
"""Bytes of an address: somebody who searches for a whole letter gets a page, not a refusal."""


@dataclass
class Parts:
    """What a running server is made of."""

    settings: Settings
    sessions: Sessions
    live: RedisLive
    wakes: Wakes
    bot: LaneBot
    board: Switchboard
    core: Core
    public: web.Application
    workers: list[Workers]
    alive: Alive


@asynccontextmanager
async def running(settings: Settings) -> AsyncIterator[Parts]:
    """Wires every part and starts the loops; stops them and closes every connection at the end.

    `settings` carry the addresses of both stores and every secret.
    """
    assert settings.database_url and settings.redis_url and settings.bot_token
    engine = connect(settings.database_url, pool_size=max(CONNECTIONS, settings.turn_workers))
    # Whoever asks says how long they wait: a second limit of the library costs a task for each command.
    pool = redis.ConnectionPool.from_url(settings.redis_url, socket_timeout=None, socket_connect_timeout=CONNECTING)
    client = redis.Redis(connection_pool=pool)
    web_client = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))
    # The assistant is on this machine or near it; what channels talk to is named by admins and by platforms.
    reach = Reach(private=settings.private_hosts)
    outside = aiohttp.ClientSession(connector=reach.connector())
    pictures = Illustrations.of(settings)
    try:
        live = RedisLive(client)
        await live.start()
        shelf = Shelf(sessions_on(engine), ZoneInfo(settings.timezone))
        bot = LaneBot(
            web_client,
            address=settings.bot_address,
            token=settings.bot_token,
            timeout=settings.turn_timeout,
            act=Acting(runner.build_executor(), shelf),
            given=shelf.given,
        )
        parts = _wire(
            settings,
            sessions_on(engine),
            client,
            live,
            RedisLimiter(pool),
            bot=bot,
            reach=reach,
            outside=outside,
            pictures=pictures,
        )
        await parts.board.start()
        if parts.workers:
            await parts.alive.start()
        for workers in parts.workers:
            workers.start()
        try:
            yield parts
        finally:
            for workers in parts.workers:
                await workers.stop()
            await parts.board.stop()
            await parts.alive.stop()
            await live.stop()
    finally:
        await web_client.close()
        await outside.close()
        await pictures.close()
        await client.aclose()
        await pool.aclose()
        await engine.dispose()


def _wire(
    settings: Settings,
    sessions: Sessions,
    client: redis.Redis,
    live: RedisLive,
    limiter: RedisLimiter,
    *,
    bot: LaneBot,
    reach: Reach,
    outside: aiohttp.ClientSession,
    pictures: Illustrations,
) -> Parts:
    activity, store = Activity(), files.file_store(settings, sessions)
    thinks = "worker" in settings.roles
    assert settings.database_url
    alive = Alive(settings.database_url, wake=Wakes(live).turn, wake_senders=Wakes(live).outgoing)
    handed = Handed(most=HANDED * settings.turn_workers, lease_seconds=settings.turn_lease, alive=alive)
    shared = core(
        sessions=sessions,
        live=live,
        limiter=limiter,
        files=store,
        http=outside,
        company=company_of(settings),
        heard=activity.heard,
        labels={name: blueprint.label for name, blueprint in installed().items()},
        starts={name: blueprint.starts for name, blueprint in installed().items() if blueprint.starts},
        patient=[name for name, blueprint in installed().items() if blueprint.shown],
        reach=reach,
        renewals=Renewals(sessions, vault_of(settings)),
        pictures=pictures,
        hand=handed if thinks else None,
    )
    board = _switchboard(settings, shared, activity)
    embedder = Embedder(settings.var / "vectors")
    equip(settings, sessions, embedder, store, partial(may_begin, board))
    following.listen()
    news.listen()
    unsubscribing = Unsubscribing(
        sessions=sessions,
        secret=shared.company.secret,
        address=settings.address,
        company=settings.company,
        theme=theme_of(settings),
    )
    workers = (
        working.workers(settings, shared, board, bot, store, unsubscribing, embedder, handed, alive) if thinks else []
    )
    doors = Doors(
        settings=settings,
        core=shared,
        board=board,
        live=live,
        limiter=limiter,
        files=store,
        embedder=embedder,
        unsubscribing=unsubscribing,
    )
    standing = files.FilesStanding(store.place, store.scanner)
    health = Health(sessions=sessions, client=client, bot=bot, files=standing, blueprints=board.blueprints)
    public = public_site(doors, health)
    return Parts(settings, sessions, live, Wakes(live), bot, board, shared, public, workers, alive)


def _switchboard(settings: Settings, shared: Core, activity: Activity) -> Switchboard:
    assert settings.database_url
    blueprints = installed()
    given, faults = given_accounts(settings, blueprints)
    for fault in faults:
        log.error("settings.unreadable", cause=fault)
    listens = "worker" in settings.roles
    board = Switchboard(
        core=shared,
        blueprints=blueprints,
        given=given,
        vault=vault_of(settings),
        activity=activity,
        listening=Listening(settings.database_url) if listens else None,
    )
    board.open_given()
    return board


async def listen(settings: Settings, public: web.AppRunner) -> None:
    """Opens the site to callers. Raises OSError where the port is taken and not shared."""
    shared = settings.share_port or None
    await web.TCPSite(
        public, settings.host, settings.port, reuse_address=True, reuse_port=shared, backlog=BACKLOG
    ).start()


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
        public = web.AppRunner(parts.public, access_log=None, shutdown_timeout=5, max_line_size=LONGEST_LINE)
        await public.setup()
        try:
            await listen(settings, public)
            log.info("server.ready", address=settings.address)
            await stop.wait()
            log.info("server.stopping")
        finally:
            await public.cleanup()
