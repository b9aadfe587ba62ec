"""Clocks of cases: from the first word to the end, with every pause between."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import COMMAND_LINE
from crm_backend.calendars import services as calendars
from crm_backend.cases import services as cases
from crm_backend.events.model import Event
from crm_backend.service_levels import clocks, overdue, policies
from tests.crm_backend.service_levels import house
from tests.crm_backend.service_levels.house import HOUR, MINUTE, MONDAY

CLAIRE = f"agent:{uuid4()}"


async def test_a_new_case_owes_a_first_answer_and_an_end(crm: AsyncSession) -> None:
    await house.policy(crm, (await house.calendar(crm)).id)
    case = await house.case(crm)
    known = {clock.kind: clock for clock in await clocks.of_case(crm, case.id)}
    assert set(known) == {"first_response", "resolution"}
    assert known["first_response"].due_at == MONDAY + HOUR
    assert known["first_response"].check_at == known["first_response"].warn_at == MONDAY + 48 * MINUTE
    assert known["resolution"].due_at == MONDAY + 8 * HOUR


async def test_nothing_is_owed_where_nothing_was_promised(crm: AsyncSession) -> None:
    case = await house.case(crm)
    assert await clocks.of_case(crm, case.id) == []


async def test_a_persons_answer_meets_it_and_the_products_does_not(crm: AsyncSession) -> None:
    await house.policy(crm, (await house.calendar(crm)).id)
    case = await house.case(crm)
    await house.said(crm, case, "replied", MONDAY + 5 * MINUTE, by="system")
    assert (await house.clock(crm, case, "first_response")).state == "running"
    await house.said(crm, case, "answered", MONDAY + 10 * MINUTE, by=CLAIRE)
    first = await house.clock(crm, case, "first_response")
    assert (first.state, first.met_at, first.late, first.check_at) == ("met", MONDAY + 10 * MINUTE, False, None)


async def test_the_assistants_answer_counts_where_the_policy_says_so(crm: AsyncSession) -> None:
    await house.policy(crm, (await house.calendar(crm)).id, bot_counts=True)
    case = await house.case(crm)
    await clocks.answered(crm, case.id, at=MONDAY + MINUTE, by_bot=True)
    assert (await house.clock(crm, case, "first_response")).state == "met"


async def test_the_next_answer_is_owed_from_the_first_word_that_has_none(crm: AsyncSession) -> None:
    await house.policy(crm, (await house.calendar(crm)).id)
    case = await house.case(crm)
    await house.said(crm, case, "customer_wrote", MONDAY + 5 * MINUTE)
    assert [clock.kind for clock in await clocks.of_case(crm, case.id)] == ["first_response", "resolution"]
    await house.said(crm, case, "answered", MONDAY + 10 * MINUTE, by=CLAIRE)
    await house.said(crm, case, "customer_wrote", MONDAY + 20 * MINUTE)
    await house.said(crm, case, "customer_wrote", MONDAY + 25 * MINUTE)
    owed = await house.clock(crm, case, "next_response")
    assert (owed.round, owed.due_at) == (1, MONDAY + 50 * MINUTE)
    await house.said(crm, case, "answered", MONDAY + 55 * MINUTE, by=CLAIRE)
    assert (owed.state, owed.late, owed.breached_at) == ("met", True, MONDAY + 50 * MINUTE)
    await house.said(crm, case, "customer_wrote", MONDAY + HOUR)
    again = await house.clock(crm, case, "next_response")
    assert (again.round, again.due_at) == (2, MONDAY + 90 * MINUTE)


async def test_waiting_on_the_customer_stops_the_clock(crm: AsyncSession) -> None:
    await house.policy(crm, (await house.calendar(crm)).id)
    case = await house.case(crm)
    await house.move(crm, case, "waiting_on_customer", MONDAY + HOUR)
    end = await house.clock(crm, case, "resolution")
    assert (end.state, end.due_at, end.check_at) == ("paused", None, None)
    await house.move(crm, case, "open", MONDAY + 25 * HOUR)
    assert (end.state, end.due_at) == ("running", MONDAY + 32 * HOUR)


async def test_a_third_party_stops_it_only_where_the_policy_says_so(crm: AsyncSession) -> None:
    calendar = await house.calendar(crm)
    await house.policy(crm, calendar.id)
    await house.policy(crm, calendar.id, "Incidents", type_key="incident", pause_on_third_party=True)
    question, incident = await house.case(crm), await house.case(crm, type_key="incident")
    for case in (question, incident):
        await house.move(crm, case, "waiting_on_third_party", MONDAY + HOUR)
    assert (await house.clock(crm, question, "resolution")).state == "running"
    assert (await house.clock(crm, incident, "resolution")).state == "paused"


async def test_the_end_meets_the_resolution_and_reopening_takes_it_back(crm: AsyncSession) -> None:
    await house.policy(crm, (await house.calendar(crm)).id)
    case = await house.case(crm)
    await house.move(crm, case, "resolved", MONDAY + 2 * HOUR)
    end = await house.clock(crm, case, "resolution")
    first = await house.clock(crm, case, "first_response")
    assert (end.state, end.late, first.state, first.late) == ("met", False, "cancelled", True)
    await house.move(crm, case, "reopened", MONDAY + 10 * HOUR)
    assert (end.state, end.met_at, end.due_at) == ("running", None, MONDAY + 16 * HOUR)
    assert first.state == "running"


async def test_a_word_that_brings_a_case_back_is_owed_an_answer(crm: AsyncSession) -> None:
    await house.policy(crm, (await house.calendar(crm)).id)
    case = await house.case(crm)
    await house.said(crm, case, "answered", MONDAY + 10 * MINUTE, by=CLAIRE)
    await house.move(crm, case, "resolved", MONDAY + HOUR)
    await house.said(crm, case, "customer_wrote", MONDAY + 2 * HOUR)
    assert await house.workflow.resume(crm, case, reason="customer_wrote", now=MONDAY + 2 * HOUR)
    owed = await house.clock(crm, case, "next_response")
    assert (owed.state, owed.due_at) == ("running", MONDAY + 2 * HOUR + 30 * MINUTE)


async def test_another_priority_counts_by_its_policy_from_the_beginning(crm: AsyncSession) -> None:
    calendar = await house.calendar(crm)
    await house.policy(crm, calendar.id)
    await house.policy(crm, calendar.id, "Urgent", priority="urgent", resolution=120)
    case = await house.case(crm)
    await house.move(crm, case, "waiting_on_customer", MONDAY + HOUR)
    await house.move(crm, case, "open", MONDAY + 2 * HOUR)
    changes = {"impact": "high", "urgency": "high"}
    await cases.change(crm, case.id, actor=COMMAND_LINE, changes=changes, now=MONDAY + 2 * HOUR)
    assert (await house.clock(crm, case, "resolution")).due_at == MONDAY + 3 * HOUR
    changes = {"impact": "medium", "urgency": "medium"}
    await cases.change(crm, case.id, actor=COMMAND_LINE, changes=changes, now=MONDAY + 4 * HOUR)
    assert (await house.clock(crm, case, "resolution")).due_at == MONDAY + 9 * HOUR


async def test_a_changed_policy_is_for_cases_to_come_unless_asked_otherwise(crm: AsyncSession) -> None:
    policy = await house.policy(crm, (await house.calendar(crm)).id)
    case = await house.case(crm)
    await policies.change(crm, policy.id, actor=COMMAND_LINE, changes={"resolution": 60})
    end = await house.clock(crm, case, "resolution")
    assert (end.due_at, end.policy_version) == (MONDAY + 8 * HOUR, 1)
    later = await house.case(crm)
    assert (await house.clock(crm, later, "resolution")).due_at == MONDAY + HOUR
    _, count = await policies.change(crm, policy.id, actor=COMMAND_LINE, changes={"resolution": 90}, recompute=True)
    assert count == 2
    assert (end.due_at, end.policy_version) == (MONDAY + 90 * MINUTE, 3)
    told = await policies.versions(crm, policy.id, actor=COMMAND_LINE)
    assert [version.terms["resolution"] for version in told] == [90, 60, 480]


async def test_a_changed_calendar_is_counted_anew(crm: AsyncSession) -> None:
    calendar = await house.calendar(crm)
    await house.policy(crm, calendar.id)
    case = await house.case(crm)
    closed = {"days": [{"day": MONDAY.date().isoformat(), "spans": []}]}
    await calendars.change(crm, calendar.id, actor=COMMAND_LINE, changes=closed)
    assert await clocks.recount(crm, calendar_id=calendar.id, now=MONDAY) == 2
    midnight = MONDAY.replace(hour=0) + timedelta(days=1)
    assert (await house.clock(crm, case, "resolution")).due_at == midnight + 8 * HOUR


async def test_a_clock_warns_and_breaches_once(crm: AsyncSession) -> None:
    await house.policy(crm, (await house.calendar(crm)).id, on_breach=[{"do": "raise_priority"}], resolution=None)
    case = await house.case(crm)
    told = []
    for minutes in (47, 48, 49, 60, 61):
        at = MONDAY + minutes * MINUTE
        claimed = await overdue.claim(crm, now=at)
        if claimed is not None:
            told.append((minutes, *(await overdue.tell(crm, claimed[1], now=at))))
    assert told == [(48, "warned", []), (60, "breached", [{"do": "raise_priority"}])]
    kinds = await crm.scalars(select(Event.kind).where(Event.subject_id == case.id).order_by(Event.seq))
    assert kinds.all() == ["case.opened", "clock.warned", "clock.breached"]


async def test_a_loop_that_comes_late_tells_of_the_breach_only(crm: AsyncSession) -> None:
    await house.policy(crm, (await house.calendar(crm)).id, resolution=None)
    await house.case(crm)
    claimed = await overdue.claim(crm, now=MONDAY + 5 * HOUR)
    assert claimed is not None
    assert await overdue.tell(crm, claimed[1], now=MONDAY + 5 * HOUR) == ("breached", [])
    assert claimed[1].breached_at == MONDAY + HOUR
    assert await overdue.claim(crm, now=MONDAY + 5 * HOUR) is None
