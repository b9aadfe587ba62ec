"""What an action answers is held to Rasa's own schema."""

import pytest
from jsonschema import ValidationError
from rasa.core.actions.action import RemoteAction

from bot.answers import check

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
