"""A case takes the steps that its company set up, when what they need is there."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from crm_backend.access.actor import Actor
from crm_backend.cases import checklist, configuring, links, services, workflow
from crm_backend.cases.model import Case, CaseEvent
from crm_backend.cases.settings_model import CaseResolution, CaseStatus, CaseType
from crm_backend.errors import Invalid, NotAllowed, NotNow
from tests.crm_backend.cases.conftest import NOON, World


async def done(world: World, case: Case, **how: str) -> Case:
    values: dict[str, Any] = {"to": "resolved", "resolution": "solved", **how}
    return await workflow.move(world.session, case.id, actor=world.actor, now=NOON, **values)


async def test_a_case_goes_through_its_life(world: World) -> None:
    case = await world.open()
    for to in ("open", "waiting_on_customer", "open"):
        await workflow.move(world.session, case.id, actor=world.actor, to=to)
    await workflow.move(
        world.session, case.id, actor=world.actor, to="waiting_on_third_party", reason="Enquête du transporteur"
    )
    assert case.stage == "waiting_other"
    await done(world, case, summary="Remplacé")
    assert (case.stage, case.resolution_key, case.resolved_at) == ("resolved", "solved", NOON)
    await workflow.move(world.session, case.id, actor=world.actor, to="closed", now=NOON + timedelta(days=1))
    assert case.closed_at == NOON + timedelta(days=1)
    assert case.resolved_at == NOON
    await workflow.move(world.session, case.id, actor=world.actor, to="reopened", reason="Erreur")
    ended: list[Any] = [case.resolved_at, case.closed_at, case.resolution_key]
    assert (case.stage, case.reopened, ended) == ("active", 1, [None] * 3)
    last = await world.session.scalar(select(CaseEvent).order_by(CaseEvent.seq.desc()).limit(1))
    assert last is not None
    assert last.changes["status"] == {"old": "closed", "new": "reopened"}
    assert last.changes["resolution_key"] == {"old": "solved", "new": None}
    assert last.details["reason"] == "Erreur"


async def test_there_is_no_step_that_nobody_set_up(world: World) -> None:
    case = await world.open()
    await workflow.move(world.session, case.id, actor=world.actor, to="open")
    for to in ("closed", "new", "reopened"):
        with pytest.raises(NotNow, match="case_no_such_step"):
            await workflow.move(world.session, case.id, actor=world.actor, to=to)
    with pytest.raises(Invalid, match="status"):
        await workflow.move(world.session, case.id, actor=world.actor, to="nowhere")


async def test_a_step_asks_for_what_it_needs(world: World) -> None:
    case = await world.open(type_key="complaint")
    move = workflow.move
    with pytest.raises(Invalid, match="reason"):
        await move(world.session, case.id, actor=world.actor, to="waiting_on_third_party", reason="  ")
    with pytest.raises(Invalid, match="resolution_code: case_needed"):
        await move(world.session, case.id, actor=world.actor, to="resolved")
    with pytest.raises(Invalid, match="resolution_code: case_unknown"):
        await move(world.session, case.id, actor=world.actor, to="resolved", resolution="magic")
    with pytest.raises(Invalid, match="resolution_summary"):
        await done(world, case)
    with pytest.raises(NotNow, match="case_needs_agent"):
        await done(world, case, summary="Remboursé")
    await services.change(world.session, case.id, actor=world.actor, changes={"agent_id": world.agent.id})
    assert (await done(world, case, summary="Remboursé")).status == "resolved"


async def test_required_items_come_first_and_are_kept_with_who_and_when(world: World) -> None:
    case = await world.open()
    texts = {"fr": "Vérifier l’identité", "en": "Check who it is"}
    item = await checklist.add(world.session, case.id, actor=world.actor, texts=texts, required=True)
    await checklist.add(world.session, case.id, actor=world.actor, texts=texts)
    with pytest.raises(NotNow, match="case_needs_checklist"):
        await done(world, case)
    steps = {step.to: step for step in await workflow.steps(world.session, case, actor=world.actor)}
    assert steps["resolved"].missing == ["checklist"]
    assert list(steps)[:2] == ["open", "waiting_on_customer"]
    clerk = Actor(world.actor.name, frozenset({"cases.write"}))
    with pytest.raises(NotNow, match="case_item_required"):
        await checklist.remove(world.session, case.id, item.id, actor=clerk)
    await checklist.change(world.session, case.id, item.id, actor=clerk, changes={"done": True}, now=NOON)
    assert (item.done_at, item.done_by) == (NOON, world.actor.name)
    assert (await done(world, case)).status == "resolved"


async def test_only_some_may_reopen_what_is_closed(world: World) -> None:
    case = await world.open()
    await workflow.move(world.session, case.id, actor=world.actor, to="closed", reason="Doublon")
    clerk = Actor("agent:x", frozenset({"cases.read", "cases.write"}))
    with pytest.raises(NotAllowed):
        await workflow.move(world.session, case.id, actor=clerk, to="reopened", reason="x")
    (step,) = await workflow.steps(world.session, case, actor=clerk)
    assert (step.to, step.permitted) == ("reopened", False)


async def test_a_type_with_steps_of_its_own_follows_only_these(world: World) -> None:
    steps = [{"from_status": "new", "to_status": "resolved", "needs": ["category"]}]
    await configuring.set_steps(world.session, actor=world.actor, type_key="question", given=steps)
    question, request = await world.open(type_key="question"), await world.open()
    with pytest.raises(NotNow, match="case_no_such_step"):
        await workflow.move(world.session, question.id, actor=world.actor, to="open")
    with pytest.raises(NotNow, match="case_needs_category"):
        await workflow.move(world.session, question.id, actor=world.actor, to="resolved")
    await workflow.move(world.session, request.id, actor=world.actor, to="open")
    await configuring.set_steps(world.session, actor=world.actor, type_key="question", given=[])
    await workflow.move(world.session, question.id, actor=world.actor, to="open")


@pytest.mark.parametrize(
    ("step", "field"),
    [
        ({"from_status": "new", "to_status": "new"}, "steps.0.to_status"),
        ({"from_status": "moon", "to_status": "new"}, "steps.0.from_status"),
        ({"from_status": "new", "to_status": "open", "needs": ["luck"]}, "steps.0.needs.0"),
        ({"from_status": "new", "to_status": "open", "permission": "cases.fly"}, "steps.0.permission"),
    ],
)
async def test_steps_that_lead_nowhere_are_refused(world: World, step: dict[str, object], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        await configuring.set_steps(world.session, actor=world.actor, type_key=None, given=[step])
    assert refused.value.field == field


async def test_a_status_of_ones_own_stops_clocks_by_its_meaning(world: World) -> None:
    given = {"names": {"fr": "Chez l’atelier", "en": "At the workshop"}, "stage": "waiting_other"}
    session, actor = world.session, world.actor
    await configuring.add(session, CaseStatus, actor=actor, key="at_workshop", given=given)
    steps = [{"from_status": "new", "to_status": "at_workshop"}]
    await configuring.set_steps(session, actor=actor, type_key="return", given=steps)
    case = await world.open(type_key="return")
    await workflow.move(session, case.id, actor=actor, to="at_workshop")
    assert case.stage == "waiting_other"
    with pytest.raises(NotNow, match="case_status_used"):
        await configuring.change(session, CaseStatus, "at_workshop", actor=actor, changes={"stage": "active"})
    with pytest.raises(NotNow, match="case_setting_used"):
        await configuring.remove(session, CaseStatus, "at_workshop", actor=actor)


async def test_settings_are_checked_and_only_for_those_who_configure(world: World) -> None:
    session, actor = world.session, world.actor
    with pytest.raises(Invalid, match=r"names\.en"):
        await configuring.add(session, CaseResolution, actor=actor, key="gift", given={"names": {"fr": "Cadeau"}})
    taken = {"names": {"fr": "a", "en": "b"}}
    with pytest.raises(NotNow, match="case_key_taken"):
        await configuring.add(session, CaseResolution, actor=actor, key="solved", given=taken)
    with pytest.raises(Invalid, match="close_after_days"):
        await configuring.change(session, CaseType, "request", actor=actor, changes={"close_after_days": -1})
    with pytest.raises(NotAllowed):
        await configuring.set_steps(session, actor=Actor("x", frozenset({"cases.write"})), type_key=None, given=[])


async def test_resolved_cases_close_after_as_many_days_as_their_type_says(world: World) -> None:
    session = world.session
    week, never = await world.open(), await world.open(type_key="question")
    await configuring.change(session, CaseType, "question", actor=world.actor, changes={"close_after_days": None})
    for case in (week, never):
        await done(world, case)
    assert await workflow.close_resolved(session, now=NOON + timedelta(days=6, hours=23)) == 0
    assert await workflow.close_resolved(session, now=NOON + timedelta(days=7)) == 1
    assert (week.stage, never.stage) == ("closed", "resolved")
    # One that no step leads on from holds nobody up.
    stuck, next_one = await world.open(), await world.open()
    for case in (stuck, next_one):
        await done(world, case)
    stuck.type_key = "question"
    await configuring.change(session, CaseType, "question", actor=world.actor, changes={"close_after_days": 1})
    steps = [{"from_status": "new", "to_status": "open"}]
    await configuring.set_steps(session, actor=world.actor, type_key="question", given=steps)
    assert await workflow.close_resolved(session, now=NOON + timedelta(days=8), limit=1) == 1
    assert (stuck.stage, next_one.stage) == ("resolved", "closed")
    last = await session.scalar(select(CaseEvent).order_by(CaseEvent.seq.desc()).limit(1))
    assert last is not None
    assert (last.actor, last.details["reason"]) == ("system", "no_word_from_customer")


async def test_duplicates_end_with_their_original(world: World) -> None:
    session, actor = world.session, world.actor
    original, first, second = [await world.open() for _ in range(3)]
    await links.mark_duplicate(session, first.id, actor=actor, original_id=original.id)
    await links.mark_duplicate(session, second.id, actor=actor, original_id=first.id)
    assert second.duplicate_of_id == original.id
    await done(world, original)
    assert [(case.stage, case.resolution_key) for case in (first, second)] == [("resolved", "duplicate")] * 2
    await workflow.move(session, original.id, actor=actor, to="closed")
    assert (first.stage, second.stage) == ("closed", "closed")
    late = await world.open()
    await links.mark_duplicate(session, late.id, actor=actor, original_id=original.id)
    assert late.stage == "closed"
