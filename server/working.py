"""The loops of a server process: who works through which queue."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID
from zoneinfo import ZoneInfo

from channels import installed
from channels.port import Core
from crm_backend.database import new_id
from server import files
from server.back import when_back
from server.bot import LaneBot
from server.embedding import Embedder
from server.help.forms import Seals
from server.loops.alive import Alive
from server.loops.answers import AnswersLoop
from server.loops.cases import CaseLoop
from server.loops.contact_form import ContactFormLoop
from server.loops.duplicates import DuplicateLoop
from server.loops.handed import Handed
from server.loops.inbox import InboxLoop
from server.loops.knowledge import KnowledgeLoop
from server.loops.mentions import MentionMailLoop
from server.loops.outbox import OutboxLoop
from server.loops.portal import PortalLoop
from server.loops.pushes import PushLoop
from server.loops.reports import ReportLoop, ReportMailLoop
from server.loops.retention import RetentionLoop
from server.loops.routing import RoutingLoop
from server.loops.rules import RuleLoop
from server.loops.satisfaction import SatisfactionLoop
from server.loops.sealing import SealingLoop
from server.loops.service_levels import ServiceLevelLoop
from server.loops.suggesting import SuggestingLoop
from server.loops.turns import TurnLoop
from server.loops.value import ValueLoop
from server.loops.waiting import WaitingLoop
from server.loops.wake import Workers
from server.loops.webhooks import WebhookLoop
from server.notifications.loop import NotificationLoop
from server.notifications.pages import Unsubscribing
from server.pacing import Pace
from server.reports.mailing import ReportMail
from server.schedule import notification_rules
from server.settings import Settings
from server.starting import may_begin
from server.switchboard import Switchboard
from server.vault import vault_of
from server.wakes import Wakes


def workers(
    settings: Settings,
    shared: Core,
    board: Switchboard,
    bot: LaneBot,
    store: files.FileStore,
    unsubscribing: Unsubscribing,
    embedder: Embedder,
    handed: Handed,
    alive: Alive,
) -> list[Workers]:
    """Every loop of this process, to be started."""
    talking = _talking(settings, shared, board, bot, store, unsubscribing, handed, alive)
    return [*talking, *_keeping(settings, shared, board, store, embedder)]


def leases(alive: Alive) -> Callable[[str], UUID]:
    """Makes a lease for a channel's delivery. It names this process, unless the platform tells by itself what it has:
    what this process leaves is then not sent again before there was time for that."""
    telling = {name for name, each in installed().items() if each.tells_later}
    return lambda channel: new_id() if channel in telling else alive.lease()


def _talking(
    settings: Settings,
    shared: Core,
    board: Switchboard,
    bot: LaneBot,
    store: files.FileStore,
    unsubscribing: Unsubscribing,
    handed: Handed,
    alive: Alive,
) -> list[Workers]:
    """What customers wait for: these look every second, and are woken."""
    sessions, live, wakes = shared.sessions, shared.live, Wakes(shared.live)
    starts, rules, now = partial(may_begin, board), notification_rules(settings), _clock(shared)
    turns = TurnLoop(
        sessions=sessions,
        bot=bot,
        live=live,
        wakes=wakes,
        company=settings.company,
        lease_seconds=settings.turn_lease,
        now=now,
        where={name: blueprint.where for name, blueprint in board.blueprints.items()},
        ask_in=asked_in(settings),
        confirm_in=[name for name, each in installed().items() if not each.asks_itself],
        away=when_back(shared.company.opening),
        shown_in=[name for name, blueprint in board.blueprints.items() if blueprint.shown],
        handed=handed,
    )
    outbox = OutboxLoop(sessions=sessions, find=board.find, live=live, starts=starts, rules=rules, lease=leases(alive))
    fetching = files.FetchLoop(sessions=sessions, find=board.find, store=store, live=live)
    notifying = NotificationLoop(
        sessions=sessions, wakes=wakes, rules=rules, starts=starts, unsubscribe=unsubscribing.link, now=now
    )
    told = Workers(name="notifications", topic="notifications", count=1, work=notifying.work, live=live)
    thinkers, senders, pace = settings.turn_workers, settings.outbox_workers, Pace(live)

    async def rest() -> None:
        await pace.close()
        await turns.close()

    thinking = Workers(name="turns", topic="turns", count=thinkers, work=pace.paced(turns.work), live=live, close=rest)
    handed.wake = partial(thinking.wake, one=True)
    return [
        *([told] if settings.notifications else []),
        thinking,
        Workers(name="outbox", topic="outbox", count=senders, work=outbox.work, live=live, close=outbox.close),
        Workers(name="files", topic="files", count=2, work=fetching.work, live=live),
    ]


def _keeping(
    settings: Settings, shared: Core, board: Switchboard, store: files.FileStore, embedder: Embedder
) -> list[Workers]:
    """What keeps the CRM in order. Nobody waits for most of it at a screen: it looks the more seldom for that."""
    sessions, live, wakes = shared.sessions, shared.live, Wakes(shared.live)
    now = _clock(shared)
    quiet = notification_rules(settings)
    webhooks = WebhookLoop(sessions=sessions, http=shared.http, vault=vault_of(settings))
    cases = CaseLoop(sessions=sessions, wakes=wakes, starts=partial(may_begin, board), now=now)

    def one(name: str, work: Callable[[], Awaitable[bool]], rest: float, topic: str | None = None) -> Workers:
        return Workers(name=name, topic=topic or name, count=1, work=work, live=live, rest=rest)

    address, zone = settings.address, ZoneInfo(settings.timezone)
    reporting = ReportMail(board, sessions, store, address=address, company=settings.company, zone=zone)
    mentioned = MentionMailLoop(sessions=sessions, board=board, address=settings.address)
    pushing = PushLoop(sessions=sessions, vault=vault_of(settings), address=settings.address)
    idle = timedelta(minutes=settings.portal_idle_minutes)
    return [
        Workers(name="webhooks", topic="webhooks", count=2, work=webhooks.work, live=live, close=webhooks.close),
        one("waiting", WaitingLoop(sessions=sessions, wakes=wakes, channels=told_of_waits()).work, 30),
        one("inbox", InboxLoop(sessions=sessions, live=live, wakes=wakes).work, 0.5),
        one("mentions", mentioned.work, 5),
        Workers(name="pushes", topic="pushes", count=1, work=pushing.work, live=live, close=pushing.close),
        one("routing", RoutingLoop(sessions=sessions, live=live, wakes=wakes).work, 1),
        one("rules", RuleLoop(sessions=sessions, live=live, wakes=wakes, quiet=quiet).work, 1),
        one("service_levels", ServiceLevelLoop(sessions=sessions, live=live, wakes=wakes, quiet=quiet).work, 1),
        one("cases", cases.work, 2),
        one(
            "satisfaction",
            SatisfactionLoop(sessions=sessions, wakes=wakes, rules=quiet, ask_in=asked_in(settings), now=now).work,
            5,
        ),
        one("answers", AnswersLoop(sessions=sessions).work, 2),
        one("sealing", SealingLoop(sessions=sessions).work, 2, topic="audit"),
        one("knowledge", KnowledgeLoop(sessions=sessions, embedder=embedder).work, 5),
        one("suggesting", SuggestingLoop(sessions=sessions, embedder=embedder).work, 5),
        one("value", ValueLoop(sessions=sessions).work, 5),
        one("duplicates", DuplicateLoop(sessions=sessions).work, 5),
        one("reports", ReportLoop(sessions=sessions).work, 15),
        one("report_mail", ReportMailLoop(sessions=sessions, mail=reporting, now=now).work, 30),
        one("contact_form", ContactFormLoop(sessions=sessions, key=Seals(shared.company.secret).addresses).work, 300),
        one("portal", PortalLoop(sessions=sessions, idle=idle).work, 300),
        one("retention", RetentionLoop(sessions=sessions, now=now).work, 60),
    ]


def _clock(shared: Core) -> Callable[[], datetime]:
    """What the company's clock shows."""
    return lambda: datetime.now(shared.company.zone)


def told_of_waits() -> list[str]:
    """The channels on which customers sit waiting, and are told by messages how long it will be."""
    return [name for name, each in installed().items() if not each.asks_itself and not each.slow]


def asked_in(settings: Settings) -> dict[str, bool]:
    """The channels on which customers can be asked by a message how a conversation was, and whether they are where
    nothing is set up at the desk."""
    return {name: settings.ask_rating for name, each in installed().items() if not each.asks_itself}
