"""Tags on conversations: the company's list, and what a conversation has of it."""

from __future__ import annotations

from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import SYSTEM
from crm_backend.audit.model import AuditEntry
from crm_backend.conversations.desk import filters
from crm_backend.conversations.model import Conversation
from crm_backend.conversations.reading import lists
from crm_backend.conversations.reading.inbox import Criteria
from crm_backend.database import new_id
from crm_backend.errors import Invalid, NotAllowed, NotFound, NotNow, Stale
from crm_backend.macros import services as macros
from crm_backend.rules import doing
from crm_backend.rules import services as rules
from crm_backend.rules.facts import Situation
from crm_backend.tags import services, tagging
from tests.support.talks import person, talk


async def made(crm: AsyncSession, *names: str) -> list[UUID]:
    return [(await services.add(crm, actor=SYSTEM, name=name)).id for name in names]


async def test_a_tag_is_put_on_found_again_and_taken_off(crm: AsyncSession) -> None:
    agent, actor = await person(crm)
    (lost, late), held = await made(crm, "Colis perdu", "Retard"), await talk(crm, agent)
    other = await talk(crm, agent)
    await tagging.tag(crm, actor=actor, conversation_id=held.id, add=[lost, late, lost])
    await tagging.tag(crm, actor=actor, conversation_id=other.id, add=[late])
    await tagging.tag(crm, actor=actor, conversation_id=held.id, add=[lost], remove=[new_id()])
    assert held.tag_ids == [lost, late]
    criteria = filters.criteria_of({"tag": str(lost).upper()})
    found, _ = await lists.listing(crm, agent=agent, view="mine", criteria=criteria)
    assert [(each.id, each.tag_ids) for each in found] == [(held.id, [lost, late])]
    counted = {each.tag.id: each.conversations for each in await services.used(crm, actor=actor)}
    assert counted == {lost: 1, late: 2}
    await tagging.tag(crm, actor=actor, conversation_id=held.id, remove=[lost])
    assert (await lists.listing(crm, agent=agent, view="mine", criteria=criteria))[0] == []
    await crm.flush()
    told = await crm.scalars(
        select(AuditEntry.details)
        .where(AuditEntry.action == "tagged", AuditEntry.subject_id == str(held.id))
        .order_by(AuditEntry.id)
    )
    assert list(told) == [
        {"added": ["Colis perdu", "Retard"], "removed": []},
        {"added": [], "removed": ["Colis perdu"]},
    ]


async def test_what_is_merged_goes_on_under_the_other_name_everywhere(crm: AsyncSession) -> None:
    agent, actor = await person(crm, "supervisor")
    gone, kept = await made(crm, "Perdu", "Égaré")
    both, one = await talk(crm, agent), await talk(crm, agent)
    await tagging.tag(crm, actor=actor, conversation_id=both.id, add=[gone, kept])
    await tagging.tag(crm, actor=actor, conversation_id=one.id, add=[gone])
    saved = await filters.save(crm, actor=actor, name="Perdus", view="mine", criteria={"tag": str(gone)})
    macro = await macros.add(crm, actor=actor, name="Perdu", steps=[{"do": "add_tag", "tag": str(gone)}])
    rule = await rules.add(
        crm, actor=actor, fields={"name": "r", "event": "case.opened", "actions": [tag_action(gone)]}
    )
    with pytest.raises(Stale):
        await services.merge(crm, actor=actor, tag_id=gone, into=kept, version=7)
    await services.merge(crm, actor=actor, tag_id=gone, into=kept, version=1)
    for each in (both, one, saved, macro, rule):
        await crm.refresh(each)
    assert (both.tag_ids, one.tag_ids) == ([kept], [kept])
    assert saved.criteria["tag"] == macro.steps[0]["tag"] == rule.actions[0]["tag_id"] == str(kept)
    assert [each.name for each in await services.listed(crm, actor=actor)] == ["Égaré"]


def tag_action(tag: UUID) -> dict[str, str]:
    return {"do": "tag_conversation", "tag_id": str(tag)}


