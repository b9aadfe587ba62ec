"""Which of Rasa's rules may apply, looked up by what was done and said last.

Rasa holds every rule against the conversation for each action it predicts, a tenth of the processor time of a turn. Of
some hundreds only those can apply whose last state has the same last action and intent; the others are not looked at.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from rasa.core.policies.rule_policy import RulePolicy
from rasa.shared.core.constants import PREVIOUS_ACTION, SHOULD_NOT_BE_SET, USER
from rasa.shared.nlu.constants import ACTION_NAME, INTENT

Lookup = dict[str, str]
State = dict[str, dict[str, Any]]
Place = tuple[str | None, str | None]
"""Action and intent; None stands for any."""
ALL_OF_THEM = RulePolicy._get_possible_keys  # noqa: SLF001


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


def possible_keys(policy: RulePolicy, lookup: Lookup, states: list[State]) -> set[str]:
    """The rules that apply to the last states of a conversation, as `RulePolicy._get_possible_keys` finds them."""
    if not states or not states[-1].get(PREVIOUS_ACTION):
        # Where a conversation begins, other things are compared.
        return ALL_OF_THEM(policy, lookup, states)
    indexes = policy.__dict__.setdefault("_by_place", {})
    kept, places = indexes.get(id(lookup), (None, {}))
    if kept is not lookup:
        places = sorted_by_place(lookup)
        indexes[id(lookup)] = lookup, places
    action, intent = place(states[-1])
    some: Lookup = {}
    for each in {(action, intent), (action, None), (None, intent), (None, None)}:
        some |= places.get(each, {})
    return ALL_OF_THEM(policy, some, states)


def install() -> None:
    """From now on rules are looked up by `possible_keys`."""
    RulePolicy._get_possible_keys = possible_keys  # noqa: SLF001
