"""A platform of which a test says how it behaves, and the loop that sends to it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast
from uuid import UUID

from sqlalchemy import select

from channels.port import Channel
from crm_backend.accounts.model import Account
from crm_backend.conversations.model import OutboxItem
from crm_backend.conversations.sending.outbox import Delivery
from crm_backend.database import Sessions
from server.loops.outbox import OutboxLoop
from tests.support import core
from tests.support.channels import Notes


class Platform:
    """A channel of which the test says how it behaves; `got` holds what arrived."""

    name = "webchat"

    def __init__(self) -> None:
        self.got: list[str] = []
        self.again: list[str] = []
        self.answers: dict[str, list[Exception | float]] = {}
        self.busy: dict[str, int] = {}
        self.most: dict[str, int] = {}

    async def send(self, delivery: Delivery) -> str:
        text, at = delivery.reply.text, delivery.account
        self.busy[at] = self.busy.get(at, 0) + 1
        self.most[at] = max(self.busy[at], self.most.get(at, 0))
        try:
            for answer in self.answers.pop(text, [])[:1]:
                if isinstance(answer, Exception):
                    raise answer
                await asyncio.sleep(answer)
        finally:
            self.busy[at] -= 1
        self.got.append(text)
        self.again += [text] if delivery.again else []
        return f"id of {text}"


def looping(sessions: Sessions, platform: Platform | None, live: Notes) -> OutboxLoop:
    return OutboxLoop(sessions=sessions, find=lambda channel, account: cast("Channel | None", platform), live=live)


async def deliveries(sessions: Sessions, conversation: UUID) -> list[str | None]:
    return [m.delivery for m in await core.transcript(sessions, conversation) if m.author == "bot"]


async def until_idle(loop: OutboxLoop) -> None:
    """Nothing is left to do, and nothing under way."""
    async with asyncio.timeout(20):
        busy = True
        while busy:
            # What ends while it is looked for work may leave some.
            busy = any(loop._under_way.values())
            busy = await loop.work() or busy
            await asyncio.sleep(0.01)


async def account_row(sessions: Sessions) -> Account:
    async with sessions() as session:
        return (await session.scalars(select(Account))).one()


async def attempts(sessions: Sessions) -> list[int]:
    async with sessions() as session:
        return list(await session.scalars(select(OutboxItem.attempts).order_by(OutboxItem.id)))


@contextmanager
def caused(error: Exception, cause: Exception) -> Iterator[Exception]:
    error.__cause__ = cause
    yield error
