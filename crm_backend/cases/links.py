"""What a case hangs together with: conversations, orders, and other cases."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, exists, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import Actor
from crm_backend.cases import events, rows, workflow
from crm_backend.cases.model import Case, CaseConversation, CaseOrder, CaseRelation
from crm_backend.cases.settings_model import CaseStatus
from crm_backend.conversations.model import Conversation
from crm_backend.database import expect, utc_now
from crm_backend.errors import Invalid, NotNow
from crm_backend.orders.model import Order

MOST = 100
"""Links of one kind that a case may have."""
_FAMILY = func.hashtextextended("case families", 0)


async def holds_anybodys(session: AsyncSession, case_id: UUID) -> bool:
    """Whether a conversation or an order hangs on the case: they are somebody's."""
    any_conversation = exists().where(CaseConversation.case_id == case_id)
    any_order = exists().where(CaseOrder.case_id == case_id)
    return bool(await session.scalar(select(or_(any_conversation, any_order))))


async def link_conversation(
    session: AsyncSession, case_id: UUID, *, actor: Actor, conversation_id: UUID, now: datetime | None = None
) -> Case:
    """Ties a conversation of the case's customer to it. A case that is nobody's yet becomes that customer's.

    Raises NotFound, NotAllowed, Invalid for no such conversation, and NotNow for another customer's.
    """
    actor.need("cases.write", "conversations.read")
    case = await rows.locked(session, case_id)
    conversation = await session.get(Conversation, conversation_id)
    if conversation is None:
        raise Invalid("conversation_id", "case_unknown")
    if case.customer_id is None and not await holds_anybodys(session, case.id):
        case.customer_id = conversation.customer_id
    if conversation.customer_id != case.customer_id:
        raise NotNow("case_other_customer")
    await _room(session, CaseConversation, case.id)
    made = await _add(
        session,
        CaseConversation,
        case_id=case.id,
        conversation_id=conversation.id,
        seen_seq=conversation.last_seq,
        going=case.stage != "closed",
        linked_at=now or utc_now(),
    )
    if made:
        await _told(session, case, actor, now, "linked", kind="conversation", id=str(conversation.id))
    return case


async def link_order(
    session: AsyncSession, case_id: UUID, *, actor: Actor, order_id: UUID, now: datetime | None = None
) -> Case:
    """Ties an order of the case's customer to it. Raises as `link_conversation`."""
    actor.need("cases.write", "orders.read")
    case = await rows.locked(session, case_id)
    order = await session.get(Order, order_id)
    if order is None:
        raise Invalid("order_id", "case_unknown")
    if case.customer_id is None and not await holds_anybodys(session, case.id):
        case.customer_id = order.customer_id
    if order.customer_id != case.customer_id:
        raise NotNow("case_other_customer")
    await _room(session, CaseOrder, case.id)
    if await _add(session, CaseOrder, case_id=case.id, order_id=order.id):
        await _told(session, case, actor, now, "linked", kind="order", id=str(order.id))
    return case


async def unlink(
    session: AsyncSession, case_id: UUID, *, actor: Actor, kind: str, other_id: UUID, now: datetime | None = None
) -> Case:
    """Takes a link away; `kind` is `conversation`, `order` or `related`. Without such a link nothing changes.

    Raises NotFound, NotAllowed, Invalid.
    """
    actor.need("cases.write")
    case = await rows.locked(session, case_id)
    if kind == "conversation":
        query = delete(CaseConversation).where(
            CaseConversation.case_id == case.id, CaseConversation.conversation_id == other_id
        )
    elif kind == "order":
        query = delete(CaseOrder).where(CaseOrder.case_id == case.id, CaseOrder.order_id == other_id)
    elif kind == "related":
        first, second = sorted((case.id, other_id))
        query = delete(CaseRelation).where(CaseRelation.case_id == first, CaseRelation.other_id == second)
    else:
        raise Invalid("kind", "case_not_one_of", choices="conversation, order, related")
    gone: Any = await session.execute(query)
    if gone.rowcount:
        await _told(session, case, actor, now, "unlinked", kind=kind, id=str(other_id))
    return case


async def relate(
    session: AsyncSession, case_id: UUID, *, actor: Actor, other_id: UUID, now: datetime | None = None
) -> Case:
    """Notes that two cases have to do with each other. Raises NotFound, NotAllowed, Invalid for the case itself."""
    actor.need("cases.write")
    case = await rows.locked(session, case_id)
    await _another(session, case, "other_id", other_id)
    first, second = sorted((case.id, other_id))
    await _room(session, CaseRelation, case.id)
    if await _add(session, CaseRelation, case_id=first, other_id=second):
        await _told(session, case, actor, now, "linked", kind="related", id=str(other_id))
    return case


