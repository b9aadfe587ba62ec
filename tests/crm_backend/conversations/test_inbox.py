"""The inbox: what is in each view, what is put off and comes back, filters, drafts, and answers taken back."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access import queries as access
from crm_backend.access.actor import Actor
from crm_backend.agents.model import Agent
from crm_backend.conversations import filters, inbox, lists, owners, second_thoughts, snoozes
from crm_backend.conversations.inbox import Criteria
from crm_backend.conversations.model import Conversation, Message, OutboxItem
from crm_backend.conversations.schema import agent_owner
from crm_backend.customers.model import Identity
from crm_backend.database import Sessions, new_id, utc_now
from crm_backend.errors import BadInput, Invalid, NotAllowed, NotFound, NotNow, NotOwner, OwnerChanged, TooLong
from crm_backend.notices import services as notices
from crm_backend.routing.settings_model import Team, TeamMember
from tests.crm_backend.service_levels import house

NOW = utc_now()


async def person(session: AsyncSession, name: str = "Emma Roy", role: str = "agent") -> Agent:
    made = Agent(id=new_id(), email=f"{new_id()}@example.com", name=name, password_hash="-", role=role)
    session.add(made)
    await session.flush()
    return made


async def talk(session: AsyncSession, owner: str, *, minutes: int = 1, **more: Any) -> Conversation:
    """A conversation that nobody has said anything in, so many minutes old."""
    who = Identity(id=new_id(), kind="browser", value=str(new_id()), proof="none")
    session.add(who)
    await session.flush()
    then = NOW - timedelta(minutes=minutes)
    more = {"channel": "webchat", "address": "x", "last_message_at": then} | more
    held = Conversation(id=new_id(), identity_id=who.id, owner=owner, **more)
    session.add(held)
    await session.flush()
    return held


async def seen(session: AsyncSession, agent: Agent, view: inbox.View, criteria: Criteria = inbox.ANY) -> list[UUID]:
    found, _ = await lists.listing(session, agent=agent, view=view, criteria=criteria)
    return [each.id for each in found]


async def acting(session: AsyncSession, agent: Agent) -> Actor:
    return await access.actor_of(session, agent, "desk")


async def test_each_view_has_what_belongs_there_and_its_count_says_so(crm: AsyncSession) -> None:
    emma, karim = await person(crm), await person(crm, "Karim Benali")
    crm.add(Team(key="returns", names={"fr": "Retours", "en": "Returns"}, everyone=False))
    await crm.flush()
    crm.add(TeamMember(team_key="returns", agent_id=karim.id))
    waits = {"waiting_since": NOW - timedelta(minutes=9)}
    nobodys = await talk(crm, "queue:support", minutes=2, waiting_since=NOW)
    theirs = await talk(crm, "queue:returns", minutes=3, team="returns", **waits)
    mine = await talk(crm, agent_owner(emma.id), minutes=4)
    karims = await talk(crm, agent_owner(karim.id), minutes=5, **waits)
    await talk(crm, "bot")
    await talk(crm, "nobody")
    expected = {
        "waiting": [theirs, nobodys],
        "mine": [mine],
        "team": [karims, mine, nobodys],
        "longest": [theirs, karims, nobodys],
        "snoozed": [],
        "risk": [],
    }
    counts = await inbox.counts(crm, agent=emma)
    for view, rows in expected.items():
        got = await seen(crm, emma, inbox.known_view(view))
        assert sorted(got) == sorted(row.id for row in rows), view
        assert counts[view] == len(rows), view
    assert (await seen(crm, emma, "longest"))[-1] == nobodys.id
    assert theirs.id in await seen(crm, karim, "team")
    with pytest.raises(BadInput):
        inbox.known_view("everything")


async def test_a_promise_is_at_risk_from_its_warning_until_it_is_kept(crm: AsyncSession) -> None:
    emma = await person(crm)
    held = await talk(crm, agent_owner(emma.id))
    await house.policy(crm, (await house.calendar(crm)).id)
    soon, late = await house.case(crm, at=NOW), await house.case(crm, at=NOW - timedelta(hours=9))
    await house.link(crm, soon, held)
    assert (await seen(crm, emma, "risk"), (await inbox.counts(crm, agent=emma))["risk"]) == ([], 0)
    await house.link(crm, late, held)
    assert (await seen(crm, emma, "risk"), (await inbox.counts(crm, agent=emma))["risk"]) == ([held.id], 1)
    held.owner = "nobody"
    await crm.flush()
    assert await seen(crm, emma, "risk") == []


async def test_criteria_narrow_a_view(crm: AsyncSession) -> None:
    emma = await person(crm)
    wanted = await talk(crm, "queue:support", channel="mail", language="en", topic="refund")
    await talk(crm, "queue:support", channel="webchat", language="fr")
    for given in ({"channel": "mail"}, {"language": "en"}, {"topic": "refund"}, {"channel": "mail", "team": "support"}):
        assert await seen(crm, emma, "waiting", filters.criteria_of(given)) == [wanted.id]
    assert await seen(crm, emma, "waiting", filters.criteria_of({"words": "%_\\"})) == []


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


async def test_filters_are_ones_own_and_a_supervisor_shares(crm: AsyncSession) -> None:
    emma, lea = await person(crm), await person(crm, "Léa Martin", "supervisor")
    hers, leas = await acting(crm, emma), await acting(crm, lea)
    mine = await filters.save(crm, actor=hers, name=" <b>Mails</b> ", view="team", criteria={"channel": "mail"})
    shared = await filters.save(crm, actor=leas, name="EN", view="waiting", criteria={"language": "en"}, shared=True)
    own = await filters.save(crm, actor=leas, name="Mine alone", view="mine", criteria={})
    assert [row.id for row in await filters.of_agent(crm, actor=hers)] == [mine.id, shared.id]
    assert filters.view_of(shared) == ("waiting", Criteria(language="en"))
    with pytest.raises(NotAllowed):
        await filters.save(crm, actor=hers, name="x", view="mine", criteria={}, shared=True)
    for row in (shared, own):
        with pytest.raises(NotFound):
            await filters.remove(crm, actor=hers, filter_id=row.id)
    with pytest.raises(Invalid):
        await filters.save(crm, actor=leas, name="EN", view="mine", criteria={})
    await filters.save(crm, actor=hers, filter_id=mine.id, version=1, name="Mails", view="mine", criteria={})
    await filters.remove(crm, actor=hers, filter_id=mine.id)
    assert [row.id for row in await filters.of_agent(crm, actor=hers)] == [shared.id]


@pytest.mark.parametrize(
    "given", [{"owner": "bot"}, {"channel": 7}, {"team": ["a"]}, {"words": "x" * 201}, {"topic": {"a": 1}}]
)
def test_criteria_are_short_texts_that_are_known(given: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        filters.criteria_of(given)


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


async def test_a_draft_is_each_agents_own(crm: AsyncSession) -> None:
    emma, karim = await person(crm), await person(crm, "Karim Benali")
    held = await talk(crm, agent_owner(emma.id))
    for text in ("<script>alert(1)</script>", "plus\x00 tard\ud800"):
        await second_thoughts.keep_draft(crm, conversation_id=held.id, agent=emma, text=text)
    draft = await second_thoughts.draft(crm, conversation_id=held.id, agent=emma)
    assert draft is not None and draft.text == "plus tard"
    assert await second_thoughts.draft(crm, conversation_id=held.id, agent=karim) is None
    with pytest.raises(TooLong):
        await second_thoughts.keep_draft(crm, conversation_id=held.id, agent=emma, text="x" * 10_001)
    with pytest.raises(NotFound):
        await second_thoughts.keep_draft(crm, conversation_id=new_id(), agent=emma, text="x")
    await second_thoughts.keep_draft(crm, conversation_id=held.id, agent=emma, text="  ")
    assert await second_thoughts.draft(crm, conversation_id=held.id, agent=emma) is None


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
