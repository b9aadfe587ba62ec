"""What an action answers is held to Rasa's own schema."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import ValidationError
from rasa.core.actions.action import RemoteAction

from bot.answers import FREE, check, is_usual, validator

ACTION = RemoteAction("action_told", None)
SLOT = {"event": "slot", "name": "topic", "value": "order_status", "timestamp": None}


@pytest.mark.parametrize(
    "answer", [{}, {"events": [], "responses": []}, {"events": [SLOT], "responses": [{"text": "x"}]}]
)
def test_a_well_formed_answer_passes_as_in_rasa(answer: dict) -> None:
    assert RemoteAction("action_told", None)._validate_action_result(answer)
    assert check(ACTION, answer)


@pytest.mark.parametrize(
    "answer", [[], {"events": {}}, {"events": [{"event": "no such event"}]}, {"responses": ["text"]}]
)
def test_another_shape_is_refused(answer: object) -> None:
    with pytest.raises(ValidationError):
        check(ACTION, answer)


VALUE = st.sampled_from([None, True, 1, 1.5, "x", [], {}, {"text": "x"}])
EVENT = st.one_of(
    VALUE,
    st.fixed_dictionaries(
        {"event": st.one_of(st.sampled_from(["slot", "user", "action", "entities", "no such", *sorted(FREE)]), VALUE)},
        optional=dict.fromkeys(("name", "value", "timestamp", "metadata", "text", "entities", "policy"), VALUE),
    ),
)
PART = st.one_of(st.lists(EVENT, max_size=3), VALUE)
ANSWER = st.one_of(VALUE, st.fixed_dictionaries({}, optional={"events": PART, "responses": PART}))


@settings(max_examples=400, deadline=None)
@given(ANSWER)
def test_what_passes_without_the_schema_passes_it(answer: Any) -> None:
    assert not is_usual(answer) or validator().is_valid(answer)


@pytest.mark.parametrize("event", [SLOT, {"event": "followup", "name": "x"}, {"event": "active_loop", "name": None}])
def test_what_our_actions_answer_is_usual(event: dict) -> None:
    assert is_usual({"events": [event, {**event, "timestamp": 1.5}], "responses": [{"text": "x"}]})
