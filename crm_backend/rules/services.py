"""Rules as an administrator keeps them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, get_args
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import Actor
from crm_backend.audit import services as audit
from crm_backend.calendars import naming
from crm_backend.calendars.model import Calendar
from crm_backend.calendars.values import name as checked_name
from crm_backend.cases.settings_model import CaseStatus
from crm_backend.database import expect
from crm_backend.errors import Invalid, NotFound, NotNow
from crm_backend.rules import actions, conditions
from crm_backend.rules.actions import may_say
from crm_backend.rules.model import Rule, RuleRun

Begins = Literal[
    "case.opened",
    "case.changed",
    "case.status",
    "case.priority",
    "case.assigned",
    "case.linked",
    "case.waited",
    "message.received",
    "message.sent",
    "clock.warned",
    "clock.breached",
    "order.changed",
]
EVENTS: tuple[str, ...] = get_args(Begins)
"""What a rule may begin with. `case.waited` is time that passed: the rule's `wait` says in which status, how long."""
FIELDS = ("name", "enabled", "event", "wait", "condition", "actions", "stop", "position")
MOST_RULES, LONGEST_WAIT = 200, 24 * 366


async def add(session: AsyncSession, *, actor: Actor, fields: Mapping[str, Any]) -> Rule:
    """A new rule, from `FIELDS`; without a position it comes last.

    Raises Invalid, Conflict (the name is in use), NotNow (200 rules are enough), NotAllowed.
    """
    actor.need("cases.configure")
    row = await session.execute(select(func.count(), func.coalesce(func.max(Rule.position), 0)).select_from(Rule))
    count, last = row.one()
    if count >= MOST_RULES:
        raise NotNow("too_many_rules", most=MOST_RULES)
    rule = Rule(enabled=True, position=last + 1, stop=False)
    await fill(session, rule, {"wait": None, "condition": {}, "name": None, "event": None, "actions": None, **fields})
    await may_say(session, actor, rule.actions)
    await naming.free(session, Rule, rule.name)
    session.add(rule)
    await session.flush()
    audit.record(session, actor=actor, action="added", subject=("rule", rule.id), new=told(rule))
    return rule


async def change(
    session: AsyncSession, rule_id: UUID, *, actor: Actor, changes: Mapping[str, Any], version: int | None = None
) -> Rule:
    """Changes what `changes` names; it holds for events to come. Raises NotFound, Stale, Invalid, Conflict,
    NotAllowed."""
    actor.need("cases.configure")
    rule = await _locked(session, rule_id)
    expect(rule, version)
    old = told(rule)
    await fill(session, rule, changes)
    if "actions" in changes:
        await may_say(session, actor, rule.actions)
    await naming.free(session, Rule, rule.name, own=rule.id)
    await session.flush()
    audit.record(session, actor=actor, action="changed", subject=("rule", rule.id), old=old, new=told(rule))
    return rule


async def remove(session: AsyncSession, rule_id: UUID, *, actor: Actor, version: int | None = None) -> None:
    """Deletes a rule and its log. Raises NotFound, Stale, NotAllowed."""
    actor.need("cases.configure")
    rule = await _locked(session, rule_id)
    expect(rule, version)
    audit.record(session, actor=actor, action="removed", subject=("rule", rule.id), old=told(rule))
    await session.delete(rule)
    await session.flush()


async def order(session: AsyncSession, rule_ids: Sequence[UUID], *, actor: Actor) -> list[Rule]:
    """Puts all rules into this order. Raises Invalid unless every one is named once, NotAllowed."""
    actor.need("cases.configure")
    rules = {rule.id: rule for rule in await session.scalars(select(Rule).order_by(Rule.id).with_for_update())}
    if len(rule_ids) != len(rules) or set(rule_ids) != set(rules):
        raise Invalid("rules", "not_every_rule_once")
    for position, rule_id in enumerate(rule_ids, start=1):
        rules[rule_id].position = position
    await session.flush()
    audit.record(session, actor=actor, action="reordered", subject=("rule", "all"))
    return [rules[rule_id] for rule_id in rule_ids]


