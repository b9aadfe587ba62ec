"""Mails set aside: another try, or none, at a person's word."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import update

from channels.mail import position
from channels.mail.asides import MailAsides
from channels.mail.position import Aside, Position
from crm_backend.accounts.asides import waking
from crm_backend.accounts.model import Account
from crm_backend.errors import NotFound
from tests.channels.mail.conftest import World, account, until
from tests.channels.mail.mailbox import imap_server
from tests.channels.mail.mails import mail

ASIDES = MailAsides()
NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


async def cursor(world: World) -> dict[str, Any]:
    row = await account(world.sessions)
    return row.cursor or {} if row else {}


async def wished(world: World, *, again: bool) -> None:
    """What the desk does with the first that is listed."""
    now = await cursor(world)
    (first, *_) = ASIDES.listed(now)
    async with world.sessions() as session, session.begin():
        changed = ASIDES.wish(now, first.id, again=again)
        await session.execute(update(Account).where(Account.channel == "mail").values(cursor=changed))
    await world.core.live.publish(waking("mail", "main"), {})


async def test_a_mail_set_aside_is_tried_again_at_once_and_can_be_left_for_good(
    world: World, reading: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(position, "PAUSE", 0.0)
    taken, mended = world.core.files.keep, []

    async def keep(chunks: Any, **more: Any) -> Any:
        if not mended:
            raise ZeroDivisionError
        return await taken(chunks, **more)

    monkeypatch.setattr(world.core.files, "keep", keep)
    monkeypatch.setattr(position, "TRIES", 1)

    async def aside(count: int) -> bool:
        now = await cursor(world)
        return ASIDES.count(now) == count and position.WISHES not in now

    async def stored() -> bool:
        return len(await world.messages()) == 1

    async with imap_server() as server:
        await server.deliver(mail("celui-ci attend"))
        await server.deliver(b"Subject: sans nom\r\n\r\nbonjour\r\n")
        await reading(server.line.port)
        await until(lambda: aside(2))
        nameless, waits = ASIDES.listed(await cursor(world))
        assert (nameless.why["en"], waits.again) == ("It has no sender.", False)
        assert "ZeroDivisionError" in waits.why["fr"] and waits.at is not None
        await wished(world, again=False)
        await until(lambda: aside(1))
        mended.append(True)
        await wished(world, again=True)
        await until(stored)
        assert await aside(0)
        assert [message.text for message in await world.messages()] == ["celui-ci attend"]
        assert await server.flags() == [set(), set()]


async def test_a_wish_made_while_a_position_is_saved_is_not_lost(world: World) -> None:
    where = Position("INBOX", 1, 9, aside={7: Aside("no sender", NOW), 8: Aside("OSError", NOW)}, aside_count=2)
    await position.save(world.sessions, "main", where)
    await wished(world, again=True)
    await position.save(world.sessions, "main", where.done(10))
    assert [one.again for one in ASIDES.listed(await cursor(world))] == [True, False]
    where = await position.obeyed(world.sessions, "main", where.done(10))
    assert (where.uid, list(where.failing), list(where.aside), where.aside_count) == (10, [8], [7], 1)
    assert await position.load(world.sessions, "main") == where
    assert await position.obeyed(world.sessions, "main", where) is where


def test_what_earlier_versions_noted_is_listed_too_and_nothing_else_can_be_wished_for() -> None:
    kept = {
        "uidvalidity": 1,
        "uid": 9,
        "aside": {"7": "no sender", "9": "it cannot be read (too_deep)"},
        "aside_count": 5,
    }
    assert [(one.id, one.at) for one in ASIDES.listed(kept)] == [("9", None), ("7", None)]
    left = ASIDES.wish(kept, "9", again=False)
    assert ([one.id for one in ASIDES.listed(left)], ASIDES.count(left)) == (["7"], 4)
    assert (ASIDES.count(None), ASIDES.listed(None)) == (0, [])
    for cursor, aside in ((left, "9"), (kept, "8"), (None, "7")):
        with pytest.raises(NotFound):
            ASIDES.wish(cursor, aside, again=True)


def test_one_more_try_is_all_that_is_asked_for() -> None:
    where = Position("INBOX", 1, 9, aside={7: Aside("OSError", NOW)}, aside_count=1)
    asked = where.wished({"7": "again"}, now=NOW)
    assert asked.due(NOW) == [7] and not asked.aside
    failed = asked.failed(7, "OSError", now=NOW)
    assert (list(failed.aside), failed.failing, failed.aside_count) == ([7], {}, 1)
