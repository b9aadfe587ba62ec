"""Whom a look at the board is sent to: those who were found to be allowed before that very look."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import Any, cast
from zoneinfo import ZoneInfo

import pytest

from crm_backend.agents.model import Agent
from server.desk.board_feed import BoardFeed

PATIENCE = 20


class Screen:
    """A desk's socket that keeps what it is sent."""

    def __init__(self) -> None:
        self.sent: list[str] = []
        self.told = asyncio.Event()

    async def send_str(self, frame: str) -> None:
        self.sent.append(frame)
        self.told.set()


def with_role(role: str) -> Agent:
    return Agent(email=f"{role}@example.com", name=role, role=role, password_hash="", active=True)


async def test_who_begins_to_watch_while_a_look_is_under_way_is_asked_what_they_may_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    @asynccontextmanager
    async def nothing(_: Any) -> Any:
        yield None

    monkeypatch.setattr("server.desk.board_feed.reading", nothing)
    monkeypatch.setattr("server.desk.board_feed.EVERY", 0.0)
    feed = BoardFeed(cast("Any", None), ZoneInfo("Europe/Paris"))
    first, second, outsider = Screen(), Screen(), Screen()
    looks = 0

    async def looking(_: Any) -> dict[str, Any]:
        nonlocal looks
        looks += 1
        # Again and again, in the midst of every look.
        feed.watch(cast("Any", outsider), with_role("agent"))
        if looks == 2:
            feed.watch(cast("Any", second), with_role("supervisor"))
        return {"type": "board", "look": looks}

    monkeypatch.setattr(feed, "frame", looking)
    feed.watch(cast("Any", first), with_role("supervisor"))
    try:
        await asyncio.wait_for(second.told.wait(), PATIENCE)
    finally:
        await feed.close()
    assert first.sent[:2] == ['{"type": "board", "look": 1}', '{"type": "board", "look": 2}']
    assert second.sent[0] == '{"type": "board", "look": 3}', "told with the look after the one they came in"
    assert outsider.sent == []
