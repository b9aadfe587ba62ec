"""A bot of ours and a Bot API server for it."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

import pytest
from aiohttp.test_utils import make_mocked_request
from sqlalchemy import select

from channels.port import Core
from channels.telegram import CHANNEL, Settings, Telegram
from crm_backend.accounts.model import Account
from crm_backend.conversations import stream
from crm_backend.conversations.model import Message
from crm_backend.conversations.schema import Button, Reply
from crm_backend.database import Sessions, utc_now
from tests.channels.telegram.bot_api import BotApi
from tests.channels.telegram.updates import TOKEN
from tests.support.channels import COMPANY, core_on, delivery

SECRET = "webhook-secret-of-tests"


@dataclass
class World:
    """One bot, its core and its platform."""

    api: BotApi
    core: Core
    channel: Telegram
    sessions: Sessions

    async def take(self, update: dict[str, Any]) -> None:
        """An update comes in."""
        await self.channel._hearing.take(update)

    async def messages(self) -> list[Message]:
        """Everything that is stored, in order."""
        async with self.sessions() as session:
            return list(await session.scalars(select(Message).order_by(Message.created_at, Message.seq)))

    async def reply(self, text: str, *, buttons: tuple[str, ...] = (), **more: Any) -> Any:
        """The assistant says something in the one conversation there is, and it is delivered; the delivery."""
        async with self.sessions() as session, session.begin():
            last = await session.scalar(select(Message).order_by(Message.created_at.desc()).limit(1))
            conversation = await stream.locked(session, last.conversation_id)
            offered = [Button(title=title, payload=f"/{title}") for title in buttons]
            message = stream.send(
                session, conversation, author="bot", reply=Reply(text=text, buttons=offered), now=utc_now()
            )
            values = {"message_id": message.id, "conversation_id": conversation.id, "seq": message.seq}
            address = conversation.address
        sent = delivery(text, to=address, channel="telegram", buttons=offered, **{**values, **more})
        await self.channel.send(sent)
        return sent


@pytest.fixture
async def bot_api() -> AsyncIterator[BotApi]:
    """A Bot API server with one bot."""
    server = BotApi()
    server.bot(TOKEN)
    await server.start()
    yield server
    await server.stop()


OpenWorld = Callable[..., Awaitable[World]]


@asynccontextmanager
async def _world(sessions: Sessions, api: BotApi, address: str, account: str, **settings: Any) -> AsyncIterator[World]:
    values = {"token": TOKEN, "api_url": api.address, "webhook_secret": SECRET, **settings}
    async with sessions() as session, session.begin():
        if await session.scalar(select(Account).where(Account.channel == "telegram", Account.name == account)) is None:
            session.add(Account(channel="telegram", name=account))
    async with core_on(sessions, company=replace(COMPANY, address=address)) as core:
        channel = CHANNEL.open(Settings(**values), account, core)
        assert isinstance(channel, Telegram)
        channel._poller._first_pause, channel._poller._wait = 0.02, 1
        yield World(api, core, channel, sessions)
        await channel.close()


@pytest.fixture
async def open_world(sessions: Sessions, bot_api: BotApi, stack: AsyncExitStack) -> OpenWorld:
    """Opens a bot with settings of the test's own."""

    async def opened(*, address: str = COMPANY.address, account: str = "main", **settings: Any) -> World:
        return await stack.enter_async_context(_world(sessions, bot_api, address, account, **settings))

    return opened


@pytest.fixture
async def world(open_world: OpenWorld) -> World:
    """A bot as it comes."""
    return await open_world()


async def hook(world: World, body: Any, *, secret: str | None = SECRET) -> int:
    """A request to the hook; the status of the answer. Raises what the channel raises."""
    headers = {} if secret is None else {"X-Telegram-Bot-Api-Secret-Token": secret}
    request = make_mocked_request("POST", "/hooks/telegram/main", headers=headers)
    request._read_bytes = body if isinstance(body, bytes) else json.dumps(body).encode()
    return (await world.channel.hook(request)).status
