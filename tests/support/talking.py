"""A customer who talks to an open task without the assistant's model: intents and entities are what the test says."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.tasks.engine import RunTask
from crm_backend.database import new_id


class Customer:
    """One conversation. `slots` is the dialogue's state as the assistant would carry it."""

    def __init__(self, conversation: UUID, language: str = "fr") -> None:
        self.conversation, self.language = conversation, language
        self.slots: dict[str, Any] = {"language": language}
        self.open = False
        self.stepped_aside = False
        self.messages: list[dict[str, Any]] = []
        self.entities: list[dict[str, Any]] = []
        """Those with more than a value, which every message that follows holds."""

    async def says(
        self,
        text: str,
        intent: str,
        *,
        confidence: float = 0.9,
        also: Any = (),
        turn: UUID | None = None,
        **entities: Any,
    ) -> list[str]:
        """The names of the responses (or the texts) that this message is answered with."""
        heard = {
            "intent": {"name": intent, "confidence": confidence},
            "text": text,
            "entities": [*self.entities, *({"entity": name, "value": value} for name, value in entities.items())],
            "also": list(also),
            "metadata": {"turn": str(turn or new_id())},
        }
        return await self._turn(heard, [{"event": "user"}])

    async def presses(self, title: str) -> list[str]:
        """Presses the button with this title under the last message."""
        [payload] = [each["payload"] for each in self.messages[-1]["buttons"] if each["title"] == title]
        intent, _, rest = payload[1:].partition("{")
        return await self.says(payload, intent, confidence=1.0, **(json.loads("{" + rest) if rest else {}))

    async def comes_back(self) -> list[str]:
        """What the task says once the interruption that it stepped aside for has been answered."""
        heard = {"intent": {}, "text": "", "entities": [], "metadata": {"turn": str(new_id())}}
        return await self._turn(heard, [{"event": "user"}, {"event": "action_execution_rejected"}])

    async def _turn(self, heard: dict[str, Any], events: list[dict[str, Any]]) -> list[str]:
        active = {"name": "task_form"} if self.open else {}
        # As the database keeps it: the names of a JSON object in another order.
        slots = json.loads(json.dumps(self.slots, sort_keys=True))
        tracker = Tracker(str(self.conversation), slots, heard, events, False, None, active, "action_listen")
        dispatcher = CollectingDispatcher()
        done = await RunTask().run(dispatcher, tracker, {})
        self.open, self.stepped_aside = True, False
        for event in done:
            if event["event"] == "slot":
                self.slots[event["name"]] = event["value"]
            elif event["event"] == "active_loop":
                self.open = event["name"] is not None
            elif event["event"] == "action_execution_rejected":
                self.stepped_aside = True
        self.messages = dispatcher.messages
        return [said.get("response") or said["text"] for said in dispatcher.messages]
