"""Answers told from memory, to the browser that wrote: what it would have read, and never more."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from aiohttp import web

from channels.webchat.visits import Visits
from crm_backend.conversations import hiding
from server.app import Parts
from tests.conftest import MakeCustomer
from tests.support.assistant import ScriptedBot, said

RICH: list[dict[str, Any]] = [
    {"text": "Voici *un* choix.", "buttons": [{"title": "Oui", "payload": "/affirm"}]},
    {
        "text": "Et des articles",
        "cards": [
            {"kind": "product", "title": "Vase", "lines": ["12 €"]},
            {"kind": "article", "title": "Retours", "url": "https://b.example"},
        ],
    },
]


@pytest.fixture
def remembered(monkeypatch: pytest.MonkeyPatch) -> list[list[int]]:
    """The messages that were told from memory, by their numbers, each time some were."""
    told: list[list[int]] = []
    answered = Visits.answered

    def noted(self: Visits, *given: Any) -> list[dict[str, Any]]:
        frames = answered(self, *given)
        told.extend([[frame["message"]["seq"] for frame in frames]] if frames else [])
        return frames

    monkeypatch.setattr(Visits, "answered", noted)
    return told


async def test_it_is_what_is_read_by_whoever_comes_later_and_no_other_tab_hears_it(
    customer: MakeCustomer, scripted: ScriptedBot, remembered: list[list[int]]
) -> None:
    marie, other = await customer(), await customer()
    await marie.say("bonjour")
    await other.hang_up()
    other.visitor, other.conversation = marie.visitor, marie.conversation
    await other.connect()

    async def rich(turn: dict[str, Any]) -> web.Response:
        return web.json_response({**said(), "replies": RICH, "language": "en"})

    scripted.script = rich
    await marie.say("que proposez-vous ?")
    await marie.settle()
    await other.settle()
    assert remembered == [[3, 4, 5]]
    assert [message["seq"] for message in marie.messages] == [1, 2, 3, 4, 5]
    assert [message["seq"] for message in other.messages] == [1, 2, 3, 4, 5]
    other.messages.clear()
    await other.connect()
    assert other.messages == marie.messages


async def test_what_was_taken_out_of_a_message_while_it_was_thought_about_is_not_told(
    server: Parts, customer: MakeCustomer, scripted: ScriptedBot, remembered: list[list[int]]
) -> None:
    marie = await customer()
    await marie.say("bonjour")

    async def redeems(turn: dict[str, Any]) -> web.Response:
        async with server.sessions.begin() as session:
            await hiding.hide(session, turn_id=UUID(turn["turn"]), said="123456")
        return web.json_response(said("Ce code a déjà servi."))

    scripted.script = redeems
    await marie.say("mon code est 123456")
    assert marie.messages[2]["text"] == f"mon code est {hiding.HIDDEN}"
    assert remembered == [[3, 4]]
