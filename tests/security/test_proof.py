"""Proof of who one is: it cannot be guessed from many places at once, and it does not outlive who gave it."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text

from crm_backend.conversations.model import Conversation
from crm_backend.conversations.receiving.belonging import PROOF_KEPT
from crm_backend.customers.model import Customer, Identity
from crm_backend.database import Sessions, new_id, utc_now
from crm_backend.errors import NotProved
from crm_backend.orders import services
from crm_backend.orders.model import Order
from crm_backend.orders.schema import Verification
from tests.support import core

EMAIL, POSTCODE = "marie@example.com", "69003"


@pytest.fixture
async def shop(sessions: Sessions) -> Sessions:
    """Marie with order 10234, Paul with 20468."""
    async with sessions.begin() as session:
        for email, number in ((EMAIL, "10234"), ("paul@example.com", "20468")):
            customer = Customer(id=new_id(), first_name=email.split("@", 1)[0], last_name="Dupont")
            session.add(customer)
            await session.flush()
            session.add(Identity(customer_id=customer.id, kind="email", value=email))
            order = Order(customer_id=customer.id, number=number, number_key=number, status="shipped")
            order.placed_at, order.total_minor, order.currency, order.ship_postcode = utc_now(), 100, "EUR", POSTCODE
            session.add(order)
    return sessions


async def talk(shop: Sessions, visitor: str) -> UUID:
    return (await core.write(shop, visitor=visitor)).conversation_id


async def verify(
    shop: Sessions, conversation: UUID, *, number: str = "10234", email: str = EMAIL, postcode: str = POSTCODE
) -> Verification:
    async with shop.begin() as session:
        return await services.verify_by_facts(
            session, conversation_id=conversation, turn_id=new_id(), number=number, email=email, postcode=postcode
        )


async def waiting(shop: Sessions, count: int) -> None:
    """Returns once so many wait for an advisory lock."""
    held_up = text(
        "select count(*) from pg_locks join pg_database d on d.oid = database"
        " where locktype = 'advisory' and not granted and d.datname = current_database()"
    )
    async with asyncio.timeout(20):
        while True:
            async with shop() as session:
                if (await session.scalar(held_up)) == count:
                    return
            await asyncio.sleep(0.01)


async def last_order(shop: Sessions, conversation: UUID) -> str | None:
    async with shop() as session:
        found = await services.last_order(session, conversation_id=conversation)
        return found.number if found else None


async def test_order_numbers_cannot_be_gone_through_with_a_known_address_and_postcode(shop: Sessions) -> None:
    for number in range(services.EMAIL_TRIES):
        assert not (await verify(shop, await talk(shop, f"{number}"), number=f"{number}")).ok
    assert not (await verify(shop, await talk(shop, "at last"))).ok
    paul = await verify(shop, await talk(shop, "paul"), number="20468", email="paul@example.com")
    assert paul.ok, "who is not concerned notices nothing"


async def test_guesses_at_once_from_many_conversations_are_all_counted(shop: Sessions) -> None:
    wrong = services.ORDER_TRIES
    conversations = [await talk(shop, f"guesser {n}") for n in range(wrong + 1)]
    # The right one comes last, as for somebody who goes through them all: who waits for a lock gets it in turn.
    async with shop.begin() as session:
        await services._in_turn(session, "10234", EMAIL)
        guesses = [asyncio.create_task(verify(shop, conversations[n], postcode=f"{n:05}")) for n in range(wrong)]
        await waiting(shop, wrong)
        guesses.append(asyncio.create_task(verify(shop, conversations[wrong])))
        await waiting(shop, wrong + 1)
    outcomes = await asyncio.gather(*guesses)
    assert not any(outcome.ok for outcome in outcomes)


async def test_guesses_at_once_in_one_conversation_are_three(shop: Sessions) -> None:
    conversation = await talk(shop, "guesser")
    wrong = [verify(shop, conversation, postcode=str(n)) for n in range(8)]
    outcomes = await asyncio.gather(*wrong)
    assert sum(not outcome.locked for outcome in outcomes) == services.TRIES - 1
    assert not (await verify(shop, conversation)).ok


async def test_proof_ends_with_the_conversation_even_if_it_is_reopened(shop: Sessions) -> None:
    conversation = await talk(shop, "shared browser")
    assert (await verify(shop, conversation)).ok
    assert await last_order(shop, conversation) == "10234"
    claire = await core.agent(shop)
    await core.change(shop, "take", conversation, claire)
    await core.change(shop, "close", conversation, claire)
    again = await core.write(shop, "ma dernière commande ?", visitor="shared browser", conversation_id=conversation)
    assert again.conversation_id == conversation
    with pytest.raises(NotProved):
        await last_order(shop, conversation)


async def test_proof_ends_after_a_long_silence_and_not_before(shop: Sessions) -> None:
    conversation = await talk(shop, "shared browser")
    assert (await verify(shop, conversation)).ok
    for silence, proof in ((PROOF_KEPT - timedelta(minutes=1), "verified"), (PROOF_KEPT, "anonymous")):
        async with shop.begin() as session:
            (await session.get_one(Conversation, conversation)).last_message_at = utc_now() - silence
        await core.write(shop, "ma dernière commande ?", visitor="shared browser")
        assert (await core.conversation(shop, conversation)).proof == proof


async def test_proving_to_be_another_customer_leaves_nothing_of_the_first(shop: Sessions) -> None:
    conversation = await talk(shop, "marie")
    assert (await verify(shop, conversation)).ok
    async with shop.begin() as session:
        (await session.get_one(Conversation, conversation)).proof = "signed_in"
    assert (await verify(shop, conversation, number="20468", email="paul@example.com")).ok
    assert (await core.conversation(shop, conversation)).proof == "verified"
    assert await last_order(shop, conversation) == "20468"
