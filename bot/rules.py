"""Which of Rasa's rules may apply, looked up by what was done and said last.

Rasa holds every rule against the conversation for each action it predicts, a tenth of the processor time of a turn. Of
some hundreds only those can apply whose last state has the same last action and intent; the others are not looked at.

It does so twice: at first for the words of what was said in place of its intent. Where no rule names words, as here,
nothing can come of that, and the conversation is not looked at.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from rasa.core.policies.rule_policy import RULES, RULES_FOR_LOOP_UNHAPPY_PATH, RulePolicy
from rasa.shared.core.constants import ACTION_LISTEN_NAME, PREVIOUS_ACTION, SHOULD_NOT_BE_SET, USER
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import ACTION_NAME, INTENT

Lookup = dict[str, str]
State = dict[str, dict[str, Any]]
Place = tuple[str | None, str | None]
"""Action and intent; None stands for any."""
Found = tuple[str | None, str | None, bool]
ALL_OF_THEM = RulePolicy._get_possible_keys  # noqa: SLF001
IN_BOTH_WAYS = RulePolicy._find_action_from_rules  # noqa: SLF001


def place(state: State) -> Place:
    """What a state names of action and intent."""
    action, intent = state.get(PREVIOUS_ACTION, {}).get(ACTION_NAME), state.get(USER, {}).get(INTENT)
    return _named(action), _named(intent)


def _named(value: Any) -> str | None:
    return value if isinstance(value, str) and value and value != SHOULD_NOT_BE_SET else None


def sorted_by_place(lookup: Lookup) -> dict[Place, Lookup]:
    """The rules by what their last states name."""
    found: dict[Place, Lookup] = defaultdict(dict)
    for key, action in lookup.items():
        states = RulePolicy._rule_key_to_state(key)  # noqa: SLF001
        found[place(states[-1]) if states else (None, None)][key] = action
    return dict(found)


def places_of(policy: RulePolicy, lookup: Lookup) -> dict[Place, Lookup]:
    """`sorted_by_place`, once for each lookup."""
    indexes = policy.__dict__.setdefault("_by_place", {})
    kept, places = indexes.get(id(lookup), (None, {}))
    if kept is not lookup:
        places = sorted_by_place(lookup)
        indexes[id(lookup)] = lookup, places
    return places


def possible_keys(policy: RulePolicy, lookup: Lookup, states: list[State]) -> set[str]:
    """The rules that apply to the last states of a conversation, as `RulePolicy._get_possible_keys` finds them."""
    if not states or not states[-1].get(PREVIOUS_ACTION):
        # Where a conversation begins, other things are compared.
        return ALL_OF_THEM(policy, lookup, states)
    places = places_of(policy, lookup)
    action, intent = place(states[-1])
    some: Lookup = {}
    for each in {(action, intent), (action, None), (None, intent), (None, None)}:
        some |= places.get(each, {})
    return ALL_OF_THEM(policy, some, states)


def action_from_rules(
    policy: RulePolicy, tracker: DialogueStateTracker, domain: Domain, use_text_for_last_user_input: bool
) -> Found:
    """The action that the rules demand, as `RulePolicy._find_action_from_rules` finds it; but where words demand none,
    no rule is named."""
    if use_text_for_last_user_input and not any(
        places_of(policy, policy.lookup[kind]).get(each)
        for kind in (RULES, RULES_FOR_LOOP_UNHAPPY_PATH)
        for each in ((ACTION_LISTEN_NAME, None), (None, None))
    ):
        return None, None, False
    return IN_BOTH_WAYS(policy, tracker, domain, use_text_for_last_user_input)


def install() -> None:
    """From now on rules are looked up by `possible_keys`, and actions by `action_from_rules`; states are not put into
    words for a log that nobody reads."""
    RulePolicy.format_tracker_states = staticmethod(lambda states: "")
    RulePolicy._get_possible_keys = possible_keys  # noqa: SLF001
    RulePolicy._find_action_from_rules = action_from_rules  # noqa: SLF001
