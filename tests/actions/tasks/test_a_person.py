"""A person is asked for, and comes at once: whatever is being done, and whatever was asked last."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions import toolbox
from actions.tasks import finding
from actions.tasks.engine import RunTask
from actions.tasks.interrupting import FORM
from actions.tasks.state import Asked, Task
from actions.tasks.topic import TOPICS
from crm_backend.database import new_id

finding.find()
SAID = {"fr": "une personne s’il vous plaît", "en": "a person please"}
NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
OPTIONS = {"one": "La première", "two": "La deuxième"}
QUESTIONS = [
    None,
    Asked("order_number", "fact", expects="order_number"),
    Asked("reason", "choice", dict(OPTIONS)),
    Asked("lines", "several", dict(OPTIONS)),
    Asked("story", "text"),
    Asked("sure", "yes_no"),
    Asked("confirm", "confirm", about={"mark": "m", "agreed": {}, "at": 0}),
    Asked("switch", "switch", about={"topic": "order_status", "given": {}, "asked": None}),
    Asked("change", "change", dict(OPTIONS)),
]


@pytest.fixture(autouse=True)
def nothing_is_looked_up(monkeypatch: pytest.MonkeyPatch) -> None:
    made = toolbox.Toolbox(sessions=None, embed=None, now=lambda: NOW)  # type: ignore[arg-type]
    monkeypatch.setattr(toolbox, "_equipped", [made])


@pytest.mark.parametrize("topic", sorted(TOPICS))
async def test_a_person_comes_at_once_in_every_state_of_every_task(topic: str) -> None:
    for asked in QUESTIONS:
        for language, text in SAID.items():
            for intent in ({"name": "ask_person", "confidence": 0.4}, {"name": "ask_person", "confidence": 1.0}):
                events = await heard(topic, asked, language, text, intent)
                assert events[-1] == {"event": "action_execution_rejected", "name": FORM, "policy": None,
                                      "confidence": None, "timestamp": None}, (asked, text)  # fmt: skip


async def heard(topic: str, asked: Asked | None, language: str, text: str, intent: dict[str, Any]) -> list[Any]:
    task = Task(topic, str(new_id()), NOW.isoformat(), {})
    task.asked, task.at = asked, NOW.isoformat()
    message = {"intent": intent, "text": text, "entities": [], "metadata": {"turn": str(new_id())}}
    tracker = Tracker(
        str(new_id()), {"language": language, "task": task.stored()}, message, [{"event": "user"}], False, None,
        {"name": FORM}, "action_listen",
    )  # fmt: skip
    dispatcher = CollectingDispatcher()
    events: list[Any] = await RunTask().run(dispatcher, tracker, {})
    assert dispatcher.messages == [], "the rule for it answers"
    return events