async def one(session: AsyncSession, rule_id: UUID, *, actor: Actor) -> Rule:
    """A rule. Raises NotFound, NotAllowed."""
    actor.need("cases.read")
    if (rule := await session.get(Rule, rule_id)) is None:
        raise NotFound("no such rule")
    return rule


def listed(actor: Actor, *, event: str | None = None, enabled: bool | None = None) -> Select[tuple[Rule]]:
    """The rules, to be sorted and paged. Raises NotAllowed."""
    actor.need("cases.read")
    query = select(Rule)
    if event is not None:
        query = query.where(Rule.event == event)
    return query if enabled is None else query.where(Rule.enabled.is_(enabled))


def runs(actor: Actor, rule_id: UUID) -> Select[tuple[RuleRun]]:
    """What a rule did, to be sorted and paged. Raises NotAllowed."""
    actor.need("cases.read")
    return select(RuleRun).where(RuleRun.rule_id == rule_id)


async def log_of_case(session: AsyncSession, case_id: UUID, *, actor: Actor, limit: int = 50) -> list[RuleRun]:
    """What rules did for a case, the newest first. Raises NotAllowed."""
    actor.need("cases.read")
    query = select(RuleRun).where(RuleRun.case_id == case_id).order_by(RuleRun.created_at.desc(), RuleRun.id.desc())
    return list(await session.scalars(query.limit(min(limit, 200))))


async def fill(session: AsyncSession, rule: Rule, given: Mapping[str, Any]) -> None:
    """Puts checked values into a rule, kept or only tried. Raises Invalid."""
    for field, value in given.items():
        if field not in FIELDS:
            raise Invalid(field, "unknown_field")
        setattr(rule, field, await _checked(session, field, value))
    if (rule.event == "case.waited") != (rule.wait is not None):
        raise Invalid("wait", "wait_goes_with_time")


def told(rule: Rule) -> dict[str, Any]:
    """What a rule says, as JSON."""
    return {field: getattr(rule, field) for field in FIELDS}


async def _checked(session: AsyncSession, field: str, value: Any) -> Any:
    if field == "name":
        return checked_name(value)
    if field == "event":
        if value not in EVENTS:
            raise Invalid(field, "not_choice", expected=", ".join(EVENTS))
        return value
    if field == "condition":
        return conditions.checked(value)
    if field == "actions":
        return actions.checked(value)
    if field == "wait":
        return await _wait(session, value) if value is not None else None
    if field == "position":
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= 10_000:
            raise Invalid(field, "not_between", least=0, most=10_000)
        return value
    if not isinstance(value, bool):
        raise Invalid(field, "not_yes_or_no")
    return value


async def _wait(session: AsyncSession, given: Any) -> dict[str, Any]:
    """`{status, hours, calendar_id}`: with a calendar, the hours are hours of work."""
    if not isinstance(given, Mapping) or not {"status", "hours"} <= set(given) <= {"status", "hours", "calendar_id"}:
        raise Invalid("wait", "not_a_wait")
    status, hours, calendar_id = given["status"], given["hours"], given.get("calendar_id")
    if not isinstance(status, str) or not status.isprintable() or await session.get(CaseStatus, status) is None:
        raise Invalid("wait.status", "no_such_thing")
    if isinstance(hours, bool) or not isinstance(hours, int) or not 1 <= hours <= LONGEST_WAIT:
        raise Invalid("wait.hours", "not_between", least=1, most=LONGEST_WAIT)
    if calendar_id is None:
        return {"status": status, "hours": hours}
    try:
        calendar = await session.get(Calendar, UUID(str(calendar_id)))
    except ValueError:
        calendar = None
    if calendar is None:
        raise Invalid("wait.calendar_id", "no_such_thing")
    return {"status": status, "hours": hours, "calendar_id": str(calendar.id)}


async def _locked(session: AsyncSession, rule_id: UUID) -> Rule:
    found = await session.scalar(
        select(Rule).where(Rule.id == rule_id).with_for_update().execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound("no such rule")
    return found
