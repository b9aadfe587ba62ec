"""What rules of segments may ask about: each field with its kind, and where the database has it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import (
    ColumnElement,
    Numeric,
    Select,
    String,
    Text,
    and_,
    case,
    cast,
    exists,
    func,
    literal_column,
    select,
    union_all,
)

from crm_backend.cases.model import Case
from crm_backend.catalogue.model import Product, Variant
from crm_backend.conversations.model import Conversation
from crm_backend.customers.consents import NOTICES, PURPOSES
from crm_backend.customers.model import Address, Customer
from crm_backend.customers.records import AttributeDefinition, AttributeValue, ConsentEvent, CustomerTag, Tag
from crm_backend.notifications.model import ContactPreference
from crm_backend.orders.model import Order, OrderLine
from crm_backend.value.model import NOT_COUNTED, STAGES, CustomerValue

Kind = Literal["number", "money", "text", "choice", "boolean", "date", "set"]
_KNOWN = ("known", "unknown")
_NUMBER = ("eq", "ne", "lt", "le", "gt", "ge", "between")
_CHOICE = ("is", "is_not", "in", "not_in")
_OPERATORS: dict[Kind, tuple[str, ...]] = {
    "number": _NUMBER,
    "money": _NUMBER,
    "choice": _CHOICE,
    "text": (*_CHOICE, "contains", "starts_with"),
    "boolean": ("is",),
    "date": ("before", "after", "between", "in_last_days", "not_in_last_days"),
    "set": ("any_of", "all_of", "none_of", *_KNOWN),
}


@dataclass(frozen=True)
class Column:
    """A value that stands beside the customer: a column of theirs or of their figures."""

    value: Any
    currency: Any = None
    """Of an amount: the column with the currency it is in."""


@dataclass(frozen=True)
class Rows:
    """Rows of the customer's, `owner` being the column that says whose: `value` is of each row, `at` its instant."""

    owner: Any
    query: Callable[[], Select[Any]]
    value: Any
    at: Any = None
    currency: Any = None


@dataclass(frozen=True)
class Tally:
    """Something added up over the customer's rows. Without rows it is `empty`: zero, or unknown."""

    rows: Rows
    empty: int | None = 0


