"""What an action is told of the conversation: what actions look at, and no more.

Rasa tells each action every event, and with them once more all that was understood of the message: more than half of
what is written and read for a turn.
"""

from __future__ import annotations

from typing import Any

import rasa
from rasa.core.actions.action import RemoteAction
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import Event, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

ALL_OF_IT = RemoteAction._action_call_format  # noqa: SLF001


def events_told(events: list[Event]) -> list[dict[str, Any]]:
    """What was done since the customer wrote, that the customer wrote, and nothing of it."""
    told: list[dict[str, Any]] = []
    for event in reversed(events):
        if isinstance(event, UserUttered):
            told.append({"event": event.type_name, "timestamp": event.timestamp})
            break
        told.append(event.as_dict())
    return told[::-1]


def call(action: RemoteAction, tracker: DialogueStateTracker, domain: Domain) -> dict[str, Any]:
    """The request for an action, as `RemoteAction._action_call_format` makes it but for the events."""
    if not action._is_selective_domain_enabled() or domain.does_custom_action_explicitly_need_domain(action.name()):  # noqa: SLF001
        return ALL_OF_IT(action, tracker, domain)
    return {
        "next_action": action.name(),
        "sender_id": tracker.sender_id,
        "tracker": {**tracker.current_state(), "events": events_told(list(tracker.events))},
        "version": rasa.__version__,
    }


def install() -> None:
    """From now on actions are told what `call` says."""
    RemoteAction._action_call_format = call  # noqa: SLF001
