"""Reports that are mailed: planned at their hour, one mail each, however often and by however many it is tried."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access import queries as access
from crm_backend.access.actor import Actor
from crm_backend.agents.model import Agent
from crm_backend.errors import Invalid, NotAllowed, NotFound, Stale
from crm_backend.reports import mailings
from crm_backend.reports.mailings import LEASE, PAUSES
from crm_backend.reports.model import ReportSend

PARIS = ZoneInfo("Europe/Paris")
MONDAY = datetime(2026, 11, 23, 9, 30, tzinfo=PARIS)


async def somebody(crm: AsyncSession, name: str = "claire", role: str = "supervisor") -> Agent:
    agent = Agent(email=f"{name}@example.com", name=name, role=role, password_hash="", language="fr")
    crm.add(agent)
    await crm.flush()
    return agent


async def made(crm: AsyncSession, owner: Agent, *recipients: Agent, now: datetime = MONDAY, **more: Any) -> Any:
    given = {
        "name": "Bilan", "rhythm": "daily", "hour": 7, "filters": {"team": "support"}, "split_by": "agent",
        "recipients": [str(one.id) for one in recipients or (owner,)], **more,
    }  # fmt: skip
    actor = await access.actor_of(crm, owner, "desk")
    return await mailings.save(crm, actor=actor, given=given, now=now)


async def sends(crm: AsyncSession) -> list[tuple[date, str]]:
    return [(row.day, row.state) for row in await crm.scalars(select(ReportSend).order_by(ReportSend.day))]


async def test_a_mailing_goes_at_its_hour_once_to_each_who_gets_it(crm: AsyncSession) -> None:
    claire, thomas = await somebody(crm), await somebody(crm, "thomas")
    await made(crm, claire, claire, thomas)
    for hour in (10, 23):
        assert await mailings.plan(crm, now=MONDAY.replace(hour=hour)) == 0
    tomorrow = MONDAY + timedelta(days=1)
    assert await mailings.plan(crm, now=tomorrow.replace(hour=6)) == 0
    assert await mailings.plan(crm, now=tomorrow.replace(hour=7)) == 1
    assert await mailings.plan(crm, now=tomorrow.replace(hour=7)) == 0
    found = [await mailings.claim(crm, now=tomorrow) for _ in range(3)]
    assert {due.agent.name for due in found if due} == {"claire", "thomas"} and found[2] is None
    for due in found[:2]:
        assert due is not None
        await mailings.sent(crm, due, now=tomorrow)
    assert await mailings.claim(crm, now=tomorrow + timedelta(days=9)) is None
    assert await sends(crm) == [(date(2026, 11, 24), "sent")] * 2


async def test_days_that_were_missed_are_made_up_for_once(crm: AsyncSession) -> None:
    claire = await somebody(crm)
    await made(crm, claire)
    later = MONDAY + timedelta(days=10)
    assert await mailings.plan(crm, now=later) == 1
    assert await mailings.plan(crm, now=later + timedelta(minutes=1)) == 0
    assert await sends(crm) == [(later.date(), "due")]


async def test_a_mail_whose_sender_died_is_tried_again_under_the_same_name(crm: AsyncSession) -> None:
    claire = await somebody(crm)
    await made(crm, claire)
    now = MONDAY + timedelta(days=1)
    await mailings.plan(crm, now=now)
    first = await mailings.claim(crm, now=now)
    assert first and await mailings.claim(crm, now=now + LEASE / 2) is None
    again = await mailings.claim(crm, now=now + LEASE)
    assert again and (again.send, again.attempts) == (first.send, 2)


async def test_a_mail_that_is_not_taken_is_put_off_and_given_up_in_the_end(crm: AsyncSession) -> None:
    claire = await somebody(crm)
    await made(crm, claire)
    now = MONDAY + timedelta(days=1)
    await mailings.plan(crm, now=now)
    for pause in PAUSES:
        due = await mailings.claim(crm, now=now)
        assert due and await mailings.failed(crm, due, now=now)
        assert await mailings.claim(crm, now=now + pause - timedelta(seconds=1)) is None
        now += pause
    due = await mailings.claim(crm, now=now)
    assert due and not await mailings.failed(crm, due, now=now)
    assert await sends(crm) == [((MONDAY + timedelta(days=1)).date(), "failed")]


async def test_a_mail_of_which_every_sender_died_is_given_up(crm: AsyncSession) -> None:
    claire = await somebody(crm)
    await made(crm, claire)
    now = MONDAY + timedelta(days=1)
    await mailings.plan(crm, now=now)
    for attempt in range(1, len(PAUSES) + 2):
        due = await mailings.claim(crm, now=now)
        assert due and due.attempts == attempt
        now += LEASE
    assert await mailings.claim(crm, now=now) is None
    assert await sends(crm) == [((MONDAY + timedelta(days=1)).date(), "failed")]


async def test_who_may_not_read_reports_any_more_gets_none(crm: AsyncSession, monkeypatch: pytest.MonkeyPatch) -> None:
    claire, thomas = await somebody(crm), await somebody(crm, "thomas")
    await made(crm, claire, claire, thomas)
    await crm.execute(update(Agent).where(Agent.id == thomas.id).values(role="agent"))
    await crm.refresh(thomas)
    now = MONDAY + timedelta(days=1)
    await mailings.plan(crm, now=now)
    claim = mailings.claim
    # However many are left out, one after the other: not one within the other.
    monkeypatch.delattr(mailings, "claim")
    due = [await claim(crm, now=now) for _ in range(2)]
    assert [one.agent.name for one in due if one] == ["claire"]
    left_out = select(func.count()).where(ReportSend.state == "left_out")
    assert await crm.scalar(left_out) == 1


@pytest.mark.parametrize(
    ("rhythm", "hour", "now", "day"),
    [("daily", 7, MONDAY, "2026-11-24"), ("daily", 10, MONDAY, "2026-11-23"), ("weekly", 7, MONDAY, "2026-11-30"),
     ("weekly", 10, MONDAY, "2026-11-23"), ("monthly", 0, MONDAY, "2026-12-01"),
     ("monthly", 0, MONDAY.replace(month=12, day=1, hour=0), "2027-01-01")],
)  # fmt: skip
def test_when_it_goes_next(rhythm: str, hour: int, now: datetime, day: str) -> None:
    assert mailings.next_day(rhythm, hour, now).isoformat() == day


def test_what_it_tells_of() -> None:
    for rhythm, day, first, last in (
        ("daily", date(2026, 3, 1), date(2026, 2, 28), date(2026, 2, 28)),
        ("weekly", date(2026, 11, 23), date(2026, 11, 16), date(2026, 11, 22)),
        ("monthly", date(2026, 3, 1), date(2026, 2, 1), date(2026, 2, 28)),
    ):
        told = mailings.told_on(day, rhythm, PARIS)
        assert (told.first, told.last) == (first, last)


async def test_only_its_owner_changes_it_and_who_gets_it_may_leave(crm: AsyncSession) -> None:
    claire, thomas = await somebody(crm), await somebody(crm, "thomas")
    planned = await made(crm, claire, claire, thomas)
    his = await access.actor_of(crm, thomas, "desk")
    given = {"name": "Autre", "rhythm": "weekly", "hour": 8, "recipients": [str(thomas.id)]}
    with pytest.raises(NotFound):
        await mailings.save(crm, actor=his, given=given, now=MONDAY, mailing_id=planned.mailing.id)
    hers = await access.actor_of(crm, claire, "desk")
    with pytest.raises(Stale):
        await mailings.save(crm, actor=hers, given=given, now=MONDAY, mailing_id=planned.mailing.id, version=9)
    assert len(await mailings.listed(crm, actor=his)) == 1
    await mailings.remove(crm, actor=his, mailing_id=planned.mailing.id)
    assert await mailings.listed(crm, actor=his) == []
    (left,) = await mailings.listed(crm, actor=hers)
    assert left.recipients == [claire.id]
    await mailings.remove(crm, actor=hers, mailing_id=planned.mailing.id)
    assert await mailings.listed(crm, actor=hers) == []
    with pytest.raises(NotFound):
        await mailings.remove(crm, actor=hers, mailing_id=planned.mailing.id)


@pytest.mark.parametrize(
    ("field", "given"),
    [("name", ""), ("name", "\x00 "), ("rhythm", "hourly"), ("hour", 24), ("hour", True), ("split_by", "mood"),
     ("recipients", []), ("recipients", ["x"]), ("recipients", ["00000000-0000-7000-8000-000000000000"]),
     ("team", {"filters": {"team": 3}})],
)  # fmt: skip
async def test_what_will_not_do_is_refused(crm: AsyncSession, field: str, given: Any) -> None:
    claire = await somebody(crm)
    more = given if isinstance(given, dict) else {field: given}
    with pytest.raises(Invalid) as refused:
        await made(crm, claire, **more)
    assert refused.value.field == field


async def test_names_are_ones_own_and_rights_are_asked_for(crm: AsyncSession) -> None:
    claire, emma = await somebody(crm), await somebody(crm, "emma", role="agent")
    await made(crm, claire)
    with pytest.raises(Invalid):
        await made(crm, claire)
    with pytest.raises(NotAllowed):
        await made(crm, emma)
    with pytest.raises(Invalid):
        await made(crm, claire, emma, name="Autre")
    with pytest.raises(NotAllowed):
        await mailings.listed(crm, actor=Actor("bot"))
