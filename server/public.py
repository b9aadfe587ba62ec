"""The public site: every address that this server answers at, but for the assistant's actions."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from zoneinfo import ZoneInfo

from aiohttp import web

from channels.port import Core
from server import addresses, files, site, working
from server.api import pages as api_pages
from server.api import site as api
from server.api.call import Means
from server.api.paging import Cursors
from server.desk.account_mail import AccountMail
from server.desk.api import Desk
from server.desk.asides import AsidePages
from server.desk.audit import AuditPages
from server.desk.board import BoardPages
from server.desk.bulk import BulkPages
from server.desk.case_pages import CasePages
from server.desk.channels import Channels
from server.desk.colleagues import Colleagues
from server.desk.contacts import Contacts
from server.desk.customers import CustomerPages
from server.desk.deliveries import Deliveries
from server.desk.elsewhere import Elsewhere
from server.desk.inbox import InboxPages
from server.desk.intents import Intents
from server.desk.macros import MacroPages
from server.desk.notes import NotePages
from server.desk.offers import OfferPages
from server.desk.own_account import OwnAccount
from server.desk.pictures import RemotePictures
from server.desk.pushes import PushPages
from server.desk.reminders import ReminderPages
from server.desk.reports import ReportPages
from server.desk.routing import RoutingPages
from server.desk.rule_choices import RuleChoices
from server.desk.session import SessionPages
from server.desk.signing_in import SigningIn
from server.desk.single_sign_on import SingleSignOn, provider_of
from server.desk.socket import Feed
from server.desk.suggestions import SuggestionPages
from server.desk.tags import TagPages
from server.desk.threads import Threads
from server.desk.uploads import Uploads
from server.desk.within import WithinPages
from server.desk.working import WorkingPages
from server.desk.wrap_up import WrapUpPages
from server.embedding import Embedder
from server.health import Health
from server.help.contact import ContactForm
from server.help.old_addresses import leading_on
from server.help.pages import HelpCentre
from server.help.theme import theme_of
from server.help.troubled import friendly
from server.hooks import Hooks
from server.limiter import RedisLimiter
from server.live import RedisLive
from server.notifications.pages import Unsubscribing
from server.oidc import Client
from server.portal import site as portal
from server.portal.frame import Frame
from server.portal.shop import Shop
from server.problems import problems
from server.schedule import notification_rules
from server.settings import Settings
from server.starting import may_begin
from server.switchboard import Switchboard
from server.vault import vault_of
from server.wakes import Wakes

MAX_BODY = 1024 * 1024


@dataclass(frozen=True)
class Doors:
    """What the pages work with."""

    settings: Settings
    core: Core
    board: Switchboard
    live: RedisLive
    limiter: RedisLimiter
    files: files.FileStore
    embedder: Embedder
    unsubscribing: Unsubscribing

    @property
    def zone(self) -> ZoneInfo:
        """The company's."""
        return ZoneInfo(self.settings.timezone)


def public_site(doors: Doors, health: Health) -> web.Application:
    """The application; without the role `web`, it tells its health and nothing else."""
    settings = doors.settings
    public = web.Application(
        client_max_size=MAX_BODY,
        middlewares=[
            addresses.telling(settings.trusted_proxies),
            friendly(settings),
            problems,
            leading_on(doors.core.sessions),
        ],
    )
    public.add_routes(health.routes())
    desk = _desk(doors)
    feed = Feed(desk)
    if "web" in settings.roles:
        public.add_routes(Hooks(doors.board, limiter=doors.limiter).routes() + files.routes(doors.files))
        _add_doors(public, doors, desk)
        _add_desk(public, doors, desk, feed)
        _add_api(public, doors)
        _add_pages(public, doors)
    public.on_response_prepare.append(site.harden)

    async def hang_up(_: web.Application) -> None:
        await doors.board.hang_up()
        await feed.close()

    public.on_shutdown.append(hang_up)
    return public


def _desk(doors: Doors) -> Desk:
    settings = doors.settings
    return Desk(
        sessions=doors.core.sessions,
        live=doors.live,
        wakes=Wakes(doors.live),
        limiter=doors.limiter,
        files=doors.files,
        pictures=RemotePictures(doors.core.company.secret),
        company=settings.company,
        zone=doors.zone,
        session_hours=settings.session_hours,
        secure=settings.address.startswith("https://"),
        max_upload_bytes=settings.max_upload_bytes,
        ask_in=working.asked_in(settings),
        copying=[name for name, blueprint in doors.board.blueprints.items() if blueprint.copies],
    )


