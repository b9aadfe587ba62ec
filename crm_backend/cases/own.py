"""A customer's cases as they read them themselves, signed in: where each stands, what is promised, what was said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.attachments.model import Attachment
from crm_backend.attachments.schema import FileRef
from crm_backend.attachments.services import ref_of
from crm_backend.cases import promising
from crm_backend.cases.model import Case, CaseComment, CaseConversation, CaseFile, CaseOrder
from crm_backend.cases.queries import OVER
from crm_backend.cases.settings_model import CaseType
from crm_backend.conversations.model import Conversation
from crm_backend.conversations.reading import of_customer
from crm_backend.errors import NotFound
from crm_backend.orders.model import Order
from crm_backend.service_levels.model import CaseClock

PAGE: Final = 20
LONGEST: Final = 200
ANSWERS: Final = ("first_response", "next_response")


@dataclass(frozen=True)
class OwnCase:
    """A case, its type, and the numbers of the orders of theirs that it is about. `answer_by` is by when a person is to
    answer, `due_at` a term set by law; neither where nothing is promised, or it is over."""

    case: Case
    kind: CaseType
    orders: Sequence[str] = ()
    answer_by: datetime | None = None
    due_at: datetime | None = None


@dataclass(frozen=True)
class Added:
    """What the customer added to a case in their own words, outside any conversation that shows it."""

    id: UUID
    at: datetime
    text: str


async def listing(
    session: AsyncSession,
    customer_id: UUID,
    *,
    over: bool,
    order_id: UUID | None = None,
    before: tuple[datetime, UUID] | None = None,
    limit: int = PAGE,
) -> tuple[list[OwnCase], tuple[datetime, UUID] | None]:
    """A page of those that go on, or that are over, the latest first, and where the next begins; with `order_id` those
    about that order alone."""
    query = _query(customer_id, order_id).where(Case.stage.in_(OVER) if over else Case.stage.not_in(OVER))
    if before is not None:
        at, last_id = before
        query = query.where((Case.created_at < at) | ((Case.created_at == at) & (Case.id < last_id)))
    rows = await session.execute(query.order_by(Case.created_at.desc(), Case.id.desc()).limit(limit + 1))
    found = list(rows.tuples())
    last = found[limit - 1][0] if len(found) > limit else None
    return await _whole(session, found[:limit], order_id), ((last.created_at, last.id) if last else None)


async def one(session: AsyncSession, case_id: UUID, customer_id: UUID, *, order_id: UUID | None = None) -> OwnCase:
    """One of theirs. Raises NotFound, also for what is somebody else's, not about that order, or not for customers."""
    rows = await session.execute(_query(customer_id, order_id).where(Case.id == case_id))
    found = list(rows.tuples())
    if not found:
        raise NotFound("no such case")
    return (await _whole(session, found, order_id))[0]


async def talks(session: AsyncSession, case: Case, customer_id: UUID) -> list[Conversation]:
    """The conversations that it is about and they may read, the latest first."""
    linked = exists().where(CaseConversation.case_id == case.id, CaseConversation.conversation_id == Conversation.id)
    query = select(Conversation).where(linked, of_customer.theirs(customer_id))
    return list(await session.scalars(query.order_by(Conversation.last_message_at.desc(), Conversation.id)))


async def added(session: AsyncSession, case: Case) -> list[Added]:
    """What the customer wrote on the case itself, the oldest first: nothing that colleagues write to each other."""
    rows = await session.scalars(
        select(CaseComment)
        .where(CaseComment.case_id == case.id, _by_customer(case), CaseComment.message_id.is_(None))
        .order_by(CaseComment.created_at, CaseComment.id)
        .limit(LONGEST)
    )
    return [Added(each.id, each.created_at, each.body) for each in rows]


async def files(session: AsyncSession, case: Case) -> list[FileRef]:
    """The files of theirs that are kept with the case, the oldest first."""
    rows = await session.scalars(
        select(Attachment)
        .join(CaseFile, CaseFile.file_id == Attachment.id)
        .where(CaseFile.case_id == case.id, CaseFile.added_by == f"customer:{case.customer_id}")
        .order_by(CaseFile.added_at, Attachment.id)
    )
    return [ref_of(each) for each in rows]


def _told(case: Case) -> datetime | None:
    """The time that was promised when the case was opened for who waited while nobody was there."""
    return case.due_at if case.opened_by == promising.OPENER.name and case.type_key == promising.TYPE else None


def _by_customer(case: Case) -> ColumnElement[bool]:
    return CaseComment.author.in_((f"customer:{case.customer_id}", "customer"))


def _query(customer_id: UUID, order_id: UUID | None) -> Select[tuple[Case, CaseType]]:
    query = select(Case, CaseType).join(CaseType, CaseType.key == Case.type_key)
    query = query.where(Case.customer_id == customer_id, CaseType.customers_see)
    if order_id is not None:
        query = query.where(exists().where(CaseOrder.case_id == Case.id, CaseOrder.order_id == order_id))
    return query


async def _whole(session: AsyncSession, found: Sequence[tuple[Case, CaseType]], order_id: UUID | None) -> list[OwnCase]:
    ids = [case.id for case, _ in found]
    numbers: dict[UUID, list[str]] = {}
    about = await session.execute(
        select(CaseOrder.case_id, Order.number)
        .join(Order, Order.id == CaseOrder.order_id)
        .join(Case, Case.id == CaseOrder.case_id)
        .where(CaseOrder.case_id.in_(ids), Order.customer_id == Case.customer_id)
        .where(Order.id == order_id if order_id else true())
        .order_by(Order.placed_at)
    )
    for case_id, number in about.tuples():
        numbers.setdefault(case_id, []).append(number)
    clocks = await session.execute(
        select(CaseClock.case_id, CaseClock.due_at).where(
            CaseClock.case_id.in_(ids), CaseClock.kind.in_(ANSWERS), CaseClock.state == "running"
        )
    )
    due = {case_id: promising.rounded(at) for case_id, at in clocks.tuples() if at is not None}
    return [
        OwnCase(
            case,
            kind,
            numbers.get(case.id, ()),
            answer_by=None if case.stage in OVER else due.get(case.id) or _told(case),
            due_at=case.due_at if kind.due_months is not None and case.stage not in OVER else None,
        )
        for case, kind in found
    ]
