"""The one order of locks: whoever changes the same rows at the same moment waits in a line, never in a circle."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import delete, func, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from channels.telegram import standing
from crm_backend.conversations import stream
from crm_backend.conversations.model import Conversation, JoinCode, OutboxItem
from crm_backend.conversations.receiving import joining, moving
from crm_backend.conversations.schema import Receipt
from crm_backend.conversations.sending import deliveries, locks, receipts, undelivered
from crm_backend.conversations.sending.outbox import Delivery
from crm_backend.customers import people
from crm_backend.customers.model import Identity
from crm_backend.database import Sessions, utc_now
from crm_backend.proof_codes.model import ProofCode
from tests.crm_backend.proof_codes import talks as codes
from tests.support import core
from tests.support.outbox import item, one, replies, settle

Work = Callable[[AsyncSession, Delivery], Awaitable[object]]


async def bounced(session: AsyncSession, delivery: Delivery) -> object:
    receipt = Receipt(channel="webchat", platform_id="p", state="failed", cause="gone", unreachable=True)
    return await receipts.apply(session, receipt)


async def refused(session: AsyncSession, delivery: Delivery) -> object:
    return await deliveries.rejected(session, delivery, error="gone", reason="unreachable")


async def replayed(session: AsyncSession, delivery: Delivery) -> object:
    return await undelivered._queue_again(session, OutboxItem.id == delivery.id)


async def waiting(sessions: Sessions) -> None:
    """Until somebody waits for a lock."""
    stuck = text(
        "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
    )
    async with asyncio.timeout(10), sessions() as session:
        while not await session.scalar(stuck):
            await session.rollback()
            await asyncio.sleep(0.01)


async def begun(sessions: Sessions, work: Callable[[AsyncSession], Awaitable[object]]) -> asyncio.Task[None]:
    """Does something in a transaction of its own, and returns once it waits."""

    async def transaction() -> None:
        async with sessions() as session, session.begin():
            await work(session)

    task = asyncio.create_task(transaction())
    await waiting(sessions)
    return task


@pytest.mark.parametrize("work", [bounced, refused, replayed])
async def test_what_a_platform_tells_of_a_message_waits_for_a_move_of_its_recipient(
    sessions: Sessions, work: Work
) -> None:
    """The move has the person and wants what is on its way to them; what is told has come for both."""
    await replies(sessions, "un")
    delivery = await one(sessions)
    if work is bounced:
        await settle(sessions, "sent", delivery, platform_id="p")
    if work is replayed:
        await settle(sessions, "rejected", delivery, error="gone", reason="unreachable")
    async with asyncio.timeout(20), sessions() as session, session.begin():
        await people.writer(session, kind="browser", value="marie", now=utc_now(), wrote=False)
        told = await begun(sessions, lambda other: work(other, delivery))
        # A copy in the queue, so that the move has something to take along.
        await session.execute(update(OutboxItem).values(state="queued"))
        moved = await moving.account_moved(
            session, channel="webchat", kind="browser", old="marie", new="mary", moved_at=utc_now() + timedelta(days=1)
        )
        assert moved is not None
        if work is not replayed:
            await session.execute(update(OutboxItem).values(state="sending"))
    await asyncio.wait_for(told, 20)
    assert (await item(sessions, delivery)).address == "mary"


async def test_a_group_that_moves_waits_for_who_writes_there(sessions: Sessions) -> None:
    group = {"channel": "telegram", "identity_kind": standing.GROUP_KIND, "identity_value": "-5:7", "address": "-5"}
    talk = (await core.write(sessions, **group)).conversation_id
    async with asyncio.timeout(20), sessions() as session, session.begin():
        await people.writer(session, kind=standing.GROUP_KIND, value="-5:7", now=utc_now())
        moves = await begun(sessions, lambda other: standing.moved(other, account="main", old=-5, new=-1005))
        await stream.locked(session, talk)
    await asyncio.wait_for(moves, 20)
    assert (await core.conversation(sessions, talk)).address == "-1005"


async def test_a_code_that_is_brought_waits_for_the_conversation_and_may_lose_it(sessions: Sessions) -> None:
    talk = (await core.write(sessions)).conversation_id
    async with sessions() as session, session.begin():
        code = await joining.make_code(session, conversation_id=talk)
    found: list[Conversation | None] = []

    async def brought(session: AsyncSession) -> None:
        there = await people.writer(session, kind="whatsapp", value="33612345678", now=utc_now())
        found.append(await joining.redeem(session, code, channel="whatsapp", writer=there.id, now=utc_now()))

    async with asyncio.timeout(20), sessions() as session, session.begin():
        await stream.locked(session, talk)
        comes = await begun(sessions, brought)
        # As when a split is undone: the conversation goes, and its codes with it.
        await session.execute(delete(Conversation).where(Conversation.id == talk))
    await asyncio.wait_for(comes, 20)
    async with sessions() as session:
        assert found == [None] and await session.scalar(select(func.count()).select_from(JoinCode)) == 0


async def test_only_who_is_held_is_marked_when_an_item_has_gone_to_somebody_else(sessions: Sessions) -> None:
    await replies(sessions, "un")
    delivery = await one(sessions)
    held: list[UUID] = []
    async with sessions() as session, session.begin():
        held += await locks.recipients(session, OutboxItem.id == delivery.id)
        assert len(held) == 1
        await deliveries.mark_unreachable(session, delivery.id, utc_now(), held=[])
    async with sessions() as session:
        assert (await session.get_one(Identity, held[0])).unreachable_since is None


async def test_a_code_that_is_typed_waits_for_its_address_before_it_is_held_itself(sessions: Sessions) -> None:
    """Who takes an address off a file has it, and wants the codes that went there."""
    async with sessions() as session, session.begin():
        await codes.marie(session)
        here = await codes.talk(session)
        await here.asks()
        secret = await codes.code(session)
    heard = []

    async def types(session: AsyncSession) -> None:
        heard.append(await codes.Talk(session, here.id).types(secret))

    async with asyncio.timeout(20), sessions() as session, session.begin():
        await session.execute(select(Identity).where(Identity.value == codes.EMAIL).with_for_update())
        typed = await begun(sessions, types)
        await session.execute(update(ProofCode).values(identity_id=None))
    await asyncio.wait_for(typed, 20)
    assert heard == ["expired"]
