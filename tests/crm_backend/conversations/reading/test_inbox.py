"""The inbox: what is in each view, filters, and drafts."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.conversations.desk import filters, second_thoughts
from crm_backend.conversations.reading import inbox
from crm_backend.conversations.schema import agent_owner
from crm_backend.database import new_id
from crm_backend.errors import BadInput, Invalid, NotAllowed, NotFound, TooLong
from crm_backend.routing.settings_model import Team, TeamMember
from tests.crm_backend.conversations.desks import NOW, acting, person, seen, talk
from tests.crm_backend.service_levels import house


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


async def test_filters_are_ones_own_and_a_supervisor_shares(crm: AsyncSession) -> None:
    emma, lea = await person(crm), await person(crm, "Léa Martin", "supervisor")
    hers, leas = await acting(crm, emma), await acting(crm, lea)
    mine = await filters.save(crm, actor=hers, name=" <b>Mails</b> ", view="team", criteria={"channel": "mail"})
    shared = await filters.save(crm, actor=leas, name="EN", view="waiting", criteria={"language": "en"}, shared=True)
    own = await filters.save(crm, actor=leas, name="Mine alone", view="mine", criteria={})
    assert [row.id for row in await filters.of_agent(crm, actor=hers)] == [mine.id, shared.id]
    assert (shared.view, shared.criteria) == ("waiting", {"language": "en"})
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
