"""Invoices: right to the cent, numbered without gaps, never changed, readable in both languages."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import SYSTEM, Actor
from crm_backend.database import Sessions
from crm_backend.errors import NotAllowed, NotFound, NotNow
from crm_backend.invoices import services
from crm_backend.invoices.amounts import by_rate, shared, tax_in
from crm_backend.invoices.model import Invoice
from crm_backend.invoices.pdf import name, pdf
from crm_backend.orders.creating import NewLine
from crm_backend.orders.doers import customer_actor
from crm_backend.orders.model import Order
from crm_backend.payments import refunds
from crm_backend.policies import services as policies
from crm_backend.returns import services as returns
from crm_backend.returns.slip import slip
from tests.support import shop
from tests.support.pdf import text_of

COMPANY = {
    "name": "Maison Tilleul",
    "address": ["8 quai Saint-Antoine", "69002 Lyon"],
    "vat_number": "FR00123456789",
    "registration": "RCS Lyon 123 456 789",
    "mention_fr": "Merci de votre confiance, à bientôt\u00a0!",
    "mention_en": "Thank you for your trust.",
}


@pytest.fixture
async def crm(crm: AsyncSession) -> AsyncSession:
    """A company that says who it is."""
    await policies.add(crm, actor=SYSTEM, kind="company", parameters=COMPANY)
    return crm


def line(price: int, rate: int | None, *, pieces: int = 1, name: str = "Mug") -> NewLine:
    return NewLine(pieces, price, names={"fr": name, "en": name}, vat_rate=rate)


async def mixed(crm: AsyncSession, **more: Any) -> Order:
    """Two rates, sending, and a discount."""
    lines = (line(12_000, 2000, name="Lampe d’été à cœur"), line(1_055, 550, pieces=2, name="Thé"))
    return await shop.paid(crm, *lines, shipping_minor=490, discount_minor=1_000, **more)


async def test_tax_is_told_by_rate_and_adds_up(crm: AsyncSession) -> None:
    order = await mixed(crm)
    invoice = await services.issue(crm, order.id, actor=SYSTEM)
    rates = invoice.content["rates"]
    assert [each["rate"] for each in rates] == [2000, 550]
    assert sum(each["gross_minor"] for each in rates) == invoice.total_minor == order.total_minor == 13_600
    # 120 € less 8.50 € of the discount, and 4.90 € of sending, at 20 %; 21.10 € less 1.50 € at 5.5 %.
    assert [each["gross_minor"] for each in rates] == [12_000 - 850 + 490, 2_110 - 150]
    assert [each["vat_minor"] for each in rates] == [1_940, 102]


async def test_an_invoice_is_issued_once_and_numbers_have_no_gaps(crm: AsyncSession) -> None:
    orders = [await mixed(crm) for _ in range(3)]
    numbers = [(await services.issue(crm, order.id, actor=SYSTEM)).number for order in [*orders, *orders]]
    year = numbers[0][1:5]
    assert numbers == [f"F{year}-00000{number}" for number in (1, 2, 3)] * 2


async def test_a_credit_note_corrects_the_invoice_of_its_refund(crm: AsyncSession) -> None:
    order = await mixed(crm)
    refund = await refunds.refund(crm, order.id, actor=SYSTEM, amount_minor=2_000, reason="goodwill")
    with pytest.raises(NotNow, match="refund_without_invoice"):
        await services.issue_credit_note(crm, refund.id, actor=SYSTEM)
    invoice = await services.issue(crm, order.id, actor=SYSTEM)
    note = await services.issue_credit_note(crm, refund.id, actor=SYSTEM)
    assert note.number.startswith("A") and note.sequence == 1 and note.corrects_id == invoice.id
    assert sum(each["gross_minor"] for each in note.content["rates"]) == 2_000
    assert (await services.issue_credit_note(crm, refund.id, actor=SYSTEM)).id == note.id
    text = text_of(pdf(note, "fr"))
    assert "Avoir" in text and f"Annule tout ou partie de la facture {invoice.number}" in text and "20,00 €" in text


@pytest.mark.parametrize(
    ("language", "says"),
    [
        ("fr", "Facture|Lampe d’été à cœur|120,00 €|5,5 %|TVA|136,00 €|Remise|Émise le|8 quai Saint-Antoine"),
        ("fr", "Réglé par carte bancaire|à bientôt|N° TVA FR00123456789"),
        ("en", "Invoice|€120.00|5.5%|VAT|€136.00|Discount|Issued on|Paid by card|Delivery"),
    ],
)  # fmt: skip
async def test_the_document_says_it_in_either_language(crm: AsyncSession, language: str, says: str) -> None:
    order = await mixed(crm)
    order.ship_name = "Łukasz Œuvrard <b>"
    invoice = await services.issue(crm, order.id, actor=SYSTEM)
    content = pdf(invoice, language)
    text = text_of(content)
    for said in [*says.split("|"), invoice.number, order.number, "Œuvrard <b>", "69003 Lyon"]:
        assert said in text, said
    assert pdf(invoice, language) == content and content.startswith(b"%PDF")
    assert name(invoice, language).endswith(f"{invoice.number}.pdf")


async def test_a_long_order_takes_several_pages_and_gift_cards_are_named(crm: AsyncSession) -> None:
    order = await shop.paid(crm, *[line(100 + at, 2000, name=f"Article {at}") for at in range(60)])
    text = text_of(pdf(await services.issue(crm, order.id, actor=SYSTEM), "fr"))
    assert all(f"Article {at}" in text for at in range(60)) and text.count("Désignation") > 1


async def test_nobody_changes_or_deletes_what_was_issued(crm: AsyncSession) -> None:
    invoice = await services.issue(crm, (await mixed(crm)).id, actor=SYSTEM)
    for change in (
        update(Invoice).values(total_minor=1),
        update(Invoice).values(number="F0"),
        update(Invoice).values(content={}),
        delete(Invoice),
    ):
        with pytest.raises(DBAPIError, match=r"never changed|is kept"):
            async with crm.begin_nested():
                await crm.execute(change)
    # It stays when its order goes.
    await crm.execute(delete(Order).where(Order.id == invoice.order_id))
    assert await crm.scalar(select(Invoice.order_id)) is None


async def test_when_there_is_nothing_to_issue(crm: AsyncSession) -> None:
    with pytest.raises(NotNow, match="not_paid"):
        await services.issue(crm, (await shop.order(crm)).id, actor=SYSTEM)
    order = await mixed(crm)
    order.status = "cancelled"
    with pytest.raises(NotNow, match="nothing_to_invoice"):
        await services.issue(crm, order.id, actor=SYSTEM)


async def test_customers_get_their_own(crm: AsyncSession) -> None:
    order = await mixed(crm)
    assert (await services.issue(crm, order.id, actor=customer_actor(order.customer_id, origin="portal"))).number
    other = await shop.customer(crm)
    with pytest.raises(NotFound):
        await services.issue(crm, order.id, actor=customer_actor(other.id, origin="portal"))
    with pytest.raises(NotAllowed):
        await services.issue(crm, order.id, actor=Actor("key:x"))


async def test_the_slip_says_where_the_parcel_goes(crm: AsyncSession) -> None:
    order = await shop.delivered(crm)
    wanted = returns.Wanted(order.lines[0].id, 1, "wrong_size")
    made = await returns.request(crm, order.id, actor=shop.AGENT, lines=[wanted])
    text = text_of(await slip(crm, made.id, actor=shop.AGENT, language="fr"))
    for said in ("Bon de retour", "8 quai Saint-Antoine", "mauvaise taille", order.number, "Marie Dupont"):
        assert said in text


async def test_without_a_name_the_company_issues_none(sessions: Sessions) -> None:
    """And when several are issued at once, one that fails leaves no gap."""
    async with sessions.begin() as session:
        orders = [await shop.paid(session) for _ in range(4)]
    async with sessions() as session:
        with pytest.raises(NotNow, match="no_company"):
            await services.issue(session, orders[0].id, actor=SYSTEM)
    async with sessions.begin() as session:
        await policies.add(session, actor=SYSTEM, kind="company", parameters=COMPANY)

    async def issue(order: Order, *, fail: bool) -> int | None:
        async with sessions() as session:
            made = await services.issue(session, order.id, actor=SYSTEM)
            await (session.rollback() if fail else session.commit())
            return None if fail else made.sequence

    given_out = await asyncio.gather(*(issue(order, fail=at == 1) for at, order in enumerate(orders)))
    assert sorted(number for number in given_out if number) == [1, 2, 3]


@given(st.integers(0, 10**9), st.dictionaries(st.integers(0, 10_000), st.integers(0, 10**9), min_size=1, max_size=5))
@settings(max_examples=60)
def test_shares_add_up_and_follow_the_weights(amount: int, weights: dict[int, int]) -> None:
    found = shared(amount, weights)
    assert sum(found.values()) == amount and set(found) == set(weights)
    if total := sum(weights.values()):
        assert all(abs(found[key] - amount * weights[key] / total) < 1.001 for key in weights)


@given(st.integers(0, 10**11), st.integers(0, 10_000))
@settings(max_examples=60)
def test_net_and_tax_make_the_gross(gross: int, rate: int) -> None:
    tax = tax_in(gross, rate)
    assert 0 <= tax <= gross
    assert abs(tax * 10_000 - (gross - tax) * rate) <= 10_000 + rate
    assert [each["gross_minor"] for each in by_rate({rate: gross})] == ([gross] if gross else [])
