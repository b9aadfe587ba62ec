"""Orders, and what is allowed for them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from crm_backend.orders import creating, queries
from crm_backend.orders.model import Order
from crm_backend.policies import words
from crm_backend.policies.schema import Decision
from server.api import (
    Call,
    Currency,
    External,
    In,
    Line,
    Listing,
    Moment,
    Noun,
    Out,
    Page,
    Sorts,
    Sparse,
    VersionedOut,
)

noun = Noun("orders", fr="Commandes", en="Orders")
Status = Literal[
    "placed", "paid", "preparing", "shipped", "out_for_delivery", "delivered", "cancelled", "lost", "returned"
]
Amount = Annotated[int, Field(ge=0, le=10**11, description="Minor units: cents, pence.", examples=[5490])]
Pieces = Annotated[int, Field(ge=1, le=10_000, examples=[2])]
Number = Annotated[str, StringConstraints(min_length=1, max_length=64), Field(examples=["W10234"])]
Text = Annotated[str, StringConstraints(max_length=200)]
Key = Annotated[str, StringConstraints(min_length=1, max_length=40)]
Country = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$"), Field(examples=["FR"])]
Words = Annotated[dict[Key, Line], Field(max_length=20, examples=[{"fr": "Mug Terroir", "en": "Terroir mug"}])]
Rate = Annotated[int, Field(ge=0, le=10_000, description="Hundredths of a percent.", examples=[2000])]


class AddressIn(In):
    name: Line = Field(examples=["Marie Dupont"])
    line1: Line = Field(examples=["12 rue de la Part-Dieu"])
    line2: Text = ""
    city: Line = Field(examples=["Lyon"])
    region: Text = ""
    postcode: Annotated[str, StringConstraints(max_length=20)] = Field("", examples=["69003"])
    country: Country


class AddressOut(Out):
    name: str
    line1: str
    line2: str
    city: str
    region: str
    postcode: str = Field(examples=["69003"])
    country: str = Field(examples=["FR"])


class LineIn(In):
    quantity: Pieces
    unit_price_minor: Amount
    variant_id: UUID | None = None
    names: Words = Field(default_factory=dict)
    options: Words = Field(default_factory=dict)
    vat_rate: Rate | None = None


class LineOut(Out):
    id: UUID
    position: int
    variant_id: UUID | None
    names: dict[str, str]
    options: dict[str, str]
    quantity: int
    unit_price_minor: int
    vat_rate: int | None


class EventOut(Out):
    at: datetime
    code: str = Field(examples=["in_transit"])
    place: str


class ShipmentOut(Out):
    id: UUID
    status: str = Field(examples=["shipped"])
    carrier: str | None
    tracking_number: str | None
    tracking_url: str | None
    shipped_at: datetime | None
    expected_from: date | None
    expected_to: date | None
    delivered_at: datetime | None
    events: list[EventOut]


class OrderOut(VersionedOut):
    id: UUID
    number: str = Field(examples=["W10234"])
    external_id: str | None
    customer_id: UUID
    replaces_id: UUID | None
    status: Status
    placed_at: datetime | None
    currency: str = Field(examples=["EUR"])
    total_minor: int
    shipping_minor: int
    discount_minor: int
    address: AddressOut
    lines: list[LineOut]
    shipments: list[ShipmentOut]
    created_at: datetime
    updated_at: datetime


class OrderIn(In):
    number: Number
    customer_id: UUID
    currency: Currency
    total_minor: Amount
    lines: Annotated[list[LineIn], Field(min_length=1, max_length=creating.MOST_LINES)]
    address: AddressIn
    shipping_minor: Amount = 0
    discount_minor: Amount = 0
    external_id: External | None = None
    placed_at: Moment | None = None


class OrderQuery(Listing):
    number: Number | None = None
    external_id: External | None = None
    customer_id: UUID | None = None
    status: Annotated[list[Status], Field(max_length=9)] = Field(default_factory=list)
    placed_from: Moment | None = None
    placed_to: Moment | None = None
    country: Country | None = None


class DecisionOut(Out):
    allowed: bool
    until: datetime | None = Field(description="By when it has, or had, to be done.")
    reason: str | None = Field(description="Why not: a name for programs.", examples=["return_over"])
    why: str | None = Field(description="Why not, in the caller’s language.")


class LineAllowedOut(Out):
    id: UUID
    position: int
    returnable: int = Field(description="Pieces that have not come back.")
    back: DecisionOut
    warranty: DecisionOut


class AllowedOut(Out):
    order_id: UUID
    number: str
    at: datetime
    cancel: DecisionOut
    change_address: DecisionOut
    back: DecisionOut = Field(description="Return or exchange.")
    warranty: DecisionOut = Field(description="Return or exchange of faulty goods.")
    refund: DecisionOut
    refundable_minor: int
    currency: str
    lines: list[LineAllowedOut]


SORTS = Sorts(
    by=Order.id,
    default="-placed_at",
    placed_at=queries.PLACED,
    created_at=Order.created_at,
    updated_at=Order.updated_at,
)


@noun.get("/orders", needs="orders.read", fr="Lister les commandes", en="List orders", sorts=SORTS)
async def list_orders(call: Call, query: OrderQuery) -> Page[OrderOut]:
    names = ("number", "external_id", "customer_id", "status", "placed_from", "placed_to", "country")
    found = queries.orders(call.actor, **{name: getattr(query, name) for name in names})
    return await call.page(found, query, order_out)


@noun.post(
    "/orders", needs="orders.write", fr="Enregistrer une commande", en="Take in an order", status=201,
    more={
        "fr": "Le total est celui des lignes et de la livraison, moins la remise, taxes comprises.",
        "en": "The total is that of lines and delivery, less the discount, taxes included.",
    },
)  # fmt: skip
async def add_order(call: Call, body: OrderIn) -> OrderOut:
    lines = [creating.NewLine(**{name: getattr(line, name) for name in LineIn.model_fields}) for line in body.lines]
    values: dict[str, Any] = {name: getattr(body, name) for name in OrderIn.model_fields}
    new = creating.NewOrder(**{**values, "lines": lines, "address": body.address.model_dump()})
    return order_out(await creating.create(call.session, new, actor=call.actor))


@noun.get("/orders/{order_id}", needs="orders.read", fr="Lire une commande", en="Read an order")
async def read_order(call: Call, order_id: UUID, query: Sparse) -> OrderOut:
    return order_out(await queries.order(call.session, order_id, actor=call.actor))


@noun.get(
    "/orders/{order_id}/allowed", needs="orders.read", fr="Ce qui est possible pour une commande",
    en="What is allowed for an order",
    more={
        "fr": "D’après les règles en vigueur le jour de la commande, avec la raison de ce qui ne l’est pas.",
        "en": "By the policies of the day the order was placed, with the reason for what is not.",
    },
)  # fmt: skip
async def read_allowed(call: Call, order_id: UUID) -> AllowedOut:
    said = await queries.allowed_for(call.session, order_id, actor=call.actor)

    def told(decision: Decision) -> DecisionOut:
        why = words.why(decision, call.language, zone=call.means.zone)
        return DecisionOut(allowed=decision.allowed, until=decision.until, reason=decision.reason, why=why)

    lines = [
        LineAllowedOut(
            id=line.id,
            position=line.position,
            returnable=line.returnable,
            back=told(line.back),
            warranty=told(line.warranty),
        )
        for line in said.lines
    ]
    decisions = {name: told(getattr(said, name)) for name in ("cancel", "change_address", "back", "warranty", "refund")}
    plain = said.model_dump(include={"order_id", "number", "at", "refundable_minor", "currency"})
    return AllowedOut(**plain, **decisions, lines=lines)


def order_out(order: Order) -> OrderOut:
    """An order with lines and parcels loaded."""
    own = {
        name: getattr(order, name) for name in OrderOut.model_fields if name not in ("address", "lines", "shipments")
    }
    return OrderOut(
        **own,
        address=AddressOut(**{name: getattr(order, f"ship_{name}") for name in AddressOut.model_fields}),
        lines=[LineOut.model_validate(line) for line in order.lines],
        shipments=[ShipmentOut.model_validate(shipment) for shipment in order.shipments],
    )
