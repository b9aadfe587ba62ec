"""What channels are given of the core: taking in, hearing of receipts, noting parts, with real transactions."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Collection, Mapping
from functools import partial
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import aiohttp

from channels.degrade import Pictures
from channels.port import Accept, Company, Core, Files, Limiter, Live, Renewals
from crm_backend.conversations.receiving.receive import receive
from crm_backend.conversations.schema import InboundMessage, Received
from crm_backend.conversations.sending import deliveries
from crm_backend.conversations.sending.outbox import Delivery
from crm_backend.conversations.thinking.claiming import Hand
from crm_backend.database import Sessions, unreachable
from crm_backend.errors import Unavailable
from server.back import when_back
from server.metrics import RECEIVED
from server.pacing import Haste
from server.reaching import Reach
from server.receiving import Receiving
from server.reporting import reporter
from server.schedule import opening_hours
from server.settings import Settings
from server.wakes import Wakes

Heard = Callable[[str, str], None]
"""Told of the channel and account that something came in by."""


def core(
    *,
    sessions: Sessions,
    live: Live,
    limiter: Limiter,
    files: Files,
    http: aiohttp.ClientSession,
    company: Company,
    heard: Heard = lambda _channel, _account: None,
    labels: Mapping[str, Mapping[str, str]] | None = None,
    starts: Mapping[str, str] | None = None,
    reach: Reach | None = None,
    renewals: Renewals | None = None,
    pictures: Pictures | None = None,
    patient: Collection[str] = (),
    hand: Hand | None = None,
) -> Core:
    """The core over these sessions. `heard` is called after each message that was stored. On the channels of `patient`
    nobody sends again what is acknowledged late: for them thinking does not give way. `hand` thinks in this process."""
    return Core(
        accept=_acceptor(sessions, live, company, heard, patient, hand),
        report=reporter(sessions, live),
        files=files,
        sessions=sessions,
        live=live,
        limiter=limiter,
        http=http,
        company=company,
        labels=labels or {},
        starts=starts or {},
        renewals=renewals,
        pictures=pictures,
        reach=reach or Reach(),
        part_sent=_part_noter(sessions),
    )


def company_of(settings: Settings) -> Company:
    """What the settings say of the company. They carry every secret."""
    assert settings.secret_key
    public = urlsplit(settings.address)
    return Company(
        name=settings.company,
        address=settings.address,
        hours=settings.hours,
        accent=settings.accent,
        default_language=settings.default_language,
        zone=ZoneInfo(settings.timezone),
        max_length=settings.max_length,
        messages_per_minute=settings.messages_per_minute,
        sockets_per_address=settings.sockets_per_address,
        allowed_origins=frozenset([*settings.allowed_origins, f"{public.scheme}://{public.netloc}"]),
        secret=settings.secret_key.get_secret_value().encode(),
        max_upload_bytes=settings.max_upload_bytes,
        opening=opening_hours(settings),
    )


def _acceptor(
    sessions: Sessions, live: Live, company: Company, heard: Heard, patient: Collection[str], hand: Hand | None
) -> Accept:
    wakes, haste = Wakes(live), Haste(live)
    store = partial(
        receive,
        default_language=company.default_language,
        max_length=company.max_length,
        away=when_back(company.opening),
        hand=hand,
    )
    receiving = Receiving(sessions, store)

    async def accept(inbound: InboundMessage) -> Received:
        if hurries := inbound.channel not in patient:
            haste.noticed()
        began = time.perf_counter()
        try:
            received = await receiving.take(inbound)
        except Exception as error:
            if unreachable(error):
                raise Unavailable("database") from error
            raise
        if hurries:
            haste.took(time.perf_counter() - began)
        RECEIVED.labels(inbound.channel, "repeated" if received.duplicate else "new").inc()
        heard(inbound.channel, inbound.account)
        if not received.duplicate:
            if not received.taken:
                if hand is not None:
                    hand.queued()
                await wakes.one_turn()
            if inbound.event != "message":
                await wakes.updated(received.conversation_id, received.seq)
            said = received.seq if inbound.event == "message" and not received.outgoing else None
            await wakes.changed(received.conversation_id, outgoing=received.outgoing, said=said)
        return received

    return accept


def _part_noter(sessions: Sessions) -> Callable[[Delivery, str], Awaitable[None]]:
    async def part_sent(delivery: Delivery, platform_id: str) -> None:
        async with sessions() as session, session.begin():
            await deliveries.part_sent(session, delivery, platform_id)

    return part_sent
