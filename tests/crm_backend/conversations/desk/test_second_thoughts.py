"""Answers that wait a moment before they are said: taken back or said, never both."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.agents.model import Agent
from crm_backend.conversations.desk import second_thoughts
from crm_backend.conversations.handing_over import owners
from crm_backend.conversations.model import Conversation, Message, OutboxItem
from crm_backend.conversations.schema import agent_owner
from crm_backend.database import Sessions, new_id
from crm_backend.errors import Invalid, NotNow
from crm_backend.notices import services as notices
from tests.crm_backend.conversations.desks import NOW, person, talk


async def kept_back(session: AsyncSession, held: Conversation, agent: Agent, text: str = "Bonjour") -> UUID:
    client_id = new_id()
    await second_thoughts.hold(
        session, conversation_id=held.id, agent=agent, client_id=client_id, text=text, seconds=5, now=NOW, content={}
    )
    return client_id


async def test_an_answer_is_said_once_its_time_has_come_and_not_before(crm: AsyncSession) -> None:
    emma = await person(crm)
    held = await talk(crm, agent_owner(emma.id))
    client_id = await kept_back(crm, held, emma)
    assert await second_thoughts.due(crm, now=NOW) is None
    assert await crm.scalar(select(func.count()).select_from(Message)) == 0
    ended = await second_thoughts.due(crm, now=NOW + timedelta(seconds=5))
    assert ended == (held.id, emma.id, True)
    assert await crm.scalar(select(func.count()).select_from(OutboxItem)) == 1
    with pytest.raises(NotNow):
        await second_thoughts.take_back(crm, client_id=client_id, agent=emma)
    again: dict[str, Any] = {
        "conversation_id": held.id,
        "agent": emma,
        "client_id": client_id,
        "text": "Bonjour",
        "now": NOW,
    }
    assert await second_thoughts.hold(crm, **again, seconds=5, content={}) is None


async def test_an_answer_taken_back_is_its_agents_words_again(crm: AsyncSession) -> None:
    emma, karim = await person(crm), await person(crm, "Karim Benali")
    held = await talk(crm, agent_owner(emma.id))
    client_id = await kept_back(crm, held, emma, "Avec une fote")
    with pytest.raises(NotNow):
        await second_thoughts.take_back(crm, client_id=client_id, agent=karim)
    assert await second_thoughts.take_back(crm, client_id=client_id, agent=emma) == "Avec une fote"
    assert await second_thoughts.due(crm, now=NOW + timedelta(hours=1)) is None


async def test_an_answer_in_a_conversation_that_was_lost_meanwhile_becomes_a_draft(crm: AsyncSession) -> None:
    emma, karim = await person(crm), await person(crm, "Karim Benali")
    held = await talk(crm, agent_owner(emma.id))
    await kept_back(crm, held, emma)
    await second_thoughts.keep_draft(crm, conversation_id=held.id, agent=emma, text="et puis")
    await owners.give(crm, held, agent=karim, now=NOW)
    await crm.flush()
    ended = await second_thoughts.due(crm, now=NOW + timedelta(seconds=5))
    assert ended == (held.id, emma.id, False)
    draft = await second_thoughts.draft(crm, conversation_id=held.id, agent=emma)
    assert draft is not None and draft.text == "Bonjour\n\net puis"
    assert [each.kind for each in await notices.of_agent(crm, emma.id)] == [second_thoughts.NOT_SAID]
    said = await crm.scalar(select(func.count()).where(Message.author == "agent"))
    assert said == 0


async def test_who_lets_go_of_a_conversation_has_said_what_was_waiting(crm: AsyncSession) -> None:
    emma = await person(crm)
    held = await talk(crm, agent_owner(emma.id))
    for text in ("un", "deux"):
        await kept_back(crm, held, emma, text)
    await second_thoughts.say_now(crm, conversation_id=held.id, agent=emma)
    said = await crm.scalars(select(Message.text).where(Message.author == "agent").order_by(Message.seq))
    assert sorted(said) == ["deux", "un"]


@pytest.mark.parametrize("text", ["Bonjour {customer.first_name}", "{ order.number }"])
async def test_a_placeholder_that_nobody_filled_in_is_never_sent(crm: AsyncSession, text: str) -> None:
    emma = await person(crm)
    held = await talk(crm, agent_owner(emma.id))
    with pytest.raises(Invalid):
        await kept_back(crm, held, emma, text)
    with pytest.raises(Invalid):
        await owners.answer(crm, conversation_id=held.id, agent=emma, client_id=new_id(), text=text)
    await kept_back(crm, held, emma, 'un {objet} et {"json": 1}')


async def test_taken_back_or_said_but_never_both_and_never_twice(sessions: Sessions) -> None:
    """Two servers whose clocks have both come to it, an agent who takes it back, and one who says it at once."""
    async with sessions.begin() as session:
        emma = await person(session)
        talks = [await talk(session, agent_owner(emma.id)) for _ in range(6)]
        ids = [await kept_back(session, each, emma) for each in talks]

    async def say() -> None:
        for _ in ids:
            async with sessions.begin() as session:
                await second_thoughts.due(session, now=NOW + timedelta(seconds=5))

    async def undo(client_id: UUID) -> bool:
        try:
            async with sessions.begin() as session:
                await second_thoughts.take_back(session, client_id=client_id, agent=emma)
        except NotNow:
            return False
        return True

    async def again(held: Conversation, client_id: UUID) -> None:
        async with sessions.begin() as session:
            await second_thoughts.say_now(session, conversation_id=held.id, agent=emma)

    pairs = list(zip(talks, ids, strict=True))
    others = [say(), say(), *(again(*pair) for pair in pairs)]
    undone, _ = await asyncio.gather(asyncio.gather(*(undo(each) for each in ids)), asyncio.gather(*others))
    async with sessions.begin() as session:
        for taken, held in zip(undone, talks, strict=True):
            said = select(func.count()).where(Message.conversation_id == held.id, Message.author == "agent")
            assert await session.scalar(said) == (0 if taken else 1)
