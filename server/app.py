"""The server, wired: settings in, a running process out."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
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
from server import actions_site, addresses, files, language, logs, site
from server.accounts import given_accounts
from server.activity import Activity
from server.back import when_back
from server.bot import HttpBot
from server.core import company_of, core
from server.desk.api import Desk
from server.desk.asides import AsidePages
from server.desk.channels import Channels
from server.desk.contacts import Contacts
from server.desk.deliveries import Deliveries
from server.desk.elsewhere import Elsewhere
from server.desk.socket import Feed
from server.desk.threads import Threads
from server.desk.uploads import Uploads
from server.embedding import Embedder
from server.equipping import equip
from server.health import Health
from server.help.pages import HelpCentre
from server.hooks import Hooks
from server.limiter import RedisLimiter
from server.listening import Listening
from server.live import RedisLive
from server.loops.outbox import OutboxLoop
from server.loops.turns import TurnLoop
from server.loops.wake import Workers
from server.notifications.loop import NotificationLoop
from server.notifications.pages import Unsubscribing
from server.problems import problems
from server.reaching import Reach
from server.renewals import Renewals
from server.schedule import notification_rules
from server.settings import Settings
from server.starting import may_begin
from server.switchboard import Switchboard
from server.vault import vault_of
from server.wakes import Wakes

log = structlog.get_logger(__name__)
MAX_BODY = 1024 * 1024
BACKLOG = 1024
"""Connections that may wait to be taken: platforms come in bursts."""


@dataclass
class Parts:
    """What a running server is made of."""

    settings: Settings
    sessions: Sessions
    live: RedisLive
    wakes: Wakes
    bot: HttpBot
    board: Switchboard
    core: Core
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
    # The assistant is on this machine or near it; what channels talk to is named by admins and by platforms.
    reach = Reach(private=settings.private_hosts)
    outside = aiohttp.ClientSession(connector=reach.connector())
    try:
        live = RedisLive(client)
        await live.start()
        bot = HttpBot(web_client, address=settings.bot_address, token=settings.bot_token, timeout=settings.turn_timeout)
        parts = _wire(
            settings, sessions_on(engine), client, live, RedisLimiter(pool), bot=bot, reach=reach, outside=outside
        )
        await parts.board.start()
        for workers in parts.workers:
            workers.start()
        try:
            yield parts
        finally:
            for workers in parts.workers:
                await workers.stop()
            await parts.board.stop()
            await live.stop()
    finally:
        await web_client.close()
        await outside.close()
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
    bot: HttpBot,
    reach: Reach,
    outside: aiohttp.ClientSession,
) -> Parts:
    zone = ZoneInfo(settings.timezone)
    wakes = Wakes(live)
    activity, store = Activity(), files.file_store(settings, sessions)
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
        reach=reach,
        renewals=Renewals(sessions, vault_of(settings)),
    )
    assert settings.action_token
    board = _switchboard(settings, shared, activity)
    embedder = Embedder(settings.var / "vectors")
    equip(settings, sessions, embedder)
    unsubscribing = Unsubscribing(
        sessions=sessions, secret=shared.company.secret, address=settings.address, company=settings.company
    )
    workers = _workers(settings, shared, board, bot, store, unsubscribing) if "worker" in settings.roles else []
    desk = Desk(
        sessions=sessions,
        live=live,
        wakes=wakes,
        limiter=limiter,
        files=store,
        company=settings.company,
        zone=zone,
        session_hours=settings.session_hours,
        secure=settings.address.startswith("https://"),
        max_upload_bytes=settings.max_upload_bytes,
        ask_in=_asked_in(settings),
    )
    feed = Feed(desk)
    public = web.Application(
        client_max_size=MAX_BODY, middlewares=[addresses.telling(settings.trusted_proxies), problems]
    )
    standing = files.FilesStanding(store.place, store.scanner)
    public.add_routes(
        Health(sessions=sessions, client=client, bot=bot, files=standing, blueprints=board.blueprints).routes()
    )
    if "web" in settings.roles:
        public.add_routes(Hooks(board, limiter=limiter).routes())
        public.add_routes(files.routes(store) + Uploads(desk).routes() + Deliveries(desk).routes())
        public.add_routes(Threads(desk, board.blueprints).routes() + Elsewhere(desk, board.blueprints).routes())
        public.add_routes(Contacts(desk, board, notification_rules(settings)).routes())
        channels = Channels(desk, board, vault_of(settings), settings)
        public.add_routes(desk.routes() + feed.routes() + channels.routes() + AsidePages(desk, channels).routes())
        help_centre = HelpCentre(sessions=sessions, embedder=embedder, company=settings.company, zone=zone)
        public.add_routes(help_centre.routes() + unsubscribing.routes() + site.routes())
    public.on_response_prepare.append(site.harden)

    async def hang_up(_: web.Application) -> None:
        await board.hang_up()
        await feed.close()

    public.on_shutdown.append(hang_up)
    actions = actions_site.application(runner.build_executor(), settings.action_token)
    return Parts(settings, sessions, live, wakes, bot, board, shared, public, actions, workers)


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


def _workers(
    settings: Settings,
    shared: Core,
    board: Switchboard,
    bot: HttpBot,
    store: files.FileStore,
    unsubscribing: Unsubscribing,
) -> list[Workers]:
    sessions, live = shared.sessions, shared.live
    turn_loop = TurnLoop(
        sessions=sessions,
        bot=bot,
        live=live,
        wakes=Wakes(live),
        company=settings.company,
        lease_seconds=settings.turn_lease,
        now=lambda: datetime.now(shared.company.zone),
        where={name: blueprint.where for name, blueprint in board.blueprints.items()},
        ask_in=_asked_in(settings),
        away=when_back(shared.company.opening),
    )
    starts, rules = partial(may_begin, board), notification_rules(settings)
    outbox_loop = OutboxLoop(sessions=sessions, find=board.find, live=live, starts=starts, rules=rules)
    fetch_loop = files.FetchLoop(sessions=sessions, find=board.find, store=store, live=live)
    notification_loop = NotificationLoop(
        sessions=sessions,
        wakes=Wakes(live),
        rules=rules,
        starts=starts,
        unsubscribe=unsubscribing.link,
        now=lambda: datetime.now(shared.company.zone),
    )
    told = Workers(name="notifications", topic="notifications", count=1, work=notification_loop.work, live=live)
    return [
        *([told] if settings.notifications else []),
        Workers(name="turns", topic="turns", count=settings.turn_workers, work=turn_loop.work, live=live),
        Workers(
            name="outbox",
            topic="outbox",
            count=settings.outbox_workers,
            work=outbox_loop.work,
            live=live,
            close=outbox_loop.close,
        ),
        Workers(name="files", topic="files", count=2, work=fetch_loop.work, live=live),
    ]


def _asked_in(settings: Settings) -> list[str]:
    """The channels on which customers are asked by a message how a conversation was."""
    return [name for name, each in installed().items() if not each.asks_itself] if settings.ask_rating else []


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
            await web.TCPSite(runners[1], settings.host, settings.port, reuse_address=True, backlog=BACKLOG).start()
            log.info("server.ready", address=settings.address)
            await stop.wait()
            log.info("server.stopping")
        finally:
            for app_runner in reversed(runners):
                await app_runner.cleanup()
