"""What is put off: out of sight, and back at the top when its time has come."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.conversations.handing_over import owners, snoozes
from crm_backend.conversations.schema import agent_owner
from crm_backend.errors import Invalid, NotOwner, OwnerChanged
from crm_backend.notices import services as notices
from tests.crm_backend.conversations.desks import NOW, person, seen, talk


async def test_what_is_put_off_is_out_of_sight_and_comes_back_at_the_top_with_a_notice(crm: AsyncSession) -> None:
    emma = await person(crm)
    oldest = await talk(crm, agent_owner(emma.id), minutes=90, waiting_since=NOW - timedelta(hours=2))
    later = await talk(crm, agent_owner(emma.id), minutes=1)
    until = NOW + timedelta(hours=1)
    await snoozes.snooze(crm, conversation_id=later.id, agent=emma, version=1, until=until, now=NOW)
    assert (await seen(crm, emma, "mine"), await seen(crm, emma, "snoozed")) == ([oldest.id], [later.id])
    assert await snoozes.due(crm, now=NOW) == []
    assert await snoozes.due(crm, now=until) == [(later.id, [emma.id])]
    assert await seen(crm, emma, "mine") == [later.id, oldest.id]
    assert [each.kind for each in await notices.of_agent(crm, emma.id)] == [snoozes.RETURNED]
    assert await snoozes.due(crm, now=until) == []
    await snoozes.wake(crm, conversation_id=later.id, agent=emma, version=1)
    assert await seen(crm, emma, "mine") == [oldest.id, later.id]


async def test_a_conversation_put_off_until_the_customer_writes_is_nobodys_elses_snooze(crm: AsyncSession) -> None:
    emma, karim = await person(crm), await person(crm, "Karim Benali")
    held = await talk(crm, agent_owner(emma.id))
    await snoozes.snooze(crm, conversation_id=held.id, agent=emma, version=1, until=None, now=NOW)
    assert await snoozes.due(crm, now=NOW + timedelta(days=400)) == []
    snoozes.end(held, now=NOW)
    assert (held.snoozed_at, held.returned_at) == (None, NOW)
    await snoozes.snooze(crm, conversation_id=held.id, agent=emma, version=1, until=None, now=NOW)
    await owners.give(crm, held, agent=karim, now=NOW)
    await crm.flush()
    assert await seen(crm, karim, "mine") == [held.id]


@pytest.mark.parametrize("hours", [0, -1, 24 * 367])
async def test_a_snooze_ends_in_the_coming_year(crm: AsyncSession, hours: int) -> None:
    emma = await person(crm)
    held = await talk(crm, agent_owner(emma.id))
    until = NOW + timedelta(hours=hours)
    with pytest.raises(Invalid):
        await snoozes.snooze(crm, conversation_id=held.id, agent=emma, version=1, until=until, now=NOW)


async def test_only_who_has_a_conversation_puts_it_off(crm: AsyncSession) -> None:
    emma, karim = await person(crm), await person(crm, "Karim Benali")
    held = await talk(crm, agent_owner(emma.id))
    given: dict[str, Any] = {"conversation_id": held.id, "until": None, "now": NOW}
    with pytest.raises(NotOwner):
        await snoozes.snooze(crm, agent=karim, version=1, **given)
    with pytest.raises(OwnerChanged):
        await snoozes.snooze(crm, agent=emma, version=7, **given)
