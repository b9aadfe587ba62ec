"""Invoices and credit notes."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from crm_backend.invoices import pdf, queries, services
from crm_backend.invoices.model import Invoice
from server.api import Call, File, In, Listing, Noun, Out, Page, Sorts, Sparse

noun = Noun("invoices", fr="Factures", en="Invoices")
Kind = Literal["invoice", "credit_note"]


class RateOut(Out):
    rate: int = Field(description="Hundredths of a percent.", examples=[2000])
    net_minor: int
    vat_minor: int
    gross_minor: int


class InvoiceOut(Out):
    id: UUID
    kind: Kind
    number: str = Field(examples=["F2026-000001"])
    order_id: UUID | None
    refund_id: UUID | None
    corrects_id: UUID | None = Field(description="The invoice that a credit note corrects.")
    issued_at: datetime
    currency: str
    total_minor: int
    vat_minor: int
    rates: list[RateOut]
    created_at: datetime


class InvoiceQuery(Listing):
    order_id: UUID | None = None
    number: Annotated[str, StringConstraints(max_length=40)] | None = None
    kind: Kind | None = None
    year: Annotated[int, Field(ge=2000, le=2200)] | None = None


class PdfQuery(In):
    language: Literal["fr", "en"] | None = Field(None, description="The caller’s, without it.")


SORTS = Sorts(by=Invoice.id, default="-created_at", created_at=Invoice.created_at)


@noun.get("/invoices", needs="orders.read", fr="Lister les factures", en="List invoices", sorts=SORTS)
async def list_invoices(call: Call, query: InvoiceQuery) -> Page[InvoiceOut]:
    found = queries.invoices(call.actor, order_id=query.order_id, number=query.number, kind=query.kind, year=query.year)
    return await call.page(found, query, _out)


@noun.get("/invoices/{invoice_id}", needs="orders.read", fr="Lire une facture", en="Read an invoice")
async def read_invoice(call: Call, invoice_id: UUID, query: Sparse) -> InvoiceOut:
    return _out(await queries.invoice(call.session, invoice_id, actor=call.actor))


@noun.get(
    "/invoices/{invoice_id}/pdf", needs="orders.read", fr="Imprimer une facture", en="Print an invoice",
    produces="application/pdf",
)  # fmt: skip
async def print_invoice(call: Call, invoice_id: UUID, query: PdfQuery) -> File:
    found = await queries.invoice(call.session, invoice_id, actor=call.actor)
    language = query.language or call.language
    # Setting hundreds of lines takes longer than others should wait.
    content = await asyncio.to_thread(pdf.pdf, found, language)
    return File(pdf.name(found, language), "application/pdf", content)


@noun.post(
    "/orders/{order_id}/invoice", needs="orders.write", fr="Établir la facture", en="Issue the invoice",
    more={
        "fr": "Une commande a une facture\u00a0: demandée à nouveau, c’est la même.",
        "en": "An order has one invoice: asked for again, it is the same.",
    },
)  # fmt: skip
async def issue_invoice(call: Call, order_id: UUID) -> InvoiceOut:
    return _out(await services.issue(call.session, order_id, actor=call.actor))


@noun.post("/refunds/{refund_id}/credit-note", needs="orders.write", fr="Établir l’avoir", en="Issue the credit note")
async def issue_credit_note(call: Call, refund_id: UUID) -> InvoiceOut:
    return _out(await services.issue_credit_note(call.session, refund_id, actor=call.actor))


def _out(invoice: Invoice) -> InvoiceOut:
    own = {name: getattr(invoice, name) for name in InvoiceOut.model_fields if name != "rates"}
    return InvoiceOut(**own, rates=[RateOut(**each) for each in invoice.content["rates"]])
