"""Rules of time: a case that has been in a status for so many hours."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, exists, false, or_, select, true
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.calendars import services as calendars
from crm_backend.calendars.hours import business_time_between
from crm_backend.cases.model import Case
from crm_backend.events import services as events
from crm_backend.notifications.schema import Rules
from crm_backend.notifications.unasked import not_their_hours
from crm_backend.rules.model import Rule, RuleTimer

AT_ONCE = 200
PUT_OFF = timedelta(days=1)
"""Who has no hour in which they may be written to within that time is not waited for."""


async def look(session: AsyncSession, *, now: datetime, quiet: Rules | None = None, limit: int = AT_ONCE) -> int:
    """Tells of cases that have waited as long as a rule says, once for each rule and stay in a status; how many.

    Nothing is told of stays that were over before anybody looked. Rules that write to the customer wait for the end of
    the `quiet` hours and for those that the customer prefers, a day at most.
    """
    rules = await session.scalars(select(Rule).where(Rule.enabled, Rule.event == "case.waited").order_by(Rule.id))
    found = 0
    for rule in rules.all():
        found += await _look(session, rule, now, quiet, limit)
    return found


async def _look(session: AsyncSession, rule: Rule, now: datetime, quiet: Rules | None, limit: int) -> int:
    assert rule.wait is not None
    wait = timedelta(hours=rule.wait["hours"])
    told_before = exists().where(
        RuleTimer.rule_id == rule.id, RuleTimer.case_id == Case.id, RuleTimer.since == Case.status_since
    )
    cases = await session.scalars(
        select(Case)
        # So many hours of work take at least as many by the clock.
        .where(Case.status == rule.wait["status"], Case.status_since <= now - wait, ~told_before)
        .where(or_(Case.status_since <= now - wait - PUT_OFF, _may_write(rule, now, quiet)))
        .order_by(Case.status_since, Case.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    hours = None
    if "calendar_id" in rule.wait:
        hours = await calendars.hours_of(session, UUID(rule.wait["calendar_id"]))
    found = 0
    for case in cases.all():
        if hours is not None and business_time_between(hours, case.status_since, now) < wait:
            # The others have not been there as long.
            break
        found += await _tell(session, rule, case)
    return found


def _may_write(rule: Rule, now: datetime, quiet: Rules | None) -> ColumnElement[bool]:
    if quiet is None or all(action["do"] != "reply" for action in rule.actions):
        return true()
    return false() if quiet.quiet_end(now) else ~not_their_hours(Case.customer_id, rules=quiet, now=now)


async def _tell(session: AsyncSession, rule: Rule, case: Case) -> int:
    mark = insert(RuleTimer).values(rule_id=rule.id, case_id=case.id, since=case.status_since)
    if await session.scalar(mark.on_conflict_do_nothing().returning(RuleTimer.case_id)) is None:
        return 0
    data = {"rule_id": str(rule.id), "status": case.status, "since": case.status_since.isoformat()}
    await events.emit(session, kind="case.waited", subject=("case", case.id), data=data)
    return 1
