"""Somebody's account on a channel gets another name: who is followed, and who is not."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from crm_backend.audit.model import AuditEntry
from crm_backend.conversations.model import Participant
from crm_backend.conversations.receiving import moving
from crm_backend.customers.model import Customer, Identity
from crm_backend.database import Sessions, new_id, utc_now
from tests.support import core

OLD, NEW = "33612345678", "33755555555"


def from_(number: str) -> dict[str, object]:
    return {
        "channel": "whatsapp",
        "identity_kind": "whatsapp",
        "identity_value": number,
        "address": number,
        "vouched": {"kind": "phone", "value": f"+{number}"},
    }


async def marie(sessions: Sessions) -> UUID:
    async with sessions() as session, session.begin():
        customer = Customer(id=new_id(), first_name="Marie", last_name="Dupont")
        session.add(customer)
        await session.flush()
        session.add(Identity(customer_id=customer.id, kind="phone", value=f"+{OLD}"))
    return customer.id


async def move(sessions: Sessions, *, moved_at: datetime | None = None) -> bool:
    async with sessions() as session, session.begin():
        moved = await moving.account_moved(
            session,
            channel="whatsapp",
            kind="whatsapp",
            old=OLD,
            new=NEW,
            moved_at=moved_at or utc_now(),
            old_phone=f"+{OLD}",
        )
    return moved is not None


async def test_the_conversation_goes_on_under_the_new_number(sessions: Sessions) -> None:
    customer = await marie(sessions)
    first = await core.write(sessions, "bonjour", **from_(OLD))
    assert await move(sessions)
    then = await core.write(sessions, "c’est encore moi", **from_(NEW))
    talk = await core.conversation(sessions, then.conversation_id)
    assert then.conversation_id == first.conversation_id
    assert (talk.address, talk.customer_id, talk.proof) == (NEW, customer, "channel")
    async with sessions() as session:
        assert set(await session.scalars(select(Participant.address))) == {NEW}
        assert "account_moved" in set(await session.scalars(select(AuditEntry.action)))


async def test_the_next_holder_of_the_number_is_not_the_customer(sessions: Sessions) -> None:
    await marie(sessions)
    await core.write(sessions, "bonjour", **from_(OLD))
    assert await move(sessions)
    stranger = await core.write(sessions, "bonjour", **from_(OLD))
    assert (await core.conversation(sessions, stranger.conversation_id)).customer_id is None


async def test_moving_again_changes_nothing(sessions: Sessions) -> None:
    await core.write(sessions, "bonjour", **from_(OLD))
    assert await move(sessions)
    assert not await move(sessions)


async def test_who_wrote_from_the_number_after_the_move_is_somebody_else(sessions: Sessions) -> None:
    await core.write(sessions, "bonjour", **from_(OLD))
    assert not await move(sessions, moved_at=utc_now() - timedelta(minutes=1))


async def test_nothing_moves_to_a_number_that_somebody_wrote_from(sessions: Sessions) -> None:
    before = await core.write(sessions, "bonjour", **from_(OLD))
    other = await core.write(sessions, "bonjour", **from_(NEW))
    assert not await move(sessions)
    assert (await core.conversation(sessions, before.conversation_id)).address == OLD
    assert (await core.conversation(sessions, other.conversation_id)).address == NEW
