"""kill -9 inside the clients of real channels, between the platform's yes and our hearing it: nothing is lost, and what
may come twice is what docs/message-flow.md says."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import select

from crm_backend.conversations import stream
from crm_backend.conversations.model import Message, OutboxItem
from crm_backend.conversations.schema import Reply
from crm_backend.database import Sessions, utc_now
from server.loops.outbox import OutboxLoop
from tests.channels.contract import Arrived, Case
from tests.channels.mail.case import MailCase
from tests.channels.stage import Play, played
from tests.channels.telegram.case import TelegramCase
from tests.channels.whatsapp.case import WhatsAppCase
from tests.support.channels import Notes
from tests.support.client_sender import Senders, by_way_of, senders, wire
from tests.support.outbox import ready

TEXT = "Elle arrive demain."


@pytest.fixture(scope="module")
async def forking() -> AsyncIterator[Senders]:
    async with senders() as made:
        yield made


async def queued(play: Play) -> None:
    """An answer to marie, who has written, is on its way."""
    await play.hear()
    async with play.sessions() as session, session.begin():
        message = (await session.scalars(select(Message))).one()
        conversation = await stream.locked(session, message.conversation_id)
        stream.send(session, conversation, author="bot", reply=Reply(text=TEXT), now=utc_now())


async def killed_once_it_is_taken(play: Play, forking: Senders, database_url: str) -> Arrived:
    """Another process sends it and dies before it hears that the platform has it; what the platform has."""
    settings, there = by_way_of(play.case.settings("main"), 0)

    async def taken() -> bool:
        return bool(await play.case.arrived())

    async with wire(there, taken, forking.kill) as port, asyncio.timeout(60):
        settings, _ = by_way_of(settings, port)
        await forking.begin(database_url=database_url, channel=play.case.name, settings=settings)
        status = await forking.ended()
    assert status == -signal.SIGKILL
    (got,) = await play.arrived()
    return got


async def sent_by_another(play: Play) -> None:
    """The lease of the dead runs out, and this process goes on."""
    await ready(play.sessions)
    loop = OutboxLoop(sessions=play.sessions, find=lambda _channel, _account: play.channel(), live=Notes())
    async with asyncio.timeout(20):
        while await state(play.sessions) != "sent":
            await loop.work()
            await asyncio.sleep(0.02)
    await loop.close()


async def state(sessions: Sessions) -> str:
    """How the one answer stands."""
    async with sessions() as session:
        return (await session.scalars(select(OutboxItem.state))).one()


@pytest.mark.parametrize(
    ("case", "told", "same_name", "times"),
    [
        (TelegramCase, False, False, 2),
        (WhatsAppCase, False, False, 2),
        (WhatsAppCase, True, False, 1),
        (MailCase, False, True, 2),
    ],
    ids=["telegram", "whatsapp", "whatsapp, whose status came", "mail"],
)
async def test_killed_inside_a_client_nothing_is_lost_and_twice_is_what_is_said(
    sessions: Sessions, database_url: str, forking: Senders, case: type[Any], told: bool, same_name: bool, times: int
) -> None:
    actor: Case = case()
    async with played(actor, sessions) as play:
        await queued(play)
        first = await killed_once_it_is_taken(play, forking, database_url)
        if told:
            for call in await actor.receipts(first.platform_id, "delivered"):
                assert await play.call(call) == 200
        await sent_by_another(play)
        arrived = await play.arrived()
    assert [TEXT in one.text for one in arrived] == [True] * times
    # The same Message-ID: whoever gets both is shown one.
    assert (len({one.platform_id for one in arrived}) == 1) == (same_name or times == 1)
