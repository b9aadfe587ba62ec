"""Thinking gives way while who answers platforms is late, and comes back to its pace by itself."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from server import pacing
from server.pacing import LONGEST, SHORTEST, Haste, Pace


class Told:
    """A `Live` that keeps what it is told."""

    def __init__(self) -> None:
        self.notes: list[tuple[str, dict[str, Any]]] = []

    async def publish(self, topic: str, note: dict[str, Any], *, here: dict[str, Any] | None = None) -> None:
        self.notes.append((topic, note))

    def listen(self, *topics: str) -> Any:
        raise AssertionError("nobody listens here")


@pytest.fixture
def pace() -> Pace:
    return Pace(Told())


def test_nobody_waits_while_nobody_is_late(pace: Pace) -> None:
    assert [pace.wait(float(now)) for now in range(3)] == [0, 0, 0]


def test_who_is_late_again_and_again_slows_thinking_down_to_a_limit(pace: Pace) -> None:
    pace.heard(10.0)
    assert [pace.wait(10.0) for _ in range(3)] == pytest.approx([0, SHORTEST, 2 * SHORTEST])
    for _ in range(20):
        pace.heard(10.0)
    assert pace.wait(20.0) == 0
    pace.heard(20.0)
    for _ in range(20):
        pace.heard(20.0)
    first, second = pace.wait(20.0), pace.wait(20.0)
    assert second - first == pytest.approx(LONGEST)


def test_it_eases_by_itself(pace: Pace) -> None:
    for _ in range(20):
        pace.heard(10.0)
    pace.wait(10.0)
    rest = pace.wait(10.0)
    assert rest == pytest.approx(LONGEST)
    assert pace.wait(16.0) == 0
    assert pace.wait(16.0) == 0


async def over(haste: Haste) -> None:
    """Nothing came in for a while."""
    haste._until = 0.0
    assert haste._watching is not None
    await haste._watching


async def test_a_loop_that_is_held_up_tells_those_on_its_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pacing, "TICK", 0.0)
    monkeypatch.setattr(pacing, "LATE", -1.0)
    live = Told()
    haste = Haste(live)
    haste.noticed()
    async with asyncio.timeout(10):
        while not live.notes:
            await asyncio.sleep(0)
    await over(haste)
    assert live.notes[0] == ("haste", {"host": pacing.HERE})


async def test_messages_that_are_taken_in_late_tell_too_and_those_in_time_do_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pacing, "TICK", 0.0)
    monkeypatch.setattr(pacing, "LATE", 60.0)
    for seconds, told in ((pacing.SOON / 2, 0), (2 * pacing.SOON, 1)):
        live = Told()
        haste = Haste(live)
        haste.noticed()
        haste.took(seconds)
        haste.took(0.0)
        for _ in range(50):
            await asyncio.sleep(0)
        await over(haste)
        assert len(live.notes) == told
