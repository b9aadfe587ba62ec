"""Rules that are looked up are the rules that Rasa finds by looking at all."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rasa.core.policies.rule_policy import RULES, RULES_FOR_LOOP_UNHAPPY_PATH, RulePolicy

from bot import rules
from bot.rules import ALL_OF_THEM, State, possible_keys

NAMES = st.sampled_from(["listen", "answer", "should_not_be_set"])
STATE: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {},
    optional={
        "prev_action": st.fixed_dictionaries({}, optional={"action_name": NAMES}),
        "user": st.fixed_dictionaries(
            {}, optional={"intent": st.sampled_from(["greet", "bye", "should_not_be_set"]), "text": NAMES}
        ),
        "active_loop": st.fixed_dictionaries({"name": NAMES}),
    },
)


@settings(max_examples=300, deadline=None)
@given(rules=st.lists(st.lists(STATE, max_size=3), max_size=12), states=st.lists(STATE, max_size=3))
def test_both_find_the_same(rules: list[list[dict[str, Any]]], states: list[dict[str, Any]]) -> None:
    policy = SimpleNamespace(_rule_key_to_state=json.loads, _does_rule_match_state=RulePolicy._does_rule_match_state)
    policy._is_rule_applicable = RulePolicy._is_rule_applicable.__get__(policy)
    lookup = {json.dumps(rule): "answer" for rule in rules}
    assert possible_keys(policy, lookup, states) == ALL_OF_THEM(policy, lookup, states)
    assert possible_keys(policy, {}, states) == set()


SAID = [{"prev_action": {"action_name": "action_listen"}, "user": {"text": "hello"}}]
GREETED = [{"prev_action": {"action_name": "action_listen"}, "user": {"intent": "greet"}}]
LOOPED = [{"prev_action": {"action_name": "action_listen"}, "active_loop": {"name": "form"}}]


@pytest.mark.parametrize("state", [SAID, GREETED, LOOPED, [{}]])
@pytest.mark.parametrize("kind", [RULES, RULES_FOR_LOOP_UNHAPPY_PATH])
def test_words_are_looked_at_where_a_rule_may_name_them(kind: str, state: list[State], monkeypatch: Any) -> None:
    looked_at = []
    monkeypatch.setattr(rules, "IN_BOTH_WAYS", lambda *given: looked_at.append(given) or ("found", "rule", False))
    lookup = {RULES: {}, RULES_FOR_LOOP_UNHAPPY_PATH: {}, kind: {json.dumps(state): "found"}}
    policy = SimpleNamespace(lookup=lookup, _rule_key_to_state=json.loads)
    rules.action_from_rules(policy, None, None, use_text_for_last_user_input=True)
    # A rule that applies to words names no intent.
    assert bool(looked_at) == (state != GREETED)
    assert rules.action_from_rules(policy, None, None, use_text_for_last_user_input=False)[0] == "found"
