"""What Rasa does the long way is done the short way to the same end."""

from __future__ import annotations

import copy
import random
import re
from pathlib import Path
from typing import Any

import pytest
from rasa.core.nlg.response import TemplatedNaturalLanguageGenerator
from rasa.shared.core.domain import Domain
from rasa.shared.core.slots import AnySlot, CategoricalSlot, ListSlot, TextSlot
from rasa.utils.endpoints import EndpointConfig

from bot import lookups, responses, slots, written


@pytest.mark.parametrize(
    "slot",
    [
        TextSlot("city", mappings=[{"type": "from_text"}], initial_value="Lyon"),
        ListSlot("things", mappings=[], influence_conversation=False),
        CategoricalSlot("colour", mappings=[], values=["red"]),
        AnySlot("task", mappings=[]),
    ],
)
def test_a_slot_is_copied_as_python_copies_it(slot: Any) -> None:
    slot.value = ["changed"]
    theirs, ours = copy.copy(slot), slots.copied(slot)
    assert type(ours) is type(theirs) and vars(ours) == vars(theirs) and ours is not slot
    ours.value = "other"
    assert slot.value == ["changed"]


LYON = {"type": "slot", "name": "city", "value": "Lyon"}
WORDINGS = {
    "utter_one": [{"text": "one"}],
    "utter_any": [{"text": "a"}, {"text": "b"}, {"text": "other channel", "channel": "mail"}],
    "utter_city": [{"text": "in Lyon", "condition": [LYON]}, {"text": "elsewhere"}],
}


@pytest.mark.parametrize("city", ["Lyon", None])
@pytest.mark.parametrize("channel", ["relais", "mail"])
@pytest.mark.parametrize("name", [*WORDINGS, "utter_unknown"])
def test_the_same_wordings_are_chosen_from(name: str, channel: str, city: str | None) -> None:
    generator = TemplatedNaturalLanguageGenerator(WORDINGS)
    ways = (TemplatedNaturalLanguageGenerator._random_response_for, responses.one_of)
    theirs, ours = ({str(way(generator, name, channel, {"city": city})) for _ in range(40)} for way in ways)
    assert ours == theirs


def test_a_wording_is_chosen_by_chance(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(random, "choice", lambda some: some[-1])
    assert responses.one_of(TemplatedNaturalLanguageGenerator(WORDINGS), "utter_any", "relais", {})["text"] == "b"


def test_the_same_is_looked_up(root: Path) -> None:
    endpoint = EndpointConfig("http://127.0.0.1:1/actions")
    theirs = [(type(action), action.name()) for action in lookups.ALL_ACTIONS(endpoint)]
    for _ in range(2):
        assert [(type(action), action.name()) for action in lookups.default_actions(endpoint)] == theirs
    assert lookups.default_actions(endpoint)[0] is lookups.default_actions(endpoint)[0]
    assert lookups.default_actions(EndpointConfig("http://x"))[-1] is not lookups.default_actions(endpoint)[-1]
    for name in ("slot", "action", "user", "topic"):
        assert lookups.kind_of_event(name) is lookups.KIND_OF_EVENT(name)
    with pytest.raises(ValueError, match="Unknown event"):
        lookups.kind_of_event("no such event")
    assert lookups.is_empty(Domain.empty()) and not lookups.is_empty(Domain.from_path(root / "domain.yml"))


def test_a_sentence_that_is_not_looked_through_has_nothing_to_mask(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = sorted((root / "data").glob("*/nlu.*.yml"))
    lines = [line for file in files for line in file.read_text(encoding="utf-8").splitlines()[::5]]
    lines += [
        "marie at example dot com",
        "marie point roy arobase exemple point fr",
        "marie@",
        "SW1A 1AA",
        "C-2026-000123",
    ]
    short = [written.mask(line) for line in lines]
    monkeypatch.setattr(written, "MAY_BE_MASKED", re.compile(""))
    assert [written.mask(line) for line in lines] == short
