"""Wrapping up: what it begins with, what must be given, whose room it keeps, and what becomes of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import SYSTEM, Actor
from crm_backend.audit.model import AuditEntry
from crm_backend.cases.model import Case
from crm_backend.conversations.handing_over import owners, passport
from crm_backend.conversations.model import Conversation
from crm_backend.database import new_id, utc_now
from crm_backend.errors import Invalid, NotAllowed, NotFound, NotNow, Stale
from crm_backend.routing.loads import load_of
from crm_backend.timeline.queries import timeline
from crm_backend.wrap_up import reasons, rules, services
from crm_backend.wrap_up.model import ClosingReason, WrapUp
from crm_backend.wrap_up.services import FollowUp
from tests.crm_backend.routing import centre
from tests.crm_backend.wrap_up.ended import actor, closed, customer, said, spoken

LATE = {"fr": "Colis en retard", "en": "Late parcel"}


async def reason(session: AsyncSession, **fields: Any) -> ClosingReason:
    return await reasons.add(session, actor=SYSTEM, fields={"names": LATE, **fields})


async def rule(session: AsyncSession, team: str = "*", **given: Any) -> None:
    await rules.put(session, team, actor=SYSTEM, given=given)


async def mine(session: AsyncSession, conversation: Conversation) -> WrapUp:
    found = select(WrapUp).where(WrapUp.conversation_id == conversation.id).order_by(WrapUp.created_at.desc())
    row: WrapUp | None = await session.scalar(found.limit(1).execution_options(populate_existing=True))
    assert row is not None
    return row


async def finish(session: AsyncSession, row: WrapUp, who: Any, **given: Any) -> WrapUp:
    doer = await actor(session, who)
    return await services.finish(session, row.id, agent=who, actor=doer, **({"summary": row.summary} | given))


async def test_it_begins_with_a_summary_of_the_transcript_in_the_agents_language(crm: AsyncSession) -> None:
    claire = await centre.agent(crm, language="en")
    talk = await spoken(crm, claire, mood="upset", passport={"orders": ["M-1042"], "goal": {}, "facts": []})
    await owners.close(crm, conversation_id=talk.id, agent=claire, version=talk.version)
    row = await mine(crm, talk)
    assert row.summary.split("\n") == [
        "Wanted: Ma théière M-1042 est arrivée cassée hier. Je voudrais un remboursement.",
        "Order: M-1042",
        "Answer: J’ai lancé le remboursement de la théière cassée.",
        "Promised: Je vous écrirai vendredi.",
        "The customer was upset.",
    ]
    assert (row.ended_at, row.edited, row.language, row.required) == (None, False, "en", False)


async def test_it_keeps_the_agents_room_until_they_are_done_or_the_time_is_over(crm: AsyncSession) -> None:
    claire = await centre.agent(crm)
    await closed(crm, claire)
    assert await load_of(crm, claire.id) == 0, "without a rule nobody waits for it"
    await rule(crm, seconds=60)
    first, second = await closed(crm, claire), await closed(crm, claire, channel="mail")
    assert await load_of(crm, claire.id) == 125
    await finish(crm, await mine(crm, first), claire)
    assert await load_of(crm, claire.id) == 25
    await crm.execute(update(WrapUp).where(WrapUp.conversation_id == second.id).values(until=func.clock_timestamp()))
    assert await load_of(crm, claire.id) == 0
    (left, _) = await services.pending(crm, claire)
    assert (left.row.conversation_id, left.seconds_left) == (second.id, 0), "it can still be done"


async def test_a_team_may_be_asked_nothing_or_have_to_give_a_reason(crm: AsyncSession) -> None:
    claire, late = await centre.agent(crm), await reason(crm)
    await centre.team(crm, "quiet")
    await rule(crm, mode="required")
    await rule(crm, "quiet", mode="off")
    silent = await closed(crm, claire, team="quiet")
    assert await services.of_conversation(crm, silent.id, actor=SYSTEM) == []
    row = await mine(crm, await closed(crm, claire))
    doer = await actor(crm, claire)
    with pytest.raises(NotNow, match="reason_required"):
        await services.skip(crm, row.id, agent=claire, actor=doer)
    with pytest.raises(Invalid) as without:
        await finish(crm, row, claire)
    assert (without.value.field, without.value.reason) == ("reason_id", "missing")
    done = await finish(crm, row, claire, reason_id=late.id, summary="Colis retrouvé.")
    assert (done.ended_by, done.edited, done.summary) == ("done", True, "Colis retrouvé.")
    await reasons.change(crm, late.id, actor=SYSTEM, changes={"archived": True})
    row = await mine(crm, await closed(crm, claire))
    assert (await services.skip(crm, row.id, agent=claire, actor=doer)).ended_by == "skipped", "nothing to choose from"


async def test_only_what_the_team_is_offered_can_be_chosen_and_a_tree_is_chosen_at_its_ends(crm: AsyncSession) -> None:
    claire = await centre.agent(crm)
    await centre.team(crm, "returns")
    top = await reason(crm, names={"fr": "Livraison", "en": "Delivery"}, position=2)
    late = await reason(crm, parent_id=top.id)
    others = await reason(crm, names={"fr": "Retour", "en": "Return"}, teams=["returns"], position=1)
    offered = await reasons.offered(crm, "support", language="fr")
    assert [each.path for each in offered] == [("Livraison", "Colis en retard")]
    assert len(await reasons.offered(crm, "returns", language="en")) == 2
    row = await mine(crm, await closed(crm, claire))
    for wrong in (top.id, others.id, new_id()):
        with pytest.raises(Invalid, match="unknown_reason"):
            await finish(crm, row, claire, reason_id=wrong)
    await finish(crm, row, claire, reason_id=late.id)
    (view,) = await services.of_conversation(crm, row.conversation_id, actor=SYSTEM)
    assert view.reason == {"fr": ["Livraison", "Colis en retard"], "en": ["Delivery", "Late parcel"]}
    with pytest.raises(NotNow, match="reason_in_use"):
        await reasons.remove(crm, late.id, actor=SYSTEM)


async def test_reasons_stay_a_tree_of_three_levels(crm: AsyncSession) -> None:
    top = await reason(crm)
    middle = await reason(crm, parent_id=top.id)
    low = await reason(crm, parent_id=middle.id)
    for changed, parent, why in (
        (top, low, "reason_under_itself"),
        (top, top, "reason_under_itself"),
        (await reason(crm), low, "reason_too_deep"),
        (top, await reason(crm), "reason_too_deep"),
    ):
        with pytest.raises(Invalid, match=why):
            await reasons.change(crm, changed.id, actor=SYSTEM, changes={"parent_id": parent.id})
        await crm.refresh(changed)
    with pytest.raises(Invalid, match="unknown_reason"):
        await reason(crm, parent_id=new_id())
    with pytest.raises(Invalid, match="unknown_team"):
        await reason(crm, teams=["nobody"])
    with pytest.raises(Stale):
        await reasons.change(crm, low.id, actor=SYSTEM, changes={"position": 1}, version=9)
    for nobody in (lambda: reason(crm, names={"fr": "Un"}), lambda: reason(crm, position=-1)):
        with pytest.raises(Invalid):
            await nobody()
    with pytest.raises(NotAllowed):
        await reasons.add(crm, actor=Actor("agent:x"), fields={"names": LATE})
    assert await crm.scalar(select(func.count()).where(AuditEntry.subject_kind == "closing_reason")) == 5


@pytest.mark.parametrize("kind", ["case", "reminder"])
async def test_what_is_still_to_do_becomes_a_case_or_a_reminder_once(crm: AsyncSession, kind: Any) -> None:
    claire = await centre.agent(crm)
    row = await mine(crm, await closed(crm, claire))
    due = utc_now() + timedelta(days=2)
    for at, why in ((utc_now(), "day_past"), (utc_now() + timedelta(days=999), "day_too_far")):
        with pytest.raises(Invalid, match=why):
            await finish(crm, row, claire, follow_up=FollowUp(kind, "Rappeler", at))
    await finish(crm, row, claire, follow_up=FollowUp(kind, "Vérifier le virement", due))
    (view,) = await services.of_conversation(crm, row.conversation_id, actor=SYSTEM)
    if kind == "case":
        case = await crm.get_one(Case, row.case_id)
        assert (case.subject, case.agent_id, case.due_at) == ("Vérifier le virement", claire.id, due)
        assert (case.description, view.case_number) == (row.summary, case.number)
    else:
        assert (row.reminder_at, row.case_id) == (due, None)
    with pytest.raises(NotNow, match="followed_up_already"):
        await finish(crm, row, claire, follow_up=FollowUp(kind, "Encore", due))


async def test_nobody_else_finishes_it_and_a_stale_page_changes_nothing(crm: AsyncSession) -> None:
    claire, emma = await centre.agent(crm), await centre.agent(crm, "Emma Petit")
    row = await mine(crm, await closed(crm, claire))
    with pytest.raises(NotFound):
        await finish(crm, row, emma)
    with pytest.raises(Stale):
        await finish(crm, row, claire, version=row.version + 1)
    with pytest.raises(Invalid, match="too_long"):
        await finish(crm, row, claire, summary="x" * 2_001)
    assert await services.pending(crm, emma) == []
    await finish(crm, row, claire, summary="\0 ")
    assert (row.summary, row.ended_by) == ("", "done")


async def test_closing_once_more_begins_anew(crm: AsyncSession) -> None:
    claire = await centre.agent(crm)
    talk = await closed(crm, claire)
    talk.owner = centre.owner(claire)
    await said(crm, talk, ("customer", "Et la facture de la théière, vous pouvez la renvoyer ?"))
    await owners.close(crm, conversation_id=talk.id, agent=claire, version=talk.version)
    found = await services.of_conversation(crm, talk.id, actor=SYSTEM)
    assert [each.row.ended_by for each in found] == [None, "replaced"]


async def test_the_next_conversation_of_the_same_customer_begins_with_it(crm: AsyncSession) -> None:
    claire, marie, paul = await centre.agent(crm), await customer(crm), await customer(crm, first_name="Paul")
    late = await reason(crm)
    talk = await closed(crm, claire, customer_id=marie.id)
    await finish(crm, await mine(crm, talk), claire, summary="Remboursée.", reason_id=late.id)
    (entry,) = await timeline(crm, actor=SYSTEM, customer_id=marie.id, kinds=["wrap_up"])
    assert (entry.facts["summary"], entry.facts["reason"]) == ("Remboursée.", LATE)
    for who, told in ((marie, "Remboursée."), (paul, None)):
        again = await centre.waits(crm, customer_id=who.id)
        made = await passport.build(crm, again, reason="asked", now=utc_now())
        assert (made.get("before") or {}).get("summary") == told
