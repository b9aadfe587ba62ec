"""The invoice is sent as a file, to whom it belongs, as soon as it is due."""

from __future__ import annotations

from dataclasses import replace

import pytest
from obstore.store import MemoryStore
from sqlalchemy import select

from actions import toolbox
from actions.tasks import finding
from crm_backend.access.actor import SYSTEM
from crm_backend.attachments.model import Attachment
from crm_backend.database import Sessions, new_id
from crm_backend.invoices.model import Invoice
from crm_backend.orders import moving
from crm_backend.policies import services as policies
from server.files import FileStore, Made
from server.files.places import ObjectPlace
from tests.actions.tasks.test_cancelling import customer_with
from tests.support import shop

finding.find()
COMPANY = {"name": "Maison Tilleul SAS", "address": ["12 rue des Tilleuls", "69003 Lyon"]}


@pytest.fixture
async def selling(acting: Sessions) -> Sessions:
    """A company that says who it is."""
    async with acting.begin() as session:
        await policies.add(session, actor=SYSTEM, kind="company", parameters=COMPANY)
    return acting


@pytest.mark.parametrize(("language", "name"), [("fr", "Facture"), ("en", "Invoice")])
async def test_it_is_sent_in_the_customers_language(selling: Sessions, language: str, name: str) -> None:
    customer, [order] = await customer_with(selling, "paid", language=language)
    assert await customer.says("ma facture svp", "invoice") == ["utter_invoice_sent"]
    said = customer.messages[-1]
    assert [file["name"] for file in said["custom"]["files"]] == [f"{name} {said['invoice']}.pdf"]
    assert said["number"] == order.number and not customer.open


async def test_it_is_issued_and_kept_once_however_often_the_turn_is_run(
    sessions: Sessions, acting: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    # On transactions of its own, as in the product: what is issued stays when the plan's own ends without a commit.
    store = FileStore(sessions=sessions, place=ObjectPlace(MemoryStore()), secret=b"secret", address="http://localhost")
    monkeypatch.setattr(toolbox, "_equipped", [replace(toolbox.tools(), sessions=sessions, keep=Made(store))])
    async with sessions.begin() as session:
        await policies.add(session, actor=SYSTEM, kind="company", parameters=COMPANY)
    customer, [order] = await customer_with(sessions, "paid")
    turn = new_id()
    for _ in range(2):
        customer.open = False
        await customer.says("ma facture svp", "invoice", turn=turn)
    async with sessions() as session:
        [invoice] = await session.scalars(select(Invoice))
        [kept] = await session.scalars(select(Attachment))
    [file] = customer.messages[-1]["custom"]["files"]
    assert (invoice.order_id, file["id"]) == (order.id, str(kept.id))
    assert (kept.uploaded_by, kept.media_type) == (f"turn:{turn}", "application/pdf")


async def test_of_several_orders_which_is_asked(selling: Sessions) -> None:
    customer, orders = await customer_with(selling, "paid", "paid")
    assert await customer.says("ma facture", "invoice") == ["utter_which_order"]
    assert await customer.says("la première", "choose", choice="1") == ["utter_invoice_sent"]
    assert customer.messages[-1]["number"] == orders[1].number


async def test_before_it_is_paid_it_is_said_when_and_a_cancelled_one_has_none(selling: Sessions) -> None:
    customer, [order] = await customer_with(selling, "paid")
    async with selling.begin() as session:
        unpaid = await shop.order(session, of=order.customer_id)
        await moving.cancel(session, order.id, actor=SYSTEM, reason="changed_mind")
    assert await customer.says("facture", "invoice", order_number=unpaid.number) == ["utter_invoice_not_paid"]
    assert await customer.says("facture", "invoice", order_number=order.number) == ["utter_invoice_none"]
    assert customer.slots["offered"] == "asked"


async def test_another_name_on_it_is_for_a_person(selling: Sessions) -> None:
    customer, _ = await customer_with(selling, "paid", language="en")
    said = await customer.says("I need an invoice made out to my company", "invoice")
    assert said == ["utter_invoice_sent", "utter_invoice_other_buyer"]


async def test_nobody_gets_somebody_elses(selling: Sessions) -> None:
    customer, _ = await customer_with(selling, "paid", "paid")
    _, [foreign] = await customer_with(selling, "paid")
    said = await customer.says("facture", "invoice", order_number=foreign.number)
    assert said == ["utter_not_your_order", "utter_which_order"]
    stranger, [theirs] = await customer_with(selling, "paid", proof="channel")
    assert await stranger.says("facture", "invoice", order_number=theirs.number) == ["utter_ask_email"]
    async with selling() as session:
        assert (await session.scalars(select(Invoice))).all() == []


async def test_without_a_seller_to_name_a_person_sends_it(acting: Sessions) -> None:
    customer, _ = await customer_with(acting, "paid")
    assert await customer.says("facture", "invoice") == ["utter_invoice_by_person"]
