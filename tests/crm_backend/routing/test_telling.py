"""Who waits in a messenger is told when their wait has changed by much, and not otherwise."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.agents.model import Agent, AgentSession
from crm_backend.conversations.handing_over import owners
from crm_backend.conversations.model import Conversation, Message
from crm_backend.conversations.receiving.receive import receive
from crm_backend.conversations.thinking import turns
from crm_backend.database import new_id, utc_now
from crm_backend.routing.model import QueueEntry
from crm_backend.routing.telling import EVERY, Wait, is_longer, much, tell
from server.loops.waiting import in_words
from tests.support import core


@pytest.mark.parametrize(
    ("before", "now", "told"),
    [
        ((4, 10), (4, 10), False),
        ((4, 10), (3, 8), False),
        ((4, 10), (2, 5), True),
        ((4, 4), (4, 2), False),
        ((4, 4), (4, 7), True),
        ((1, 1), (0, 1), True),
        ((0, 1), (0, 2), False),
        ((6, None), (4, None), False),
        ((6, None), (3, None), True),
        ((6, None), (9, None), True),
        ((2, None), (1, None), False),
    ],
)
def test_what_is_much(before: tuple[int, Any], now: tuple[int, Any], told: bool) -> None:
    assert much(Wait(*before), Wait(*now)) is told


def test_longer_than_told_is_longer() -> None:
    assert is_longer(Wait(2, 4), Wait(2, 9)) and is_longer(Wait(2, None), Wait(4, None))
    assert not is_longer(Wait(2, 9), Wait(2, 4)) and not is_longer(None, Wait(2, 4))


async def waits(crm: AsyncSession, who: str, channel: str = "telegram") -> Conversation:
    come = {"channel": channel, "identity_kind": channel, "identity_value": who, "address": who}
    received = await receive(crm, core.inbound("une personne", **come))
    claimed = await turns.claim(crm, lease_seconds=60)
    assert claimed is not None and await turns.finish(crm, claimed, core.saying("un instant", do="hand_over"))
    return await crm.get_one(Conversation, received.conversation_id)


async def there(crm: AsyncSession) -> Agent:
    agent = Agent(
        email="c@example.com", name="Claire Martin", language="fr", password_hash="none", presence="available"
    )
    crm.add(agent)
    await crm.flush()
    now = utc_now()
    crm.add(
        AgentSession(
            token_hash="t",
            csrf="c",
            created_at=now,
            agent_id=agent.id,
            expires_at=now + timedelta(hours=1),
            seen_at=now,
        )
    )
    await crm.flush()
    return agent


async def told(crm: AsyncSession, *, after: timedelta = EVERY) -> list[Any]:
    now = utc_now() + after + timedelta(seconds=30)
    return await tell(crm, channels=["telegram"], wording=in_words, now=now)


async def said(crm: AsyncSession, conversation: Conversation) -> list[str]:
    rows = await crm.scalars(
        select(Message.text).where(Message.conversation_id == conversation.id, Message.author == "system")
    )
    return list(rows)


async def test_only_a_great_change_is_told_and_not_too_often(crm: AsyncSession) -> None:
    agent = await there(crm)
    first, second, third = [await waits(crm, who) for who in "abc"]
    elsewhere = await waits(crm, "d", channel="webchat")
    await crm.execute(
        update(QueueEntry).where(QueueEntry.conversation_id == third.id).values(ahead=2, foreseen_at=utc_now())
    )
    assert await told(crm, after=EVERY / 2) == [], "it has only begun"
    # Of those nothing was foreseen for, so that it is all news.
    assert set(await told(crm)) == {first.id, second.id}
    assert (await said(crm, first), await said(crm, second)) == (
        ["Vous êtes en tête de file."], ["Une personne avant vous."],
    )  # fmt: skip
    for gone in (first, second):
        await owners.take(crm, conversation_id=gone.id, agent=agent, version=gone.version)
    assert await told(crm) == [third.id] and await said(crm, third) == ["Vous êtes en tête de file."]
    assert await told(crm, after=2 * EVERY) == [] and await said(crm, elsewhere) == []


async def test_nobody_is_told_while_nobody_is_there_or_while_something_is_asked(crm: AsyncSession) -> None:
    waiting = await waits(crm, "a")
    assert await told(crm) == []
    await there(crm)
    crm.add(
        Message(
            id=new_id(), conversation_id=waiting.id, seq=waiting.last_seq + 1, place=waiting.last_seq + 1, author="bot",
            channel="telegram", content={"asks": "passport_value"},
        )
    )  # fmt: skip
    waiting.last_seq += 1
    await crm.flush()
    assert await told(crm) == []
