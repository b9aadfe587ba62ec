"""A small company for rules to be asked of, drawn by chance; and what rules say of it, found the slow way."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.cases.model import Case
from crm_backend.catalogue.model import Product, Variant
from crm_backend.conversations.model import Conversation
from crm_backend.customers.model import Address, Customer, Identity
from crm_backend.customers.records import AttributeDefinition, AttributeValue, ConsentEvent, CustomerTag, Tag
from crm_backend.database import new_id
from crm_backend.notifications.model import ContactPreference
from crm_backend.orders.model import Order, OrderLine
from crm_backend.value.model import CustomerValue

NOW = datetime(2026, 6, 15, 12, tzinfo=UTC)
CATEGORIES, TAGS, STATUSES = ("bath", "bed", "table"), ("b2b", "fragile", "press"), ("delivered", "paid", "cancelled")
CHANNELS, PURPOSES = ("mail", "webchat"), ("offers", "marketing", "surveys", "profiling")


class Rows(list[Any]):
    """What is to be stored, each kind when what it belongs to is."""

    def add(self, row: Any) -> None:
        self.append(row)

    add_all = list.extend


@dataclass
class Person:
    """A customer as Python objects."""

    row: Customer
    value: CustomerValue | None
    orders: list[tuple[Order, list[str]]] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    countries: list[str] = field(default_factory=list)
    said: list[ConsentEvent] = field(default_factory=list)
    unasked: bool = True
    conversations: list[Conversation] = field(default_factory=list)
    cases: list[Case] = field(default_factory=list)
    attributes: dict[str, Any] = field(default_factory=dict)


def days_ago(chance: random.Random, most: int) -> datetime:
    return NOW - timedelta(days=chance.randrange(most), seconds=chance.randrange(1, 86_000))


async def company(session: AsyncSession, *, seed: int = 1, size: int = 30) -> list[Person]:
    """Customers with everything that rules ask about."""
    chance = random.Random(seed)
    shelf = {name: Product(names={"fr": name}, category=name, external_id=f"P-{name}") for name in CATEGORIES}
    variants = {name: Variant(product=product, price_minor=100, currency="EUR") for name, product in shelf.items()}
    words = {key: Tag(id=new_id(), name=key, key=key) for key in TAGS}
    kinds = {"size": "number", "club": "boolean", "born": "date", "job": "text", "tier": "choice"}
    own = {
        key: AttributeDefinition(
            id=new_id(), key=key, kind=kind, labels={"fr": key, "en": key}, choices=_choices() if key == "tier" else []
        )
        for key, kind in kinds.items()
    }
    session.add_all([*shelf.values(), *variants.values(), *words.values(), *own.values()])
    await session.flush()
    rows = Rows()
    people = [_person(rows, chance, number, variants=variants, words=words, own=own) for number in range(size)]
    for first in ((Customer,), (Identity, Order), (object,)):
        session.add_all(row for row in rows if isinstance(row, first))
        await session.flush()
    return people


def _choices() -> list[Any]:
    return [{"value": value, "labels": {}} for value in ("gold", "silver")]


def _person(
    rows: Rows,
    chance: random.Random,
    number: int,
    *,
    variants: dict[str, Variant],
    words: dict[str, Tag],
    own: dict[str, AttributeDefinition],
) -> Person:
    row = Customer(
        id=new_id(), first_name=f"C{number}", language=chance.choice(("fr", "en")), created_at=days_ago(chance, 900)
    )
    value = _value(chance, row.id) if chance.random() < 0.8 else None
    person = Person(row, value)
    rows.add_all([row, *([value] if value else [])])
    for place in range(chance.choice((0, 0, 1, 2, 5))):
        _order(rows, chance, person, f"{number}-{place}", variants)
    for key in chance.sample(TAGS, chance.randrange(3)):
        person.tags.append(key)
        rows.add(CustomerTag(customer_id=row.id, tag_id=words[key].id, actor="system"))
    for country in chance.sample(("FR", "GB", "BE"), chance.randrange(3)):
        person.countries.append(country)
        rows.add(Address(customer_id=row.id, line1="1 rue", country=country))
    for _ in range(chance.choice((0, 1, 3))):
        said = ConsentEvent(
            id=new_id(), customer_id=row.id, purpose=chance.choice(PURPOSES), channel=chance.choice(("", "mail")),
            given=chance.random() < 0.6, how="form", actor="system", at=days_ago(chance, 300),
        )  # fmt: skip
        person.said.append(said)
        rows.add(said)
    if chance.random() < 0.3:
        person.unasked = chance.random() < 0.5
        rows.add(ContactPreference(customer_id=row.id, unasked=person.unasked))
    _contacts(rows, chance, person, number)
    values = {"size": chance.choice((1, 2.5, 40)), "club": chance.random() < 0.5, "born": chance.choice(("1980-05-01",
              "2026-06-01")), "job": chance.choice(("Baker", "head baker", "%_\\")), "tier": chance.choice(("gold",
              "silver"))}  # fmt: skip
    for key in chance.sample(sorted(values), 3):
        person.attributes[key] = values[key]
        rows.add(AttributeValue(customer_id=row.id, definition_id=own[key].id, value=values[key]))
    return person


def _value(chance: random.Random, customer_id: UUID) -> CustomerValue:
    known = chance.random() < 0.7
    scores = {
        f"{name}_score": chance.randrange(1, 6) if known else None for name in ("recency", "frequency", "monetary")
    }
    return CustomerValue(
        customer_id=customer_id, currency=chance.choice(("EUR", "GBP")) if known else None, **scores,
        stage=chance.choice(("prospect", "new", "active", "lost", None)), stage_since=days_ago(chance, 400),
        first_order_at=days_ago(chance, 900) if known else None, last_order_at=days_ago(chance, 400) if known else None,
        leaving_risk=chance.random() if known else None, alive=chance.choice((None, 0.5)),
        expected_orders=chance.random() * 4 if known else None, vip_by_rule=chance.random() < 0.3,
        lifetime_value_minor=chance.randrange(0, 90_000) if known else None,
        vip_by_hand=chance.choice((None, None, True, False)), vip_note="",
    )  # fmt: skip


def _order(rows: Rows, chance: random.Random, person: Person, number: str, variants: Any) -> None:
    order = Order(
        id=new_id(), number=number, number_key=number, customer_id=person.row.id, status=chance.choice(STATUSES),
        placed_at=chance.choice((None, days_ago(chance, 30), days_ago(chance, 800), NOW + timedelta(days=1))),
        total_minor=chance.randrange(0, 90_000), currency=chance.choice(("EUR", "EUR", "GBP")),
    )  # fmt: skip
    categories = chance.sample(CATEGORIES, chance.randrange(3))
    rows.add(order)
    rows.add_all(
        OrderLine(order_id=order.id, position=at, variant_id=variants[name].id, names={}, unit_price_minor=1)
        for at, name in enumerate(categories)
    )
    person.orders.append((order, categories))


def _contacts(rows: Rows, chance: random.Random, person: Person, number: int) -> None:
    for place in range(chance.choice((0, 0, 1, 2))):
        identity = Identity(id=new_id(), customer_id=person.row.id, kind="email", value=f"{number}.{place}@example.com")
        talk = Conversation(
            id=new_id(), channel=chance.choice(CHANNELS), address="a", identity_id=identity.id,
            customer_id=person.row.id, last_message_at=days_ago(chance, 200),
        )  # fmt: skip
        rows.add_all([identity, talk])
        person.conversations.append(talk)
    for place in range(chance.choice((0, 0, 1, 2))):
        case = Case(
            id=new_id(), number=f"C-{number}-{place}", type_key=chance.choice(("complaint", "question")),
            subject="S", customer_id=person.row.id, status="new", stage=chance.choice(("active", "resolved", "closed")),
            team="support", opened_by="system",
        )  # fmt: skip
        rows.add(case)
        person.cases.append(case)