def _add_doors(public: web.Application, doors: Doors, desk: Desk) -> None:
    """How people get into the desk."""
    settings, vault = doors.settings, vault_of(doors.settings)
    mail = AccountMail(doors.board, address=settings.address, company=settings.company)
    public.on_cleanup.append(lambda _: mail.close())
    provider = provider_of(settings)
    client = Client(doors.core.http, provider) if provider else None
    public.add_routes(SigningIn(desk, vault, mail, doors.core.company.secret).routes())
    public.add_routes(OwnAccount(desk, vault).routes() + Colleagues(desk, mail).routes())
    public.add_routes(PushPages(desk, vault).routes())
    public.add_routes(SingleSignOn(desk, vault, settings, client).routes())


def _add_desk(public: web.Application, doors: Doors, desk: Desk, feed: Feed) -> None:
    settings, board = doors.settings, doors.board
    channels = Channels(desk, board, vault_of(settings), settings)
    public.add_routes(SessionPages(desk).routes() + WorkingPages(desk).routes())
    public.add_routes(desk.routes() + feed.routes() + channels.routes() + AsidePages(desk, channels).routes())
    public.add_routes(Uploads(desk).routes() + Deliveries(desk).routes() + OfferPages(desk).routes())
    public.add_routes(Intents(desk).routes() + RoutingPages(desk).routes() + InboxPages(desk).routes())
    public.add_routes(NotePages(desk).routes() + ReminderPages(desk).routes())
    public.add_routes(WrapUpPages(desk).routes())
    public.add_routes(SuggestionPages(desk, doors.embedder, address=settings.address).routes())
    public.add_routes(BoardPages(desk, feed.board).routes())
    public.add_routes(CasePages(desk, Cursors(doors.core.company.secret)).routes())
    public.add_routes(TagPages(desk).routes() + MacroPages(desk).routes() + BulkPages(desk).routes())
    public.add_routes(RuleChoices(desk).routes() + WithinPages(desk).routes() + AuditPages(desk).routes())
    public.on_cleanup.append(lambda _: desk.pictures.close())
    public.add_routes(ReportPages(desk).routes() + CustomerPages(desk).routes())
    public.add_routes(desk.pictures.routes() + Threads(desk, board.blueprints).routes())
    public.add_routes(Elsewhere(desk, board.blueprints).routes())
    public.add_routes(Contacts(desk, board, notification_rules(settings)).routes())


def _add_api(public: web.Application, doors: Doors) -> None:
    settings = doors.settings
    means = Means(
        sessions=doors.core.sessions,
        limiter=doors.limiter,
        files=doors.files,
        live=doors.live,
        wakes=Wakes(doors.live),
        embedder=doors.embedder,
        settings=settings,
        zone=doors.zone,
        cursors=Cursors(doors.core.company.secret),
        vault=vault_of(settings),
    )
    public.add_routes(api_pages.routes(settings.company) + api.routes(means))
    public.on_response_prepare.append(api.tell_limits)


def _add_pages(public: web.Application, doors: Doors) -> None:
    help_centre = HelpCentre(
        sessions=doors.core.sessions,
        embedder=doors.embedder,
        limiter=doors.limiter,
        link=doors.files.path,
        company=doors.settings.company,
        address=doors.settings.address,
        zone=doors.zone,
        theme=theme_of(doors.settings),
        searches_per_minute=doors.settings.searches_per_minute,
    )
    public.on_cleanup.append(lambda _: help_centre.close())
    public.add_routes(ContactForm(help_centre, doors.core, Wakes(doors.live)).routes())
    public.add_routes(help_centre.routes() + doors.unsubscribing.routes() + site.routes())
    frame = Frame(
        sessions=doors.core.sessions,
        limiter=doors.limiter,
        files=doors.files,
        wakes=Wakes(doors.live),
        settings=doors.settings,
        core=doors.core,
        starts=partial(may_begin, doors.board),
        shop=Shop(doors.board, doors.settings, doors.core.company.secret),
    )
    public.on_cleanup.append(lambda _: frame.close())
    public.add_routes(portal.routes(frame))
