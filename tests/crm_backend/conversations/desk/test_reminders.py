"""Reminders: told once at their time, put off, done, and nobody else's."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.agents.model import Agent
from crm_backend.conversations.desk import reminders
from crm_backend.conversations.model import Conversation
from crm_backend.conversations.notes_model import Reminder
from crm_backend.conversations.reading import inbox
from crm_backend.customers.model import Customer
from crm_backend.database import new_id, utc_now
from crm_backend.errors import BadInput, Invalid, NotAllowed, NotFound, NotNow, Stale, TooLong
from crm_backend.notices import services as notices
from tests.crm_backend.conversations.desks import person, talk

NOW = utc_now()
SOON = NOW + timedelta(hours=1)


async def remind(session: AsyncSession, agent: Agent, where: Conversation, **more: Any) -> tuple[Reminder, bool]:
    given: dict[str, Any] = {
        "client_id": new_id(),
        "text": "Appeler le transporteur",
        "due_at": SOON,
        "now": NOW,
    } | more
    return await reminders.remind(session, conversation_id=where.id, agent=agent, **given)


async def test_a_reminder_is_told_once_at_its_time_and_again_when_put_off(crm: AsyncSession) -> None:
    emma, marie = await person(crm), Customer(id=new_id(), first_name="Marie", last_name="Dupont")
    crm.add(marie)
    await crm.flush()
    held, key = await talk(crm, "bot", customer_id=marie.id), new_id()
    made, new = await remind(crm, emma, held, client_id=key)
    assert (new, (await remind(crm, emma, held, client_id=key))[1]) == (True, False)
    assert await reminders.due(crm, now=NOW) == []
    assert await reminders.due(crm, now=SOON) == [emma.id]
    assert await reminders.due(crm, now=SOON) == []
    (told,) = await notices.of_agent(crm, emma.id)
    assert (told.kind, told.texts["fr"]) == (reminders.DUE, "Rappel\u00a0: Appeler le transporteur (Marie Dupont)")
    later = SOON + timedelta(days=1)
    await reminders.change(crm, reminder_id=made.id, agent=emma, now=SOON, due_at=later, text="")
    assert await reminders.due(crm, now=later) == [emma.id]
    assert (await notices.of_agent(crm, emma.id))[0].texts["en"] == "Reminder: the conversation with Marie Dupont."
    (listed,) = await reminders.of_agent(crm, emma, conversation_id=held.id)
    assert (listed.customer, listed.channel) == ("Marie Dupont", "webchat")
    await reminders.change(crm, reminder_id=made.id, agent=emma, now=later, done=True)
    assert await reminders.of_agent(crm, emma) == []
    await reminders.change(crm, reminder_id=made.id, agent=emma, now=later, done=False)
    assert len(await reminders.of_agent(crm, emma)) == 1


async def test_what_is_due_is_counted_for_its_agent_only(crm: AsyncSession) -> None:
    emma, karim, held = await person(crm), await person(crm, "Karim Benali"), await talk(crm, "bot")
    for minutes in (1, 2, 600):
        past = NOW - timedelta(minutes=10)
        await remind(crm, emma, held, due_at=past + timedelta(minutes=minutes), now=past)
    counts = [(await inbox.counts(crm, agent=each))["reminders"] for each in (emma, karim)]
    assert counts == [2, 0]
    assert await reminders.of_agent(crm, karim) == []


async def test_a_reminder_is_its_agents_own(crm: AsyncSession) -> None:
    emma, karim, held = await person(crm), await person(crm, "Karim Benali"), await talk(crm, "bot")
    made, _ = await remind(crm, emma, held)
    with pytest.raises(NotFound):
        await reminders.change(crm, reminder_id=made.id, agent=karim, now=NOW, done=True)
    with pytest.raises(Stale):
        await reminders.change(crm, reminder_id=made.id, agent=emma, now=NOW, done=True, version=9)
    with pytest.raises(BadInput):
        await remind(crm, emma, await talk(crm, "bot"), client_id=made.client_id)


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"due_at": NOW}, Invalid),
        ({"due_at": NOW + timedelta(days=367)}, Invalid),
        ({"text": "x" * 501}, TooLong),
    ],
)
async def test_a_reminder_is_in_the_coming_year_and_short(
    crm: AsyncSession, given: dict[str, Any], error: type[Exception]
) -> None:
    emma, held = await person(crm), await talk(crm, "bot")
    with pytest.raises(error):
        await remind(crm, emma, held, **given)
    with pytest.raises(NotAllowed):
        await remind(crm, await person(crm, "Ada", "gone"), held)


async def test_there_are_not_too_many(crm: AsyncSession, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reminders, "MOST", 1)
    emma, held = await person(crm), await talk(crm, "bot")
    await remind(crm, emma, held)
    with pytest.raises(NotNow):
        await remind(crm, emma, held)
