"""What a rule says of one person, written so plainly that it is right."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from crm_backend.segments.rules import All, Any_, Leaf, Not, Rule
from tests.crm_backend.segments.people import NOW, Person

COLUMNS = {
    "recency_score": "recency_score",
    "frequency_score": "frequency_score",
    "monetary_score": "monetary_score",
    "stage": "stage",
    "stage_since": "stage_since",
    "leaving_risk": "leaving_risk",
    "alive": "alive",
    "expected_orders": "expected_orders",
    "first_order": "first_order_at",
    "last_order": "last_order_at",
    "currency": "currency",
}


PROFILED = {"recency_score", "frequency_score", "monetary_score", "stage", "stage_since", "leaving_risk", "alive",
            "expected_orders", "lifetime_value"}  # fmt: skip
UNTIL_REFUSED = {"surveys", "profiling"}


def holds(rule: Rule, person: Person) -> bool:
    return _holds(rule, person) and not (_names(rule) & PROFILED and "profiling" not in _consents(person))


def _names(rule: Rule) -> set[str]:
    if isinstance(rule, Leaf):
        return {rule.field.name}
    return _names(rule.rule) if isinstance(rule, Not) else set().union(*(_names(each) for each in rule.rules))


def _holds(rule: Rule, person: Person) -> bool:
    if isinstance(rule, All):
        return all(_holds(each, person) for each in rule.rules)
    if isinstance(rule, Any_):
        return any(_holds(each, person) for each in rule.rules)
    if isinstance(rule, Not):
        return not _holds(rule.rule, person)
    found = asked(rule, person)
    if rule.field.kind == "set":
        return _of_set(rule, set(found))
    if rule.op in ("known", "unknown"):
        return (found is not None) == (rule.op == "known")
    return found is not None and _stands(rule, found)


def asked(leaf: Leaf, person: Person) -> Any:
    """What is known of the person: a value, None, or all values of a set."""
    name = leaf.field.name
    if name in COLUMNS:
        return getattr(person.value, COLUMNS[name]) if person.value else None
    if name == "vip":
        return bool(person.value and person.value.vip)
    if name == "lifetime_value":
        mine = person.value and person.value.currency == leaf.currency
        return person.value.lifetime_value_minor if mine and person.value else None
    if name.startswith("attribute."):
        return person.attributes.get(name.removeprefix("attribute."))
    plain = {"language": person.row.language, "customer_since": person.row.created_at, "tags": person.tags,
             "countries": person.countries}  # fmt: skip
    return plain[name] if name in plain else _of_rows(leaf, name, person)


def _of_rows(leaf: Leaf, name: str, person: Person) -> Any:
    def recent(at: datetime) -> bool:
        return at <= NOW and (leaf.within_days is None or at > NOW - timedelta(days=leaf.within_days))

    orders = [
        (order, categories)
        for order, categories in person.orders
        if order.status != "cancelled" and order.placed_at is not None and recent(order.placed_at)
    ]
    still_open = [case for case in person.cases if case.stage not in ("resolved", "closed")]
    if name == "orders":
        return len(orders)
    if name == "spent":
        return sum(order.total_minor for order, _ in orders if order.currency == leaf.currency)
    if name in ("bought_categories", "bought_products"):
        bought = [category for _, categories in orders for category in categories]
        return bought if name == "bought_categories" else [f"P-{category}" for category in bought]
    if name == "open_cases":
        return len(still_open)
    if name == "open_case_types":
        return [case.type_key for case in still_open]
    if name == "channels":
        return [talk.channel for talk in person.conversations if recent(talk.last_message_at)]
    if name == "last_contact":
        return max((talk.last_message_at for talk in person.conversations), default=None)
    assert name == "consents"
    return _consents(person)


def _consents(person: Person) -> list[str]:
    spoken = {said.purpose for said in person.said if not said.channel}
    silent = set() if person.unasked else {"surveys"}
    found = sorted(UNTIL_REFUSED - spoken - silent)
    for purpose, channel in {(said.purpose, said.channel) for said in person.said}:
        of_it = [said for said in person.said if said.purpose == purpose and said.channel in ("", channel)]
        last = max(of_it, key=lambda said: (said.at, said.id))
        if last.given and (person.unasked or purpose in ("offers", "profiling")):
            found.append(f"{purpose}:{channel}" if channel else purpose)
    return found


def _of_set(leaf: Leaf, found: set[str]) -> bool:
    if leaf.op in ("known", "unknown"):
        return bool(found) == (leaf.op == "known")
    wanted = set(leaf.value)
    return {"any_of": bool(wanted & found), "all_of": wanted <= found, "none_of": not wanted & found}[leaf.op]


def _stands(leaf: Leaf, found: Any) -> bool:
    op, given = leaf.op, leaf.value
    if leaf.field.kind == "date":
        return _on_days(op, given, found)
    if op in ("in", "not_in"):
        return (found in given) == (op == "in")
    if op == "between":
        return given[0] <= found <= given[1]
    if op in ("contains", "starts_with"):
        text, wanted = found.lower(), given.lower()
        return wanted in text if op == "contains" else text.startswith(wanted)
    return {
        "eq": lambda: found == given,
        "is": lambda: found == given,
        "ne": lambda: found != given,
        "is_not": lambda: found != given,
        "lt": lambda: found < given,
        "le": lambda: found <= given,
        "gt": lambda: found > given,
        "ge": lambda: found >= given,
    }[op]()


def _on_days(op: str, given: Any, found: Any) -> bool:
    if isinstance(found, str):
        day = date.fromisoformat(found)
        if op in ("in_last_days", "not_in_last_days"):
            edge = (NOW - timedelta(days=given)).date()
            return edge < day <= NOW.date() if op == "in_last_days" else day <= edge
    else:
        if op in ("in_last_days", "not_in_last_days"):
            since = NOW - timedelta(days=given)
            return since < found <= NOW if op == "in_last_days" else found <= since
        day = found.astimezone(UTC).date()
    if op == "between":
        return date.fromisoformat(given[0]) <= day <= date.fromisoformat(given[1])
    return day < date.fromisoformat(given) if op == "before" else day > date.fromisoformat(given)
