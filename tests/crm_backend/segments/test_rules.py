"""Rules of segments: what the database makes of them is what they say; what is wrong in them is named."""

from __future__ import annotations

import random
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.customers.model import Customer
from crm_backend.errors import Invalid
from crm_backend.segments import rules
from crm_backend.segments.fields import Field
from crm_backend.segments.services import fields
from crm_backend.segments.sql import Scope, condition, customers
from tests.crm_backend.segments import slow
from tests.crm_backend.segments.people import CATEGORIES, CHANNELS, NOW, TAGS, company

RULES = 120
WORDS = {
    "tags": [*TAGS, "no such"],
    "bought_categories": list(CATEGORIES),
    "bought_products": [f"P-{name}" for name in CATEGORIES],
    "countries": ["FR", "GB", "BE"],
    "channels": list(CHANNELS),
    "consents": ["offers", "marketing", "offers:mail", "surveys:mail", "profiling"],
    "open_case_types": ["complaint", "question"],
    "currency": ["EUR", "GBP", "eur"],
    "attribute.job": ["Baker", "baker", "%", "_", "é"],
}
DATES = ["1980-05-01", "2025-06-01", "2026-06-01", "2026-06-15"]


def value(chance: random.Random, field: Field, op: str) -> Any:
    def one() -> Any:
        if field.kind == "number":
            return chance.choice((0, 1, 2, 2.5, 3, 0.4))
        if field.kind == "money":
            return chance.choice((0, 5_000, 40_000))
        if field.kind == "boolean":
            return chance.random() < 0.5
        if field.kind == "date":
            return chance.choice(DATES)
        return chance.choice(field.choices or WORDS[field.name])

    if op in ("in", "not_in", "any_of", "all_of", "none_of"):
        return [one() for _ in range(chance.randrange(1, 4))]
    if op == "between":
        return sorted([one(), one()])
    if op.endswith("in_last_days"):
        return chance.choice((1, 14, 30, 200, 700))
    return one()


def drawn(chance: random.Random, known: list[Field], depth: int = 0) -> dict[str, Any]:
    if depth < 3 and chance.random() < 0.4:
        word = chance.choice(("all", "any", "not"))
        if word == "not":
            return {"not": drawn(chance, known, depth + 1)}
        return {word: [drawn(chance, known, depth + 1) for _ in range(chance.randrange(1, 4))]}
    field = chance.choice(known)
    op = chance.choice(field.operators)
    leaf: dict[str, Any] = {"field": chance.choice((field.name, field.kept)), "op": op}
    if op not in ("known", "unknown"):
        leaf["value"] = value(chance, field, op)
    if field.kind == "money":
        leaf["currency"] = chance.choice(("EUR", "GBP"))
    if field.within and chance.random() < 0.6:
        leaf["within_days"] = chance.choice((7, 40, 900))
    return leaf


async def test_the_database_finds_whom_a_rule_describes(crm: AsyncSession) -> None:
    """Against an evaluator that asks each person in Python: every field, every operator, trees of both."""
    people = await company(crm)
    known = await fields(crm)
    plain = list({field.name: field for field in known.values()}.values())
    chance, seen = random.Random(7), set()
    for number in range(RULES):
        # Each field is asked at the top now and then, so that none hides in a tree.
        given = drawn(chance, [plain[number % len(plain)]] if number % 2 else plain, depth=3 if number % 2 else 0)
        rule = rules.read(given, known)
        right = {person.row.id for person in people if slow.holds(rule, person)}
        found = set(await crm.scalars(customers().where(condition(rule, Scope(NOW)))))
        assert found == right, given
        one = chance.choice(people).row.id
        asked = customers().where(condition(rule, Scope(NOW, [one])), Customer.id == one)
        assert set(await crm.scalars(asked)) == right & {one}, given
        again = rules.read(rules.written(rule, kept=True), known)
        assert again == rule and rules.read(rules.written(rule), known) == rule
        seen.add(0 < len(right) < len(people))
    assert seen == {True, False}


