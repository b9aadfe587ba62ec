"""A person who is erased is nowhere any more, and a copy of their data is whole."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import SYSTEM, Actor
from crm_backend.attachments.model import Attachment
from crm_backend.conversations.model import Conversation, Message, Participant
from crm_backend.conversations.receiving.receive import receive
from crm_backend.customers.model import Address, Customer, Identity
from crm_backend.customers.records import Note
from crm_backend.database import Base, Sessions, connect, sessions_on
from crm_backend.errors import NotAllowed, NotFound, NotNow
from crm_backend.orders.model import Order
from crm_backend.privacy import erasing
from crm_backend.privacy.export import export
from crm_backend.privacy.model import Erasure
from tests.support.core import inbound


async def marie(session: AsyncSession, **more: Any) -> Customer:
    customer = Customer(first_name="Marie", last_name="Zyxwvut", **more)
    session.add(customer)
    await session.flush()
    session.add_all(
        [
            Identity(customer_id=customer.id, kind="email", value="zyxwvut@example.fr"),
            Address(customer_id=customer.id, line1="12 rue Zyxwvut", postcode="75011", country="FR"),
            Note(customer_id=customer.id, author="agent:1", text="Mme Zyxwvut préfère le matin"),
        ]
    )
    await session.flush()
    return customer


async def wrote(session: AsyncSession, customer: Customer | None, what: str, visitor: str = "zyxwvut") -> Conversation:
    received = await receive(session, inbound(what, visitor=visitor))
    conversation = await session.get_one(Conversation, received.conversation_id)
    if customer is not None:
        conversation.customer_id, conversation.proof = customer.id, "verified"
        conversation.dialogue_state = {"slots": {"email": "zyxwvut@example.fr"}}
    await session.flush()
    return conversation


async def order(session: AsyncSession, customer: Customer, status: str = "delivered") -> Order:
    made = Order(number="Z1", number_key="Z1", customer_id=customer.id, status=status, total_minor=100, currency="EUR")
    made.ship_name, made.ship_line1 = "Marie Zyxwvut", "12 rue Zyxwvut"
    session.add(made)
    await session.flush()
    return made


async def traces(session: AsyncSession, *words: str) -> dict[str, int]:
    """Rows by table in which one of the words stands anywhere."""
    found = {}
    for name in Base.metadata.tables:
        where = f"select count(*) from {name} t where t::text ilike any(:words)"
        if count := await session.scalar(text(where), {"words": [f"%{word}%" for word in words]}):
            found[name] = count
    return found


async def test_nothing_is_left_of_somebody_without_orders(crm: AsyncSession) -> None:
    customer = await marie(crm)
    conversation = (await wrote(crm, customer, "Je suis Marie Zyxwvut")).id
    message = await crm.scalar(select(Message.id).where(Message.conversation_id == conversation))
    crm.add(Attachment(message_id=message, name="zyxwvut.pdf"))
    await crm.flush()
    assert len(await traces(crm, "zyxwvut")) >= 6
    record = await erasing.erase(crm, customer.id, actor=SYSTEM)
    assert await traces(crm, "zyxwvut", str(conversation)) == {}
    assert record.report["customers"] == {"deleted": 1} and record.report["messages"]["deleted"] == 1
    # The file waits for the sweep, without a name, and as old as can be.
    loose = await crm.scalar(select(Attachment))
    assert loose is not None and (loose.message_id, loose.name, loose.created_at.year) == (None, "", 1970)


async def test_what_the_law_has_us_keep_names_nobody(crm: AsyncSession) -> None:
    customer = await marie(crm, external_id="zyxwvut-1")
    await order(crm, customer)
    customer_id = customer.id
    record = await erasing.erase(crm, customer_id, actor=SYSTEM)
    assert await traces(crm, "zyxwvut") == {}
    left = await crm.get_one(Customer, customer_id)
    assert left.name == "" and left.erased_at is not None
    assert record.report["orders"] == {"emptied": 1, "why": "orders"}
    assert record.report["customers"] == {"emptied": 1, "why": "stub"}


async def test_where_somebody_else_wrote_their_words_stay(crm: AsyncSession) -> None:
    customer, other = await marie(crm), Customer(first_name="Paul", last_name="Martin")
    crm.add(other)
    await crm.flush()
    conversation = (await wrote(crm, customer, "Zyxwvut écrit")).id
    await crm.execute(update(Identity).where(Identity.value == "zyxwvut").values(customer_id=customer.id))
    pauls = Identity(customer_id=other.id, kind="telegram", value="paul")
    crm.add(pauls)
    await crm.flush()
    place = {"channel": "webchat", "account": "main", "address": "paul", "last_at": func.now()}
    crm.add(Participant(conversation_id=conversation, identity_id=pauls.id, **place))
    said = Message(conversation_id=conversation, seq=90, author="customer", identity_id=pauls.id, text="Paul écrit")
    said.channel, said.place = "webchat", 90
    crm.add(said)
    await crm.flush()
    record = await erasing.erase(crm, customer.id, actor=SYSTEM)
    assert await traces(crm, "zyxwvut") == {}
    texts = set(await crm.scalars(select(Message.text).where(Message.conversation_id == conversation)))
    assert texts == {"", "Paul écrit"}
    assert record.report["messages"] == {"deleted": 0, "emptied": 1, "why": "others"}


async def test_what_is_under_way_speaks_against_it(crm: AsyncSession) -> None:
    customer = await marie(crm)
    await order(crm, customer, "shipped")
    with pytest.raises(NotNow) as refused:
        await erasing.erase(crm, customer.id, actor=SYSTEM)
    assert refused.value.facts["orders"] == 1
    report, under_way = await erasing.preview(crm, customer.id, actor=SYSTEM)
    assert under_way["orders"] == 1 and report["orders"]["emptied"] == 1
    assert "customers" in await traces(crm, "zyxwvut")
    await erasing.erase(crm, customer.id, actor=SYSTEM, regardless=True)
    assert await traces(crm, "zyxwvut") == {}


async def test_who_may_not_is_refused(crm: AsyncSession) -> None:
    customer = await marie(crm)
    agent = Actor("agent:1", frozenset({"customers.read", "customers.write"}))
    for work in (export, erasing.preview, erasing.erase):
        with pytest.raises(NotAllowed):
            await work(crm, customer.id, actor=agent)  # type: ignore[operator]
    with pytest.raises(NotFound):
        await erasing.erase(crm, UUID(int=1), actor=SYSTEM)


async def test_a_copy_holds_what_was_said_and_no_keys_of_ours(crm: AsyncSession) -> None:
    customer = await marie(crm)
    await wrote(crm, customer, "Où est mon colis ?")
    await order(crm, customer)
    copy = json.loads(json.dumps(await export(crm, customer.id, actor=SYSTEM)))
    assert copy["tables"]["messages"][0]["text"] == "Où est mon colis ?"
    assert copy["tables"]["orders"][0]["number"] == "Z1" and copy["tables"]["customer_notes"]
    assert copy["titles"]["orders"] == {"fr": "Commandes", "en": "Orders"}
    assert "lease" not in copy["tables"]["turns"][0]


async def test_of_three_of_the_demo_companys_customers_nothing_is_left_but_invoices(demo_url: str) -> None:
    engine = connect(demo_url, pool_size=2)
    sessions: Sessions = sessions_on(engine)
    async with sessions() as session, session.begin():
        busiest = select(Order.customer_id).group_by(Order.customer_id)
        chosen = list(await session.scalars(busiest.order_by(func.count().desc(), Order.customer_id).limit(3)))
        words = list(await session.scalars(select(Identity.value).where(Identity.customer_id.in_(chosen))))
        before = await traces(session, *words)
        for customer_id in chosen:
            await erasing.erase(session, customer_id, actor=SYSTEM, regardless=True)
        after = await traces(session, *words)
        assert await session.scalar(select(func.count()).select_from(Erasure)) == len(chosen) == 3
    await engine.dispose()
    assert "identities" in before
    assert after.keys() <= {"invoices"}
