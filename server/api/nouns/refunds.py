"""Refunds."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from crm_backend.payments import queries, refunds
from crm_backend.payments.model import Refund
from server.api import Call, Day, In, Line, Listing, Noun, Out, Page, Sorts, Sparse, VersionedOut

noun = Noun("refunds", fr="Remboursements", en="Refunds")
Reason = Literal["cancelled", "returned", "lost", "damaged", "late", "price", "goodwill", "other"]
State = Literal["requested", "done"]


class RefundIn(In):
    reason: Reason
    amount_minor: Annotated[int, Field(ge=1, le=10**11)] | None = Field(
        None, description="Minor units; without it, all that was paid and has not gone back."
    )
    note: Annotated[str, StringConstraints(max_length=2_000)] = ""


class SettledIn(In):
    payment_id: UUID
    reference: Line = Field(description="What the means of payment calls it.", examples=["re_1Nx"])


class PartOut(Out):
    payment_id: UUID
    method: str = Field(examples=["card"])
    amount_minor: int
    status: State
    reference: str
    done_at: datetime | None


class RefundOut(VersionedOut):
    id: UUID
    order_id: UUID
    return_id: UUID | None
    amount_minor: int
    currency: str
    reason: Reason
    note: str
    status: State
    due_on: date | None = Field(description="By when the money has to be back.")
    done_at: datetime | None
    parts: list[PartOut]
    created_at: datetime


class RefundQuery(Listing):
    order_id: UUID | None = None
    return_id: UUID | None = None
    status: State | None = None
    due_until: Day | None = None


SORTS = Sorts(by=Refund.id, default="-created_at", created_at=Refund.created_at)


@noun.get("/refunds", needs="orders.read", fr="Lister les remboursements", en="List refunds", sorts=SORTS)
async def list_refunds(call: Call, query: RefundQuery) -> Page[RefundOut]:
    names = ("order_id", "return_id", "status", "due_until")
    found = queries.refunds(call.actor, **{name: getattr(query, name) for name in names})
    return await call.page(found, query, _out)


@noun.get("/refunds/{refund_id}", needs="orders.read", fr="Lire un remboursement", en="Read a refund")
async def read_refund(call: Call, refund_id: UUID, query: Sparse) -> RefundOut:
    return _out(await queries.refund(call.session, refund_id, actor=call.actor))


@noun.post(
    "/orders/{order_id}/refunds", needs="orders.refund", fr="Rembourser une commande", en="Refund an order",
    more={
        "fr": "L’argent retourne au moyen de paiement d’origine\u00a0; une carte cadeau est créditée aussitôt.",
        "en": "Money goes back to the means of payment it came from; a gift card is credited at once.",
    },
)  # fmt: skip
async def refund_order(call: Call, order_id: UUID, body: RefundIn) -> RefundOut:
    made = await refunds.refund(call.session, order_id, actor=call.actor, version=call.version, **body.model_dump())
    return _out(await queries.refund(call.session, made.id, actor=call.actor))


@noun.post("/refunds/{refund_id}/settle", needs="orders.refund", fr="Noter un envoi", en="Note that it was sent")
async def settle_refund(call: Call, refund_id: UUID, body: SettledIn) -> RefundOut:
    await refunds.settle(
        call.session, refund_id, actor=call.actor, payment_id=body.payment_id, reference=body.reference
    )
    return _out(await queries.refund(call.session, refund_id, actor=call.actor))


def _out(made: Refund) -> RefundOut:
    own = {name: getattr(made, name) for name in RefundOut.model_fields if name != "parts"}
    parts = [
        PartOut(
            payment_id=part.payment_id,
            method=part.payment.method,
            amount_minor=part.amount_minor,
            status=part.status,
            reference=part.reference,
            done_at=part.done_at,
        )
        for part in made.parts
    ]
    return RefundOut(**own, parts=parts)
