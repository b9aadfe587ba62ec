"""The action webhook: for the assistant alone, and failure is told as failure."""

from __future__ import annotations

import json

import pytest

from server.app import Parts
from tests.support import site
from tests.support.assistant import ACTION_TOKEN


async def act(server: Parts, body: object, token: str | None = ACTION_TOKEN) -> tuple[int, dict[str, object]]:
    url = f"http://127.0.0.1:{server.settings.action_port}/actions"
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    async with site.browser_session() as client, client.post(url, data=data, headers=headers) as answer:
        return answer.status, await answer.json()


def call(action: str) -> dict[str, object]:
    tracker = {"sender_id": "x", "slots": {}, "latest_message": {}, "events": [], "paused": False, "active_loop": {}}
    return {"next_action": action, "sender_id": "x", "tracker": tracker, "domain": {}}


async def test_actions_need_the_token(server: Parts) -> None:
    for token in (None, "", "wrong", ACTION_TOKEN + "x"):
        assert (await act(server, call("action_anything"), token))[0] == 401


async def test_an_unknown_action_is_not_found_and_an_unreadable_call_refused(server: Parts) -> None:
    status, body = await act(server, call("action_dance"))
    assert (status, body["action_name"]) == (404, "action_dance")
    for raw in (b"{", b"\xff"):
        assert (await act(server, raw))[0] == 400


async def test_an_action_that_fails_is_a_failure_and_tells_no_cause(
    server: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: object) -> None:
        raise RuntimeError("secret cause")

    monkeypatch.setattr("actions.runner.run", fail)
    status, body = await act(server, call("action_anything"))
    assert (status, body["error"]) == (500, "failed") and "secret" not in str(body)
    monkeypatch.undo()
    for odd in ([], {}, 5):
        assert (await act(server, odd))[0] == 500
