"""The stage of the contract: one channel with its accounts on the real switchboard, behind a real HTTP server."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from sqlalchemy import event, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from channels import installed
from channels.port import Channel
from crm_backend.accounts.settings import Key
from crm_backend.attachments.model import Attachment
from crm_backend.attachments.schema import FileRef
from crm_backend.conversations import stream
from crm_backend.conversations.model import Conversation, Message, OutboxItem
from crm_backend.conversations.schema import Button, Reply
from crm_backend.conversations.sending import deliveries, outbox
from crm_backend.conversations.sending.outbox import Delivery
from crm_backend.database import Sessions, utc_now
from server.accounts import Given
from server.activity import Activity
from server.addresses import telling
from server.hooks import Hooks
from server.problems import problems
from server.switchboard import Switchboard
from server.vault import Vault
from tests.channels.contract import Arrived, Call, Case, Stage
from tests.support.assistant import free_port
from tests.support.channels import COMPANY, core_on

LEASE = 60.0


class Severable:
    """Sessions whose database can be taken away: before it is asked (`away`), or at the commit (`at_commit`)."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions
        self.away = self.at_commit = False

    def __call__(self) -> AsyncSession:
        if self.away:
            raise ConnectionRefusedError("the database is away")
        session = self._sessions()
        if self.at_commit:
            event.listen(session.sync_session, "before_commit", _fail)
        return session

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[AsyncSession]:
        async with self() as session, session.begin():
            yield session


def _fail(_: Any) -> None:
    raise ConnectionResetError("the database went away")


@dataclass
class Play:
    """A case on its stage, and what the tests do there."""

    case: Case
    stage: Stage
    board: Switchboard
    sessions: Sessions
    database: Severable
    client: aiohttp.ClientSession

    def channel(self, account: str = "main") -> Channel:
        """The open channel."""
        found = self.board.find(self.case.name, account)
        assert found is not None, self.board.fault(Key(self.case.name, account))
        return found

    async def call(self, call: Call) -> int:
        """Makes a request; its status."""
        return (await self.answer(call))[0]

    async def answer(self, call: Call) -> tuple[int, str]:
        """Makes a request; its status and body."""
        url = self.stage.address + call.path
        async with self.client.request(call.method, url, data=call.body, headers=dict(call.headers)) as response:
            return response.status, await response.text()

    async def hear(self, text: str = "bonjour", **more: Any) -> None:
        """A customer writes, and it is stored."""
        status, body = await self.answer(await self.case.heard(text, **more))
        assert status == 200, (status, body)

    async def heard(self) -> list[Message]:
        """What customers wrote, in the order in which it is shown."""
        async with self.sessions() as session:
            query = select(Message).where(Message.author == "customer").order_by(Message.place, Message.seq)
            return list(await session.scalars(query))

    async def stored(self) -> int:
        """How many messages there are, of whomever."""
        async with self.sessions() as session:
            return await session.scalar(select(func.count()).select_from(Message)) or 0

    async def reply(self, text: str, *, files: tuple[FileRef, ...] = (), **more: Any) -> Delivery:
        """Queues a reply to `marie`, who has written, and leases it."""
        buttons = [Button(title=title, payload=f"/choice_{n}") for n, title in enumerate(more.pop("buttons", ()), 1)]
        async with self.sessions() as session, session.begin():
            message = (await session.scalars(select(Message).where(Message.author == "customer"))).first()
            assert message is not None, "marie has not written"
            conversation = await stream.locked(session, message.conversation_id)
            rows = [Attachment(**{**file.model_dump(), "state": "kept"}) for file in files]
            session.add_all(rows)
            await session.flush()
            sent = stream.send(
                session,
                conversation,
                author="bot",
                reply=Reply(text=text, buttons=buttons, **more),
                now=utc_now(),
                files=rows,
            )
            await session.flush()
        return await self.leased(sent.id)

    async def leased(self, message_id: Any) -> Delivery:
        """The delivery of a queued message, as the outbox leases it."""
        async with self.sessions() as session, session.begin():
            item = await session.scalar(select(OutboxItem).where(OutboxItem.message_id == message_id))
            assert item is not None
            item.available_at = utc_now()
            await session.flush()
        async with self.sessions() as session, session.begin():
            claimed = await outbox.claim(session, lease_seconds=LEASE, limit=10)
        return next(each for each in claimed if each.message_id == message_id)

    async def send(self, delivery: Delivery) -> str:
        """Hands it to the platform and notes that, as the outbox does."""
        platform_id = await self.channel(delivery.account).send(delivery)
        async with self.sessions() as session, session.begin():
            await deliveries.sent(session, delivery, platform_id=platform_id)
        return platform_id

    async def say(self, text: str, **more: Any) -> str:
        """A reply that arrives; its platform id."""
        return await self.send(await self.reply(text, **more))

    async def later(self, delivery: Delivery, error: Exception, *, unsure: bool = False) -> Delivery:
        """Puts a delivery back, as the outbox does after Retry, and leases it again."""
        async with self.sessions() as session, session.begin():
            await deliveries.retry(session, delivery, error=type(error).__name__, after=0, unsure=unsure)
        return await self.leased(delivery.message_id)

    async def delivery_state(self, message_id: Any) -> str | None:
        """How a message of ours stands."""
        async with self.sessions() as session:
            return (await session.get_one(Message, message_id)).delivery

    async def arrived(self, *, beyond: int = 0) -> list[Arrived]:
        """What reached marie, after the first `beyond`."""
        return (await self.case.arrived())[beyond:]

    async def conversations(self) -> int:
        async with self.sessions() as session:
            return await session.scalar(select(func.count()).select_from(Conversation)) or 0


def only(play: Play, needed: bool, why: str) -> None:
    """Skips what this platform does not have."""
    if not needed:
        pytest.skip(f"{play.case.name}: {why}")


@asynccontextmanager
async def played(case: Case, sessions: Sessions) -> AsyncIterator[Play]:
    """The case, its platform and our server, all running."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    database = Severable(sessions)
    await case.start()
    try:
        company = replace(COMPANY, address=address, allowed_origins=frozenset([address]))
        async with core_on(database, company=company) as core, aiohttp.ClientSession() as client:  # type: ignore[arg-type]
            board = Switchboard(
                core=core,
                blueprints={case.name: installed()[case.name]},
                given={Key(case.name, name): Given(True, case.settings(name)) for name in case.accounts},
                vault=Vault(b"secret-of-tests"),
                activity=Activity(),
                listening=None,
            )
            board.open_given()
            app = web.Application(client_max_size=1024 * 1024, middlewares=[telling([]), problems])
            app.add_routes(Hooks(board, limiter=core.limiter).routes())
            runner = web.AppRunner(app, shutdown_timeout=1.0)
            await runner.setup()
            await web.TCPSite(runner, "127.0.0.1", port).start()
            await board.start()
            try:
                stage = Stage(address, core)
                await case.ready(stage)
                yield Play(case, stage, board, sessions, database, client)
            finally:
                await board.hang_up()
                await runner.cleanup()
                await board.stop()
    finally:
        await case.stop()