async def test_a_rule_tags_the_conversation_it_is_about(crm: AsyncSession) -> None:
    (tag,), held = await made(crm, "VIP"), await talk(crm, "bot")
    about = Situation(event_id=new_id(), kind="conversation.opened", now=held.created_at, conversation=held)
    done = await doing.do(crm, [tag_action(tag), tag_action(new_id())], about)
    assert held.tag_ids == [tag]
    assert done.steps[0] == {"do": "tag_conversation", "tag": str(tag), "new": True}
    assert done.steps[1]["reason"] == "unknown_tag"


async def test_a_retired_tag_stays_where_it_is_and_is_put_on_nothing_more(crm: AsyncSession) -> None:
    agent, actor = await person(crm, "supervisor")
    (tag,), held = await made(crm, "Noël"), await talk(crm, agent)
    await tagging.tag(crm, actor=actor, conversation_id=held.id, add=[tag])
    await services.change(crm, actor=actor, tag_id=tag, changes={"retired": True, "colour": "late", "name": "Fêtes"})
    assert (await tagging.of(crm, held.tag_ids))[tag].name == "Fêtes"
    with pytest.raises(Invalid) as refused:
        await tagging.tag(crm, actor=actor, conversation_id=(await talk(crm, agent)).id, add=[tag])
    assert refused.value.reason == "tag_retired"
    assert await services.listed(crm, actor=actor, retired=False) == []


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("", "missing"),
        ("  ", "missing"),
        ("x" * 41, "too_long"),
        ("a\x00b", "unstorable_text"),
        (7, "not_text"),
        ("vip", "tag_taken"),
    ],
)
async def test_a_name_that_will_not_do_is_refused(crm: AsyncSession, name: str, reason: str) -> None:
    await made(crm, "VIP")
    with pytest.raises(Invalid) as refused:
        await services.add(crm, actor=SYSTEM, name=name)
    assert refused.value.reason == reason


@pytest.mark.parametrize("changes", [{"colour": "pink"}, {"retired": "yes"}, {"id": 3}, {"colour": ["plain"]}])
async def test_a_change_that_makes_no_sense_is_refused(crm: AsyncSession, changes: dict[str, object]) -> None:
    (tag,) = await made(crm, "VIP")
    with pytest.raises(Invalid):
        await services.change(crm, actor=SYSTEM, tag_id=tag, changes=changes)


async def test_who_may_not_does_not(crm: AsyncSession) -> None:
    agent, actor = await person(crm)
    _, reader = await person(crm, "auditor")
    (tag,), held = await made(crm, "VIP"), await talk(crm, agent)
    with pytest.raises(NotAllowed):
        await services.add(crm, actor=actor, name="x")
    with pytest.raises(NotAllowed):
        await services.merge(crm, actor=actor, tag_id=tag, into=new_id())
    with pytest.raises(NotAllowed):
        await tagging.tag(crm, actor=reader, conversation_id=held.id, add=[tag])
    with pytest.raises(NotFound):
        await tagging.tag(crm, actor=actor, conversation_id=new_id(), add=[tag])
    with pytest.raises(NotFound):
        await services.merge(crm, actor=SYSTEM, tag_id=new_id(), into=tag)
    for into in (tag, new_id()):
        with pytest.raises(Invalid):
            await services.merge(crm, actor=SYSTEM, tag_id=tag, into=into)
    with pytest.raises(Invalid):
        filters.criteria_of({"tag": "x"})
    assert Criteria(tag=str(tag)).conditions()


async def test_a_conversation_has_only_so_many(crm: AsyncSession) -> None:
    agent, actor = await person(crm)
    tags = await made(crm, *(f"t{n}" for n in range(tagging.MOST + 1)))
    held: Conversation = await talk(crm, agent)
    with pytest.raises(NotNow):
        await tagging.tag(crm, actor=actor, conversation_id=held.id, add=tags)
    await tagging.tag(crm, actor=actor, conversation_id=held.id, add=tags[1:])
    assert len(held.tag_ids) == tagging.MOST
