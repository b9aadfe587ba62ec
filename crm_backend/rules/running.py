"""Rules at work: what an event brings about, once for each rule."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.cases.model import Case, CaseConversation, CaseOrder
from crm_backend.database import new_id
from crm_backend.events import services as events
from crm_backend.events.model import Event
from crm_backend.notifications.schema import Rules
from crm_backend.orders.model import Order
from crm_backend.rules import conditions, doing
from crm_backend.rules.acting import Done
from crm_backend.rules.facts import Situation, situation
from crm_backend.rules.model import Rule, RuleRun

DEEPEST = 8
"""How many rules may lead to each other before it is taken for a loop."""


@dataclass
class Outcome:
    """What an event brought about, for whoever has to be woken once it is committed."""

    ran: list[UUID] = field(default_factory=list)
    told: set[UUID] = field(default_factory=set)
    outgoing: set[UUID] = field(default_factory=set)


async def rules_for(session: AsyncSession, event: str) -> list[Rule]:
    """The rules in use for a kind of event, in their order."""
    return list(
        await session.scalars(select(Rule).where(Rule.enabled, Rule.event == event).order_by(Rule.position, Rule.id))
    )


async def run(session: AsyncSession, event: Event, *, now: datetime, quiet: Rules | None = None) -> Outcome:
    """Tries every rule for an event, and does what those say that match, in the caller's transaction.

    Each rule sees what those before it did. One that ran for the event already does nothing, whenever it comes again;
    one that led to the event is not run by it, nor is any once eight have led to one another. `quiet` says when the
    company writes to nobody unasked.
    """
    outcome = Outcome()
    rules = await rules_for(session, event.kind)
    if event.kind == "case.waited":
        rules = [rule for rule in rules if str(rule.id) == event.data.get("rule_id")]
    if not rules:
        return outcome
    case_id = await case_of(session, event)
    gone = {"case": Case, "order": Order}.get(event.subject_kind)
    if gone is not None and await session.get(gone, event.subject_id) is None:
        return outcome
    asked = set().union(*(conditions.fields_in(rule.condition) for rule in rules))
    about: Situation | None = None
    for rule in rules:
        # What a rule did is looked at anew for the next one.
        about = about or await about_event(session, event, case_id, asked, now)
        about.quiet = quiet
        if not conditions.holds(rule.condition, about.values):
            continue
        if await _run_one(session, rule, event, about, outcome):
            case_id, about = about.case.id if about.case else case_id, None
            if rule.stop:
                break
    return outcome


async def _run_one(session: AsyncSession, rule: Rule, event: Event, about: Situation, outcome: Outcome) -> bool:
    run_id = await session.scalar(
        insert(RuleRun)
        .values(
            id=new_id(),
            created_at=about.now,
            rule_id=rule.id,
            event_id=event.id,
            event=event.kind,
            case_id=about.case.id if about.case else None,
            outcome="done",
            steps=[],
        )
        .on_conflict_do_nothing()
        .returning(RuleRun.id)
    )
    if run_id is None:
        return False
    kept = await session.get_one(RuleRun, run_id)
    if str(rule.id) in event.chain or len(event.chain) >= DEEPEST:
        kept.outcome = "held"
        return False
    with events.caused_by(session, [*event.chain, str(rule.id)]):
        done = await doing.do(session, rule.actions, about)
    kept.outcome, kept.steps = "failed" if done.refused else "done", done.steps
    kept.case_id = about.case.id if about.case else None
    await session.flush()
    outcome.ran.append(rule.id)
    outcome.told |= done.told
    outcome.outgoing |= done.outgoing
    return True


async def escalate(
    session: AsyncSession,
    actions: Sequence[dict[str, Any]],
    *,
    case: Case,
    cause: UUID,
    kind: str,
    now: datetime,
    quiet: Rules | None = None,
) -> Done:
    """Does what a policy says of a clock that is nearly up, or up."""
    about = await situation(
        session, kind=kind, event_id=cause, case_id=case.id, conversation_id=None, data={}, now=now, asked=()
    )
    about.quiet = quiet
    return await doing.do(session, actions, about)


async def about_event(
    session: AsyncSession, event: Event, case_id: UUID | None, asked: set[str], now: datetime
) -> Situation:
    """What an event is about, as it is now."""
    return await situation(
        session,
        kind=event.kind,
        event_id=event.id,
        case_id=case_id,
        conversation_id=event.subject_id if event.subject_kind == "conversation" else None,
        data=event.data,
        now=now,
        asked=asked,
        order_id=event.subject_id if event.subject_kind == "order" else None,
    )


async def case_of(session: AsyncSession, event: Event) -> UUID | None:
    """The case of an event: for a message or an order the newest that is not closed and has to do with it."""
    if event.subject_kind == "case":
        return event.subject_id
    about = CaseOrder.order_id if event.subject_kind == "order" else CaseConversation.conversation_id
    found: UUID | None = await session.scalar(
        select(Case.id)
        .join(about.class_, about.class_.case_id == Case.id)
        .where(about == event.subject_id, Case.stage != "closed")
        .order_by(Case.created_at.desc())
        .limit(1)
    )
    return found
