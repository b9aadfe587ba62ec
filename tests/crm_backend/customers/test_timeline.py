"""A customer’s timeline: whole, in order, and told to who may see each entry."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import SYSTEM, Actor
from crm_backend.customers import notes
from crm_backend.customers.model import Customer
from crm_backend.database import new_id, utc_now
from crm_backend.errors import Invalid, NotFound
from crm_backend.timeline import queries
from tests.crm_backend.customers.filling import Filling


async def test_a_timeline_is_paged_without_gaps_whatever_happened_at_once(crm: AsyncSession, zoe: UUID) -> None:
    from random import Random

    made = Filling(crm, Random(4))
    tables = Customer.metadata.tables
    talk = await made.row(tables["conversations"], customer_id=zoe)
    at = utc_now() - timedelta(days=1)
    for number in range(6):
        told = {"conversation_id": talk["id"], "seq": number, "created_at": at, "channel": ("mail", "sms")[number % 2]}
        await made.row(tables["messages"], **told)
    await made.row(tables["orders"], customer_id=zoe, placed_at=at)
    await made.row(tables["cases"], customer_id=zoe, created_at=at)
    await made.row(tables["ratings"], conversation_id=talk["id"], created_at=at)
    await made.row(tables["consent_events"], customer_id=zoe, at=at)
    await notes.add(crm, actor=SYSTEM, customer_id=zoe, text="Note")
    ask = {"session": crm, "actor": SYSTEM, "customer_id": zoe}
    whole = await queries.timeline(**ask)
    assert next(entry.kind for entry in whole) == "note" and len(whole) == 11
    paged: list[queries.Entry] = []
    while found := await queries.timeline(**ask, limit=2, before=(paged[-1].at, paged[-1].id) if paged else None):
        paged += found
    assert paged == whole
    mails = await queries.timeline(**ask, kinds=["message"], channels=["mail"], since=at, until=at + timedelta(days=1))
    assert len(mails) == 3
    few = Actor("agent:x", frozenset({"customers.read"}))
    assert {entry.kind for entry in await queries.timeline(crm, actor=few, customer_id=zoe)} == {"note", "consent"}
    with pytest.raises(Invalid):
        await queries.timeline(**ask, kinds=["gossip"])


async def test_a_timeline_of_nobody_is_not_an_empty_one(crm: AsyncSession, zoe: UUID) -> None:
    for kinds in ((), ("order",)):
        for actor in (SYSTEM, Actor("agent:x", frozenset({"customers.read"}))):
            assert await queries.timeline(crm, actor=actor, customer_id=zoe, kinds=kinds) == []
            with pytest.raises(NotFound):
                await queries.timeline(crm, actor=actor, customer_id=new_id(), kinds=kinds)


async def test_a_timeline_tells_of_parcels_money_and_comments_to_who_may_see_them(crm: AsyncSession, zoe: UUID) -> None:
    from random import Random

    made, at = Filling(crm, Random(4)), utc_now() - timedelta(days=9)
    tables = Customer.metadata.tables
    order = await made.row(tables["orders"], customer_id=zoe, placed_at=at, number="1001")
    of = {"order_id": order["id"]}
    parcel = {"shipped_at": at + timedelta(days=1), "delivered_at": at + timedelta(days=2), "carrier": "Colissimo"}
    await made.row(tables["shipments"], **of, **parcel)
    await made.row(tables["shipments"], **of, shipped_at=None, delivered_at=None)
    await made.row(tables["shipments"], **of, shipped_at=at, delivered_at=at)
    await made.row(
        tables["payments"], **of, paid_at=at, method="card", gift_card_id=None, amount_minor=900, refunded_minor=0
    )
    back = await made.row(tables["returns"], **of, created_at=at + timedelta(days=3), replacement_id=None)
    await made.row(tables["refunds"], **of, created_at=at + timedelta(days=4), return_id=back["id"])
    bill = {"kind": "invoice", "refund_id": None, "corrects_id": None}
    await made.row(tables["invoices"], **of, **bill, issued_at=at + timedelta(hours=1), number="F2026-000001")
    case = await made.row(tables["cases"], customer_id=zoe, created_at=at)
    await made.row(tables["case_comments"], case_id=case["id"], message_id=None, body="Call them back.")
    ask = {"session": crm, "actor": SYSTEM, "customer_id": zoe}
    whole = await queries.timeline(**ask)
    assert len({(entry.at, entry.id) for entry in whole}) == len(whole) == 10
    found = {entry.kind: entry for entry in reversed(whole)}
    money = {"order", "shipped", "delivered", "payment", "return", "refund", "invoice"}
    assert set(found) == money | {"case", "case_comment"}
    assert {found[kind].facts["number"] for kind in money} == {"1001"}
    assert (found["shipped"].at, found["delivered"].at) == (parcel["shipped_at"], parcel["delivered_at"])
    assert found["delivered"].facts["carrier"] == "Colissimo" and found["invoice"].facts["invoice"] == "F2026-000001"
    assert found["case_comment"].facts["text"] == "Call them back."
    few = Actor("agent:x", frozenset({"customers.read", "orders.read"}))
    assert {entry.kind for entry in await queries.timeline(crm, actor=few, customer_id=zoe)} == money
