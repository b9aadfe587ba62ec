"""What is played once and gone on with tells of a conversation what Rasa tells that plays it anew each time."""

from __future__ import annotations

import copy
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rasa.core.actions.action import RemoteAction
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    ActionExecutionRejected,
    ActiveLoop,
    Event,
    LegacyForm,
    SessionStarted,
    SlotSet,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

from bot import called, history

DOMAIN = """
version: "3.1"
intents: [greet, bye]
slots:
  city: {type: text, influence_conversation: true, mappings: [{type: custom}]}
  known: {type: bool, influence_conversation: true, mappings: [{type: custom}]}
forms: {task: {required_slots: [city]}}
actions: [action_answer, action_dance]
"""
EVENTS = st.one_of(
    st.builds(ActionExecuted, st.sampled_from(["action_listen", "action_answer", "action_dance", "task"])),
    st.builds(lambda name: UserUttered("hello", {"name": name, "confidence": 1.0}), st.sampled_from(["greet", "bye"])),
    st.builds(SlotSet, st.sampled_from(["city", "known"]), st.sampled_from([None, True, "Lyon"])),
    st.builds(ActiveLoop, st.sampled_from(["task", None])),
    st.builds(LegacyForm, st.sampled_from(["task", None])),
    st.just(ActionExecutionRejected("task")),
    st.builds(SessionStarted),
)


@pytest.fixture(scope="module")
def domain() -> Domain:
    return Domain.from_yaml(DOMAIN)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(parts=st.lists(st.lists(EVENTS, max_size=6), min_size=1, max_size=4))
def test_the_states_are_those_of_rasa(domain: Domain, parts: list[list[Event]]) -> None:
    tracker = DialogueStateTracker("one", domain.slots)
    for part in parts:
        for event in part:
            tracker.update(event)
        theirs = history.ALL_OF_THEM(domain, tracker)
        ours = history.states_of(domain, tracker)
        assert ours == theirs
        # What somebody leaves out of theirs is there for the next who asks.
        for state in ours:
            for told in state.values():
                told.clear()
        assert history.states_of(domain, tracker) == theirs
    assert history.states_of(domain, tracker, omit_unset_slots=True) == history.ALL_OF_THEM(domain, tracker, True)


def test_a_copy_goes_its_own_way(domain: Domain) -> None:
    tracker = DialogueStateTracker.from_events("one", [ActionExecuted("action_listen")], domain.slots)
    history.states_of(domain, tracker)
    other = tracker.copy()
    other.update(SlotSet("city", "Lyon"))
    assert history.states_of(domain, other) == history.ALL_OF_THEM(domain, other)
    assert history.states_of(domain, tracker) == history.ALL_OF_THEM(domain, tracker)


def test_an_action_is_told_what_was_said_and_what_was_done_since(root: Path) -> None:
    domain = Domain.from_path(root / "domain.yml")
    said = UserUttered("hello", {"name": "greet", "confidence": 1.0}, parse_data={"vector": "long", "text": "hello"})
    done = [ActionExecuted("action_listen"), said, ActionExecutionRejected("task"), SlotSet("topic", "greet")]
    tracker = DialogueStateTracker.from_events("one", done, domain.slots)
    action = RemoteAction("action_answer", EndpointConfig("lane", enable_selective_domain=True))
    theirs, ours = called.ALL_OF_IT(action, tracker, domain), called.call(action, tracker, domain)
    before, events = copy.deepcopy(theirs["tracker"]["events"]), ours["tracker"]["events"]
    theirs["tracker"]["events"] = events
    assert ours == theirs and ours["tracker"]["latest_message"]["vector"] == "long"
    assert [event["event"] for event in events] == ["user", "action_execution_rejected", "slot"]
    assert "hello" not in str(events[0]) and events[1:] == before[2:]
