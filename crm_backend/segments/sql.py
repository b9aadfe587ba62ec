"""Rules of segments as one condition in SQL, on customers beside their figures. Values go as parameters only."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ColumnElement, Select, Text, and_, false, func, literal, not_, or_, select, true
from sqlalchemy.types import TypeEngine

from crm_backend.customers.consents import PROFILING, objectors
from crm_backend.customers.model import Customer
from crm_backend.segments.fields import Column, Rows, Tally
from crm_backend.segments.rules import All, Any_, Leaf, Not, Rule
from crm_backend.value.model import CustomerValue

Condition = ColumnElement[bool]
_DAY = timedelta(days=1)
_PLAIN: dict[str, Callable[[Any, Any], Any]] = {
    "eq": operator.eq,
    "is": operator.eq,
    "ne": operator.ne,
    "is_not": operator.ne,
    "lt": operator.lt,
    "le": operator.le,
    "gt": operator.gt,
    "ge": operator.ge,
}


@dataclass(frozen=True)
class Scope:
    """When a rule is asked, and of whom: `ids` are the only customers that the answer is needed for, None all."""

    now: datetime
    ids: Sequence[UUID] | None = None


def customers(*columns: Any) -> Select[Any]:
    """What a condition stands on: customers with their figures, if there are any yet."""
    chosen = columns or (Customer.id,)
    return select(*chosen).select_from(Customer).outerjoin(CustomerValue, CustomerValue.customer_id == Customer.id)


def condition(rule: Rule, scope: Scope) -> Condition:
    """The condition that holds for the customers whom the rule describes; unknown counts as no.

    A rule about what is concluded of customers leaves out who objected to it, also where it asks for the contrary.
    """
    holds = _condition(rule, scope)
    if not profiles(rule):
        return holds
    return and_(holds, Customer.id.not_in(objectors(PROFILING, among=scope.ids)))


def profiles(rule: Rule) -> bool:
    """Whether a rule asks about anything that is concluded of customers."""
    if isinstance(rule, Leaf):
        return rule.field.profiled
    return profiles(rule.rule) if isinstance(rule, Not) else any(profiles(each) for each in rule.rules)


def _condition(rule: Rule, scope: Scope) -> Condition:
    if isinstance(rule, All):
        return and_(true(), *(_condition(each, scope) for each in rule.rules))
    if isinstance(rule, Any_):
        return or_(false(), *(_condition(each, scope) for each in rule.rules))
    if isinstance(rule, Not):
        # Null is neither; `and` and `or` of it are as of false, but its opposite would be null again.
        return not_(func.coalesce(_condition(rule.rule, scope), False))
    return _leaf(rule, scope)


def _leaf(leaf: Leaf, scope: Scope) -> Condition:
    source = leaf.field.source
    if isinstance(source, Column):
        return _column(leaf, source, scope)
    if isinstance(source, Tally):
        return _tally(leaf, source, scope)
    if leaf.field.kind == "set":
        return _set(leaf, source, scope)
    if leaf.op == "unknown":
        return Customer.id.not_in(_of(source, leaf, scope))
    known = source.value.is_not(None) if leaf.op == "known" else compared(leaf, source.value, scope.now)
    return Customer.id.in_(_of(source, leaf, scope).where(known))


def _column(leaf: Leaf, source: Column, scope: Scope) -> Condition:
    value = source.value
    held: Condition = (
        value.is_not(None) if source.currency is None else and_(value.is_not(None), source.currency == leaf.currency)
    )
    if leaf.op == "known":
        return held
    if leaf.op == "unknown":
        return not_(func.coalesce(held, False))
    return and_(held, compared(leaf, value, scope.now))


def _tally(leaf: Leaf, source: Tally, scope: Scope) -> Condition:
    rows = _of(source.rows, leaf, scope).group_by(source.rows.owner)
    value = source.rows.value
    if leaf.op in ("known", "unknown"):
        return Customer.id.in_(rows) if leaf.op == "known" else Customer.id.not_in(rows)
    holds = compared(leaf, value, scope.now)
    if source.empty is not None and _holds_for(leaf, source.empty):
        # Who has no rows is meant too: all but those for whom it does not hold.
        return Customer.id.not_in(rows.having(not_(holds)))
    return Customer.id.in_(rows.having(holds))


def _set(leaf: Leaf, source: Rows, scope: Scope) -> Condition:
    def having(values: list[str]) -> Select[Any]:
        return _of(source, leaf, scope).where(source.value.in_(values))

    if leaf.op == "any_of":
        return Customer.id.in_(having(leaf.value))
    if leaf.op == "none_of":
        return Customer.id.not_in(having(leaf.value))
    if leaf.op == "all_of":
        return and_(true(), *(Customer.id.in_(having([value])) for value in leaf.value))
    some = _of(source, leaf, scope).where(source.value.is_not(None))
    return Customer.id.in_(some) if leaf.op == "known" else Customer.id.not_in(some)


def _of(source: Rows, leaf: Leaf, scope: Scope) -> Select[Any]:
    """The owners of the rows that a leaf is about."""
    query = source.query()
    if source.at is not None:
        query = query.where(source.at <= scope.now)
        if leaf.within_days is not None:
            query = query.where(source.at > scope.now - timedelta(days=leaf.within_days))
    if source.currency is not None:
        query = query.where(source.currency == leaf.currency)
    if scope.ids is not None:
        query = query.where(source.owner == func.any(list(scope.ids)))
    return query


def compared(leaf: Leaf, value: Any, now: datetime) -> Condition:
    """Whether the value stands to that of the leaf as its operator says."""
    op, given = leaf.op, leaf.value
    if leaf.field.kind == "date":
        return _on_days(op, given, value, now)
    if leaf.field.kind == "number":
        given = [_number(each) for each in given] if isinstance(given, list) else _number(given)
    if op in ("in", "not_in"):
        found: Condition = value.in_(given)
        return found if op == "in" else not_(found)
    if op == "between":
        return and_(value >= given[0], value <= given[1])
    if op == "contains":
        held: Condition = func.strpos(func.lower(value), func.lower(given)) > 0
        return held
    if op == "starts_with":
        return func.starts_with(func.lower(value), func.lower(given))
    plain: Condition = _PLAIN[op](value, given)
    return plain


def _number(given: float) -> Any:
    """As wide as rules may have it: the driver refuses what is beyond the column that it is compared with."""
    return literal(given, BigInteger) if isinstance(given, int) else given


def _on_days(op: str, given: Any, value: Any, now: datetime) -> Condition:
    """Days are those of UTC. A date that has no time of day is compared as it is written, which ISO 8601 allows."""
    kind: TypeEngine[Any] = value.type
    written = isinstance(kind, Text)

    def begins(day: date) -> Any:
        return literal(day.isoformat()) if written else literal(datetime.combine(day, time(), UTC))

    if op in ("in_last_days", "not_in_last_days"):
        since = now - timedelta(days=given)
        edge = literal(since.date().isoformat()) if written else literal(since)
        last = literal(now.date().isoformat()) if written else literal(now)
        recent: Condition = and_(value > edge, value <= last) if op == "in_last_days" else value <= edge
        return recent
    if op == "between":
        return and_(value >= begins(date.fromisoformat(given[0])), value < begins(_next(given[1])))
    found: Condition = value < begins(date.fromisoformat(given)) if op == "before" else value >= begins(_next(given))
    return found


def _next(day: str) -> date:
    return date.fromisoformat(day) + _DAY


def _holds_for(leaf: Leaf, number: int) -> bool:
    given = leaf.value
    if leaf.op == "between":
        return bool(given[0] <= number <= given[1])
    return bool(_PLAIN[leaf.op](number, given))
