"""Proving that an order is one's own, and reading nothing before that."""

from __future__ import annotations

import json
from uuid import UUID

import pytest
from sqlalchemy import select

from crm_backend.audit.model import AuditEntry
from crm_backend.conversations.model import Conversation
from crm_backend.customers.model import Customer, Identity
from crm_backend.database import Sessions, new_id, utc_now
from crm_backend.errors import NotFound, NotProved
from crm_backend.orders import services
from crm_backend.orders.model import Order, VerificationAttempt
from crm_backend.orders.numbers import number_key
from crm_backend.orders.schema import Verification
from tests.support import core

RIGHT = {"number": "#W10234", "email": "marie.dupont@example.com", "postcode": "69003"}


@pytest.fixture
async def shop(sessions: Sessions) -> Sessions:
    """Marie with two orders and two e-mail addresses, Paul with one."""
    async with sessions() as session, session.begin():
        for name, number, emails, postcode in (
            ("Marie", "#W10234", ("marie.dupont@example.com", "Marie@Work.example"), "69003"),
            ("Paul", "#W99999", ("paul@example.com",), "SW1A 1AA"),
        ):
            customer = Customer(id=new_id(), first_name=name, last_name="Dupont")
            session.add(customer)
            await session.flush()
            session.add_all(Identity(customer_id=customer.id, kind="email", value=email) for email in emails)
            order = {"status": "shipped", "total_minor": 8990, "currency": "EUR", "ship_postcode": postcode}
            for one in (number, number + "-B"):
                placed = utc_now()
                session.add(
                    Order(customer_id=customer.id, number=one, number_key=number_key(one), placed_at=placed, **order)
                )
    return sessions


async def talk(sessions: Sessions, visitor: str = "marie") -> UUID:
    return (await core.write(sessions, visitor=visitor)).conversation_id


async def verify(sessions: Sessions, conversation: UUID, turn: UUID | None = None, **facts: str) -> Verification:
    async with sessions() as session, session.begin():
        return await services.verify_by_facts(
            session, conversation_id=conversation, turn_id=turn or new_id(), **{**RIGHT, **facts}
        )


async def test_the_right_facts_prove_it_and_open_the_orders(shop: Sessions) -> None:
    conversation = await talk(shop)
    outcome = await verify(shop, conversation)
    assert outcome.ok and not outcome.locked
    found = await core.conversation(shop, conversation)
    assert found.proof == "verified" and found.customer_id is not None
    async with shop() as session:
        read = await services.order_for(session, conversation_id=conversation, number="w10234-b")
        assert read.number == "#W10234-B"
        last = await services.last_order(session, conversation_id=conversation)
        assert last is not None and last.number == "#W10234-B"


@pytest.mark.parametrize(
    "facts",
    [
        {"number": "w10234"},
        {"number": " W 10 234 "},
        {"number": "n° W10234"[3:]},
        {"email": " MARIE.DUPONT@EXAMPLE.COM "},
        {"email": "marie@work.example"},
        {"postcode": "69 003"},
        {"number": "W99999", "email": "paul@example.com", "postcode": "sw1a1aa"},
    ],
)
async def test_facts_may_be_written_as_people_write_them(shop: Sessions, facts: dict[str, str]) -> None:
    assert (await verify(shop, await talk(shop), **facts)).ok


WRONG = [
    {"number": "W10235"},
    {"number": "W99999"},
    {"number": ""},
    {"number": "１０２３４"},
    {"email": "paul@example.com"},
    {"email": ""},
    {"postcode": "69004"},
    {"postcode": ""},
    {"postcode": "%"},
]


async def test_any_wrong_fact_fails_the_same_way(shop: Sessions) -> None:
    outcomes = []
    for number, facts in enumerate(WRONG):
        conversation = await talk(shop, str(number))
        outcomes.append(await verify(shop, conversation, **facts))
        found = await core.conversation(shop, conversation)
        assert (found.proof, found.customer_id) == ("anonymous", None), facts
    assert outcomes == [Verification(ok=False, tries_left=2, locked=False)] * len(WRONG)


