"""Reading a mailbox: every mail once, whatever happens to the connection, the numbers, or us."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from channels.mail import position
from channels.mail import reading as reading_module
from channels.mail.imap import Imap
from channels.mail.reading import Reading
from tests.channels.mail.conftest import World, until
from tests.channels.mail.mailbox import SEEN, imap_server
from tests.channels.mail.mails import mail


def count(world: World, number: int) -> Any:
    async def reached() -> bool:
        return len(await world.messages()) >= number

    return reached


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pauses are for production."""
    monkeypatch.setattr(reading_module, "LONGEST_PAUSE", 0.05)
    monkeypatch.setattr(position, "PAUSE", 0.0)


async def test_mails_that_are_there_are_read_and_left_as_they_were(world: World, reading: Any) -> None:
    async with imap_server() as server:
        for number in range(3):
            await server.deliver(mail(f"Bonjour {number}", message_id=f"m{number}@client.example"))
        await reading(server.line.port)
        await until(count(world, 3))
        assert [message.external_id for message in await world.messages()] == [f"m{n}@client.example" for n in range(3)]
        assert await server.flags() == [set(), set(), set()]


async def test_a_mail_that_comes_while_idle_is_read_at_once(world: World, reading: Any) -> None:
    async with imap_server() as server:
        await server.deliver(mail("la première"))
        await reading(server.line.port)
        await until(count(world, 1))
        await server.deliver(mail("la deuxième", sender="paul@client.example"))
        await until(count(world, 2))
        assert server.line.connections == 1