@dataclass(frozen=True)
class Field:
    """Something that a rule asks about. `kept` is how a stored rule names it, `within` says that it takes
    `within_days`."""

    name: str
    kind: Kind
    labels: dict[str, str]
    source: Column | Rows | Tally
    choices: tuple[str, ...] = ()
    within: bool = False
    kept: str = ""
    always: bool = False
    """It is never unknown."""
    profiled: bool = False
    """It is a conclusion about the customer (`crm_backend/value/objections.py`)."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "kept", self.kept or self.name)

    @property
    def operators(self) -> tuple[str, ...]:
        """The operators that it may be asked with."""
        own = _OPERATORS[self.kind]
        return own if self.always or self.kind == "set" else (*own, *_KNOWN)


def _counted() -> Select[Any]:
    return select(Order.customer_id).where(Order.status.not_in(NOT_COUNTED), Order.placed_at.is_not(None))


def _lines() -> Select[Any]:
    return (
        _counted()
        .join(OrderLine, OrderLine.order_id == Order.id)
        .join(Variant, Variant.id == OrderLine.variant_id)
        .join(Product, Product.id == Variant.product_id)
    )


def _consents() -> Rows:
    """What holds, as `consents.allowed` has it: `offers`, or `offers:mail` for a channel of which they spoke. News of
    orders are not among them."""
    spoken = select(ConsentEvent.customer_id, ConsentEvent.purpose, ConsentEvent.channel).distinct().subquery("spoken")
    key = (spoken.c.customer_id, spoken.c.purpose, spoken.c.channel)
    last = (
        select(*key, ConsentEvent.given)
        .join(
            ConsentEvent,
            and_(
                ConsentEvent.customer_id == spoken.c.customer_id,
                ConsentEvent.purpose == spoken.c.purpose,
                ConsentEvent.channel.in_(("", spoken.c.channel)),
            ),
        )
        .distinct(*key)
        .order_by(*key, ConsentEvent.at.desc(), ConsentEvent.id.desc())
        .subquery("last_consent")
    )
    word = last.c.purpose + case((last.c.channel == "", ""), else_=":" + last.c.channel)
    said = select(last.c.customer_id, last.c.purpose, word.label("word")).where(last.c.given, last.c.purpose != NOTICES)
    found = union_all(said, *(_unspoken(name) for name in PURPOSES if PURPOSES[name].default and name != NOTICES))
    holding = found.subquery("consents")
    silenced = exists().where(
        ContactPreference.customer_id == holding.c.customer_id, ContactPreference.unasked.is_(False)
    )
    held = holding.c.purpose.not_in(name for name, kind in PURPOSES.items() if kind.sent_unasked) | ~silenced
    return Rows(holding.c.customer_id, lambda: select(holding.c.customer_id).where(held), holding.c.word)


def _unspoken(purpose: str) -> Select[Any]:
    """Everybody who never spoke of a purpose that is pursued until they object."""
    spoke = exists().where(
        ConsentEvent.customer_id == Customer.id, ConsentEvent.purpose == purpose, ConsentEvent.channel == ""
    )
    name = literal_column(f"'{purpose}'", String)
    return select(Customer.id, name.label("purpose"), name.label("word")).where(~spoke)


def _open_cases() -> Select[Any]:
    return select(Case.customer_id).where(Case.customer_id.is_not(None), Case.stage.not_in(("resolved", "closed")))


def _conversations() -> Select[Any]:
    return select(Conversation.customer_id).where(Conversation.customer_id.is_not(None))


def _addresses() -> Select[Any]:
    return select(Address.customer_id).where(Address.country != "")


def _tags() -> Select[Any]:
    return select(CustomerTag.customer_id).join(Tag, Tag.id == CustomerTag.tag_id)


V = CustomerValue
_ORDERS = Rows(Order.customer_id, _counted, func.count(), Order.placed_at)
_SPENT = Rows(Order.customer_id, _counted, func.sum(Order.total_minor), Order.placed_at, Order.currency)
_OPEN_CASES = Rows(Case.customer_id, _open_cases, func.count())
_LAST_CONTACT = Rows(Conversation.customer_id, _conversations, func.max(Conversation.last_message_at))
_VIP = func.coalesce(V.vip_by_hand, V.vip_by_rule, False)


def _named(name: str, kind: Kind, fr: str, en: str, source: Column | Rows | Tally, **more: Any) -> Field:
    return Field(name, kind, {"fr": fr, "en": en}, source, **more)


STANDING: tuple[Field, ...] = (
    _named("recency_score", "number", "Note de récence", "Recency score", Column(V.recency_score), profiled=True),
    _named(
        "frequency_score", "number", "Note de fréquence", "Frequency score", Column(V.frequency_score),
        profiled=True,
    ),
    _named("monetary_score", "number", "Note de montant", "Monetary score", Column(V.monetary_score), profiled=True),
    _named("stage", "choice", "Étape de vie", "Stage of life", Column(V.stage), choices=STAGES, profiled=True),
    _named(
        "stage_since", "date", "Dans cette étape depuis", "In this stage since", Column(V.stage_since),
        profiled=True,
    ),
    _named("vip", "boolean", "VIP", "VIP", Column(_VIP), always=True),
    _named(
        "lifetime_value", "money", "Valeur à venir", "Lifetime value", Column(V.lifetime_value_minor, V.currency),
        profiled=True,
    ),
    _named("leaving_risk", "number", "Risque de départ", "Risk of leaving", Column(V.leaving_risk), profiled=True),
    _named(
        "alive", "number", "Probabilité d’être client", "Probability of being a customer", Column(V.alive),
        profiled=True,
    ),
    _named(
        "expected_orders", "number", "Commandes attendues", "Expected orders", Column(V.expected_orders),
        profiled=True,
    ),
    _named("first_order", "date", "Première commande", "First order", Column(V.first_order_at)),
    _named("last_order", "date", "Dernière commande", "Last order", Column(V.last_order_at)),
    _named("currency", "text", "Devise", "Currency", Column(V.currency)),
    _named("orders", "number", "Nombre de commandes", "Orders", Tally(_ORDERS), within=True, always=True),
    _named("spent", "money", "Montant des commandes", "Amount of orders", Tally(_SPENT), within=True, always=True),
    _named(
        "bought_categories", "set", "Catégories achetées", "Categories bought",
        Rows(Order.customer_id, _lines, Product.category, Order.placed_at), within=True,
    ),
    _named(
        "bought_products", "set", "Articles achetés", "Products bought",
        Rows(Order.customer_id, _lines, Product.external_id, Order.placed_at), within=True,
    ),
    _named(
        "language", "choice", "Langue", "Language", Column(Customer.language), choices=("fr", "en"), always=True
    ),
    _named("customer_since", "date", "Client depuis", "Customer since", Column(Customer.created_at), always=True),
    _named("countries", "set", "Pays", "Countries", Rows(Address.customer_id, _addresses, Address.country)),
    _named("tags", "set", "Étiquettes", "Tags", Rows(CustomerTag.customer_id, _tags, Tag.key)),
    _named("consents", "set", "Consentements", "Consents", _consents()),
    _named(
        "channels", "set", "Canaux utilisés", "Channels used",
        Rows(Conversation.customer_id, _conversations, Conversation.channel, Conversation.last_message_at), within=True,
    ),
    _named("last_contact", "date", "Dernier contact", "Last contact", Tally(_LAST_CONTACT, empty=None)),
    _named("open_cases", "number", "Dossiers ouverts", "Open cases", Tally(_OPEN_CASES), always=True),
    _named(
        "open_case_types", "set", "Types des dossiers ouverts", "Types of open cases",
        Rows(Case.customer_id, _open_cases, Case.type_key),
    ),
)  # fmt: skip
_KINDS: dict[str, Kind] = {
    "text": "text",
    "url": "text",
    "number": "number",
    "date": "date",
    "boolean": "boolean",
    "choice": "choice",
}


def attribute_field(definition: AttributeDefinition) -> Field:
    """The field of a company's own attribute: `attribute.<key>`, kept under its identifier."""

    def query() -> Select[Any]:
        return select(AttributeValue.customer_id).where(AttributeValue.definition_id == definition.id)

    plain: ColumnElement[Any] = literal_column("attribute_values.value #>> '{}'", Text)
    if definition.kind == "number":
        # The database may look at other attributes' values first, which are no numbers.
        is_number = func.jsonb_typeof(AttributeValue.value) == "number"
        plain = case((is_number, cast(plain, Numeric)), else_=None)
    elif definition.kind == "boolean":
        plain = plain == "true"
    return Field(
        f"attribute.{definition.key}",
        _KINDS[definition.kind],
        definition.labels,
        Rows(AttributeValue.customer_id, query, plain),
        choices=tuple(str(choice["value"]) for choice in definition.choices),
        kept=f"attribute.{definition.id}",
    )
