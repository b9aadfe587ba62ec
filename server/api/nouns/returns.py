"""Returns and exchanges."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from crm_backend.returns import closing, queries, services, slip
from crm_backend.returns.model import Return
from server.api import Call, File, In, Line, Listing, Moment, Noun, Out, Page, Sorts, Sparse, VersionedOut

noun = Noun("returns", fr="Retours", en="Returns")
Step = Literal["requested", "labelled", "received", "inspected", "refunded", "exchanged", "refused", "cancelled"]
Reason = Literal[
    "changed_mind", "wrong_size", "not_as_described", "wrong_item", "damaged", "defective", "late", "other"
]
Pieces = Annotated[int, Field(ge=1, le=10_000, examples=[1])]
Web = Annotated[str, StringConstraints(pattern=r"^https://\S+$", max_length=500)]


class WantedIn(In):
    line_id: UUID
    quantity: Pieces
    reason: Reason
    variant_id: UUID | None = Field(None, description="What is wanted instead, in an exchange; the same without it.")


class ReturnIn(In):
    lines: Annotated[list[WantedIn], Field(min_length=1, max_length=500)]
    kind: Literal["return", "exchange"] = "return"
    note: Annotated[str, StringConstraints(max_length=2_000)] = ""


class LabelIn(In):
    carrier: Line
    reference: Line
    url: Web | None = None


class ReceivedIn(In):
    at: Moment | None = None


class VerdictIn(In):
    line_id: UUID
    accepted: Annotated[int, Field(ge=0, le=10_000)]
    refused_because: Annotated[str, StringConstraints(max_length=200)] = Field("", examples=["worn"])


class InspectionIn(In):
    lines: Annotated[list[VerdictIn], Field(min_length=1, max_length=500)]


class ReturnLineOut(Out):
    line_id: UUID
    quantity: int
    reason: Reason
    variant_id: UUID | None
    accepted: int | None
    refused_because: str | None


class ReturnOut(VersionedOut):
    id: UUID
    order_id: UUID
    kind: Literal["return", "exchange"]
    status: Step
    note: str
    requested_by: str = Field(examples=["customer:0190f6d2-7c1e-7b7e-9d3a-1f0c2b4a5d6e"])
    carrier: str | None
    label_reference: str | None
    label_url: str | None
    received_at: datetime | None
    inspected_at: datetime | None
    closed_at: datetime | None
    replacement_id: UUID | None = Field(description="The order that an exchange made.")
    lines: list[ReturnLineOut]
    created_at: datetime


class ReturnQuery(Listing):
    order_id: UUID | None = None
    customer_id: UUID | None = None
    status: Annotated[list[Step], Field(max_length=8)] = Field(default_factory=list)
    kind: Literal["return", "exchange"] | None = None


class SlipQuery(In):
    language: Literal["fr", "en"] | None = Field(None, description="The caller’s, without it.")


SORTS = Sorts(by=Return.id, default="-created_at", created_at=Return.created_at)


@noun.get("/returns", needs="orders.read", fr="Lister les retours", en="List returns", sorts=SORTS)
async def list_returns(call: Call, query: ReturnQuery) -> Page[ReturnOut]:
    names = ("order_id", "customer_id", "status", "kind")
    found = queries.returns(call.actor, **{name: getattr(query, name) for name in names})
    return await call.page(found, query, _out)


@noun.get("/returns/{return_id}", needs="orders.read", fr="Lire un retour", en="Read a return")
async def read_return(call: Call, return_id: UUID, query: Sparse) -> ReturnOut:
    return _out(await queries.read(call.session, return_id, actor=call.actor))


@noun.post("/orders/{order_id}/returns", needs="orders.write", fr="Demander un retour", en="Ask for a return")
async def request_return(call: Call, order_id: UUID, body: ReturnIn) -> ReturnOut:
    lines = [services.Wanted(**{name: getattr(each, name) for name in WantedIn.model_fields}) for each in body.lines]
    made = await services.request(call.session, order_id, actor=call.actor, lines=lines, kind=body.kind, note=body.note)
    return await _now(call, made.id)


@noun.post("/returns/{return_id}/label", needs="orders.write", fr="Noter l’étiquette", en="Note the label")
async def label_return(call: Call, return_id: UUID, body: LabelIn) -> ReturnOut:
    await services.label(call.session, return_id, actor=call.actor, version=call.version, **body.model_dump())
    return await _now(call, return_id)


@noun.get(
    "/returns/{return_id}/slip", needs="orders.read", fr="Imprimer le bon de retour", en="Print the return slip",
    produces="application/pdf",
)  # fmt: skip
async def read_slip(call: Call, return_id: UUID, query: SlipQuery) -> File:
    content = await slip.slip(call.session, return_id, actor=call.actor, language=query.language or call.language)
    return File(f"{return_id.hex[-8:]}.pdf", "application/pdf", content)


@noun.post("/returns/{return_id}/receive", needs="orders.write", fr="Noter la réception", en="Note that it is back")
async def receive_return(call: Call, return_id: UUID, body: ReceivedIn) -> ReturnOut:
    await services.receive(call.session, return_id, actor=call.actor, version=call.version, at=body.at)
    return await _now(call, return_id)


@noun.post("/returns/{return_id}/inspect", needs="orders.write", fr="Contrôler un retour", en="Inspect a return")
async def inspect_return(call: Call, return_id: UUID, body: InspectionIn) -> ReturnOut:
    verdicts = [closing.Verdict(each.line_id, each.accepted, each.refused_because) for each in body.lines]
    await closing.inspect(call.session, return_id, actor=call.actor, version=call.version, verdicts=verdicts)
    return await _now(call, return_id)


@noun.post("/returns/{return_id}/refund", needs="orders.refund", fr="Rembourser un retour", en="Refund a return")
async def refund_return(call: Call, return_id: UUID) -> ReturnOut:
    await closing.pay_back(call.session, return_id, actor=call.actor, version=call.version)
    return await _now(call, return_id)


@noun.post("/returns/{return_id}/exchange", needs="orders.write", fr="Envoyer l’échange", en="Make the replacement")
async def exchange_return(call: Call, return_id: UUID) -> ReturnOut:
    await closing.exchange(call.session, return_id, actor=call.actor, version=call.version)
    return await _now(call, return_id)


@noun.post("/returns/{return_id}/cancel", needs="orders.write", fr="Annuler un retour", en="Call a return off")
async def cancel_return(call: Call, return_id: UUID) -> ReturnOut:
    await services.cancel(call.session, return_id, actor=call.actor, version=call.version)
    return await _now(call, return_id)


async def _now(call: Call, return_id: UUID) -> ReturnOut:
    return _out(await queries.read(call.session, return_id, actor=call.actor))


def _out(made: Return) -> ReturnOut:
    own = {name: getattr(made, name) for name in ReturnOut.model_fields if name != "lines"}
    lines = [
        ReturnLineOut(
            line_id=each.order_line_id,
            quantity=each.quantity,
            reason=each.reason,
            variant_id=each.wanted_variant_id,
            accepted=each.accepted,
            refused_because=each.refused_because,
        )
        for each in made.lines
    ]
    return ReturnOut(**own, lines=lines)
