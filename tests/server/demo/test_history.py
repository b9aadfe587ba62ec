"""The past of the demo company: the same every time, and alive in the reports."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import SYSTEM
from crm_backend.agents.model import Agent
from crm_backend.conversations.model import Conversation
from crm_backend.customers.model import Customer, Identity
from crm_backend.database import new_id
from crm_backend.reports import following, queries
from crm_backend.reports.filters import Filters
from crm_backend.reports.periods import Period
from server.demo.company import tables_on
from server.demo.history import _Past, tell

TODAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


def test_the_same_day_has_the_same_past() -> None:
    agents = [new_id()]
    people = [(new_id(), "fr", new_id(), "a@example.fr"), (new_id(), "en", new_id(), "b@example.com")]
    first, again = _Past(agents, people), _Past(agents, people)
    for past in (first, again):
        for day in range(20, 0, -1):
            past.day(TODAY - timedelta(days=day))
    assert first.tables == again.tables
    for talk in first.tables[Conversation]:
        assert talk["created_at"] < talk["closed_at"] < NOW and talk["last_seq"] >= 2


async def test_reports_have_something_to_tell(crm: AsyncSession) -> None:
    tables = tables_on(TODAY, password_hash="hash")
    for model in (Agent, Customer, Identity):
        await crm.execute(insert(model), list(tables[model]))
    assert 400 < await tell(crm, TODAY) < 900
    while await following.follow(crm, now=NOW):
        pass
    period = Period(TODAY - timedelta(days=28), TODAY - timedelta(days=1), ZoneInfo("Europe/Paris"))
    found = await queries.course(crm, actor=SYSTEM, period=period, filters=Filters(), now=NOW)
    assert found.values["contacts"] == sum(one or 0 for one in found.course["contacts"]) > 150
    assert all(found.course["contacts"])
    likely = {
        "containment": (0.5, 0.8), "service_level": (0.3, 0.9), "abandonment": (0.01, 0.2),
        "satisfaction": (0.45, 0.95),
        "durable_resolution": (0.6, 0.99), "first_contact_resolution": (0.75, 0.99),
    }  # fmt: skip
    for key, (least, most) in likely.items():
        assert least < (found.values[key] or 0) < most, (key, found.values[key])
