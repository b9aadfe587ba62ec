"""The turn an action is called in: who it is for, what was said, and the answers' small parts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

from rasa_sdk.events import ActiveLoop, EventType, SlotSet
from rasa_sdk.interfaces import Tracker

Reason = Literal["asked", "upset", "unclear", "verification", "unknown"]

PROOF_FACTS = ("email", "postcode")


@dataclass(frozen=True)
class Turn:
    """What an action may know of the turn, read once from the tracker."""

    tracker: Tracker
    conversation: UUID
    id: UUID
    language: str
    intent: str
    text: str
    entities: dict[str, str]

    @classmethod
    def of(cls, tracker: Tracker) -> Turn:
        message = tracker.latest_message
        return cls(
            tracker=tracker,
            conversation=UUID(tracker.sender_id),
            id=UUID(message["metadata"]["turn"]),
            language=tracker.get_slot("language") or "fr",
            intent=(message.get("intent") or {}).get("name") or "",
            text=message.get("text") or "",
            entities={entity["entity"]: entity["value"] for entity in message.get("entities") or ()},
        )

    @property
    def form(self) -> str | None:
        return self.tracker.active_loop_name

    def slot(self, name: str) -> Any:
        return self.tracker.get_slot(name)


def offer(reason: Reason) -> EventType:
    """A person has been offered: the next yes hands over, for this reason."""
    return SlotSet("offered", reason)


def leave_form() -> list[EventType]:
    """Close the open form, and forget what was collected to prove who the customer is, and for which orders."""
    forgotten = ("requested_slot", "last_order")
    return [
        ActiveLoop(None),
        *(SlotSet(name, None) for name in forgotten),
        *(SlotSet(name, None) for name in PROOF_FACTS),
    ]


def hand_over_command(turn: Turn, reason: Reason) -> dict[str, Any]:
    """What asks the server to pass the conversation to a person, in the transaction that stores the reply."""
    return {"command": {"do": "hand_over", "reason": reason, "topic": turn.slot("topic")}}
