"""The way a case takes: which steps there are, what they need, and what follows from one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Exists, exists, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from crm_backend.access.actor import SYSTEM, Actor
from crm_backend.cases import events, rows, values
from crm_backend.cases.model import Case, CaseConversation, CaseItem
from crm_backend.cases.schema import Step
from crm_backend.cases.settings_model import CaseResolution, CaseStatus, CaseTransition, CaseType
from crm_backend.conversations.model import Conversation
from crm_backend.database import expect, utc_now
from crm_backend.errors import Invalid, NotNow

OVER = ("resolved", "closed")
NEEDS = ("reason", "resolution_code", "resolution_summary", "agent", "category", "checklist", "children")
"""What a step may need: a reason in words, a code and a summary of how it ended, somebody who works on it, a category,
every required item of the checklist done, every sub-case over."""
_SAID = ("reason", "resolution_code", "resolution_summary")
"""What is said with the step, not before it."""
MOST_DUPLICATES = 500


async def transitions(session: AsyncSession, *, type_key: str, status: str | None = None) -> list[CaseTransition]:
    """The steps of a type: its own, or the common ones where it has none."""
    own = exists().where(CaseTransition.type_key == type_key)
    theirs = (CaseTransition.type_key == type_key) | (CaseTransition.type_key.is_(None) & ~own)
    query = select(CaseTransition).where(theirs)
    if status is not None:
        query = query.where(CaseTransition.from_status == status)
    return list(await session.scalars(query.order_by(CaseTransition.from_status, CaseTransition.to_status)))


async def steps(session: AsyncSession, case: Case, *, actor: Actor) -> list[Step]:
    """Every step from where the case is, with what is missing for it. Raises NotAllowed."""
    actor.need("cases.read")
    found = await transitions(session, type_key=case.type_key, status=case.status)
    order = {each.key: each for each in await session.scalars(select(CaseStatus))}
    lacking = await _lacking(session, case)
    told = [
        Step(
            to=each.to_status,
            names=order[each.to_status].names,
            stage=order[each.to_status].stage,
            needs=each.needs,
            missing=[need for need in each.needs if need in lacking],
            permitted=actor.may(each.permission),
        )
        for each in found
    ]
    return sorted(told, key=lambda step: order[step.to].position)


async def move(
    session: AsyncSession,
    case_id: UUID,
    *,
    actor: Actor,
    to: str,
    reason: str = "",
    resolution: str | None = None,
    summary: str = "",
    version: int | None = None,
    now: datetime | None = None,
) -> Case:
    """Takes a step, and duplicates along when it ends the case. Going where the case is already changes nothing.

    Raises NotFound, Stale, NotAllowed, Invalid for what the step needs to be told, and NotNow for a step that there is
    not or that needs more to be done first.
    """
    actor.need("cases.write")
    case = await rows.locked(session, case_id)
    expect(case, version)
    target = await rows.status(session, to)
    if case.status == target.key:
        return case
    found = await transitions(session, type_key=case.type_key, status=case.status)
    step = next((each for each in found if each.to_status == target.key), None)
    if step is None:
        raise NotNow("case_no_such_step", start=case.status, to=target.key)
    actor.need(step.permission)
    code = await resolution_code(session, resolution) if resolution is not None else None
    said = {"reason": _said("reason", reason), "resolution_summary": _said("resolution_summary", summary)}
    said["resolution_code"] = code or ""
    for need in step.needs:
        if need in _SAID and not said[need]:
            raise Invalid(need, "case_needed")
    lacking = await _lacking(session, case)
    for need in step.needs:
        if need in lacking:
            raise NotNow(f"case_needs_{need}")
    await enter(
        session,
        case,
        target,
        actor=actor,
        now=now or utc_now(),
        reason=said["reason"],
        resolution=code,
        summary=said["resolution_summary"],
    )
    return case


async def enter(
    session: AsyncSession,
    case: Case,
    target: CaseStatus,
    *,
    actor: Actor,
    now: datetime,
    reason: str = "",
    resolution: str | None = None,
    summary: str = "",
) -> None:
    """Puts a locked case into a status, whatever its steps, and does what goes with it."""
    names = ("status", "stage", "resolution_key", "resolution_summary")
    if "closed" in (case.stage, target.stage) and case.stage != target.stage:
        await _heed(session, case, going=target.stage != "closed")
    before = {name: getattr(case, name) for name in names}
    was_over = case.stage in OVER
    case.status, case.stage = target.key, target.stage
    case.status_since = case.updated_at = now
    if target.stage in OVER:
        case.resolved_at = case.resolved_at if was_over and case.resolved_at else now
        case.closed_at = now if target.stage == "closed" else None
        case.resolution_key = resolution or case.resolution_key
        case.resolution_summary = summary or case.resolution_summary
    else:
        case.resolved_at = case.closed_at = None
        case.resolution_key, case.resolution_summary = None, ""
        case.reopened += was_over
    changes = {
        name: {"old": before[name], "new": getattr(case, name)} for name in names if before[name] != getattr(case, name)
    }
    await events.happened(
        session, case, actor=actor, action="status_changed", at=now, changes=changes, reason=reason or None
    )
    if case.stage in OVER:
        await _duplicates_follow(session, case, target, now)


async def resume(session: AsyncSession, case: Case, *, reason: str, now: datetime) -> bool:
    """The customer wrote: a locked case that is resolved, or waits for them, is worked on again, if it has such a step.
    Whether it is."""
    if case.stage not in ("resolved", "waiting_customer"):
        return False
    found = await transitions(session, type_key=case.type_key, status=case.status)
    names = {each.to_status for each in found}
    active = await session.scalars(
        select(CaseStatus).where(CaseStatus.key.in_(names), CaseStatus.stage == "active").order_by(CaseStatus.position)
    )
    targets = list(active)
    if not targets:
        return False
    # The last of the active ones is the one for cases that come back.
    target = targets[-1] if case.stage == "resolved" else targets[0]
    await enter(session, case, target, actor=SYSTEM, now=now, reason=reason)
    return True


async def close_resolved(session: AsyncSession, *, now: datetime, limit: int = 50) -> int:
    """Closes resolved cases whose customers have said nothing for as long as their type gives them; how many."""
    found = await session.scalars(
        select(Case)
        .join(CaseType, CaseType.key == Case.type_key)
        .where(
            Case.stage == "resolved",
            CaseType.close_after_days.is_not(None),
            Case.resolved_at <= now - func.make_interval(0, 0, 0, CaseType.close_after_days),
            # Those that cannot be closed would be looked at again and again, before all others.
            _leads_to("closed"),
        )
        .order_by(Case.resolved_at)
        .limit(limit)
        .with_for_update(of=Case, skip_locked=True, key_share=True)
    )
    count = 0
    for case in list(found):
        keys = {each.to_status for each in await transitions(session, type_key=case.type_key, status=case.status)}
        target = await session.scalar(
            select(CaseStatus)
            .where(CaseStatus.key.in_(keys), CaseStatus.stage == "closed")
            .order_by(CaseStatus.position)
            .limit(1)
        )
        if target is not None and case.stage == "resolved":
            await enter(session, case, target, actor=SYSTEM, now=now, reason="no_word_from_customer")
            count += 1
    return count


def _leads_to(stage: str) -> Exists:
    """Whether a case has a step to a status of this stage, as `transitions` has it."""
    step, own = aliased(CaseTransition), aliased(CaseTransition)
    # Who has steps of their own: asked without the case, which an inner one of two conditions would not see.
    with_own = select(own.type_key).where(own.type_key.is_not(None))
    return exists().where(
        step.from_status == Case.status,
        (step.type_key == Case.type_key) | (step.type_key.is_(None) & Case.type_key.not_in(with_own)),
        CaseStatus.key == step.to_status,
        CaseStatus.stage == stage,
    )


async def resolution_code(session: AsyncSession, key: str) -> str:
    """The key of a resolution in use. Raises Invalid."""
    found = await session.get(CaseResolution, values.key("resolution_code", key))
    if found is None or not found.active:
        raise Invalid("resolution_code", "case_unknown")
    return found.key


def _said(field: str, words: str) -> str:
    return values.text(field, words, most=4_000, required=False)


async def _lacking(session: AsyncSession, case: Case) -> set[str]:
    """What of `NEEDS` is not done yet, of what is done before a step."""
    undone = exists().where(CaseItem.case_id == case.id, CaseItem.required, CaseItem.done_at.is_(None))
    going = exists().where(Case.parent_id == case.id, Case.stage.not_in(OVER))
    checklist, children = (await session.execute(select(undone, going))).one()
    found: Sequence[tuple[str, bool]] = (
        ("agent", case.agent_id is None),
        ("category", case.category_id is None),
        ("checklist", checklist),
        ("children", children),
    )
    return {name for name, lacks in found if lacks}


async def _heed(session: AsyncSession, case: Case, *, going: bool) -> None:
    """Whether what is said in its conversations from now on is of the case."""
    last = select(Conversation.last_seq).where(Conversation.id == CaseConversation.conversation_id).scalar_subquery()
    await session.execute(
        update(CaseConversation)
        .where(CaseConversation.case_id == case.id)
        .values(going=going, seen_seq=last)
        .execution_options(synchronize_session=False)
    )


async def _duplicates_follow(session: AsyncSession, case: Case, target: CaseStatus, now: datetime) -> None:
    stages = ("closed",) if target.stage == "closed" else OVER
    found = await session.scalars(
        select(Case)
        .where(Case.duplicate_of_id == case.id, Case.stage.not_in(stages))
        .order_by(Case.id)
        .limit(MOST_DUPLICATES)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    for duplicate in list(found):
        await follow_original(session, duplicate, target, now=now, number=case.number)


async def follow_original(
    session: AsyncSession, duplicate: Case, target: CaseStatus, *, now: datetime, number: str
) -> None:
    """A locked duplicate ends as the case it is one of."""
    code = "duplicate" if await session.get(CaseResolution, "duplicate") else None
    await enter(session, duplicate, target, actor=SYSTEM, now=now, reason=number, resolution=code)