async def test_an_order_without_postcode_or_email_proves_nothing(shop: Sessions) -> None:
    async with shop() as session, session.begin():
        customer = Customer(id=new_id())
        session.add(customer)
        await session.flush()
        session.add(
            Order(customer_id=customer.id, number="1", number_key="1", status="paid", total_minor=1, currency="EUR")
        )
    for facts in ({"email": "", "postcode": ""}, {"email": "x@y.z", "postcode": ""}):
        assert not (await verify(shop, await talk(shop, str(facts)), number="1", **facts)).ok


async def test_three_wrong_tries_lock_the_conversation_even_for_the_right_facts(shop: Sessions) -> None:
    conversation = await talk(shop)
    outcomes = [await verify(shop, conversation, postcode="00000") for _ in range(3)]
    assert [(one.tries_left, one.locked) for one in outcomes] == [(2, False), (1, False), (0, True)]
    right = await verify(shop, conversation)
    assert (right.ok, right.locked) == (False, True)
    assert (await core.conversation(shop, conversation)).proof == "anonymous"
    assert (await verify(shop, await talk(shop, "elsewhere"))).ok


async def test_a_turn_that_runs_twice_tries_once(shop: Sessions) -> None:
    conversation, wrong, right = await talk(shop), new_id(), new_id()
    for _ in range(5):
        assert (await verify(shop, conversation, wrong, postcode="0")).tries_left == 2
    first = await verify(shop, conversation, right)
    assert first.ok and await verify(shop, conversation, right) == first
    async with shop() as session:
        assert len(list(await session.scalars(select(VerificationAttempt.id)))) == 2


async def test_an_order_attacked_from_many_conversations_is_closed_to_all(shop: Sessions) -> None:
    for number in range(services.ORDER_TRIES):
        assert not (await verify(shop, await talk(shop, f"attacker {number}"), postcode=str(number))).ok
    owner = await verify(shop, await talk(shop, "the owner"))
    assert not owner.ok
    assert (await verify(shop, await talk(shop, "another order"), number="W10234-B")).ok
    async with shop() as session, session.begin():
        for attempt in await session.scalars(select(VerificationAttempt)):
            attempt.created_at -= services.ORDER_WINDOW
    assert (await verify(shop, await talk(shop, "an hour later"))).ok


async def test_nothing_is_read_without_proof_and_nothing_of_others_with_it(shop: Sessions) -> None:
    conversation = await talk(shop)
    async with shop() as session:
        for number in ("W10234", "unknown"):
            with pytest.raises(NotProved):
                await services.order_for(session, conversation_id=conversation, number=number)
        with pytest.raises(NotProved):
            await services.last_order(session, conversation_id=conversation)
        with pytest.raises(NotFound):
            await services.last_order(session, conversation_id=new_id())
    await verify(shop, conversation)
    async with shop() as session:
        for number in ("W99999", "unknown", ""):
            with pytest.raises(NotProved, match="not this customer"):
                await services.order_for(session, conversation_id=conversation, number=number)


@pytest.mark.parametrize(("proof", "told"), [("anonymous", False), ("channel", True)])
async def test_a_supposed_customer_is_told_nothing_and_one_the_platform_vouches_for_is(
    shop: Sessions, proof: str, told: bool
) -> None:
    conversation = await talk(shop)
    async with shop() as session, session.begin():
        found = await session.get_one(Conversation, conversation)
        found.customer_id = await session.scalar(select(Customer.id).limit(1))
        found.proof = proof
    async with shop() as session:
        if told:
            assert await services.last_order(session, conversation_id=conversation) is not None
            return
        with pytest.raises(NotProved):
            await services.last_order(session, conversation_id=conversation)


async def test_the_record_holds_nothing_personal(shop: Sessions) -> None:
    conversation = await talk(shop)
    await verify(shop, conversation, email="wrong@example.com")
    await verify(shop, conversation)
    async with shop() as session:
        entries = list(await session.scalars(select(AuditEntry)))
    assert [entry.action for entry in entries] == ["verified"]
    told = json.dumps([[e.actor, e.action, e.subject_kind, e.subject_id, e.details] for e in entries])
    for secret in ("@", "69003", "10234", "Marie", "Dupont"):
        assert secret not in told
