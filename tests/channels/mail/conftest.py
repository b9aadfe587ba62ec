"""A mailbox of ours, with its servers, over a real database."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any
from uuid import UUID

import pytest
from obstore.store import MemoryStore
from pydantic import SecretStr
from sqlalchemy import select

from channels.mail.channel import MailChannel, open_mailbox
from channels.mail.intake import Intake
from channels.mail.settings import MailSettings
from channels.port import Core
from crm_backend.accounts.model import Account
from crm_backend.conversations import stream
from crm_backend.conversations.model import Conversation, Message
from crm_backend.conversations.schema import Reply
from crm_backend.conversations.sending import deliveries, outbox
from crm_backend.conversations.sending.outbox import Delivery
from crm_backend.database import Sessions, utc_now
from server.files.places import ObjectPlace
from server.files.store import FileStore
from tests.channels.mail.servers import PASSWORD, USER, SmtpServer, smtp_server
from tests.support.channels import ADDRESS, COMPANY, core_on

SOON = 20.0


@dataclass
class World:
    """One mailbox, its core, and the server that its answers go to."""

    core: Core
    sessions: Sessions
    settings: MailSettings
    channel: MailChannel
    smtp: SmtpServer
    dns: dict[str, list[str]]

    def opened(self, **more: Any) -> MailChannel:
        """The same mailbox, set otherwise."""
        return open_mailbox(self.settings.model_copy(update=more), "main", self.core)

    async def take(self, raw: bytes, *, size: int | None = None, headers_only: bool = False, **more: Any) -> bool:
        """A mail comes in; `more` are settings."""
        settings = self.settings.model_copy(update=more)
        return await Intake(
            settings=settings, account="main", core=self.core, resolve=lambda name: self.dns.get(name, [])
        ).take(raw, size=size, headers_only=headers_only)

    async def messages(self) -> list[Message]:
        """Everything that is stored, in order."""
        async with self.sessions() as session:
            return list(await session.scalars(select(Message).order_by(Message.created_at, Message.seq)))

    async def last(self) -> Message:
        return (await self.messages())[-1]

    async def conversation(self, conversation_id: UUID) -> Conversation:
        async with self.sessions() as session:
            found = await session.get(Conversation, conversation_id)
        assert found is not None
        return found

    async def answer(self, *texts: str, author: str = "bot", name: str | None = None, **more: Any) -> list[Delivery]:
        """Something is said in the conversation that was written in last, and delivered as the outbox would; the
        deliveries that were sent. With several texts they are said in one turn."""
        last = await self.last()
        async with self.sessions() as session, session.begin():
            conversation = await stream.locked(session, last.conversation_id)
            now = utc_now()
            for text in texts:
                reply = Reply(text=text, **(more if text == texts[-1] else {}))
                content = {"name": name} if name else None
                stream.send(session, conversation, author=author, reply=reply, now=now, content=content)
        return await self.deliver()

    async def deliver(self) -> list[Delivery]:
        """Sends what waits. What a channel raises is raised."""
        sent = []
        while True:
            async with self.sessions() as session, session.begin():
                claimed = await outbox.claim(session, lease_seconds=60, limit=5)
            if not claimed:
                return sent
            for delivery in claimed:
                platform_id = await self.channel.send(delivery)
                async with self.sessions() as session, session.begin():
                    await deliveries.sent(session, delivery, platform_id=platform_id)
                sent.append(delivery)

    def mailed(self) -> list[EmailMessage]:
        """What the mail server got."""
        return [message_from_bytes(taken.raw, policy=policy.default) for taken in self.smtp.taken]  # type: ignore[misc]


@pytest.fixture
async def core(sessions: Sessions) -> AsyncIterator[Core]:
    """The core with files that are really kept."""
    files = FileStore(sessions=sessions, place=ObjectPlace(MemoryStore()), secret=b"files", address=ADDRESS)
    async with core_on(sessions, files=files) as made:
        yield made


@pytest.fixture
async def world(core: Core, sessions: Sessions) -> AsyncIterator[World]:
    """A mailbox that mails are handed to by tests."""
    async with smtp_server() as smtp:
        settings = MailSettings(
            address=USER,
            smtp_host="127.0.0.1",
            smtp_port=smtp.port,
            smtp_security="none",
            smtp_password=SecretStr(PASSWORD),
            webhook_secret=SecretStr("hook-secret"),
        )
        yield World(core, sessions, settings, open_mailbox(settings, "main", core), smtp, {})


Start = Callable[..., Awaitable[MailChannel]]


@pytest.fixture
async def stack() -> AsyncIterator[AsyncExitStack]:
    async with AsyncExitStack() as opened:
        yield opened


@pytest.fixture
def reading(world: World, stack: AsyncExitStack) -> Start:
    """Starts reading a mailbox, until the test ends or the returned task is cancelled."""

    async def start(port: int, **more: Any) -> asyncio.Task[None]:
        values = {
            "imap_host": "127.0.0.1",
            "imap_port": port,
            "imap_security": "none",
            "imap_password": SecretStr(PASSWORD),
            "first": "all",
            "poll_seconds": 5,
        }
        channel = world.opened(**{**values, **more})
        task = asyncio.create_task(channel.run())

        async def stop() -> None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

        stack.push_async_callback(stop)
        return task

    return start  # type: ignore[return-value]


async def until(condition: Callable[[], Awaitable[bool]], *, patience: float = SOON) -> None:
    """Waits for something that will be so soon. Fails when it is not."""
    async with asyncio.timeout(patience):
        while not await condition():
            await asyncio.sleep(0.02)


async def account(sessions: Sessions) -> Account | None:
    async with sessions() as session:
        return await session.scalar(select(Account).where(Account.channel == "mail", Account.name == "main"))


def company(**more: Any) -> Any:
    """The company, set otherwise."""
    return replace(COMPANY, **more)
