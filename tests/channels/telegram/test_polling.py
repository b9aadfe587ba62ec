"""Asking for updates: nothing lost, nothing twice, whatever breaks."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import select, update

from channels.telegram.keeping import Memory
from crm_backend.accounts.model import Account
from crm_backend.database import utc_now
from crm_backend.errors import Unavailable
from tests.channels.telegram.bot_api import Refused
from tests.channels.telegram.conftest import OpenWorld, World
from tests.channels.telegram.updates import TOKEN, text

LOCAL = "http://127.0.0.1:8080"


@asynccontextmanager
async def polling(world: World) -> AsyncIterator[None]:
    """The channel runs."""
    task = asyncio.create_task(world.channel.run())
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def until(condition: Callable[[], Any]) -> Any:
    """Waits until it holds."""
    async with asyncio.timeout(15):
        while True:
            found = condition()
            if asyncio.iscoroutine(found):
                found = await found
            if found:
                return found
            await asyncio.sleep(0.02)


async def texts(world: World) -> list[str]:
    return [message.text for message in await world.messages()]


async def cursor(world: World) -> dict[str, Any]:
    async with world.sessions() as session:
        return await session.scalar(select(Account.cursor).where(Account.channel == "telegram")) or {}


async def test_updates_are_stored_in_order_and_confirmed_after_that(open_world: OpenWorld) -> None:
    world = await open_world(address=LOCAL)
    world.api.bots[TOKEN].webhook = {"url": "https://old.example"}
    numbers = [world.api.push(TOKEN, text(f"message {n}", number=n)) for n in range(1, 6)]
    async with polling(world):
        await until(lambda: len(world.api.bots[TOKEN].confirmed) == 5)
    assert await texts(world) == [f"message {n}" for n in range(1, 6)]
    assert (await cursor(world))["offset"] == numbers[-1] + 1
    assert world.api.bots[TOKEN].webhook is None
    assert world.api.sent("deleteWebhook")[0].parameters["drop_pending_updates"] == "false"


async def test_what_could_not_be_stored_is_not_confirmed_and_comes_again(open_world: OpenWorld) -> None:
    world = await open_world(address=LOCAL)
    intake, accept, failures = world.channel._hearing._intake, world.core.accept, [3]

    async def away_at_first(inbound):
        if inbound.text == "message 2" and failures[0]:
            failures[0] -= 1
            assert not world.api.bots[TOKEN].confirmed
            raise Unavailable("database")
        return await accept(inbound)

    object.__setattr__(intake, "core", replace(world.core, accept=away_at_first))
    for n in range(1, 4):
        world.api.push(TOKEN, text(f"message {n}", number=n))
    async with polling(world):
        await until(lambda: len(world.api.bots[TOKEN].confirmed) == 3)
    assert await texts(world) == ["message 1", "message 2", "message 3"]


async def test_one_update_that_cannot_be_taken_does_not_hold_up_the_others(open_world: OpenWorld) -> None:
    world = await open_world(address=LOCAL)
    intake, accept = world.channel._hearing._intake, world.core.accept

    async def stumbles(inbound):
        if inbound.text == "message 1":
            raise ZeroDivisionError
        return await accept(inbound)

    object.__setattr__(intake, "core", replace(world.core, accept=stumbles))
    for n in range(1, 3):
        world.api.push(TOKEN, text(f"message {n}", number=n))
    async with polling(world):
        await until(lambda: len(world.api.bots[TOKEN].confirmed) == 2)
    assert await texts(world) == ["message 2"]


async def test_a_new_run_goes_on_where_the_last_one_stopped(open_world: OpenWorld) -> None:
    world = await open_world(address=LOCAL)
    world.api.push(TOKEN, text("before", number=1))
    async with polling(world):
        await until(world.messages)
        await until(lambda: cursor(world))
    world.api.push(TOKEN, text("between", number=2))
    again = await open_world(address=LOCAL)
    async with polling(again):
        await until(lambda: world.api.bots[TOKEN].confirmed[-1:] == [900_002])
    assert await texts(again) == ["before", "between"]


async def test_an_update_that_was_stored_before_a_crash_is_not_stored_twice(open_world: OpenWorld) -> None:
    world = await open_world(address=LOCAL)
    update_ = text("once", number=1)
    await world.take(update_)
    world.api.push(TOKEN, update_)
    async with polling(world):
        await until(lambda: len(world.api.bots[TOKEN].confirmed) == 1)
    assert await texts(world) == ["once"]


async def test_another_program_that_reads_the_same_bot_is_told_of_and_waited_out(open_world: OpenWorld) -> None:
    world = await open_world(address=LOCAL)
    conflicts = [Refused(409, "Conflict: terminated by other getUpdates request")] * 2
    ask = world.api._do_get_updates

    async def disturbed(said):
        if conflicts:
            raise conflicts.pop()
        return await ask(said)

    world.api._do_get_updates = disturbed  # type: ignore[method-assign]
    world.api.push(TOKEN, text("enfin", number=1))
    async with polling(world):
        await until(lambda: world.channel._poller.trouble)
        assert "another program" in (await world.channel.check()).detail
        await until(world.messages)
        await until(lambda: world.channel._poller.trouble is None)
        assert (await world.channel.check()).ok


async def test_a_webhook_that_somebody_sets_meanwhile_is_taken_away_again(open_world: OpenWorld) -> None:
    world = await open_world(address=LOCAL)
    async with polling(world):
        await until(lambda: world.api.methods["getUpdates"] > 1)
        world.api.bots[TOKEN].webhook = {"url": "https://elsewhere.example"}
        world.api.push(TOKEN, text("enfin", number=1))
        await until(world.messages)


async def test_polling_goes_on_after_telegram_was_away(open_world: OpenWorld) -> None:
    world = await open_world(address=LOCAL)
    async with polling(world):
        await until(lambda: world.api.methods["getUpdates"] > 0)
        await world.api.stop()
        await until(lambda: world.channel._poller.trouble)
        await world.api.start()
        world.api.push(TOKEN, text("enfin", number=1))
        await until(world.messages)


async def test_an_old_mark_or_one_of_another_bot_is_not_asked_from(world: World) -> None:
    memory = Memory(world.sessions, "main", 5234567890)
    await memory.advance(500)
    assert await memory.offset() == 500
    assert await memory.offset(utc_now() + timedelta(days=7)) is None, "Telegram may have begun to count anew"
    assert await Memory(world.sessions, "main", 777).offset() is None
    async with world.sessions() as session, session.begin():
        await session.execute(update(Account).values(cursor={"bot": 5234567890, "offset": 5, "at": "yesterday"}))
    assert await memory.offset() is None


async def test_chats_do_not_wait_for_each_other_but_keep_their_own_order(open_world: OpenWorld) -> None:
    world = await open_world(address=LOCAL)
    for n in range(1, 11):
        world.api.push(TOKEN, text(f"a{n}", number=n))
        world.api.push(TOKEN, text(f"b{n}", number=n, sender=412000002))
    async with polling(world):
        await until(lambda: len(world.api.bots[TOKEN].confirmed) == 20)
    stored = await texts(world)
    for letter in "ab":
        assert [words for words in stored if words[0] == letter] == [f"{letter}{n}" for n in range(1, 11)]
