"""What the assistant is given of a notice: the order it was about, for the customer alone, and until they go on."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import update

from crm_backend.conversations.schema import ClaimedTurn, Reply
from crm_backend.customers.model import Customer, Identity
from crm_backend.database import Sessions, new_id
from crm_backend.notifications import services
from crm_backend.notifications.schema import Planned, Start
from tests.crm_backend.notifications.test_notifications import EMAIL, NOON, RULES, WHATSAPP, marie
from tests.support import core

MAIL: dict[str, Any] = {"channel": "mail", "identity_kind": "email", "identity_value": EMAIL, "address": EMAIL}
VOUCHED = {"vouched": {"kind": "email", "value": EMAIL}}
__all__ = ["marie"]


async def told(sessions: Sessions, customer: UUID, number: str = "10234") -> UUID:
    facts = {"number": number}
    async with sessions() as session, session.begin():
        await services.notify(
            session, customer_id=customer, kind="order_shipped", subject=number, facts=facts, now=NOON
        )
        mail = Start(kind="email", channel="mail", account="main")
        planned = await services.plan(session, rules=RULES, starts=[mail], now=NOON)
        assert isinstance(planned, Planned)
        return await services.send(
            session, planned, Reply(text="It has left.", template=planned.kind, values=facts), now=NOON
        )


async def claimed(sessions: Sessions) -> ClaimedTurn:
    turn = await core.claim(sessions)
    assert turn is not None
    return turn


@pytest.mark.parametrize("vouched", [True, False])
async def test_an_answer_is_about_the_order_and_only_the_customer_hears_of_it(
    sessions: Sessions, marie: UUID, vouched: bool
) -> None:
    there = await told(sessions, marie)
    await core.write(sessions, "elle arrive quand ?", **MAIL, **(VOUCHED if vouched else {}), conversation_id=there)
    turn = await claimed(sessions)
    assert turn.state == ({"slots": {"order_number": "10234"}} if vouched else None)


async def test_the_last_one_told_counts_and_what_was_said_since(sessions: Sessions, marie: UUID) -> None:
    await core.write(sessions, "où est 10100 ?", **WHATSAPP)
    state = {"version": 1, "slots": {"order_number": "10100", "last_order": "yes", "offered": "asked"}}
    await core.answered(sessions, core.saying("Elle est là.", state=state))
    await told(sessions, marie, "10234")
    await told(sessions, marie, "10235")
    await core.write(sessions, "elle arrive quand ?", **WHATSAPP)
    turn = await claimed(sessions)
    assert turn.state == {"version": 1, "slots": {"order_number": "10235", "offered": "asked"}}
    assert await core.finish(sessions, turn, core.saying("Demain.", state={"slots": {"order_number": "10300"}}))
    await core.write(sessions, "et l'autre ?", **WHATSAPP)
    assert (await claimed(sessions)).state == {"slots": {"order_number": "10300"}}


async def test_what_is_told_while_the_assistant_thinks_is_not_forgotten(sessions: Sessions, marie: UUID) -> None:
    await core.write(sessions, "bonjour", **WHATSAPP)
    turn = await claimed(sessions)
    await told(sessions, marie)
    assert await core.finish(sessions, turn, core.saying("Bonjour", state={"slots": {"order_number": "10100"}}))
    await core.write(sessions, "elle arrive quand ?", **WHATSAPP)
    assert (await claimed(sessions)).state == {"slots": {"order_number": "10234"}}


async def test_another_customer_who_goes_on_there_hears_nothing_of_it(sessions: Sessions, marie: UUID) -> None:
    there = await told(sessions, marie)
    async with sessions() as session, session.begin():
        other = Customer(id=new_id(), first_name="Paul", last_name="Martin")
        session.add(other)
        await session.flush()
        await session.execute(update(Identity).where(Identity.customer_id == marie).values(customer_id=other.id))
    await core.write(sessions, "elle arrive quand ?", **MAIL, **VOUCHED, conversation_id=there)
    assert (await claimed(sessions)).state is None
