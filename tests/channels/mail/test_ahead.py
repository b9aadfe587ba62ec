"""While a mail is stored the next one is read: in order, and whatever happens to either."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from channels.mail import intake, position
from channels.mail import reading as reading_module
from channels.mail.imap import Imap
from channels.mail.reading import Unreadable
from channels.mail.wire import Disconnected
from tests.channels.mail.conftest import World, until
from tests.channels.mail.mailbox import ImapServer, imap_server
from tests.channels.mail.mails import mail
from tests.channels.mail.test_hook import call
from tests.channels.mail.test_reading import count, impatient

__all__ = ["impatient"]


async def delivered(server: ImapServer, *texts: str) -> None:
    """Each from somebody else, so that no two belong together."""
    for number, text in enumerate(texts):
        await server.deliver(mail(text, sender=f"c{number}@client.example", message_id=f"m{number}@client.example"))


async def texts(world: World) -> list[str]:
    return [message.text for message in await world.messages()]


async def test_the_next_mail_is_read_before_one_is_stored_and_both_are_stored_in_order(
    world: World, reading: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[tuple[str, str]] = []
    prepare, store = intake.Intake.prepare, intake.Intake.store

    async def noted_prepare(self: Any, raw: bytes, **more: Any) -> Any:
        read = await prepare(self, raw, **more)
        steps.append(("read", read.opened.told.text))
        return read

    async def noted_store(self: Any, read: Any) -> bool:
        while read.opened.told.text == "un" and ("read", "deux") not in steps:
            await asyncio.sleep(0.01)
        steps.append(("stored", read.opened.told.text))
        return await store(self, read)

    monkeypatch.setattr(intake.Intake, "prepare", noted_prepare)
    monkeypatch.setattr(intake.Intake, "store", noted_store)
    async with imap_server() as server:
        await delivered(server, "un", "deux", "trois", "quatre")
        await reading(server.line.port)
        await until(count(world, 4))
    stored = [text for step, text in steps if step == "stored"]
    assert stored == ["un", "deux", "trois", "quatre"] == await texts(world)
    ahead = [steps[: steps.index(("stored", text))].count(("read", "quatre")) for text in stored]
    assert ahead[:2] == [0, 0], "more than one mail was read ahead"


async def test_a_mail_read_ahead_when_reading_is_cut_off_is_stored_later_and_once(
    world: World, reading: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, reached = intake.Intake.store, asyncio.Event()

    async def stuck(self: Any, read: Any) -> bool:
        if read.opened.told.text == "deux":
            reached.set()
            await asyncio.Event().wait()
        return await store(self, read)

    async with imap_server() as server:
        await delivered(server, "un", "deux", "trois")
        with monkeypatch.context() as patched:
            patched.setattr(intake.Intake, "store", stuck)
            task = await reading(server.line.port)
            await asyncio.wait_for(reached.wait(), 10)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        assert await texts(world) == ["un"]
        where = await position.load(world.sessions, "main")
        assert where is not None and not where.failing
        await reading(server.line.port)
        await until(count(world, 3))
        assert await texts(world) == ["un", "deux", "trois"]


async def test_a_mail_that_cannot_be_opened_is_set_aside_and_those_around_it_are_stored(
    world: World, reading: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    _poisoned(monkeypatch)
    async with imap_server() as server:
        await delivered(server, "un", "poison", "trois")
        await reading(server.line.port)
        await until(count(world, 2))
        assert await texts(world) == ["un", "trois"]
        where = await position.load(world.sessions, "main")
        assert where is not None and [one.why for one in where.aside.values()] == ["it cannot be read (too_slow)"]


async def test_a_mail_that_breaks_the_connection_whenever_it_is_fetched_holds_up_no_other(
    world: World, reading: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetch = Imap.fetch

    async def breaks(self: Imap, uid: int, *, headers_only: bool = False) -> bytes | None:
        raw = await fetch(self, uid, headers_only=headers_only)
        if raw and b"poison" in raw:
            await self.close()
            raise Disconnected("gone")
        return raw

    monkeypatch.setattr(Imap, "fetch", breaks)
    async with imap_server() as server:
        await server.add_folder("Traités")
        await delivered(server, "un", "poison", "trois")
        await reading(server.line.port, after="move", move_to="Traités")

        async def moved() -> bool:
            return len(await server.flags("Traités")) == 2 and len(await server.flags()) == 1

        await until(moved)
        assert await texts(world) == ["un", "trois"]


async def test_a_large_mail_waits_until_the_one_before_it_is_stored(
    world: World, reading: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading_module, "AHEAD", 10_000)
    fetch, seen = Imap.fetch, []

    async def noted(self: Imap, uid: int, *, headers_only: bool = False) -> bytes | None:
        seen.append(len(await texts(world)))
        return await fetch(self, uid, headers_only=headers_only)

    monkeypatch.setattr(Imap, "fetch", noted)
    async with imap_server() as server:
        await delivered(server, "un", "x" * 20_000, "y" * 20_000)
        await reading(server.line.port)
        await until(count(world, 3))
    assert seen == [0, 1, 2]


async def test_a_mail_by_the_hook_that_cannot_be_opened_is_refused_for_good(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    _poisoned(monkeypatch)
    assert await call(world.channel, mail("poison")) == 400
    assert await call(world.channel, mail("sain")) == 200
    assert await texts(world) == ["sain"]


def _poisoned(monkeypatch: pytest.MonkeyPatch) -> None:
    opened = intake.open_mail

    async def opens(raw: bytes) -> Any:
        if b"poison" in raw:
            raise Unreadable("it cannot be read (too_slow)")
        return await opened(raw)

    monkeypatch.setattr(intake, "open_mail", opens)