async def test_a_mail_that_comes_just_before_idle_is_read_at_once(
    world: World, reading: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = Imap.send

    async with imap_server() as server:

        async def send(imap: Imap, command: str) -> bytes:
            if command == "IDLE" and len(server.delivered) == 1:
                await server.deliver(mail("la deuxième", sender="paul@client.example"))
            return await said(imap, command)

        monkeypatch.setattr(Imap, "send", send)
        await server.deliver(mail("la première"))
        await reading(server.line.port)
        await until(count(world, 2))


async def test_a_server_without_idle_is_asked_again_and_again(
    world: World, reading: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Reading, "_until_next", lambda *_, **__: 0.1)
    async with imap_server(idle=False) as server:
        await reading(server.line.port)
        await until(lambda: _has_position(world))
        await server.deliver(mail())
        await until(count(world, 1))


async def test_only_new_mails_are_read_unless_told_otherwise(world: World, reading: Any) -> None:
    async with imap_server() as server:
        await server.deliver(mail("de l’an dernier"))
        await reading(server.line.port, first="new")
        await until(lambda: _has_position(world))
        await server.deliver(mail("d’aujourd’hui"))
        await until(count(world, 1))
        assert [message.text for message in await world.messages()] == ["d’aujourd’hui"]


async def test_a_lost_connection_is_made_anew_and_nothing_is_lost(world: World, reading: Any) -> None:
    async with imap_server() as server:
        await server.deliver(mail("avant"))
        await reading(server.line.port)
        await until(count(world, 1))
        server.line.cut()
        await server.deliver(mail("pendant", sender="paul@client.example"))
        await until(count(world, 2))
        assert server.line.connections >= 2


async def test_a_connection_cut_in_the_middle_of_a_mail_loses_and_doubles_nothing(world: World, reading: Any) -> None:
    async with imap_server() as server:
        for number in range(5):
            await server.deliver(mail("x" * 20_000, subject=f"n° {number}", message_id=f"m{number}@client.example"))
        server.line.cut_after = 50_000
        await reading(server.line.port)
        await until(count(world, 5))
        assert len({message.external_id for message in await world.messages()}) == 5 == len(await world.messages())


async def test_killed_after_storing_and_before_noting_it_reads_the_mail_again_and_stores_it_once(
    world: World, reading: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved = position.save

    async def killed(sessions: Any, name: str, where: position.Position) -> None:
        if where.uid > 100 and not fired:
            fired.append(True)
            raise asyncio.CancelledError
        await saved(sessions, name, where)

    fired: list[bool] = []
    monkeypatch.setattr(position, "save", killed)
    async with imap_server() as server:
        await server.deliver(mail("une seule fois"))
        task = await reading(server.line.port)
        await asyncio.gather(task, return_exceptions=True)
        assert fired and len(await world.messages()) == 1
        await server.deliver(mail("et la suite", sender="paul@client.example"))
        await reading(server.line.port)
        await until(count(world, 2))
        assert [message.text for message in await world.messages()] == ["une seule fois", "et la suite"]


async def test_a_renumbered_mailbox_is_read_again_without_doubling(world: World, reading: Any) -> None:
    async with imap_server() as server:
        for number in range(3):
            await server.deliver(mail(f"Bonjour {number}", message_id=f"m{number}@client.example"))
        await reading(server.line.port)
        await until(count(world, 3))
        await server.renumber()
        await server.deliver(mail("après", message_id="apres@client.example"))
        await until(count(world, 4))
        assert len(await world.messages()) == 4


async def test_after_renumbering_mails_from_before_the_beginning_are_still_left_alone(
    world: World, reading: Any
) -> None:
    async with imap_server() as server:
        await server.deliver(mail("de l’an dernier"), at=datetime.now(UTC) - timedelta(days=300))
        await server.deliver(mail("de ce matin, avant"), at=datetime.now(UTC) - timedelta(hours=1))
        await reading(server.line.port, first="new")
        await until(lambda: _has_position(world))
        await server.renumber()
        await server.deliver(mail("après"))
        await until(count(world, 1))
        assert [message.text for message in await world.messages()] == ["après"]


async def test_a_mail_that_cannot_be_taken_in_is_tried_five_times_then_set_aside_and_told(
    world: World, reading: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = world.core.files.keep

    async def breaks(chunks: Any, **more: Any) -> Any:
        content = b"".join([chunk async for chunk in chunks])
        if b"poison" in content:
            raise ZeroDivisionError

        async def again() -> Any:
            yield content

        return await taken(again(), **more)

    monkeypatch.setattr(world.core.files, "keep", breaks)
    async with imap_server() as server:
        await server.deliver(mail("poison"))
        await server.deliver(mail("sain", sender="paul@client.example"))
        await reading(server.line.port)
        await until(count(world, 1))
        await until(lambda: _set_aside(world, 1))
        where = await position.load(world.sessions, "main")
        assert where is not None and not where.failing
        assert [one.why for one in where.aside.values()] == ["ZeroDivisionError"]
        assert [message.text for message in await world.messages()] == ["sain"]
        assert await server.flags() == [set(), set()]


async def test_a_mail_without_a_sender_is_set_aside_at_once(world: World, reading: Any) -> None:
    async with imap_server() as server:
        await server.deliver(b"Subject: qui suis-je\r\n\r\nbonjour\r\n")
        await server.deliver(mail("ensuite"))
        await reading(server.line.port)
        await until(count(world, 1))
        where = await position.load(world.sessions, "main")
        assert where is not None and [one.why for one in where.aside.values()] == ["no sender"]


async def test_of_a_mail_beyond_25_mb_only_the_headers_are_kept_and_a_person_is_asked(
    world: World, reading: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading_module, "LARGEST", 10_000)
    async with imap_server() as server:
        await server.deliver(mail("x" * 40_000, subject="Mon énorme fichier"))
        await reading(server.line.port)
        await until(count(world, 1))
        message = await world.last()
        assert "Mon énorme fichier" in message.text and "xxx" not in message.text
        assert message.content["automatic"] == "too_large"
        await until(lambda: _owned_by(world, message.conversation_id, "queue:support"))


async def test_a_stored_mail_can_be_marked_as_read(world: World, reading: Any) -> None:
    async with imap_server() as server:
        await server.deliver(mail())
        await reading(server.line.port, after="seen")

        async def marked() -> bool:
            return await server.flags() == [{SEEN}]

        await until(marked)


async def test_a_stored_mail_can_be_moved(world: World, reading: Any) -> None:
    async with imap_server() as server:
        await server.add_folder("Traités")
        await server.deliver(mail())
        await reading(server.line.port, after="move", move_to="Traités")

        async def moved() -> bool:
            return await server.flags() == [] and len(await server.flags("Traités")) == 1

        await until(moved)
        assert len(await world.messages()) == 1


async def test_a_mail_that_is_gone_before_it_is_fetched_is_passed_over(world: World, reading: Any) -> None:
    async with imap_server() as server:
        await server.deliver(mail("parti"))
        await server.deliver(mail("resté"))
        await server.delete(0)
        await reading(server.line.port)
        await until(count(world, 1))
        assert [message.text for message in await world.messages()] == ["resté"]


async def _has_position(world: World) -> bool:
    return await position.load(world.sessions, "main") is not None


async def _set_aside(world: World, number: int) -> bool:
    where = await position.load(world.sessions, "main")
    return where is not None and where.aside_count >= number


async def _owned_by(world: World, conversation: Any, owner: str) -> bool:
    return (await world.conversation(conversation)).owner == owner
