"""Rules of segments as trees: read from JSON, checked with the place of what is wrong, and written back.

    {"all": [rule, …]}    {"any": [rule, …]}    {"not": rule}
    {"field": "stage", "op": "in", "value": ["new", "active"]}
    {"field": "spent", "op": "ge", "value": 50000, "currency": "EUR", "within_days": 365}

A condition on something unknown does not hold, whatever the operator but `unknown`; `not` turns yes into no and no into
yes, and there is no third.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from crm_backend.errors import Invalid
from crm_backend.segments.fields import Field
from crm_backend.segments.values import value_of

DEEPEST = 8
MOST_NODES = 100
LONGEST_WITHIN = 3_650
_LEAF = {"field", "op", "value", "currency", "within_days"}
_VALUELESS = ("known", "unknown")


@dataclass(frozen=True)
class Leaf:
    """One condition. `value` is what its operator takes: a plain value, a list, or nothing."""

    field: Field
    op: str
    value: Any = None
    currency: str | None = None
    within_days: int | None = None


@dataclass(frozen=True)
class All:
    rules: tuple[Rule, ...]


@dataclass(frozen=True)
class Any_:  # noqa: N801  `Any` is taken
    rules: tuple[Rule, ...]


@dataclass(frozen=True)
class Not:
    rule: Rule


Rule = Leaf | All | Any_ | Not


@dataclass
class _Reader:
    fields: Mapping[str, Field]
    nodes: int = 0
    barred: frozenset[str] = field(default_factory=frozenset)

    def read(self, given: object, path: str, depth: int) -> Rule:
        self.nodes += 1
        if self.nodes > MOST_NODES:
            raise Invalid(path, "too_many_conditions", most=MOST_NODES)
        if depth > DEEPEST:
            raise Invalid(path, "rules_too_deep", most=DEEPEST)
        if not isinstance(given, dict):
            raise Invalid(path, "not_a_rule")
        if "field" in given:
            return self._leaf(given, path)
        if len(given) != 1 or next(iter(given)) not in ("all", "any", "not"):
            raise Invalid(path, "not_a_rule")
        word, inner = next(iter(given.items()))
        if word == "not":
            return Not(self.read(inner, f"{path}.not", depth + 1))
        if not isinstance(inner, list) or not inner:
            raise Invalid(f"{path}.{word}", "no_conditions")
        rules = tuple(self.read(each, f"{path}.{word}.{at}", depth + 1) for at, each in enumerate(inner))
        return All(rules) if word == "all" else Any_(rules)

    def _leaf(self, given: dict[Any, Any], path: str) -> Leaf:
        for key in given:
            if key not in _LEAF:
                raise Invalid(f"{path}.{str(key)[:40]}", "unknown_key")
        name = given["field"]
        found = self.fields.get(name) if isinstance(name, str) else None
        if found is None or found.name in self.barred:
            raise Invalid(f"{path}.field", "field_not_asked")
        op = given.get("op")
        if not isinstance(op, str) or op not in found.operators:
            raise Invalid(f"{path}.op", "unknown_operator", operators=", ".join(found.operators))
        if op in _VALUELESS:
            if given.get("value") is not None:
                raise Invalid(f"{path}.value", "value_not_wanted")
            value = None
        else:
            value = value_of(found, op, given.get("value"), f"{path}.value")
        return Leaf(
            found, op, value, self._currency(found, given.get("currency"), path), self._within(found, given, path)
        )

    def _currency(self, found: Field, given: object, path: str) -> str | None:
        if found.kind != "money":
            if given is not None:
                raise Invalid(f"{path}.currency", "currency_not_wanted")
            return None
        if not (isinstance(given, str) and len(given) == 3 and given.isascii() and given.isupper()):
            raise Invalid(f"{path}.currency", "currency_needed")
        return given

    def _within(self, found: Field, given: dict[Any, Any], path: str) -> int | None:
        days = given.get("within_days")
        if days is None:
            return None
        if not found.within:
            raise Invalid(f"{path}.within_days", "within_not_wanted")
        if type(days) is not int or not 1 <= days <= LONGEST_WITHIN:
            raise Invalid(f"{path}.within_days", "value_out_of_range", least=1, most=LONGEST_WITHIN)
        return days


def read(
    given: object, fields: Mapping[str, Field], *, path: str = "rule", barred: frozenset[str] = frozenset()
) -> Rule:
    """The rule that JSON describes, `fields` being what may be asked about by name, but for those `barred`.

    Raises Invalid with the place of the first thing that is wrong (`rule.all.0.value`).
    """
    return _Reader(fields, barred=barred).read(given, path, 1)


def written(rule: Rule, *, kept: bool = False) -> dict[str, Any]:
    """The rule as JSON: as people write it, or as it is `kept`, which the renaming of an attribute does not change."""
    if isinstance(rule, All):
        return {"all": [written(each, kept=kept) for each in rule.rules]}
    if isinstance(rule, Any_):
        return {"any": [written(each, kept=kept) for each in rule.rules]}
    if isinstance(rule, Not):
        return {"not": written(rule.rule, kept=kept)}
    leaf: dict[str, Any] = {"field": rule.field.kept if kept else rule.field.name, "op": rule.op}
    if rule.value is not None:
        leaf["value"] = rule.value
    if rule.currency is not None:
        leaf["currency"] = rule.currency
    if rule.within_days is not None:
        leaf["within_days"] = rule.within_days
    return leaf