@pytest.mark.parametrize(
    ("given", "place", "reason"),
    [
        (None, "rule", "not_a_rule"),
        ([], "rule", "not_a_rule"),
        ({}, "rule", "not_a_rule"),
        ({"all": [], "any": []}, "rule", "not_a_rule"),
        ({"all": []}, "rule.all", "no_conditions"),
        ({"any": {"field": "vip"}}, "rule.any", "no_conditions"),
        ({"all": [{"not": 3}]}, "rule.all.0.not", "not_a_rule"),
        ({"field": "password_hash", "op": "is", "value": "x"}, "rule.field", "field_not_asked"),
        ({"field": ["vip"], "op": "is", "value": True}, "rule.field", "field_not_asked"),
        ({"field": "vip", "op": "; drop table", "value": True}, "rule.op", "unknown_operator"),
        ({"field": "vip", "op": ["is"], "value": True}, "rule.op", "unknown_operator"),
        ({"field": "vip", "op": "is", "value": 1}, "rule.value", "yes_or_no_needed"),
        ({"field": "vip", "op": "is", "value": True, "sql": "1=1"}, "rule.sql", "unknown_key"),
        ({"field": "orders", "op": "known"}, "rule.op", "unknown_operator"),
        ({"field": "orders", "op": "ge", "value": "3"}, "rule.value", "number_needed"),
        ({"field": "orders", "op": "ge", "value": True}, "rule.value", "number_needed"),
        ({"field": "orders", "op": "ge", "value": float("nan")}, "rule.value", "value_out_of_range"),
        ({"field": "orders", "op": "ge", "value": 10**30}, "rule.value", "value_out_of_range"),
        ({"field": "orders", "op": "ge", "value": 1, "within_days": 0}, "rule.within_days", "value_out_of_range"),
        ({"field": "vip", "op": "is", "value": True, "within_days": 3}, "rule.within_days", "within_not_wanted"),
        ({"field": "orders", "op": "between", "value": [3, 1]}, "rule.value", "wrong_order"),
        ({"field": "orders", "op": "between", "value": [3]}, "rule.value", "two_values_needed"),
        ({"field": "spent", "op": "ge", "value": 100}, "rule.currency", "currency_needed"),
        ({"field": "spent", "op": "ge", "value": 1.5, "currency": "EUR"}, "rule.value", "whole_number_needed"),
        ({"field": "spent", "op": "ge", "value": -1, "currency": "EUR"}, "rule.value", "value_out_of_range"),
        ({"field": "orders", "op": "ge", "value": 1, "currency": "EUR"}, "rule.currency", "currency_not_wanted"),
        ({"field": "stage", "op": "in", "value": ["new", "old"]}, "rule.value.1", "not_choice"),
        ({"field": "stage", "op": "in", "value": []}, "rule.value", "list_needed"),
        ({"field": "stage", "op": "unknown", "value": "new"}, "rule.value", "value_not_wanted"),
        ({"field": "tags", "op": "any_of", "value": ["a"] * 201}, "rule.value", "too_many_values"),
        ({"field": "tags", "op": "any_of", "value": ["a\0b"]}, "rule.value.0", "text_unprintable"),
        ({"field": "tags", "op": "any_of", "value": ["a" * 201]}, "rule.value.0", "longer_than"),
        ({"field": "last_order", "op": "after", "value": "2026-02-30"}, "rule.value", "date_needed"),
        ({"field": "last_order", "op": "after", "value": "0001-01-01"}, "rule.value", "value_out_of_range"),
        ({"field": "last_order", "op": "in_last_days", "value": 10**9}, "rule.value", "value_out_of_range"),
        ({"field": "attribute.none", "op": "is", "value": "x"}, "rule.field", "field_not_asked"),
    ],
)
async def test_what_is_wrong_in_a_rule_is_named_with_its_place(
    crm: AsyncSession, given: Any, place: str, reason: str
) -> None:
    known = await fields(crm)
    with pytest.raises(Invalid) as raised:
        rules.read(given, known)
    assert (raised.value.field, raised.value.reason) == (place, reason)


async def test_rules_without_end_are_refused(crm: AsyncSession) -> None:
    known = await fields(crm)
    deep: Any = {"field": "vip", "op": "is", "value": True}
    wide = {"all": [deep] * 100}
    for _ in range(5_000):
        deep = {"not": deep}
    for given, reason in ((deep, "rules_too_deep"), (wide, "too_many_conditions")):
        with pytest.raises(Invalid) as raised:
            rules.read(given, known)
        assert raised.value.reason == reason
