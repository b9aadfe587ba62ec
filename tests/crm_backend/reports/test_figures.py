"""Every figure, computed a second way: in plain Python over the same rows."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, func, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import SYSTEM, Actor
from crm_backend.conversations.model import Conversation
from crm_backend.errors import Invalid, NotAllowed
from crm_backend.reports import following, queries, rows
from crm_backend.reports.figures import FIGURES
from crm_backend.reports.filters import NONE, Filters, filters_of
from crm_backend.reports.grains import DIMENSIONS
from crm_backend.reports.model import ReportContact, ReportStay
from crm_backend.reports.periods import Period, period
from crm_backend.reports.words import WORDS
from tests.crm_backend.reports import by_hand
from tests.crm_backend.reports.made import NOW, PARIS, Month, a_month

ELSEWHERE = {"cases", "promises_kept", "unanswered", "forms_sent", "deflection", "deflection_unknown"}
"""Figures of other rows than conversations: test_other_figures.py."""
MONTH = Period(date(2026, 10, 20), date(2026, 11, 20), PARIS)
PERIODS = {
    "a month": MONTH,
    "the longest day": Period(date(2026, 10, 25), date(2026, 10, 25), PARIS),
    "the day before": Period(date(2026, 10, 24), date(2026, 10, 24), PARIS),
    "a week": Period(date(2026, 11, 2), date(2026, 11, 8), PARIS),
    "before there was anything": Period(date(2025, 1, 1), date(2025, 1, 31), PARIS),
}


@pytest.fixture
async def month(crm: AsyncSession) -> Month:
    """A month of contacts, followed."""
    made = a_month()
    await made.store(crm)
    while await following.follow(crm, now=NOW):
        pass
    return made


async def told(crm: AsyncSession, asked: Period, **filters: Any) -> queries.Course:
    return await queries.course(crm, actor=SYSTEM, period=asked, filters=filters_of(filters), now=NOW, step="day")


async def test_every_figure_is_what_its_definition_says(crm: AsyncSession, month: Month) -> None:
    for name, asked in PERIODS.items():
        found = await told(crm, asked)
        expected = by_hand.figures(month, first=asked.first, last=asked.last, now=NOW)
        assert expected.keys() | ELSEWHERE == FIGURES.keys()
        assert {key: found.values[key] for key in expected} == pytest.approx(expected), name
        for place, day in enumerate(found.steps):
            by_day = by_hand.figures(month, first=day, last=day, now=NOW)
            assert {key: found.course[key][place] for key in by_day} == pytest.approx(by_day), (name, day)
    strict = by_hand.figures(month, first=MONTH.first, last=MONTH.last, now=NOW, within=20)
    assert (await told(crm, MONTH, within="20")).values["service_level"] == pytest.approx(strict["service_level"])


async def test_parts_add_up_and_say_what_a_filter_says(crm: AsyncSession, month: Month) -> None:
    whole = (await told(crm, MONTH)).values
    for by in DIMENSIONS:
        parts = await queries.divided(crm, actor=SYSTEM, period=MONTH, filters=Filters(), by=by, now=NOW)
        assert sum(part.values.get("contacts") or 0 for part in parts) == whole["contacts"]
        for part in parts:
            alone = (await told(crm, MONTH, **{by: part.key or NONE})).values
            shown = {key: value for key, value in part.values.items() if key not in ELSEWHERE}
            assert {key: alone[key] for key in shown} == pytest.approx(shown), (by, part.key)
    teams = await queries.divided(crm, actor=SYSTEM, period=MONTH, filters=Filters(), by="team", now=NOW)
    # What moved while it waited counts for the team that took it, and is nobody's abandonment.
    assert {part.key for part in teams} == {"support", "returns"}
    assert next(part for part in teams if part.key == "returns").values["abandonment"] == 0


async def test_the_rows_behind_a_figure_are_as_many_as_it_says_and_give_its_value(
    crm: AsyncSession, month: Month
) -> None:
    found = await told(crm, MONTH)
    for key, figure in FIGURES.items():
        given: dict[str, Any] = {"actor": SYSTEM, "figure": figure, "period": MONTH, "filters": Filters(), "now": NOW}
        pages = [page async for page in rows.every(crm, **given)]
        behind = [row for page in pages for row in page]
        assert len(behind) == found.rows[key] == len({row.id for row in behind})
        assert [row.at for row in behind] == sorted((row.at for row in behind), reverse=True)
        if figure.fold == "share" and behind:
            counted = [row async for page in rows.every(crm, which="counted", **given) for row in page]
            others = [row async for page in rows.every(crm, which="others", **given) for row in page]
            assert len(counted) / len(behind) == pytest.approx(found.values[key])
            assert {row.id for row in counted} | {row.id for row in others} == {row.id for row in behind}
            assert {row.id for row in behind if row.counted} == {row.id for row in counted}
    few, after = await rows.behind(
        crm, actor=SYSTEM, figure=FIGURES["contacts"], period=MONTH, filters=Filters(), now=NOW, limit=7
    )
    more, _ = await rows.behind(
        crm, actor=SYSTEM, figure=FIGURES["contacts"], period=MONTH, filters=Filters(), now=NOW, limit=7, before=after
    )
    assert len({row.id for row in few + more}) == 14


async def test_who_may_not_see_people_or_words_gets_rows_without(crm: AsyncSession, month: Month) -> None:
    given: dict[str, Any] = {"figure": FIGURES["score"], "period": MONTH, "filters": Filters(), "now": NOW}
    reader = Actor("agent:00000000-0000-7000-8000-000000000000", frozenset({"reports.read"}))
    seen, _ = await rows.behind(crm, actor=SYSTEM, **given)
    unseen, _ = await rows.behind(crm, actor=reader, **given)
    assert any(row.name for row in seen) and {row.words for row in seen} == {"=cmd()"}
    assert {(row.name, row.words) for row in unseen} == {(None, None)}
    with pytest.raises(NotAllowed):
        await rows.behind(crm, actor=Actor("bot"), **given)
    with pytest.raises(NotAllowed):
        await queries.course(crm, actor=Actor("bot"), period=MONTH, filters=Filters(), now=NOW)


async def test_hours_and_reasons_are_those_of_the_companys_clock(crm: AsyncSession, month: Month) -> None:
    hours = await queries.hours(crm, actor=SYSTEM, period=MONTH, filters=Filters())
    contacts = [one for one in by_hand.contacts_of(month, NOW) if not one.polite and _in(one.at, MONTH)]
    for place, row in enumerate(hours):
        for hour, many in enumerate(row):
            local = [one.at.astimezone(PARIS) for one in contacts]
            assert many == sum((at.weekday(), at.hour) == (place, hour) for at in local)
    reasons = await queries.reasons(crm, actor=SYSTEM, period=MONTH, filters=Filters())
    assert sum(reasons.values()) == (await told(crm, MONTH)).values["handed_over"]
    assert "transferred" not in reasons


async def test_following_again_or_bit_by_bit_changes_nothing(crm: AsyncSession, month: Month) -> None:
    before = await _stored(crm)
    await crm.execute(text("update report_progress set heard_at = 'epoch'"))
    while await following.follow(crm, now=NOW):
        pass
    assert await _stored(crm) == before
    await crm.execute(delete(ReportContact))
    await crm.execute(delete(ReportStay))
    ids = list(await crm.scalars(select(Conversation.id).order_by(Conversation.id.desc())))
    for one in ids:
        await following.roll(crm, [one], now=NOW)
    assert await _stored(crm) == before


async def test_silence_ends_a_contact_with_nothing_else_happening(crm: AsyncSession, month: Month) -> None:
    later = NOW + timedelta(hours=24)
    running = select(func.count()).where(ReportContact.check_at.is_not(None))
    assert await crm.scalar(running)
    while await following.follow(crm, now=later):
        pass
    assert not await crm.scalar(running)
    found = await queries.course(crm, actor=SYSTEM, period=MONTH, filters=Filters(), now=later)
    expected = by_hand.figures(month, first=MONTH.first, last=MONTH.last, now=later)
    assert {key: found.values[key] for key in expected} == pytest.approx(expected)


async def test_what_is_merged_or_forgotten_meanwhile_is_counted_right(crm: AsyncSession, month: Month) -> None:
    whole = (await told(crm, MONTH)).values["contacts"]
    gone = month.conversations[0]["id"]
    await crm.execute(delete(Conversation).where(Conversation.id == gone))
    while await following.follow(crm, now=NOW):
        pass
    assert (await told(crm, MONTH)).values["contacts"] == whole
    nobodys = select(ReportContact).where(ReportContact.conversation_id.is_(None))
    assert {row.person_id for row in await crm.scalars(nobodys)} == {None}
    # Two customers who turn out to be one: what they said of the same thing is a return now.
    first, second = (row["id"] for row in month.customers[:2])
    await crm.execute(update(Conversation).where(Conversation.customer_id == second).values(customer_id=first))
    await following.roll(crm, [row["id"] for row in month.conversations[:4]], now=NOW)
    left = select(func.count()).where(ReportContact.person_id == second)
    assert not await crm.scalar(left)


@pytest.mark.parametrize(
    ("first", "last", "field"),
    [("2026-02-30", "2026-03-01", "from"), ("2026-03-01", "x", "to"), ("2026-03-02", "2026-03-01", "to"),
     ("2000-01-01", "2026-01-01", "to"), ("0001-01-01", "0001-01-02", "from"), (None, None, "from")],
)  # fmt: skip
def test_periods_that_are_none_are_refused(first: object, last: object, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        period(first, last, zone=PARIS)
    assert refused.value.field == field


@pytest.mark.parametrize(
    "given", [{"agent": "x"}, {"team": "a\x00"}, {"topic": "a" * 101}, {"within": "0"}, {"within": "1e9"}, {"team": 3}]
)
def test_filters_that_are_none_are_refused(given: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        filters_of(given)


def test_the_period_before_is_as_long_and_whole_months_have_whole_months_before() -> None:
    def days(first: date, last: date) -> tuple[date, date]:
        before = Period(first, last, PARIS).before
        return before.first, before.last

    assert days(date(2026, 3, 1), date(2026, 3, 31)) == (date(2026, 2, 1), date(2026, 2, 28))
    assert days(date(2026, 1, 1), date(2026, 3, 31)) == (date(2025, 10, 1), date(2025, 12, 31))
    assert days(date(2026, 3, 2), date(2026, 3, 8)) == (date(2026, 2, 23), date(2026, 3, 1))
    assert PERIODS["the longest day"].end - PERIODS["the longest day"].start == timedelta(hours=25)


def test_every_figure_has_its_words_in_both_languages() -> None:
    assert WORDS.keys() == FIGURES.keys()
    for said in WORDS.values():
        for part in (said.name, said.counts, said.among, said.source):
            assert part["fr"] and part["en"]
        assert bool(said.without["fr"]) == bool(said.without["en"])


def _in(at: Any, asked: Period) -> bool:
    return asked.start <= at < asked.end


async def _stored(crm: AsyncSession) -> list[tuple[Any, ...]]:
    columns = [each for each in ReportContact.__table__.columns if each.name not in ("id", "created_at")]
    found = [tuple(row) for row in await crm.execute(select(*columns).order_by("conversation_id", "number"))]
    return found + [tuple(row) for row in await crm.execute(select(*ReportStay.__table__.columns).order_by("id"))]
