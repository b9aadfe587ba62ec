"""The loop that sends: pauses of an account, and what is not known to have arrived."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import aiohttp
import pytest
from prometheus_client import REGISTRY

from channels.port import Rejected, Retry
from crm_backend.conversations.sending.deliveries import GIVE_UP_AFTER
from crm_backend.database import Sessions, utc_now
from server.loops import outbox as sending
from server.loops.outbox import OutboxLoop
from tests.support.channels import Notes
from tests.support.outbox import account, made_older, pause_over, ready, replies
from tests.support.sending import Platform, account_row, attempts, caused, deliveries, looping, until_idle


@pytest.fixture
def platform() -> Platform:
    return Platform()


@pytest.fixture
def live() -> Notes:
    return Notes()


@pytest.fixture
async def loop(sessions: Sessions, platform: Platform, live: Notes) -> AsyncIterator[OutboxLoop]:
    made = looping(sessions, platform, live)
    yield made
    await made.close()


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
