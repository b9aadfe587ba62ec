"""Turns that a process takes with their messages: in order, not too many, and given back when it stops."""

from __future__ import annotations

import asyncio
import time
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

import asyncpg
import pytest

from crm_backend.conversations import processes
from crm_backend.conversations.thinking.claiming import Claimed
from crm_backend.database import utc_now
from server.loops import alive, handed
from server.loops.alive import Alive
from server.loops.handed import Handed


def later() -> datetime:
    """Later than whatever was asked before, and earlier than what is asked next: clocks tell microseconds."""
    time.sleep(1e-5)
    now = utc_now()
    time.sleep(1e-5)
    return now


def turn(name: str, *, left: float = 30.0) -> Claimed:
    taken = SimpleNamespace(name=name, created_at=later())
    return Claimed(cast("Any", taken), None, None, utc_now() + timedelta(seconds=left))


def names(*turns: Claimed | None) -> list[object]:
    return [cast("Any", each.turn).name if each else None for each in turns]


def ready(most: int = 2) -> Handed:
    hand = Handed(most=most, lease_seconds=30.0)
    assert hand.looked(found=False) is None
    return hand


def test_the_first_is_thought_about_first_and_wakes_somebody() -> None:
    hand, woken = ready(), []
    hand.wake = lambda: woken.append(1)
    for name in ("un", "deux"):
        assert hand.lease() is not None
        hand.take(turn(name))
    assert (names(hand.next(), hand.next(), hand.next()), len(woken)) == (["un", "deux", None], 2)


def test_what_is_too_much_is_queued() -> None:
    hand = ready(most=1)
    hand.take(turn("un"))
    assert hand.lease() is None
    assert names(hand.next()) == ["un"]
    assert hand.lease() is not None


def test_what_was_queued_before_is_looked_for_before() -> None:
    hand = ready()
    hand.take(turn("un"))
    hand.queued()
    hand.take(turn("trois"))
    assert names(hand.next()) == ["un"]
    assert hand.next() is None, "the second is in the queue"
    assert hand.looked(found=True) is None
    assert names(hand.next()) == ["trois"]


def test_what_others_took_from_the_queue_is_not_waited_for() -> None:
    hand = ready()
    for _ in range(2):
        hand.queued()
    hand.take(turn("un"))
    hand.take(turn("deux"))
    assert hand.next() is None
    assert names(hand.looked(found=False), hand.next()) == ["un", "deux"]


def test_now_and_then_the_queue_is_looked_into_first(monkeypatch: pytest.MonkeyPatch) -> None:
    hand, woken = ready(), []
    hand.take(turn("un"))
    hand.wake = lambda: woken.append(1)
    monkeypatch.setattr(handed, "LOOKS_EVERY", -1.0)
    assert hand.next() is None
    assert hand.looked(found=True) is None
    assert woken == [1], "somebody was woken for what still waits"
    assert names(hand.looked(found=False)) == ["un"]


def test_what_waited_too_long_for_its_lease_is_late() -> None:
    hand = ready()
    assert [hand.late(turn("un", left=left)) for left in (25.0, 15.0)] == [False, True]
    assert not hand.late(Claimed(cast("Any", "un"), None)), "a lease that has just begun"


def test_who_stops_takes_nothing_and_gives_back_what_is_left() -> None:
    hand = ready()
    hand.take(turn("un"))
    assert names(*hand.close()) == ["un"]
    assert (hand.lease(), hand.close()) == (None, [])


async def test_leases_name_the_process_while_others_can_see_it(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def wake() -> None:
        raise AssertionError("nothing was left behind")

    monkeypatch.setattr(alive, "EVERY", 0.05)
    process = Alive(database_url, wake=wake, wake_senders=wake)
    seen = "select pid from pg_locks where classid = $1 and objsubid = 2"
    assert process.lease().version == 7
    other = await asyncpg.connect(database_url)
    try:
        await process.start()
        assert process.lease().version == 8
        (before,) = await other.fetch(seen, processes.SPACE)
        await other.execute("select pg_terminate_backend($1)", before[0])
        async with asyncio.timeout(20):
            while (now := await other.fetch(seen, processes.SPACE)) in ([], [before]):
                await asyncio.sleep(0.02)
        assert len(now) == 1 and process.lease().version == 8
    finally:
        await process.stop()
        await other.close()
