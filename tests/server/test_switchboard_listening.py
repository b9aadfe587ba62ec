"""The switchboard: who listens to an account, and how the accounts are."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack

import asyncpg
import pytest

from crm_backend.conversations.schema import InboundMessage
from crm_backend.database import Sessions
from server import listening, switchboard
from tests.support.boards import (
    MAIN,
    SHOP,
    checked,
    cut,
    found,
    given,
    heard,
    hurry,
    opened,
    row,
    save,
    so,
    until,
)
from tests.support.toy import Toy


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    hurry(monkeypatch)


# Listening


async def test_one_of_two_servers_listens_and_the_other_takes_over(sessions: Sessions, database_url: str) -> None:
    await save(sessions, SHOP)
    async with AsyncExitStack() as first_server, opened(sessions, url=database_url) as second:
        first = await first_server.enter_async_context(opened(sessions, url=database_url))
        await until(lambda: so(sum(toy.running for toy in Toy.made) == 1))
        await asyncio.sleep(0.5)
        assert sum(toy.runs for toy in Toy.made) == 1
        there = found(first, SHOP)
        here = found(second, SHOP)
        if here.running:
            here, there = there, here
        # The connection of whoever listens is cut, as when its process dies.
        await cut(database_url)
        await until(lambda: so(here.running + there.running == 1))
        await first_server.aclose()
        await until(lambda: so(found(second, SHOP).running == 1))


async def test_a_server_that_loses_its_locks_stops_listening(sessions: Sessions, database_url: str) -> None:
    await save(sessions, SHOP)
    async with opened(sessions, url=database_url) as board:
        await until(lambda: so(found(board, SHOP).running == 1))
        other = await asyncpg.connect(database_url)
        try:
            # Who waits for a lock comes before who asks later.
            waiting = asyncio.create_task(
                other.execute("select pg_advisory_lock($1, $2)", listening.SPACE, listening._number(SHOP))
            )
            await asyncio.sleep(0.2)
            await cut(database_url)
            await waiting
            await until(lambda: so(found(board, SHOP).running == 0))
        finally:
            await other.close()
        await until(lambda: so(found(board, SHOP).running == 1))


async def test_a_run_that_ends_badly_begins_again_and_is_noted(sessions: Sessions, database_url: str) -> None:
    await save(sessions, SHOP, fail="run")
    async with opened(sessions, url=database_url) as board:
        await until(lambda: so(found(board, SHOP).runs >= 2))
        shown = await row(sessions, SHOP)
        assert shown.last_error == "stopped listening: RuntimeError"
        assert shown.last_error_at is not None


async def test_a_reopened_account_is_listened_to_with_its_new_settings(sessions: Sessions, database_url: str) -> None:
    await save(sessions, SHOP)
    async with opened(sessions, url=database_url) as board:
        first = found(board, SHOP)
        await until(lambda: so(first.running == 1))
        await save(sessions, SHOP, pause=8)
        await board.look()
        await until(lambda: so(first.running == 0 and found(board, SHOP).running == 1))
        await save(sessions, SHOP, enabled=False)
        second = found(board, SHOP)
        await board.look()
        await until(lambda: so(second.running == 0))


# Health


async def test_an_account_is_asked_after_soon_and_told_without_secrets(sessions: Sessions, database_url: str) -> None:
    async with opened(sessions, given={MAIN: given()}, url=database_url):
        await until(lambda: checked(sessions, MAIN))
    shown = await row(sessions, MAIN)
    assert (shown.check_ok, shown.check_detail, shown.shown_as) == (True, "fine with …", "@toy")
    assert shown.link == "https://toy.example/{code}"


@pytest.mark.parametrize(("fail", "told"), [("check", "ValueError"), ("hang", "no answer in time")])
async def test_an_account_that_cannot_be_asked_is_not_well(
    sessions: Sessions, monkeypatch: pytest.MonkeyPatch, fail: str, told: str
) -> None:
    monkeypatch.setattr(switchboard, "CHECK_PATIENCE", 0.2)
    await save(sessions, SHOP, fail=fail)
    async with opened(sessions) as board:
        await board.check(SHOP)
    shown = await row(sessions, SHOP)
    assert (shown.check_ok, shown.check_detail) == (False, told)


async def test_what_came_in_is_noted_now_and_then(sessions: Sessions) -> None:
    await save(sessions, SHOP)
    async with opened(sessions) as board:
        toy = found(board, SHOP)
        assert (await row(sessions, SHOP)).last_in_at is None
        inbound = {"identity_kind": "toy", "identity_value": "m", "address": "m", "text": "bonjour"}
        await toy.core.accept(InboundMessage(channel="toy", account="shop", external_id="1", **inbound))
        await until(lambda: heard(sessions, SHOP))
