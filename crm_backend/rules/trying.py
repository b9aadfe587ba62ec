"""A dry run: what a rule would do, shown without doing it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import Actor
from crm_backend.cases.model import Case
from crm_backend.database import new_id, utc_now
from crm_backend.errors import NotFound
from crm_backend.events.model import Event
from crm_backend.notifications.schema import Rules
from crm_backend.rules import conditions, doing, services
from crm_backend.rules.facts import situation
from crm_backend.rules.model import Rule
from crm_backend.rules.running import about_event, case_of

MOST_CASES, MOST_EVENTS = 200, 100


@dataclass(frozen=True)
class Tried:
    """What a rule would do for a case. `steps` tells each action with what would change, or why it would be refused;
    `at` is when the event happened that it was tried with."""

    case_id: UUID | None
    number: str | None
    matches: bool
    steps: list[dict[str, Any]]
    at: datetime | None = None


async def try_rule(
    session: AsyncSession,
    *,
    actor: Actor,
    fields: Mapping[str, Any],
    case_id: UUID | None = None,
    event_id: UUID | None = None,
    days: int | None = None,
    last: int = 20,
    data: Mapping[str, Any] | None = None,
    quiet: Rules | None = None,
) -> list[Tried]:
    """What a rule of these fields, kept or not, would do: for an event that really happened, for one case as it is now,
    for the newest 100 of the events it begins with of so many `days`, or for the `last` cases that were opened (time
    that passes leaves no event). The actions are carried out and taken back, so that refusals are the real
    ones; nothing stays, and nobody is told.

    `data` stands for what the event would tell (`{"from": …, "to": …}`), `quiet` says when the company writes to nobody
    unasked. Raises NotFound, Invalid, NotAllowed.
    """
    actor.need("cases.configure")
    rule = Rule()
    await services.fill(session, rule, {"name": "?", "condition": {}, "wait": None, "stop": False, **fields})
    asked, now = conditions.fields_in(rule.condition), utc_now()
    if event_id is not None:
        event = await session.get(Event, event_id)
        if event is None:
            raise NotFound("no such event")
        case_id = await case_of(session, event)
        return [await _try(session, rule, case_id, event, asked, event.data, now, quiet)]
    if case_id is not None:
        if await session.get(Case, case_id) is None:
            raise NotFound("no such case")
        return [await _try(session, rule, case_id, None, asked, data or {}, now, quiet)]
    if days is not None and rule.event != "case.waited":
        since = select(Event).where(Event.kind == rule.event, Event.created_at >= now - timedelta(days=days))
        happened = await session.scalars(since.order_by(Event.created_at.desc(), Event.id.desc()).limit(MOST_EVENTS))
        return [
            await _try(session, rule, await case_of(session, each), each, asked, each.data, now, quiet)
            for each in list(happened)
        ]
    newest = select(Case.id).order_by(Case.created_at.desc(), Case.id.desc()).limit(max(1, min(last, MOST_CASES)))
    return [
        await _try(session, rule, each, None, asked, data or {}, now, quiet)
        for each in list(await session.scalars(newest))
    ]


async def _try(
    session: AsyncSession,
    rule: Rule,
    case_id: UUID | None,
    event: Event | None,
    asked: set[str],
    data: Mapping[str, Any],
    now: datetime,
    quiet: Rules | None,
) -> Tried:
    if event is not None:
        about = await about_event(session, event, case_id, asked, now)
    else:
        about = await situation(
            session,
            kind=rule.event,
            event_id=new_id(),
            case_id=case_id,
            conversation_id=None,
            data=dict(data),
            now=now,
            asked=asked,
        )
    about.quiet = quiet
    number, at = about.case.number if about.case else None, event.created_at if event else None
    if not conditions.holds(rule.condition, about.values):
        return Tried(case_id, number, matches=False, steps=[], at=at)
    trying = await session.begin_nested()
    try:
        done = await doing.do(session, rule.actions, about)
    finally:
        await trying.rollback()
    return Tried(case_id, number, matches=True, steps=done.steps, at=at)
