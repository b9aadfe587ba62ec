"""Rules that are looked up are the rules that Rasa finds by looking at all."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from rasa.core.policies.rule_policy import RulePolicy

from bot.rules import ALL_OF_THEM, possible_keys

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
