"""Cases, promises and unanswered questions, counted a second way too."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import SYSTEM
from crm_backend.calendars.model import Calendar
from crm_backend.cases.model import Case
from crm_backend.cases.settings_model import CaseStatus, CaseType
from crm_backend.contact_form.model import FormEnd
from crm_backend.database import new_id
from crm_backend.knowledge.echo_model import QuestionGroup, UnansweredQuestion
from crm_backend.knowledge.model import DIMENSIONS
from crm_backend.reports import queries, rows
from crm_backend.reports.figures import FIGURES
from crm_backend.reports.filters import Filters
from crm_backend.reports.periods import Period
from crm_backend.service_levels.model import CaseClock
from tests.crm_backend.reports.made import NOW, PARIS, paris

WEEK = Period(date(2026, 11, 2), date(2026, 11, 8), PARIS)
TIMES = [paris(11, 1, 23, 59), paris(11, 2, 0, 0), paris(11, 4, 12), paris(11, 8, 23, 59), paris(11, 9, 0, 0)]


def within(at: datetime | None) -> bool:
    return at is not None and WEEK.first <= at.astimezone(PARIS).date() <= WEEK.last


async def a_case(crm: AsyncSession, at: datetime, team: str) -> UUID:
    kind, status = await crm.scalar(select(CaseType.key).limit(1)), await crm.scalar(select(CaseStatus.key).limit(1))
    row = {
        "id": new_id(), "created_at": at, "number": f"C-{at:%m%d%H%M}-{team}", "type_key": kind, "subject": "Cassé",
        "status": status, "stage": "active", "team": team, "opened_by": "bot", "channel": "mail",
    }  # fmt: skip
    await crm.execute(insert(Case), [row])
    return UUID(str(row["id"]))


async def test_cases_and_promises_are_what_their_definitions_say(crm: AsyncSession) -> None:
    calendar = Calendar(name="Toujours", zone="Europe/Paris", week={})
    crm.add(calendar)
    await crm.flush()
    clocks, cases = [], []
    for at in TIMES:
        for team in ("support", "returns"):
            cases.append((at, case := await a_case(crm, at, team)))
            for kind, breached, met, late, state in (
                ("first_response", None, at + timedelta(minutes=1), False, "met"),
                ("next_response", at, at + timedelta(hours=1), True, "met"),
                # Told of as met before anybody noticed that it was too late.
                ("resolution", None, at + timedelta(minutes=3), team == "support", "met"),
                ("resolution", at + timedelta(days=1), None, False, "running"),
                ("next_response", at, None, False, "cancelled"),
                ("first_response", None, None, False, "running"),
            ):
                clocks.append({
                    "id": new_id(), "created_at": at, "case_id": case, "kind": kind, "round": len(clocks),
                    "state": state, "policy_version": 1, "calendar_id": calendar.id, "target": 60,
                    "warn_percent": 80, "pause_on_third_party": False, "bot_counts": False, "runs": [],
                    "started_at": at, "breached_at": breached, "met_at": met, "late": late,
                })  # fmt: skip
    await crm.execute(insert(CaseClock), clocks)
    decided = [
        clock for clock in clocks if clock["state"] != "cancelled"
        and within(min((at for at in (clock["met_at"], clock["breached_at"]) if at), default=None))
    ]  # fmt: skip
    kept = [clock for clock in decided if clock["breached_at"] is None and not clock["late"]]
    told = await queries.course(crm, actor=SYSTEM, period=WEEK, filters=Filters(), now=NOW)
    assert told.values["cases"] == sum(within(at) for at, _ in cases) == 6
    assert told.values["promises_kept"] == pytest.approx(len(kept) / len(decided))
    assert told.rows["promises_kept"] == len(decided) > len(kept) > 0
    parts = await queries.divided(crm, actor=SYSTEM, period=WEEK, filters=Filters(), by="team", now=NOW)
    assert {part.key: part.values["cases"] for part in parts} == {"support": 3, "returns": 3}
    found, _ = await rows.behind(
        crm, actor=SYSTEM, figure=FIGURES["promises_kept"], period=WEEK, filters=Filters(team="returns"), now=NOW
    )
    assert {row.number for row in found} and all(row.case_id and row.dims["team"] == "returns" for row in found)
    # A topic says nothing of cases: rather no figure than one that tells more than was asked.
    of_topic = await queries.course(crm, actor=SYSTEM, period=WEEK, filters=Filters(topic="invoice"), now=NOW)
    assert "cases" not in of_topic.values and "contacts" in of_topic.values


async def test_unanswered_questions_count_on_the_day_they_were_last_asked(crm: AsyncSession) -> None:
    group = QuestionGroup(language="fr", label="?", centroid=[0.0] * (DIMENSIONS - 1) + [1.0])
    crm.add(group)
    await crm.flush()
    crm.add_all(
        UnansweredQuestion(group_id=group.id, language=language, text=f"{at} {language}", sources=[], last_at=at)
        for at in TIMES
        for language in ("fr", "en")
    )
    await crm.flush()
    told = await queries.course(crm, actor=SYSTEM, period=WEEK, filters=Filters(language="en"), now=NOW)
    assert told.values["unanswered"] == sum(map(within, TIMES)) == 3


async def test_what_the_contact_form_saved_is_told_apart_from_what_nobody_knows(crm: AsyncSession) -> None:
    fates = ("saved", "saved", "returned", "unknown", "open", None, None)
    ends = [
        {
            "id": new_id(), "created_at": at, "language": language, "outcome": "answered" if fate else "sent",
            "suggested": place != 5, "fate": fate, "who_hash": f"{at}{language}" if fate == "open" else None,
        }
        for at in TIMES for language in ("fr", "en") for place, fate in enumerate(fates)
    ]  # fmt: skip
    await crm.execute(insert(FormEnd), ends)
    told = await queries.course(crm, actor=SYSTEM, period=WEEK, filters=Filters(language="en"), now=NOW)
    here = [end for end in ends if end["language"] == "en" and within(end["created_at"])]
    known = [end for end in here if end["suggested"] and end["fate"] not in ("unknown", "open")]
    saved = [end for end in known if end["fate"] == "saved"]
    assert told.values["deflection"] == pytest.approx(len(saved) / len(known)) == 0.5
    assert told.values["forms_sent"] == sum(end["outcome"] == "sent" for end in here) == 6
    assert told.values["deflection_unknown"] == sum(end["fate"] == "unknown" for end in here) == 3
    found, _ = await rows.behind(
        crm, actor=SYSTEM, figure=FIGURES["deflection"], period=WEEK, filters=Filters(), now=NOW, which="counted"
    )
    assert len(found) == 2 * len(saved) and {row.note for row in found} == {"form_saved"}
