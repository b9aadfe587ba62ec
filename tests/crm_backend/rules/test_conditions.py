"""Conditions of rules: what holds, and what is refused."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_backend.errors import Invalid
from crm_backend.rules import conditions
from crm_backend.rules.actions import checked as checked_actions

FACTS = {
    "case.priority": "high",
    "case.tags": ["vip"],
    "case.age_hours": 5.5,
    "customer.known": True,
    "message.text": "Je veux être REMBOURSÉ d’ici demain",
}


def leaf(field: str, comparison: str, value: Any = None) -> dict[str, Any]:
    return {"field": field, "is": comparison} | ({} if value is None else {"value": value})


@pytest.mark.parametrize(
    ("tree", "expected"),
    [
        ({}, True),
        (leaf("case.priority", "is", "high"), True),
        (leaf("case.priority", "in", ["low", "high"]), True),
        (leaf("case.priority", "not_in", ["low", "high"]), False),
        (leaf("case.tags", "has", "vip"), True),
        (leaf("case.tags", "has_any", ["a", "vip"]), True),
        (leaf("case.tags", "empty"), False),
        (leaf("case.age_hours", "at_least", 5), True),
        (leaf("case.age_hours", "less", 5), False),
        (leaf("customer.known", "is", True), True),
        (leaf("message.text", "contains", "rembourse"), True),
        (leaf("message.text", "contains", "d'ici"), True),
        (leaf("message.text", "not_contains", "facture"), True),
        (leaf("order.status", "is", "shipped"), False),
        (leaf("order.status", "is_not", "shipped"), False),
        (leaf("order.status", "empty"), True),
        ({"all": [leaf("case.priority", "is", "high"), leaf("case.tags", "has", "x")]}, False),
        ({"any": [leaf("case.priority", "is", "high"), leaf("case.tags", "has", "x")]}, True),
        ({"not": {"all": [leaf("case.tags", "has", "vip"), leaf("customer.known", "is", True)]}}, False),
    ],
)
def test_what_holds(tree: dict[str, Any], expected: bool) -> None:
    assert conditions.holds(conditions.checked(tree), FACTS) is expected


def deep(levels: int) -> dict[str, Any]:
    tree = leaf("case.priority", "is", "high")
    for _ in range(levels):
        tree = {"not": tree}
    return tree


@pytest.mark.parametrize(
    ("tree", "field"),
    [
        ({"all": [leaf("case.priority", "is", "high"), leaf("case.moon", "is", "x")]}, "condition.all.1.field"),
        ({"any": []}, "condition.any"),
        ({"not": 3}, "condition.not"),
        (leaf("case.priority", "contains", "h"), "condition.is"),
        (leaf("case.priority", "is", "extreme"), "condition.value"),
        (leaf("case.team", "is", "a\0b"), "condition.value"),
        (leaf("case.age_hours", "less", "5"), "condition.value"),
        (leaf("case.age_hours", "less", float("nan")), "condition.value"),
        (leaf("case.age_hours", "less", 10**30), "condition.value"),
        (leaf("customer.known", "is", 1), "condition.value"),
        (leaf("case.tags", "has_any", []), "condition.value"),
        (leaf("case.tags", "has_any", ["ok", 5]), "condition.value.1"),
        ({"field": ["case.team"], "is": "is", "value": "x"}, "condition.field"),
        ({"field": "case.team", "is": "is", "value": "x", "or": 1}, "condition"),
        (deep(9), "condition" + ".not" * 9),
        ({"any": [leaf("case.team", "empty")] * 101}, "condition.any.99"),
        ("true", "condition"),
    ],
)
def test_what_is_refused_says_where(tree: Any, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        conditions.checked(tree)
    assert refused.value.field == field


BOTH = {"fr": "Bonjour", "en": "Hello"}


@pytest.mark.parametrize(
    ("actions", "field"),
    [
        ([], "actions"),
        ("assign", "actions"),
        ([{"do": "explode"}], "actions.0.do"),
        ([{"do": ["assign"]}], "actions.0.do"),
        ([{"do": "assign"}], "actions.0.team"),
        ([{"do": "assign", "agent_id": "me"}], "actions.0.agent_id"),
        ([{"do": "add_tag", "tag": "x"}, {"do": "add_tag"}], "actions.1.tag"),
        ([{"do": "reply", "texts": {"fr": "Bonjour"}}], "actions.0.texts"),
        ([{"do": "reply", "texts": BOTH | {"en": "Hi {email}"}}], "actions.0.texts.en"),
        ([{"do": "reply", "texts": BOTH | {"en": "a\ud800"}}], "actions.0.texts.en"),
        ([{"do": "notify", "whom": "everybody", "texts": BOTH}], "actions.0.whom"),
        ([{"do": "set", "field": "status", "value": "x"}], "actions.0.field"),
        ([{"do": "set", "field": "urgency", "value": "x"}], "actions.0.value"),
        ([{"do": "raise_priority", "to": "x"}], "actions.0.to"),
    ],
)
def test_actions_that_make_no_sense_are_refused(actions: Any, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        checked_actions(actions)
    assert refused.value.field == field


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(["case.team", "is", "all"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["all", "any", "not", "field", "is", "value", "do", "texts"]), inner, max_size=4
        )
    ),
    max_leaves=12,
)


@given(anything)
def test_whatever_comes_is_taken_or_refused_with_its_field(tree: Any) -> None:
    for check in (conditions.checked, checked_actions):
        with contextlib.suppress(Invalid):
            check(tree)
