"""What is done to orders: each command on its own address."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from crm_backend.orders import moving, queries, tracking
from crm_backend.payments import queries as paid
from crm_backend.payments import services as payments
from server.api import Call, Currency, In, Line, Moment, Noun, Out, Page
from server.api.nouns.orders import AddressIn, OrderOut, order_out

noun = Noun("order-commands", fr="Suivi des commandes", en="Order commands")
Note = Annotated[str, StringConstraints(max_length=2_000)]
Web = Annotated[str, StringConstraints(pattern=r"^https://\S+$", max_length=500)]
Positive = Annotated[int, Field(ge=1, le=10**11, description="Minor units.", examples=[5490])]
Method = Literal["card", "paypal", "bank_transfer", "direct_debit", "cash", "cheque", "instalments", "other"]


class CancelIn(In):
    reason: Literal["changed_mind", "ordered_twice", "too_late", "out_of_stock", "not_paid", "fraud", "other"]
    note: Note = ""


class ShipIn(In):
    carrier: Line = Field(examples=["Chronopost"])
    tracking_number: Line | None = None
    tracking_url: Web | None = None
    shipped_at: Moment | None = None


class ReportIn(In):
    code: Literal[
        "announced", "picked_up", "in_transit", "at_depot", "out_for_delivery", "attempted", "at_pickup_point",
        "delivered", "delayed", "lost", "returning", "returned",
    ]  # fmt: skip
    at: Moment | None = None
    place: Annotated[str, StringConstraints(max_length=200)] = ""


class PaymentIn(In):
    method: Method
    reference: Line = Field(description="What the means of payment calls it.", examples=["pi_3Nx"])
    amount_minor: Positive
    currency: Currency
    paid_at: Moment | None = None


class RedeemIn(In):
    code: Annotated[str, StringConstraints(min_length=1, max_length=64)] = Field(examples=["7K2M-Q9TA-40XE-RW8D"])
    amount_minor: Positive | None = Field(None, description="Without it, as much as is due and on the card.")


class PaymentOut(Out):
    id: UUID
    order_id: UUID
    method: str = Field(examples=["card"])
    reference: str
    amount_minor: int
    refunded_minor: int
    currency: str
    gift_card_id: UUID | None
    paid_at: datetime


@noun.post("/orders/{order_id}/prepare", needs="orders.write", fr="Commencer la préparation", en="Begin preparing")
async def prepare_order(call: Call, order_id: UUID) -> OrderOut:
    await moving.prepare(call.session, order_id, actor=call.actor, version=call.version)
    return await _now(call, order_id)


@noun.post("/orders/{order_id}/ship", needs="orders.write", fr="Expédier un colis", en="Ship a parcel")
async def ship_order(call: Call, order_id: UUID, body: ShipIn) -> OrderOut:
    await moving.ship(call.session, order_id, actor=call.actor, version=call.version, **body.model_dump())
    return await _now(call, order_id)


@noun.post(
    "/orders/{order_id}/cancel", needs="orders.write", fr="Annuler une commande", en="Cancel an order",
    more={"fr": "Ce qui a été payé est remboursé.", "en": "What was paid goes back."},
)  # fmt: skip
async def cancel_order(call: Call, order_id: UUID, body: CancelIn) -> OrderOut:
    await moving.cancel(call.session, order_id, actor=call.actor, version=call.version, **body.model_dump())
    return await _now(call, order_id)


@noun.post("/orders/{order_id}/address", needs="orders.write", fr="Changer l’adresse", en="Change the address")
async def change_order_address(call: Call, order_id: UUID, body: AddressIn) -> OrderOut:
    await moving.change_address(
        call.session, order_id, actor=call.actor, version=call.version, address=body.model_dump()
    )
    return await _now(call, order_id)


@noun.post("/orders/{order_id}/lost", needs="orders.write", fr="Déclarer perdue", en="Give up for lost")
async def mark_order_lost(call: Call, order_id: UUID) -> OrderOut:
    await moving.mark_lost(call.session, order_id, actor=call.actor, version=call.version)
    return await _now(call, order_id)


@noun.post(
    "/shipments/{shipment_id}/events", needs="orders.write", fr="Signaler un événement de suivi",
    en="Report a tracking event",
    more={
        "fr": "Un événement répété ou en retard ne change rien à ce qui s’est passé depuis.",
        "en": "A repeated or late event changes nothing of what has happened since.",
    },
)  # fmt: skip
async def report_tracking(call: Call, shipment_id: UUID, body: ReportIn) -> OrderOut:
    order = await tracking.report(call.session, shipment_id, actor=call.actor, **body.model_dump())
    return await _now(call, order.id)


@noun.get("/orders/{order_id}/payments", needs="orders.read", fr="Lister les paiements", en="List payments")
async def list_payments(call: Call, order_id: UUID) -> Page[PaymentOut]:
    found = await paid.payments(call.session, order_id, actor=call.actor)
    return Page([PaymentOut.model_validate(each) for each in found])


@noun.post("/orders/{order_id}/payments", needs="orders.write", fr="Noter un paiement", en="Note a payment")
async def add_payment(call: Call, order_id: UUID, body: PaymentIn) -> PaymentOut:
    values = {name: getattr(body, name) for name in PaymentIn.model_fields}
    return PaymentOut.model_validate(await payments.pay(call.session, order_id, actor=call.actor, **values))


@noun.post("/orders/{order_id}/gift-card", needs="orders.write", fr="Payer par carte cadeau", en="Pay by gift card")
async def pay_with_gift_card(call: Call, order_id: UUID, body: RedeemIn) -> PaymentOut:
    return PaymentOut.model_validate(
        await payments.pay_by_gift_card(
            call.session, order_id, actor=call.actor, code=body.code, amount_minor=body.amount_minor
        )
    )


async def _now(call: Call, order_id: UUID) -> OrderOut:
    # What the database itself filled in (instants, versions) is read again.
    return order_out(await queries.order(call.session, order_id, actor=call.actor))
