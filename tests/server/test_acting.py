"""What the assistant asks for while it thinks: failure is told as failure, and without its cause."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from actions import runner
from crm_backend.database import Sessions
from server import acting
from server.acting import Acting
from server.shelf import Shelf

Act = Callable[[str, Any], Awaitable[tuple[int, dict[str, Any]]]]


@pytest.fixture
def act(sessions: Sessions) -> Act:
    """Status and body of what is answered."""
    answers = Acting(runner.build_executor(), Shelf(sessions, ZoneInfo("Europe/Paris")))

    async def told(what: str, body: Any) -> tuple[int, dict[str, Any]]:
        frame = json.loads(await answers(what, body))
        return frame["status"], frame["body"]

    return told


def call(action: str) -> dict[str, Any]:
    tracker = {"sender_id": "x", "slots": {}, "latest_message": {}, "events": [], "paused": False, "active_loop": {}}
    return {"next_action": action, "sender_id": "x", "tracker": tracker, "domain": {}}


async def test_what_is_not_there_is_not_found(act: Act) -> None:
    status, body = await act("action", call("action_dance"))
    assert (status, body["action_name"]) == (404, "action_dance")
    assert (await act("dance", {}))[0] == 404


async def test_an_action_that_fails_is_a_failure_and_tells_no_cause(act: Act, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(*_: object) -> None:
        raise RuntimeError("secret cause")

    async def say_what_is_no_json(*_: object) -> dict[str, object]:
        return {"events": [{"event": "slot", "value": date(2026, 1, 1)}]}

    for broken in (fail, say_what_is_no_json):
        monkeypatch.setattr("actions.runner.run", broken)
        status, body = await act("action", call("action_anything"))
        assert (status, body["error"]) == (500, "failed") and "secret" not in str(body)
    monkeypatch.undo()
    for odd in ([], {}, 5, None):
        assert (await act("action", odd))[0] == 500


async def test_the_catalogue_is_told_with_its_version(act: Act) -> None:
    status, body = await act("catalogue", "any")
    assert status == 200 and set(body) == {"version", "products"}


async def test_a_catalogue_that_is_too_large_is_not_told(act: Act, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(acting, "MOST", 10)
    assert (await act("catalogue", "any"))[0] == 500
