"""Opening cases and changing what they say."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import Actor
from crm_backend.cases import categories, events, filling, links, rows, values
from crm_backend.cases.due import months_after
from crm_backend.cases.model import NUMBERS, Case
from crm_backend.cases.schema import NewCase
from crm_backend.cases.settings_model import LEVELS, CaseTemplate, CaseType
from crm_backend.database import expect, new_id, utc_now
from crm_backend.errors import Invalid, NotNow

FIRST = "new"
"""The status that every case begins with."""
CHANGEABLE = (
    "subject",
    "description",
    "type_key",
    "category_id",
    "impact",
    "urgency",
    "team",
    "agent_id",
    "tags",
    "fields",
    "due_at",
    "customer_id",
    "language",
)


async def open_case(session: AsyncSession, new: NewCase, *, actor: Actor, now: datetime | None = None) -> Case:
    """Opens a case with its number, its checklist and its links to orders; that case, locked.

    `opening.open_from_conversation` takes more from a conversation. Raises Invalid for what is not taken, NotAllowed.
    """
    actor.need("cases.write")
    # Whoever may not read an order or a conversation learns nothing of which there are.
    if new.order_ids:
        actor.need("orders.read")
    if new.conversation_id is not None:
        actor.need("conversations.read")
    now = now or utc_now()
    template = await rows.template(session, new.template_key)
    of_type = await rows.case_type(session, new.type_key or (template.type_key if template else None))
    customer = await rows.customer(session, new.customer_id)
    language = values.one_of("language", new.language or (customer.language if customer else "fr"), values.LANGUAGES)
    case = Case(
        id=new_id(),
        created_at=now,
        number=await _number(session, now),
        type_key=of_type.key,
        customer_id=new.customer_id,
        language=language,
        channel=values.line("channel", new.channel, most=40) if new.channel else None,
        template_key=template.key if template else None,
        opened_by=actor.name,
        updated_at=now,
        status_since=now,
        status=FIRST,
        stage=(await rows.status(session, FIRST)).stage,
        agent_id=await rows.agent(session, new.agent_id),
        due_at=filling.due(of_type, template, new.due_at, now),
        demo=new.demo,
    )
    await filling.fill(session, case, new, template, of_type)
    case.acknowledge = filling.acknowledgement(case, of_type, new)
    session.add(case)
    await session.flush()
    await filling.hang(session, case, new, template)
    told = {name: {"old": None, "new": values.plain(getattr(case, name))} for name in _TOLD_AT_FIRST}
    await events.happened(session, case, actor=actor, action="opened", at=now, changes=told, template=case.template_key)
    return case


_TOLD_AT_FIRST = ("type_key", "subject", "status", "stage", "priority", "team", "agent_id", "category_id", "due_at")


async def change(
    session: AsyncSession,
    case_id: UUID,
    *,
    actor: Actor,
    changes: Mapping[str, Any],
    version: int | None = None,
    now: datetime | None = None,
) -> Case:
    """Changes fields of `CHANGEABLE`; those that are the same already count for nothing.

    Raises NotFound, Stale, Invalid, NotAllowed, and NotNow for a later due date than the law's.
    """
    actor.need("cases.write")
    for name in changes:
        if name not in CHANGEABLE:
            raise Invalid(name, "case_unknown_field")
    case = await rows.locked(session, case_id)
    expect(case, version)
    now = now or utc_now()
    wanted = await _checked(session, case, dict(changes), now)
    before = {name: getattr(case, name) for name in wanted}
    changed = {name: value for name, value in wanted.items() if value != before[name]}
    if not changed:
        return case
    for name, value in changed.items():
        setattr(case, name, value)
    case.updated_at = now
    told = {name: {"old": values.plain(before[name]), "new": values.plain(value)} for name, value in changed.items()}
    await events.happened(session, case, actor=actor, action="changed", at=now, changes=told)
    return case


async def extend_due(
    session: AsyncSession,
    case_id: UUID,
    *,
    actor: Actor,
    reason: str,
    version: int | None = None,
    now: datetime | None = None,
) -> Case:
    """Makes the term set by law longer, once, while it runs: by two months for a privacy request, whose customer has to
    be told so and why within the first (GDPR art. 12(3)). Raises NotFound, Stale, Invalid, NotAllowed, NotNow."""
    actor.need("cases.write")
    case = await rows.locked(session, case_id)
    expect(case, version)
    now = now or utc_now()
    of_type = await session.get_one(CaseType, case.type_key)
    if of_type.due_months is None or of_type.extend_months is None:
        raise NotNow("case_not_extendable")
    if case.due_extended:
        raise NotNow("case_extended_before")
    if case.stage in ("resolved", "closed"):
        raise NotNow("case_is_over")
    if now > months_after(case.created_at, of_type.due_months):
        raise NotNow("case_term_over")
    why = values.text("reason", reason, most=2_000)
    old, case.due_extended, case.updated_at = case.due_at, True, now
    case.due_at = months_after(case.created_at, of_type.due_months + of_type.extend_months)
    told = {"due_at": {"old": values.plain(old), "new": values.plain(case.due_at)}}
    await events.happened(session, case, actor=actor, action="due_extended", at=now, changes=told, reason=why)
    return case


async def _number(session: AsyncSession, now: datetime) -> str:
    return f"C-{now.year}-{await session.scalar(NUMBERS.next_value()):06d}"


async def _checked(session: AsyncSession, case: Case, changes: dict[str, Any], now: datetime) -> dict[str, Any]:
    """What the changes come to, with what follows from them. Raises Invalid, NotNow."""
    wanted: dict[str, Any] = {}
    for name, value in changes.items():
        wanted[name] = await _one(session, case, name, value, now)
    if "impact" in wanted or "urgency" in wanted:
        impact, urgency = wanted.get("impact", case.impact), wanted.get("urgency", case.urgency)
        wanted["priority"] = await rows.priority(session, impact=impact, urgency=urgency)
    of_type = await session.get_one(CaseType, wanted.get("type_key", case.type_key))
    if of_type.due_months is not None:
        months = of_type.due_months + (of_type.extend_months or 0 if case.due_extended else 0)
        legal = months_after(case.created_at, months)
        due = wanted.get("due_at", case.due_at)
        if "due_at" in wanted and (due is None or due > legal):
            raise NotNow("case_legal_due", due=legal.date().isoformat())
        wanted["due_at"] = min(due, legal) if due is not None else legal
    return wanted


async def _one(session: AsyncSession, case: Case, name: str, value: Any, now: datetime) -> Any:
    if name == "subject":
        return values.line(name, value)
    if name == "description":
        return values.text(name, value, required=False)
    if name == "type_key":
        return (await rows.case_type(session, value)).key
    if name == "category_id":
        return await categories.usable(session, value)
    if name in ("impact", "urgency"):
        return values.one_of(name, value, LEVELS)
    if name == "team":
        return values.line(name, value, most=40)
    if name == "agent_id":
        return await rows.agent(session, value)
    if name == "tags":
        return values.tags(name, value)
    if name == "fields":
        template = await session.get(CaseTemplate, case.template_key) if case.template_key else None
        return values.filled(name, value, template.fields if template else [])
    if name == "due_at":
        return values.instant(name, value, now=now) if value is not None else None
    if name == "language":
        return values.one_of(name, value, values.LANGUAGES)
    return await _other_customer(session, case, value)


async def _other_customer(session: AsyncSession, case: Case, customer_id: UUID | None) -> UUID | None:
    """Whose case it is may be told once, while nobody's conversation or order hangs on it. Raises Invalid, NotNow."""
    await rows.customer(session, customer_id)
    if customer_id != case.customer_id and await links.holds_anybodys(session, case.id):
        raise NotNow("case_customer_fixed")
    return customer_id
