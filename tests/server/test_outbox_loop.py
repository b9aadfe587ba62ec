"""The loop that sends: order, retries, and a slow platform that holds up nobody else."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import web

from channels.port import Accept, Rejected, Retry
from crm_backend.conversations.outbox import Delivery
from crm_backend.database import Sessions
from server.loops.outbox import OutboxLoop
from server.loops.wake import Workers
from tests.support import core


class Platform:
    """A channel of which the test says how it behaves; `got` holds what arrived."""

    name = "webchat"

    def __init__(self) -> None:
        self.got: list[str] = []
        self.answers: dict[str, list[Exception | float]] = {}

    def routes(self, accept: Accept) -> list[web.RouteDef]:
        return []

    async def run(self, accept: Accept) -> None:
        return

    async def send(self, delivery: Delivery) -> str:
        for answer in self.answers.pop(delivery.reply.text, [])[:1]:
            if isinstance(answer, Exception):
                raise answer
            await asyncio.sleep(answer)
        self.got.append(delivery.reply.text)
        return f"id of {delivery.reply.text}"


class Quiet:
    """Fan-out that nobody hears; `notes` keeps what was said."""

    def __init__(self) -> None:
        self.notes: list[tuple[str, dict[str, Any]]] = []

    async def publish(self, topic: str, note: dict[str, Any]) -> None:
        self.notes.append((topic, note))

    @asynccontextmanager
    async def listen(self, *topics: str) -> AsyncIterator[AsyncIterator[dict[str, Any] | None]]:
        async def none() -> AsyncIterator[dict[str, Any] | None]:
            await asyncio.Event().wait()
            yield None

        yield none()


@pytest.fixture
def platform() -> Platform:
    return Platform()


@pytest.fixture
def live() -> Quiet:
    return Quiet()


@pytest.fixture
def loop(sessions: Sessions, platform: Platform, live: Quiet) -> OutboxLoop:
    return OutboxLoop(sessions=sessions, channels={"webchat": platform}, live=live)


async def replies(sessions: Sessions, *texts: str, visitor: str = "marie") -> Any:
    received = await core.write(sessions, visitor=visitor)
    await core.answered(sessions, core.saying(*texts))
    return received.conversation_id


async def deliveries(sessions: Sessions, conversation: Any) -> list[str | None]:
    return [m.delivery for m in await core.transcript(sessions, conversation) if m.author == "bot"]


async def until_idle(loop: OutboxLoop) -> None:
    async with asyncio.timeout(10):
        while await loop.work():
            pass


async def test_replies_arrive_in_order(sessions: Sessions, loop: OutboxLoop, platform: Platform) -> None:
    conversation = await replies(sessions, "un", "deux", "trois")
    await until_idle(loop)
    assert platform.got == ["un", "deux", "trois"]
    assert await deliveries(sessions, conversation) == ["sent"] * 3


async def test_the_platforms_pause_is_kept_and_the_order_too(
    sessions: Sessions, loop: OutboxLoop, platform: Platform
) -> None:
    await replies(sessions, "un", "deux")
    platform.answers["un"] = [Retry("busy", after=0.4)]
    await until_idle(loop)
    assert platform.got == []
    await asyncio.sleep(0.45)
    await until_idle(loop)
    assert platform.got == ["un", "deux"]


@pytest.mark.parametrize("error", [RuntimeError("odd"), ConnectionError(), TimeoutError()])
async def test_whatever_a_platform_does_the_reply_is_tried_again(
    sessions: Sessions, loop: OutboxLoop, platform: Platform, error: Exception
) -> None:
    await replies(sessions, "un")
    platform.answers["un"] = [error]
    await until_idle(loop)
    await asyncio.sleep(1.05)
    await until_idle(loop)
    assert platform.got == ["un"]


async def test_a_rejected_reply_is_seen_as_failed_at_the_desk(
    sessions: Sessions, loop: OutboxLoop, platform: Platform, live: Quiet
) -> None:
    conversation = await replies(sessions, "un", "deux")
    platform.answers["un"] = [Rejected("blocked by the customer")]
    await until_idle(loop)
    assert await deliveries(sessions, conversation) == ["failed", "sent"]
    note = {"kind": "delivery", "conversation": conversation, "seq": 2, "delivery": "failed"}
    assert ("desk", note) in live.notes


async def test_a_reply_given_up_is_seen_as_failed_at_the_desk(
    sessions: Sessions, loop: OutboxLoop, platform: Platform, live: Quiet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crm_backend.conversations.outbox.MAX_ATTEMPTS", 1)
    conversation = await replies(sessions, "un")
    platform.answers["un"] = [Retry("busy")]
    await until_idle(loop)
    assert await deliveries(sessions, conversation) == ["failed"]
    assert [note["delivery"] for topic, note in live.notes if topic == "desk"] == ["failed"]


async def test_a_channel_that_is_gone_fails_its_replies(sessions: Sessions, live: Quiet) -> None:
    conversation = await replies(sessions, "un")
    await until_idle(OutboxLoop(sessions=sessions, channels={}, live=live))
    assert await deliveries(sessions, conversation) == ["failed"]


async def test_slow_deliveries_hold_up_no_other_conversation(
    sessions: Sessions, loop: OutboxLoop, platform: Platform, live: Quiet
) -> None:
    for visitor in ("a", "b", "c"):
        await replies(sessions, f"slow {visitor}", visitor=visitor)
        platform.answers[f"slow {visitor}"] = [5.0]
    workers = Workers(name="outbox", topic="outbox", count=2, work=loop.work, live=live, close=loop.close)
    workers.start()
    try:
        await asyncio.sleep(0.5)
        await replies(sessions, "quick", visitor="zoe")
        async with asyncio.timeout(3):
            while "quick" not in platform.got:
                workers.wake()
                await asyncio.sleep(0.05)
    finally:
        await workers.stop(grace=0.1)
