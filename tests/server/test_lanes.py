"""Lanes to the assistant: used again, but not for ever."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest
from pydantic import SecretStr

from server import lanes
from server.lanes import Lanes
from tests.support.assistant import BOT_TOKEN, ScriptedBot


@pytest.mark.parametrize(("lasting", "opened"), [(60.0, 1), (-1.0, 3)])
async def test_a_lane_that_was_used_for_long_makes_room_for_another(
    scripted: ScriptedBot, monkeypatch: pytest.MonkeyPatch, lasting: float, opened: int
) -> None:
    monkeypatch.setattr(lanes, "LASTING", lasting)
    async with aiohttp.ClientSession() as client:
        ways = Lanes(client, address=f"http://127.0.0.1:{scripted.port}", token=SecretStr(BOT_TOKEN))
        for number in range(3):
            told = await ways.ask({"text": str(number)}, never, tries=1)
            assert told["answer"]["replies"] == [{"text": f"echo: {number}"}]
        assert scripted.lanes == opened


async def never(what: str, body: Any) -> str:
    """Nothing is called for."""
    raise AssertionError(what, body)
