"""The condition of a rule: a tree of `all`, `any` and `not`, with comparisons of fields at its ends."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from crm_backend.errors import Invalid
from crm_backend.letters import unaccented
from crm_backend.rules.fields import COMPARISONS, FIELDS, WITH_SEVERAL, WITHOUT_VALUE, Field

DEEPEST, MOST, LONGEST, MOST_VALUES = 8, 100, 200, 50
LARGEST = 10**12
Facts = Mapping[str, Any]


def checked(tree: Any, field: str = "condition") -> dict[str, Any]:
    """The condition as it is stored; none holds always. Raises Invalid, with the path of what is wrong: fields and
    comparisons that there are not, values of another type, trees that are too deep or too large."""
    if tree is None or tree == {}:
        return {}
    count = iter(range(MOST))
    return _checked(tree, field, deep=0, left=count)


def holds(tree: Mapping[str, Any], facts: Facts) -> bool:
    """Whether a checked condition holds. What is not known is neither equal nor unequal nor more, but empty."""
    if not tree:
        return True
    if "all" in tree:
        return all(holds(each, facts) for each in tree["all"])
    if "any" in tree:
        return any(holds(each, facts) for each in tree["any"])
    if "not" in tree:
        return not holds(tree["not"], facts)
    return _compare(tree["is"], facts.get(tree["field"]), tree.get("value"))


def fields_in(tree: Mapping[str, Any]) -> set[str]:
    """The paths that a checked condition asks about."""
    if not tree:
        return set()
    inside = tree.get("all") or tree.get("any") or ([tree["not"]] if "not" in tree else [])
    return {tree["field"]} if "field" in tree else set().union(*(fields_in(each) for each in inside))


def _checked(tree: Any, field: str, *, deep: int, left: Iterator[int]) -> dict[str, Any]:
    if next(left, None) is None or deep > DEEPEST:
        raise Invalid(field, "condition_too_large", most=MOST, deepest=DEEPEST)
    if not isinstance(tree, Mapping):
        raise Invalid(field, "not_a_condition")
    for word in ("all", "any"):
        if set(tree) == {word}:
            if not isinstance(tree[word], list) or not tree[word]:
                raise Invalid(f"{field}.{word}", "not_a_list_of_conditions")
            inside = enumerate(tree[word])
            return {word: [_checked(each, f"{field}.{word}.{n}", deep=deep + 1, left=left) for n, each in inside]}
    if set(tree) == {"not"}:
        return {"not": _checked(tree["not"], f"{field}.not", deep=deep + 1, left=left)}
    if not {"field", "is"} <= set(tree) <= {"field", "is", "value"}:
        raise Invalid(field, "not_a_condition")
    return _comparison(tree, field)


def _comparison(tree: Mapping[str, Any], field: str) -> dict[str, Any]:
    path, comparison = tree["field"], tree["is"]
    known = FIELDS.get(path) if isinstance(path, str) else None
    if known is None:
        raise Invalid(f"{field}.field", "unknown_field")
    if comparison not in COMPARISONS[known.type]:
        raise Invalid(f"{field}.is", "unknown_comparison", known=", ".join(COMPARISONS[known.type]))
    if comparison in WITHOUT_VALUE:
        return {"field": path, "is": comparison}
    value = tree.get("value")
    if comparison in WITH_SEVERAL:
        if not isinstance(value, list) or not 1 <= len(value) <= MOST_VALUES:
            raise Invalid(f"{field}.value", "not_a_list_of_values", most=MOST_VALUES)
        value = [_value(known, each, f"{field}.value.{n}") for n, each in enumerate(value)]
    else:
        value = _value(known, value, f"{field}.value")
    return {"field": path, "is": comparison, "value": value}


def _value(known: Field, value: Any, field: str) -> Any:
    if known.type == "yes_no":
        if not isinstance(value, bool):
            raise Invalid(field, "not_yes_or_no")
        return value
    if known.type == "number":
        # A comparison with NaN is false, and infinity is larger than the largest.
        if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= LARGEST:
            raise Invalid(field, "not_a_number", most=LARGEST)
        return value
    if not isinstance(value, str) or not 1 <= len(value) <= LONGEST or not value.isprintable():
        raise Invalid(field, "not_a_word", most=LONGEST)
    if known.choices and value not in known.choices:
        raise Invalid(field, "not_choice", expected=", ".join(known.choices))
    return value


def _compare(comparison: str, known: Any, value: Any) -> bool:
    if comparison == "empty":
        return known is None or known in ("", [])
    if comparison == "not_empty":
        return not _compare("empty", known, value)
    return known is not None and _COMPARE[comparison](known, value)


_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "is": lambda known, value: bool(known == value),
    "is_not": lambda known, value: bool(known != value),
    "in": lambda known, value: known in value,
    "not_in": lambda known, value: known not in value,
    "less": lambda known, value: bool(known < value),
    "at_most": lambda known, value: bool(known <= value),
    "more": lambda known, value: bool(known > value),
    "at_least": lambda known, value: bool(known >= value),
    "contains": lambda known, value: _plain(value) in _plain(known),
    "not_contains": lambda known, value: _plain(value) not in _plain(known),
    "has": lambda known, value: value in known,
    "has_not": lambda known, value: value not in known,
    "has_any": lambda known, value: any(each in known for each in value),
}


def _plain(text: str) -> str:
    """Without accents and capitals: people write `remboursé`, `Rembourse` and `REMBOURSE`."""
    return unaccented(text.casefold()).replace("’", "'")
