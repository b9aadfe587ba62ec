"""An account whose platform is in trouble is left alone, then tried with one message, then used again."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from crm_backend.accounts import services as accounts
from crm_backend.accounts.model import Account
from crm_backend.conversations.sending import deliveries
from crm_backend.database import Sessions, utc_now
from tests.support.outbox import account, claim, pause_over, replies


async def breaker(sessions: Sessions, what: str, *given: Any, **more: Any) -> Any:
    async with sessions() as session, session.begin():
        return await getattr(accounts, what)(session, "webchat", "main", *given, **more)


async def row(sessions: Sessions) -> Account:
    async with sessions() as session:
        return (await session.scalars(select(Account))).one()


async def test_five_failures_in_a_row_pause_the_account_and_no_other(sessions: Sessions) -> None:
    await account(sessions)
    for number in range(4):
        assert await breaker(sessions, "failed", "HTTP 500") is None, number
    until = await breaker(sessions, "failed", "HTTP 500")
    assert timedelta(seconds=29) < until - utc_now() <= timedelta(seconds=30)
    await replies(sessions, "one", visitor="a")
    await replies(sessions, "two", visitor="b", account="second")
    assert [delivery.account for delivery in await claim(sessions)] == ["second"]
    paused = await row(sessions)
    assert (paused.open_until, paused.last_error) == (until, "HTTP 500")


async def test_a_success_between_failures_starts_the_count_anew(sessions: Sessions) -> None:
    await account(sessions)
    for _ in range(3):
        for _ in range(4):
            await breaker(sessions, "failed", "HTTP 500")
        await breaker(sessions, "succeeded")
    assert (await row(sessions)).open_until is None


async def test_what_was_on_its_way_when_the_pause_began_neither_lengthens_nor_ends_it(sessions: Sessions) -> None:
    await account(sessions)
    for _ in range(50):
        until = await breaker(sessions, "failed", "HTTP 500")
    await breaker(sessions, "succeeded")
    assert (await row(sessions)).open_until == until
    assert until - utc_now() <= timedelta(seconds=30)


async def test_after_a_pause_one_message_is_tried_until_one_succeeds(sessions: Sessions) -> None:
    await account(sessions)
    for visitor in "abcd":
        await replies(sessions, visitor, visitor=visitor)
    for _ in range(5):
        await breaker(sessions, "failed", "HTTP 500")
    pauses = []
    for _ in range(5):
        assert await claim(sessions) == []
        await pause_over(sessions)
        tried = [d for found in await asyncio.gather(*(claim(sessions) for _ in range(4))) for d in found]
        assert [delivery.probe for delivery in tried] == [True]
        pauses.append((await breaker(sessions, "failed", "HTTP 500", probe=True) - utc_now()).total_seconds())
        await _put_back(sessions, tried[0])
    assert [round(pause) for pause in pauses] == [60, 120, 240, 300, 300]
    await pause_over(sessions)
    (probe,) = await claim(sessions)
    await breaker(sessions, "succeeded", probe=True)
    assert len(await claim(sessions)) == 3 and not probe.unreachable
    assert (await row(sessions)).failures == 0


async def test_a_message_that_fails_alone_does_not_stand_in_the_way_of_the_others(sessions: Sessions) -> None:
    await account(sessions)
    await replies(sessions, "poison", visitor="a")
    await replies(sessions, "fine", visitor="b")
    tried = []
    for _ in range(2):
        await breaker(sessions, "failed", "down", at_once=True)
        await pause_over(sessions)
        (probe,) = await claim(sessions)
        tried.append(probe.reply.text)
        await breaker(sessions, "failed", "down", probe=True)
        await _put_back(sessions, probe)
    assert tried == ["poison", "fine"]


async def test_a_probe_whose_process_died_is_made_again_after_its_lease(sessions: Sessions) -> None:
    await account(sessions, open_until=utc_now() - timedelta(seconds=1))
    await replies(sessions, "a", visitor="a")
    await replies(sessions, "b", visitor="b")
    assert [d.reply.text for d in await claim(sessions, lease_seconds=0.2)] == ["a"]
    assert await claim(sessions) == []
    await asyncio.sleep(0.25)
    (again,) = await claim(sessions)
    assert again.probe


async def test_a_pause_that_the_platform_asks_for_is_kept_to_and_is_no_failure(sessions: Sessions) -> None:
    await account(sessions)
    until = await breaker(sessions, "failed", "slow down", 42.0, at_once=True)
    assert timedelta(seconds=40) < until - utc_now() <= timedelta(seconds=42)
    longer = await breaker(sessions, "failed", "slow down", 90.0, at_once=True)
    assert longer > until and (await row(sessions)).failures == 0
    await breaker(sessions, "succeeded")
    assert (await row(sessions)).open_until == longer


async def test_a_switched_off_account_keeps_its_messages(sessions: Sessions) -> None:
    await account(sessions, enabled=False)
    await replies(sessions, "un")
    assert await claim(sessions) == []


async def test_an_account_that_nobody_knows_has_no_breaker(sessions: Sessions) -> None:
    for _ in range(6):
        assert await breaker(sessions, "failed", "HTTP 500") is None
    await breaker(sessions, "succeeded")
    await breaker(sessions, "heard")


async def test_what_comes_in_is_noted_now_and_then(sessions: Sessions) -> None:
    await account(sessions)
    await breaker(sessions, "heard")
    first = (await row(sessions)).last_in_at
    await breaker(sessions, "heard")
    assert first is not None and (await row(sessions)).last_in_at == first


async def _put_back(sessions: Sessions, delivery: Any) -> None:
    async with sessions() as session, session.begin():
        await deliveries.retry(session, delivery, error="down", after=0)
