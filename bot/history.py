"""The states of a conversation, put together once for each of its actions.

For each action that Rasa predicts it begins a conversation anew, plays all that has happened in it, and describes it
as it was before each action: a tenth of the processor time of a turn. What was played for one prediction is here gone
on with for the next, as long as nothing of it was taken back.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from operator import is_
from typing import Any

from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, Event
from rasa.shared.core.trackers import DialogueStateTracker

State = dict[str, dict[str, Any]]
ALL_OF_THEM = Domain.states_for_tracker_history
KEPT = "_played"


@dataclass
class Played:
    """A tracker to which `events` were applied, and the states before the actions among them."""

    tracker: DialogueStateTracker
    events: list[Event] = field(default_factory=list)
    states: list[State] = field(default_factory=list)

    def begins(self, events: list[Event]) -> bool:
        """Whether all that was played is still what happened first."""
        return len(self.events) <= len(events) and all(map(is_, self.events, events))


def states_of(
    domain: Domain,
    tracker: DialogueStateTracker,
    omit_unset_slots: bool = False,
    ignore_rule_only_turns: bool = False,
    rule_only_data: dict[str, Any] | None = None,
) -> list[State]:
    """The state before each action and the present one, as `Domain.states_for_tracker_history` gives them."""
    if omit_unset_slots or ignore_rule_only_turns:
        return ALL_OF_THEM(domain, tracker, omit_unset_slots, ignore_rule_only_turns, rule_only_data)
    events = tracker.applied_events()
    played: Played | None = tracker.__dict__.get(KEPT)
    if played is None or not played.begins(events):
        played = tracker.__dict__[KEPT] = Played(tracker.init_copy())
    for event in events[len(played.events) :]:
        if isinstance(event, ActionExecuted):
            played.states.append(_state(domain, played.tracker))
        played.tracker.update(event)
    played.events = events
    # Whoever asks takes out of them what they do not look at.
    return [_copied(state) for state in (*played.states, _state(domain, played.tracker))]


def _state(domain: Domain, tracker: DialogueStateTracker) -> State:
    state: State = domain._clean_state(domain.get_active_state(tracker))  # noqa: SLF001
    return state


def _copied(state: State) -> State:
    return {part: dict(told) for part, told in state.items()}


def install() -> None:
    """From now on Rasa takes the states of a conversation from `states_of`."""
    Domain.states_for_tracker_history = states_of
