"""The loop that sends: order, retries, pauses, and trouble that holds up nobody else."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, cast
from uuid import UUID

import aiohttp
import pytest
from prometheus_client import REGISTRY
from sqlalchemy import select

from channels.port import Channel, Rejected, Retry
from crm_backend.accounts.model import Account
from crm_backend.conversations.deliveries import GIVE_UP_AFTER
from crm_backend.conversations.model import OutboxItem
from crm_backend.conversations.outbox import Delivery
from crm_backend.database import Sessions, utc_now
from server.loops import outbox as sending
from server.loops.outbox import OutboxLoop
from server.loops.wake import Workers
from tests.support import core
from tests.support.channels import Notes
from tests.support.outbox import account, made_older, pause_over, ready, replies


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


@pytest.fixture
def platform() -> Platform:
    return Platform()


@pytest.fixture
def live() -> Notes:
    return Notes()


def looping(sessions: Sessions, platform: Platform | None, live: Notes) -> OutboxLoop:
    return OutboxLoop(sessions=sessions, find=lambda channel, account: cast("Channel | None", platform), live=live)


@pytest.fixture
async def loop(sessions: Sessions, platform: Platform, live: Notes) -> AsyncIterator[OutboxLoop]:
    made = looping(sessions, platform, live)
    yield made
    await made.close()


async def deliveries(sessions: Sessions, conversation: UUID) -> list[str | None]:
    return [m.delivery for m in await core.transcript(sessions, conversation) if m.author == "bot"]


async def until_idle(loop: OutboxLoop) -> None:
    """Nothing is left to do, and nothing under way."""
    async with asyncio.timeout(20):
        while await loop.work() or any(loop._under_way.values()):
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
    sessions: Sessions, loop: OutboxLoop, platform: Platform, live: Notes
) -> None:
    conversation = await replies(sessions, "un", "deux")
    platform.answers["un"] = [Rejected("blocked by the customer")]
    await until_idle(loop)
    assert await deliveries(sessions, conversation) == ["failed", "sent"]
    note = {"kind": "delivery", "conversation": conversation, "seq": 2, "delivery": "failed"}
    shown = {"kind": "delivery", "seq": 2, "delivery": "failed"}
    assert live.published[:2] == [("desk", note), (f"conversation:{conversation}", shown)]
    assert [note["delivery"] for topic, note in live.published if topic == "desk"] == ["failed", "sent"]


async def test_a_reply_given_up_is_seen_as_failed_at_the_desk(
    sessions: Sessions, loop: OutboxLoop, platform: Platform, live: Notes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crm_backend.conversations.deliveries.MAX_FAULTS", 1)
    conversation = await replies(sessions, "un")
    platform.answers["un"] = [KeyError("a bug")]
    await until_idle(loop)
    assert await deliveries(sessions, conversation) == ["failed"]
    assert [note["delivery"] for topic, note in live.published if topic == "desk"] == ["failed"]


async def test_replies_wait_for_a_channel_that_is_not_here_and_fail_after_a_day(
    sessions: Sessions, loop: OutboxLoop, platform: Platform, live: Notes
) -> None:
    conversation = await replies(sessions, "un")
    nowhere = looping(sessions, None, live)
    await until_idle(nowhere)
    assert await deliveries(sessions, conversation) == ["queued"]
    await made_older(sessions, GIVE_UP_AFTER)
    await until_idle(nowhere)
    assert await deliveries(sessions, conversation) == ["failed"]


async def test_slow_deliveries_hold_up_no_other_conversation(
    sessions: Sessions, loop: OutboxLoop, platform: Platform, live: Notes
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


async def test_an_account_that_hangs_leaves_room_for_the_others(
    sessions: Sessions, loop: OutboxLoop, platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "AT_ONCE", 3)
    monkeypatch.setattr(sending, "BATCH", 3)
    for number in range(12):
        await replies(sessions, f"hangs {number}", visitor=f"h{number}")
        platform.answers[f"hangs {number}"] = [60.0]
    for number in range(4):
        await replies(sessions, f"fine {number}", visitor=f"f{number}", account="second")
    async with asyncio.timeout(20):
        while await loop.work() or len(platform.got) < 4:
            await asyncio.sleep(0.01)
    assert sorted(platform.got) == [f"fine {number}" for number in range(4)]
    assert platform.most["main"] <= 5


async def test_a_platform_that_is_down_pauses_its_account_and_nothing_is_lost(
    sessions: Sessions, loop: OutboxLoop, platform: Platform
) -> None:
    await account(sessions)
    texts = [f"n{number}" for number in range(8)]
    for text in texts:
        await replies(sessions, text, visitor=text)
        platform.answers[text] = [Retry("HTTP 503")]
    await until_idle(loop)
    paused = await account_row(sessions)
    assert paused.failures == 5 and paused.open_until is not None and paused.last_error == "HTTP 503"
    await ready(sessions)
    assert not await loop.work()
    await pause_over(sessions)
    await until_idle(loop)
    assert sorted(platform.got) == texts
    assert (await account_row(sessions)).open_until is None


async def test_a_rate_limit_pauses_the_whole_account_and_is_no_attempt(
    sessions: Sessions, loop: OutboxLoop, platform: Platform
) -> None:
    await account(sessions)
    await replies(sessions, "un")
    platform.answers["un"] = [Retry("too many", after=40, whole_account=True)]
    await until_idle(loop)
    paused = await account_row(sessions)
    assert paused.open_until is not None and paused.failures == 0
    assert timedelta(seconds=30) < paused.open_until - utc_now() <= timedelta(seconds=40)
    assert await attempts(sessions) == [0]
    await ready(sessions)
    await pause_over(sessions)
    await until_idle(loop)
    assert platform.got == ["un"] and platform.again == []


async def test_wrong_credentials_pause_the_account_and_keep_the_message(
    sessions: Sessions, loop: OutboxLoop, platform: Platform
) -> None:
    await account(sessions)
    conversation = await replies(sessions, "un")
    await made_older(sessions, GIVE_UP_AFTER)
    for _ in range(12):
        platform.answers["un"] = [Rejected("invalid token", reason="settings")]
        await until_idle(loop)
        assert (await account_row(sessions)).last_error == "invalid token"
        await ready(sessions)
        assert not await loop.work()
        await pause_over(sessions)
    assert await deliveries(sessions, conversation) == ["queued"]
    await until_idle(loop)
    assert await deliveries(sessions, conversation) == ["sent"]


async def test_nothing_more_is_sent_to_who_has_blocked_us_until_they_write(
    sessions: Sessions, loop: OutboxLoop, platform: Platform
) -> None:
    conversation = await replies(sessions, "un", "deux", "trois")
    platform.answers["un"] = [Rejected("blocked", reason="unreachable")]
    await until_idle(loop)
    assert await deliveries(sessions, conversation) == ["failed"] * 3 and platform.got == []
    await replies(sessions, "quatre")
    await until_idle(loop)
    assert platform.got == ["quatre"]


UNKNOWN_ENDS = [
    (Retry("HTTP 503"), False),
    (Retry("HTTP 429", after=0), False),
    (TimeoutError(), True),
    (ConnectionResetError(), True),
    (ConnectionRefusedError(), False),
    (aiohttp.ServerDisconnectedError(), True),
    (KeyError("a bug"), True),
]


@pytest.mark.parametrize(("error", "unsure"), UNKNOWN_ENDS, ids=lambda value: repr(value)[:30])
async def test_the_next_attempt_is_told_when_the_platform_may_have_it(
    sessions: Sessions, loop: OutboxLoop, platform: Platform, error: Exception, unsure: bool
) -> None:
    await replies(sessions, "un")
    platform.answers["un"] = [error]
    await until_idle(loop)
    await ready(sessions)
    await until_idle(loop)
    assert platform.got == ["un"] and platform.again == (["un"] if unsure else [])


@pytest.mark.parametrize(("cause", "unsure"), [(TimeoutError(), True), (ConnectionRefusedError(), False)])
async def test_a_retry_that_stands_for_a_lost_answer_counts_as_one(
    sessions: Sessions, loop: OutboxLoop, platform: Platform, cause: Exception, unsure: bool
) -> None:
    await replies(sessions, "un")
    with caused(Retry("no answer"), cause) as error:
        platform.answers["un"] = [error]
    await until_idle(loop)
    await ready(sessions)
    await until_idle(loop)
    assert platform.again == (["un"] if unsure else [])


async def test_a_delivery_that_takes_longer_than_its_lease_is_not_sent_twice(
    sessions: Sessions, loop: OutboxLoop, platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "LEASE", 0.6)
    await replies(sessions, "long")
    platform.answers["long"] = [2.0]
    assert await loop.work()
    await until_idle(loop)
    assert platform.got == ["long"]


async def test_a_platform_that_never_answers_is_not_waited_for_for_ever(
    sessions: Sessions, loop: OutboxLoop, platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "PATIENCE", 0.2)
    await replies(sessions, "un")
    platform.answers["un"] = [3600.0]
    await until_idle(loop)
    await ready(sessions)
    await until_idle(loop)
    assert platform.got == ["un"] == platform.again


async def test_what_was_sent_is_noted_although_the_database_was_away(
    sessions: Sessions, loop: OutboxLoop, platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    conversation = await replies(sessions, "un")
    real, tries = sending.deliveries.sent, 0

    async def flaky(*given: Any, **more: Any) -> str | None:
        nonlocal tries
        tries += 1
        if tries < 3:
            raise ConnectionRefusedError
        return await real(*given, **more)

    monkeypatch.setattr(sending.deliveries, "sent", flaky)
    monkeypatch.setattr(sending, "DATABASE_PAUSES", (0.01, 0.01, 0.01))
    await until_idle(loop)
    assert platform.got == ["un"] and tries == 3
    assert await deliveries(sessions, conversation) == ["sent"]


async def test_paused_accounts_and_dead_letters_are_counted(
    sessions: Sessions, platform: Platform, live: Notes
) -> None:
    await account(sessions, open_until=utc_now() + timedelta(minutes=1))
    await account(sessions, "second")
    await replies(sessions, "un", account="second")
    platform.answers["un"] = [Rejected("too long")]
    await until_idle(looping(sessions, platform, live))
    await until_idle(looping(sessions, platform, live))
    figures = [
        REGISTRY.get_sample_value(name, {"channel": "webchat", "account": at})
        for name in ("relais_account_paused", "relais_dead_letters")
        for at in ("main", "second")
    ]
    assert figures == [1, 0, None, 1]
