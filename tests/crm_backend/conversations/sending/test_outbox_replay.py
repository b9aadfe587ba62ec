"""Dead letters: listed, queued again by a person, in order, and told what the platform may have already."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select

from crm_backend.agents.model import Agent
from crm_backend.conversations.schema import Receipt
from crm_backend.conversations.sending import receipts, undelivered
from crm_backend.conversations.sending.outbox import Delivery
from crm_backend.customers.model import Identity
from crm_backend.database import Sessions
from crm_backend.errors import NotFound, NotOwner
from tests.support import core
from tests.support.outbox import claim, one, replies, seen_as, settle


@pytest.fixture
async def claire(sessions: Sessions) -> Agent:
    return await core.agent(sessions, role="supervisor")


async def dead(sessions: Sessions, *texts: str, visitor: str = "marie", **more: Any) -> list[Delivery]:
    """Replies of one conversation that have failed."""
    await replies(sessions, *texts, visitor=visitor)
    found = []
    for _ in texts:
        found.append(await one(sessions))
        await settle(sessions, "rejected", found[-1], error="blocked", **more)
    return found


async def again(sessions: Sessions, what: str, *given: Any, **more: Any) -> Any:
    async with sessions() as session, session.begin():
        return await getattr(undelivered, what)(session, *given, **more)


async def test_the_latest_are_listed_first_page_by_page(sessions: Sessions) -> None:
    for number in range(5):
        await dead(sessions, f"n{number}", visitor=f"v{number}")
    await replies(sessions, "elsewhere", visitor="x", account="second")
    await settle(sessions, "rejected", await one(sessions), error="gone")
    seen, before = [], None
    while True:
        page, before = await again(sessions, "listing", channel="webchat", account="main", before=before, limit=2)
        seen += [letter.text for letter in page]
        if before is None:
            break
    assert seen == ["n4", "n3", "n2", "n1", "n0"]
    (other,), _ = await again(sessions, "listing", account="second")
    assert (other.to, other.error, other.attempts, other.seq) == ("x", "gone", 1, 2)
    assert await again(sessions, "counts") == {("webchat", "main"): 5, ("webchat", "second"): 1}


async def test_one_is_sent_again_and_only_once(sessions: Sessions, claire: Agent) -> None:
    (letter,) = await dead(sessions, "un")
    (queued,) = await again(sessions, "replay", letter.id, agent=claire)
    assert (queued.conversation_id, queued.seq) == (letter.conversation_id, letter.seq)
    with pytest.raises(NotFound):
        await again(sessions, "replay", letter.id, agent=claire)
    delivery = await one(sessions)
    assert (delivery.id, delivery.attempts, delivery.faults) == (letter.id, 1, 0)
    assert (delivery.again, delivery.parts) == (False, ())
    await settle(sessions, "sent", delivery, platform_id="p")
    assert await seen_as(sessions, letter.conversation_id) == ["sent"]


async def test_all_of_an_account_are_sent_again_in_order(sessions: Sessions, claire: Agent) -> None:
    await dead(sessions, "a1", "a2", visitor="a")
    await dead(sessions, "b1", visitor="b")
    await replies(sessions, "c1", visitor="c", account="second")
    await settle(sessions, "rejected", await one(sessions), error="gone")
    assert len(await again(sessions, "replay_all", channel="webchat", account="main", agent=claire)) == 3
    order = []
    while found := await claim(sessions):
        for delivery in found:
            order.append(delivery.reply.text)
            await settle(sessions, "sent", delivery, platform_id=delivery.reply.text)
    assert order == ["a1", "b1", "a2"]


async def test_what_may_have_arrived_is_sent_again_with_that_word(sessions: Sessions, claire: Agent) -> None:
    (letter,) = await dead(sessions, "un", unsure=True)
    await again(sessions, "replay", letter.id, agent=claire)
    assert (await one(sessions)).again


async def test_what_failed_midway_goes_on_after_the_parts_that_arrived(sessions: Sessions, claire: Agent) -> None:
    await replies(sessions, "un")
    delivery = await one(sessions)
    await settle(sessions, "part_sent", delivery, platform_id="a")
    await settle(sessions, "rejected", delivery, error="too long")
    await again(sessions, "replay", delivery.id, agent=claire)
    assert (await one(sessions)).parts == ("a",)


async def test_what_failed_after_it_was_sent_is_sent_whole(sessions: Sessions, claire: Agent) -> None:
    conversation = await replies(sessions, "un")
    delivery = await one(sessions)
    await settle(sessions, "part_sent", delivery, platform_id="a")
    await settle(sessions, "sent", delivery, platform_id="b")
    async with sessions() as session, session.begin():
        await receipts.apply(session, Receipt(channel="webchat", platform_id="b", state="failed", cause="x"))
    assert await again(sessions, "resend", conversation_id=conversation, seq=2, agent=claire)
    anew = await one(sessions)
    assert anew.parts == ()
    await settle(sessions, "sent", anew, platform_id="c")
    async with sessions() as session, session.begin():
        late = await receipts.apply(session, Receipt(channel="webchat", platform_id="a", state="read"))
    assert late is not None and not late.changed
    assert await seen_as(sessions, conversation) == ["sent"]


async def test_an_address_given_up_is_tried_again_when_a_person_says_so(sessions: Sessions, claire: Agent) -> None:
    (letter,) = await dead(sessions, "un", reason="unreachable")
    await again(sessions, "replay", letter.id, agent=claire)
    assert not (await one(sessions)).unreachable
    async with sessions() as session:
        assert (await session.scalars(select(Identity))).one().unreachable_since is None


async def test_resending_what_has_not_failed_changes_nothing(sessions: Sessions, claire: Agent) -> None:
    conversation = await replies(sessions, "un")
    assert not await again(sessions, "resend", conversation_id=conversation, seq=2, agent=claire)
    for seq in (1, 9):
        with pytest.raises(NotFound):
            await again(sessions, "resend", conversation_id=conversation, seq=seq, agent=claire)
    with pytest.raises(NotFound):
        await again(sessions, "resend", conversation_id=uuid4(), seq=1, agent=claire)


async def test_only_who_has_the_conversation_may_resend_in_it(sessions: Sessions, claire: Agent) -> None:
    (letter,) = await dead(sessions, "un")
    conversation = letter.conversation_id
    await core.change(sessions, "take", conversation, claire)
    emma = await core.agent(sessions, "Emma Wilson")
    with pytest.raises(NotOwner):
        await again(sessions, "resend", conversation_id=conversation, seq=2, agent=emma)
    assert await again(sessions, "resend", conversation_id=conversation, seq=2, agent=claire)
