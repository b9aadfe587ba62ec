"""The turn an action is called in: who it is for, what was said, and the answers' small parts."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, field
from typing import Any, Final, Literal
from uuid import UUID

from rasa_sdk.events import ActiveLoop, EventType, SlotSet
from rasa_sdk.interfaces import Tracker

from crm_backend.letters import unaccented

LONGEST_VALUE: Final = 300
"""Characters of what an entity says, which travels with every turn; the longest that is of use is an e-mail address."""
Reason = Literal["asked", "upset", "unclear", "verification", "unknown", "distress", "fraud"]


WORD: Final = re.compile(r"[^\W\d_]+")


def folded(word: str) -> str:
    """A word in small letters without accents."""
    return unaccented(word.casefold())


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
    confidence: float
    also: list[dict[str, Any]]
    waits: bool = False
    """They wait for a person, and nobody is there to take the conversation."""
    mood: str = "calm"
    slips: dict[str, str] = field(default_factory=dict)
    """Slips of the finger, in small letters without accents, and what each was read as."""

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
            entities={
                entity["entity"]: entity["value"]
                for entity in message.get("entities") or ()
                if is_value(entity["value"])
            },
            confidence=float((message.get("intent") or {}).get("confidence") or 0.0),
            also=list(message.get("also") or ()),
            waits=bool(message["metadata"].get("waits")),
            mood=str(message.get("mood") or "calm"),
            slips=dict(message.get("slips") or {}),
        )

    @property
    def meant(self) -> str:
        """The text with its slips put right: to look for what is wanted in, never to keep."""
        if not self.slips or self.text.startswith("/"):
            return self.text
        return WORD.sub(lambda word: self.slips.get(folded(word[0]), word[0]), self.text)

    @property
    def written_at(self) -> int:
        """When the message came in, in milliseconds since 1970: a turn's identifier begins with that (RFC 9562, 5.7).
        For an identifier of another kind it is now."""
        return self.id.int >> 80 if self.id.version == 7 else time.time_ns() // 1_000_000

    @property
    def form(self) -> str | None:
        return self.tracker.active_loop_name

    def slot(self, name: str) -> Any:
        return self.tracker.get_slot(name)


def is_value(said: Any) -> bool:
    """Whether an entity says something that can be used. A payload may hold any JSON."""
    return isinstance(said, str) and len(said) <= LONGEST_VALUE


def offer(reason: Reason) -> EventType:
    """A person has been offered: the next yes hands over, for this reason."""
    return SlotSet("offered", reason)


def leave_form() -> list[EventType]:
    """Leave the open task, with all that was said for it: proofs of who the customer is are forgotten."""
    return [ActiveLoop(None), *(SlotSet(name, None) for name in ("requested_slot", "task", "later"))]


def hand_over_command(turn: Turn, reason: Reason) -> dict[str, Any]:
    """What asks the server to pass the conversation to a person, in the transaction that stores the reply."""
    return {"command": {"do": "hand_over", "reason": reason, "topic": turn.slot("topic")}}