async def put_under(
    session: AsyncSession,
    case_id: UUID,
    *,
    actor: Actor,
    parent_id: UUID | None,
    version: int | None = None,
    now: datetime | None = None,
) -> Case:
    """Makes a case part of another, or of none. Raises NotFound, Stale, NotAllowed, Invalid, and NotNow for a loop."""
    actor.need("cases.write")
    await _hold_families(session)
    case = await rows.locked(session, case_id)
    expect(case, version)
    if parent_id is not None:
        await _another(session, case, "parent_id", parent_id)
        if case.id in await _upwards(session, parent_id):
            raise NotNow("case_parent_loop")
    if case.parent_id != parent_id:
        changes = {"parent_id": _change(case.parent_id, parent_id)}
        case.parent_id = parent_id
        await _told(session, case, actor, now, "linked" if parent_id else "unlinked", changes, kind="parent")
    return case


async def mark_duplicate(
    session: AsyncSession,
    case_id: UUID,
    *,
    actor: Actor,
    original_id: UUID | None,
    version: int | None = None,
    now: datetime | None = None,
) -> Case:
    """Says that a case is the same as another of the same customer, or takes that back.

    A duplicate of a duplicate is one of the first, and what was one of this case becomes one of the original. It ends
    with the original, at once where that is over. Raises as `put_under`, and NotNow for another customer's.
    """
    actor.need("cases.write")
    await _hold_families(session)
    # The original first, as when it ends and its duplicates follow.
    original = await _original(session, original_id)
    case = await rows.locked(session, case_id)
    expect(case, version)
    if original is not None:
        if original.id == case.id:
            raise Invalid("duplicate_of_id", "case_itself") if original_id == case.id else NotNow("case_duplicate_loop")
        if original.customer_id != case.customer_id:
            raise NotNow("case_other_customer")
        await session.execute(
            update(Case)
            .where(Case.duplicate_of_id == case.id)
            .values(duplicate_of_id=original.id, version=Case.version + 1)
        )
    target = original.id if original else None
    if case.duplicate_of_id == target:
        return case
    changes = {"duplicate_of_id": _change(case.duplicate_of_id, target)}
    case.duplicate_of_id = target
    await _told(session, case, actor, now, "linked" if target else "unlinked", changes, kind="duplicate")
    if original is not None and original.stage in workflow.OVER and case.stage not in workflow.OVER:
        status = await session.get_one(CaseStatus, original.status)
        await workflow.follow_original(session, case, status, now=now or utc_now(), number=original.number)
    return case


async def _original(session: AsyncSession, case_id: UUID | None) -> Case | None:
    """The case that this one is a duplicate of, or itself, locked."""
    if case_id is None:
        return None
    found = await session.get(Case, case_id)
    if found is None:
        raise Invalid("duplicate_of_id", "case_unknown")
    return await rows.locked(session, found.duplicate_of_id or found.id)


async def _another(session: AsyncSession, case: Case, field: str, other_id: UUID) -> Case:
    found = await session.get(Case, other_id)
    if found is None:
        raise Invalid(field, "case_unknown")
    if found.id == case.id:
        raise Invalid(field, "case_itself")
    return found


async def _upwards(session: AsyncSession, case_id: UUID) -> set[UUID]:
    """A case and all that it is a part of."""
    start = select(Case.id, Case.parent_id).where(Case.id == case_id).cte("upwards", recursive=True)
    whole = start.union(select(Case.id, Case.parent_id).join(start, Case.id == start.c.parent_id))
    return set(await session.scalars(select(whole.c.id)))


async def _hold_families(session: AsyncSession) -> None:
    # Two links at once could each be right by itself and make a loop together.
    await session.execute(select(func.pg_advisory_xact_lock(_FAMILY)))


async def _room(session: AsyncSession, table: Any, case_id: UUID) -> None:
    if (await session.scalar(select(func.count()).where(table.case_id == case_id)) or 0) >= MOST:
        raise NotNow("case_too_many_links", most=MOST)


async def _add(session: AsyncSession, table: Any, **row: Any) -> bool:
    done: Any = await session.execute(insert(table).values(**row).on_conflict_do_nothing())
    return bool(done.rowcount)


def _change(old: UUID | None, new: UUID | None) -> dict[str, str | None]:
    return {"old": str(old) if old else None, "new": str(new) if new else None}


async def _told(
    session: AsyncSession,
    case: Case,
    actor: Actor,
    now: datetime | None,
    action: str,
    changes: dict[str, Any] | None = None,
    **details: Any,
) -> None:
    at = now or utc_now()
    case.updated_at = at
    await events.happened(session, case, actor=actor, action=action, at=at, changes=changes, **details)
