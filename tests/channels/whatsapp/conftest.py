"""A business number on a loopback Graph API, its hook on a loopback site, and the real core between them."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from aiohttp import web
from sqlalchemy import select

from channels.port import Core
from channels.whatsapp import LARGEST_BODY, WhatsApp, WhatsAppSettings
from crm_backend.conversations import stream
from crm_backend.conversations.model import Conversation, Message, OutboxItem
from crm_backend.conversations.schema import Reply
from crm_backend.conversations.sending import outbox
from crm_backend.conversations.sending.outbox import Delivery
from crm_backend.customers.model import Identity
from crm_backend.database import Sessions, utc_now
from server.problems import problems
from tests.channels.contract import Call
from tests.channels.whatsapp.case import WhatsAppCase, signed
from tests.channels.whatsapp.graph_server import GraphServer
from tests.support.assistant import free_port
from tests.support.channels import core_on, delivery

MARIE = "33612345678"
PAYLOADS = Path(__file__).parent / "payloads"
PAYLOAD_EPOCH = 1_795_000_000
"""The payload files count their seconds from here; tests move them to an hour ago."""


def payload(name: str, *, ago: float = 3600) -> Any:
    """A payload file, as if it had happened `ago` seconds ago."""
    document = json.loads((PAYLOADS / f"{name}.json").read_text("utf-8"))
    shift = int(time.time() - ago) - PAYLOAD_EPOCH
    for entry in document["entry"]:
        for change in entry["changes"]:
            for item in change["value"].get("messages", []) + change["value"].get("statuses", []):
                if item["timestamp"].isdecimal():
                    item["timestamp"] = str(int(item["timestamp"]) + shift)
    return document


def item(document: Any, kind: str = "messages") -> dict[str, Any]:
    """The first message or status of a webhook."""
    found: dict[str, Any] = document["entry"][0]["changes"][0]["value"][kind][0]
    return found


@dataclass
class Line:
    """One account, as Meta and the core see it."""

    channel: WhatsApp
    core: Core
    graph: GraphServer
    case: WhatsAppCase
    site: str

    async def call(self, call: Call) -> int:
        """Makes a request to the hook; its status."""
        async with self.core.http.request(
            call.method, self.site + call.path, data=call.body, headers=call.headers
        ) as response:
            await response.read()
            return response.status

    async def hear(self, document: Any) -> int:
        """A signed webhook; the status it was answered with."""
        return await self.call(signed(document))

    async def wrote(self, text: str = "bonjour", **more: Any) -> None:
        """Marie wrote an hour ago, so that she may be answered."""
        assert await self.call(await self.case.heard(text, **more)) == 200

    async def messages(self) -> list[Message]:
        """Everything that is stored, in the order of arrival."""
        async with self.core.sessions() as session:
            return list(await session.scalars(select(Message).order_by(Message.created_at, Message.id)))

    async def conversations(self) -> list[Conversation]:
        async with self.core.sessions() as session:
            return list(await session.scalars(select(Conversation).order_by(Conversation.created_at)))

    async def identities(self) -> dict[str, Identity]:
        """Those on WhatsApp, by value."""
        async with self.core.sessions() as session:
            rows = await session.scalars(select(Identity).where(Identity.kind == "whatsapp"))
            return {row.value: row for row in rows}

    async def outbox(self) -> list[OutboxItem]:
        async with self.core.sessions() as session:
            return list(await session.scalars(select(OutboxItem).order_by(OutboxItem.created_at)))

    async def say(self, text: str = "Bonjour.", **content: Any) -> UUID:
        """Stores a reply in the newest conversation, as the assistant would; the message's identifier."""
        async with self.core.sessions() as session, session.begin():
            newest = select(Conversation.id).order_by(Conversation.created_at.desc()).limit(1)
            found = await session.scalar(newest)
            assert found is not None
            conversation = await stream.locked(session, found)
            stored = stream.send(session, conversation, author="bot", reply=Reply(text=text, **content), now=utc_now())
            await session.flush()
            return stored.id


def to_marie(text: str = "Bonjour.", **more: Any) -> Delivery:
    return delivery(text, to=MARIE, channel="whatsapp", **more)


async def claimed(line: Line) -> Delivery:
    async with line.core.sessions() as session, session.begin():
        [found] = await outbox.claim(session, lease_seconds=60)
    return found


@pytest.fixture
async def case() -> AsyncIterator[WhatsAppCase]:
    """The Graph API, running."""
    made = WhatsAppCase()
    await made.start()
    yield made
    await made.stop()


@pytest.fixture
async def core(sessions: Sessions) -> AsyncIterator[Core]:
    async with core_on(sessions) as made:
        yield made


@pytest.fixture
async def line(core: Core, case: WhatsAppCase) -> AsyncIterator[Line]:
    """The account `main`, with templates for one notice, and its hook behind the site's own error pages."""
    templates = ["order_shipped.fr=commande_expediee", "order_shipped.en=shipped:en_GB"]
    settings = WhatsAppSettings(**case.settings("main"), templates=templates)
    channel = WhatsApp(settings, "main", core)
    channel.settle = 0.4
    async with AsyncExitStack() as stack:
        site = await serve(stack, channel)
        yield Line(channel=channel, core=core, graph=case.graph, case=case, site=site)
        await channel.close()


async def serve(stack: AsyncExitStack, channel: WhatsApp) -> str:
    """Puts a channel's hook on a site until the stack ends; the site's address."""
    app = web.Application(client_max_size=LARGEST_BODY, middlewares=[problems])
    app.add_routes([web.route("*", f"/hooks/whatsapp/{channel.account}", channel.hook)])
    runner, port = web.AppRunner(app, shutdown_timeout=0.2), free_port()
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    await web.TCPSite(runner, "127.0.0.1", port).start()
    return f"http://127.0.0.1:{port}"
