"""The dialogue state that travels with a turn: the slots that are set and the form that is open, nothing else.

Rasa keeps every event of a conversation and replays them several times a turn. The policies used here look only at
the slots, the open form and the last action, so that is all the state holds: it costs the same on turn 1 and turn 300,
and what the customer wrote stays in the transcript alone.
"""

from typing import Any

from rasa.shared.core.constants import ACTION_LISTEN_NAME, ACTION_SESSION_START_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, ActiveLoop, Event, SessionStarted, SlotSet
from rasa.shared.core.trackers import DialogueStateTracker

VERSION = 1
GIVEN_EACH_TURN = frozenset({"company", "proof", "session_started_metadata"})
IN_FORM_ONLY = frozenset({"task", "later"})
"""The open task, with what proves who somebody is: kept while it is asked for, and not one turn longer."""

State = dict[str, Any]


def unpack(state: State | None, *, conversation: str, given: dict[str, Any], domain: Domain) -> DialogueStateTracker:
    """A tracker that stands where `state` left off, waiting for the customer, with the slots `given` for this turn."""
    state = state or {}
    slots = {**state.get("slots", {}), **given}
    names = {slot.name for slot in domain.slots}
    events: list[Event] = [ActionExecuted(ACTION_SESSION_START_NAME), SessionStarted()]
    # A state may come from an older model: what this one no longer knows is dropped.
    events += [SlotSet(name, value) for name, value in slots.items() if name in names]
    if state.get("form") in domain.form_names:
        events.append(ActiveLoop(state["form"]))
    events.append(ActionExecuted(ACTION_LISTEN_NAME))
    return DialogueStateTracker.from_events(conversation, events, domain.slots)


def pack(tracker: DialogueStateTracker) -> State:
    """What must be kept of `tracker` until the next turn, ready for JSON."""
    left_out = GIVEN_EACH_TURN if tracker.active_loop_name else GIVEN_EACH_TURN | IN_FORM_ONLY
    slots = {
        name: slot.value
        for name, slot in tracker.slots.items()
        if name not in left_out and slot.value != slot.initial_value
    }
    state: State = {"version": VERSION, "slots": slots}
    if tracker.active_loop_name:
        state["form"] = tracker.active_loop_name
    return state
