"""One thing done in many conversations: in those where it may be, and the others are named with the reason."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import SYSTEM
from crm_backend.agents.model import AgentSession
from crm_backend.audit.model import AuditEntry
from crm_backend.conversations.desk import in_bulk, second_thoughts
from crm_backend.conversations.desk.in_bulk import Chosen, Means, Work
from crm_backend.conversations.schema import agent_owner
from crm_backend.database import new_id, utc_now
from crm_backend.errors import Invalid, NotAllowed
from crm_backend.tags import services as tags
from tests.support.talks import keeps_back, person, talk, writes


async def test_what_may_be_closed_is_and_the_others_say_why_not(crm: AsyncSession) -> None:
    emma, actor = await person(crm)
    ines, _ = await person(crm, name="Inès Blanc")
    mine, theirs, stale = await talk(crm, emma), await talk(crm, ines), await talk(crm, emma)
    gone = new_id()
    chosen = [Chosen(mine.id, 1), Chosen(theirs.id, 1), Chosen(stale.id, 9), Chosen(gone, 1), Chosen(mine.id, 1)]
    done, left = await in_bulk.do(crm, chosen, Work("close"), Means(actor, emma, utc_now()))
    assert done == [mine.id]
    assert [(each.id, each.error.code) for each in left] == [
        (theirs.id, "not_owner"),
        (stale.id, "owner_changed"),
        (gone, "not_found"),
    ]
    for each in (mine, theirs, stale):
        await crm.refresh(each)
    assert (mine.owner, theirs.owner, stale.owner) == ("nobody", agent_owner(ines.id), agent_owner(emma.id))
    found = await crm.execute(select(AuditEntry.details).where(AuditEntry.action == "done_in_bulk"))
    assert found.scalars().all()[-1] == {"do": "close", "done": 1, "left": 3}


@pytest.mark.parametrize("work", [Work("close"), Work("snooze")], ids=lambda work: work.do)
async def test_nothing_is_put_away_over_words_that_came_meanwhile(crm: AsyncSession, work: Work) -> None:
    emma, actor = await person(crm)
    read, unread = await talk(crm, emma), await talk(crm, emma)
    for each in (read, unread):
        await writes(crm, each)
    chosen = [Chosen(read.id, 1, read.last_seq), Chosen(unread.id, 1, unread.last_seq)]
    await writes(crm, read, emma)
    await writes(crm, unread)
    done, left = await in_bulk.do(crm, chosen, work, Means(actor, emma, utc_now()))
    assert (done, [str(each.error) for each in left]) == ([read.id], ["written_meanwhile"])
    await crm.refresh(unread)
    assert (unread.owner, unread.snoozed_at) == (agent_owner(emma.id), None)
    again = Chosen(unread.id, 1, unread.last_seq)
    assert await in_bulk.do(crm, [again], work, Means(actor, emma, utc_now())) == ([unread.id], [])


@pytest.mark.parametrize("work", [Work("close"), Work("snooze"), Work("assign", team="support")], ids=lambda w: w.do)
async def test_nothing_is_put_away_over_an_answer_that_may_not_be_said(crm: AsyncSession, work: Work) -> None:
    emma, actor = await person(crm)
    ines, _ = await person(crm, name="Inès Blanc")
    held = await talk(crm, emma)
    client_id = await keeps_back(crm, held, emma)
    await writes(crm, held, ines)
    done, left = await in_bulk.do(crm, [Chosen(held.id, 1)], work, Means(actor, emma, utc_now()))
    assert (done, [str(each.error) for each in left]) == ([], ["answered_meanwhile"])
    await crm.refresh(held)
    assert (held.owner, held.snoozed_at) == (agent_owner(emma.id), None)
    assert await second_thoughts.take_back(crm, client_id=client_id, agent=emma) == "Bonjour"


async def test_many_are_taken_tagged_put_off_and_passed_on(crm: AsyncSession) -> None:
    emma, actor = await person(crm)
    tag = await tags.add(crm, actor=SYSTEM, name="VIP")
    talks = [await talk(crm, "queue:support") for _ in range(3)]
    means, now = Means(actor, emma, utc_now()), utc_now()
    done, left = await in_bulk.do(crm, [Chosen(each.id, 1) for each in talks], Work("take"), means)
    assert (done, left) == ([each.id for each in talks], [])
    held = [Chosen(each.id, 2) for each in talks]
    for work in (Work("tag", add=[tag.id]), Work("snooze", until=now + timedelta(hours=1))):
        assert await in_bulk.do(crm, held, work, means) == (done, [])
    for each in talks:
        await crm.refresh(each)
    assert {(each.owner, tuple(each.tag_ids)) for each in talks} == {(agent_owner(emma.id), (tag.id,))}
    assert all(each.snoozed_until for each in talks)
    assert await in_bulk.do(crm, held, Work("assign", team="support"), means) == (done, [])
    for each in talks:
        await crm.refresh(each)
    assert {each.owner for each in talks} == {"queue:support"}


async def test_a_supervisor_gives_many_to_somebody_who_is_there(crm: AsyncSession) -> None:
    boss, actor = await person(crm, "supervisor")
    emma, _ = await person(crm)
    ines, agent = await person(crm, name="Inès Blanc")
    talks = [await talk(crm, ines), await talk(crm, "queue:support")]
    held = [Chosen(each.id, 1) for each in talks]
    work = Work("assign", to=emma.id, reason="Inès est malade")
    _, left = await in_bulk.do(crm, held, work, Means(actor, boss, utc_now()))
    assert [str(each.error) for each in left] == ["colleague_not_there"] * 2
    emma.presence = "available"
    now = utc_now()
    there = {"created_at": now, "seen_at": now, "expires_at": now + timedelta(hours=1)}
    crm.add(AgentSession(id=new_id(), agent_id=emma.id, token_hash="x", csrf="y", **there))
    await crm.flush()
    _, left = await in_bulk.do(crm, held, work, Means(agent, ines, utc_now()))
    assert [each.id for each in left] == [talks[1].id], "an agent passes on what they have, and no more"
    held = [Chosen(talks[0].id, 2), Chosen(talks[1].id, 1)]
    assert (await in_bulk.do(crm, held, work, Means(actor, boss, utc_now())))[1] == []
    for each in talks:
        await crm.refresh(each)
    assert {each.owner for each in talks} == {agent_owner(emma.id)}


@pytest.mark.parametrize(
    "work", [Work("burn"), Work("assign"), Work("assign", team="a", to=new_id())], ids=["unknown", "nobody", "two"]
)
async def test_work_that_is_none_is_refused(crm: AsyncSession, work: Work) -> None:
    emma, actor = await person(crm)
    with pytest.raises(Invalid):
        await in_bulk.do(crm, [Chosen(new_id(), 1)], work, Means(actor, emma, utc_now()))


async def test_neither_none_nor_too_many_nor_without_the_right(crm: AsyncSession) -> None:
    emma, actor = await person(crm)
    _, reader = await person(crm, "auditor")
    for many in (0, in_bulk.MOST + 1):
        with pytest.raises(Invalid):
            await in_bulk.do(
                crm, [Chosen(new_id(), 1) for _ in range(many)], Work("take"), Means(actor, emma, utc_now())
            )
    with pytest.raises(NotAllowed):
        await in_bulk.do(crm, [Chosen(new_id(), 1)], Work("take"), Means(reader, emma, utc_now()))
