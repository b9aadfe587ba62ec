"""A term set by law is counted in months, as the law counts them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_backend.cases import services, workflow
from crm_backend.cases.due import months_after
from crm_backend.errors import NotNow
from tests.crm_backend.cases.conftest import World


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(hour=15, tzinfo=UTC)


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        ("2026-01-15", 1, "2026-02-15"),
        ("2026-01-31", 1, "2026-02-28"),
        ("2028-01-31", 1, "2028-02-29"),
        ("2026-03-31", 1, "2026-04-30"),
        ("2026-12-31", 1, "2027-01-31"),
        ("2026-11-30", 3, "2027-02-28"),
    ],
)
def test_a_month_ends_on_the_same_day_or_on_the_last(start: str, months: int, end: str) -> None:
    assert months_after(at(start), months) == at(end)


@given(st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1)), st.integers(0, 24))  # noqa: DTZ001
def test_a_term_never_runs_over_into_another_month(start: datetime, months: int) -> None:
    end = months_after(start, months)
    assert (end.year * 12 + end.month) - (start.year * 12 + start.month) == months
    assert end.day <= start.day
    assert end.day == start.day or (end + timedelta(days=1)).day == 1


async def test_a_privacy_request_is_due_within_a_month_and_no_later(world: World) -> None:
    case = await world.open(type_key="privacy_request", now=at("2026-01-31"))
    assert case.due_at == at("2026-02-28")
    with pytest.raises(NotNow, match="case_legal_due"):
        await services.change(
            world.session, case.id, actor=world.actor, changes={"due_at": at("2026-03-01")}, now=at("2026-02-01")
        )
    await services.change(
        world.session, case.id, actor=world.actor, changes={"due_at": at("2026-02-10")}, now=at("2026-02-01")
    )
    assert case.due_at == at("2026-02-10")


async def test_what_becomes_a_privacy_request_is_due_a_month_after_it_came(world: World) -> None:
    case = await world.open(now=at("2026-01-10"))
    await services.change(
        world.session, case.id, actor=world.actor, changes={"type_key": "privacy_request"}, now=at("2026-01-20")
    )
    assert case.due_at == at("2026-02-10")


async def test_the_term_is_made_longer_once_by_two_months_while_it_runs(world: World) -> None:
    case = await world.open(type_key="privacy_request", now=at("2026-01-31"))
    late = await world.open(type_key="privacy_request", now=at("2026-01-31"))
    plain = await world.open()
    session, actor = world.session, world.actor
    await services.extend_due(session, case.id, actor=actor, reason="Dossier complexe", now=at("2026-02-20"))
    assert case.due_at == at("2026-04-30")
    with pytest.raises(NotNow, match="case_extended_before"):
        await services.extend_due(session, case.id, actor=actor, reason="Encore", now=at("2026-02-21"))
    with pytest.raises(NotNow, match="case_term_over"):
        await services.extend_due(session, late.id, actor=actor, reason="Trop tard", now=at("2026-03-01"))
    with pytest.raises(NotNow, match="case_not_extendable"):
        await services.extend_due(session, plain.id, actor=actor, reason="x", now=at("2026-03-01"))
    await workflow.move(session, late.id, actor=actor, to="closed", reason="Erreur")
    with pytest.raises(NotNow, match="case_is_over"):
        await services.extend_due(session, late.id, actor=actor, reason="x", now=at("2026-02-01"))
