"""Reading cases: lists by many filters at once, counts, one case with all that hangs on it, and what others ask."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import Actor
from crm_backend.agents.model import Agent
from crm_backend.cases import categories
from crm_backend.cases.model import (
    ACCENTED,
    BARE,
    Case,
    CaseComment,
    CaseConversation,
    CaseEvent,
    CaseOrder,
    CaseRelation,
    CaseWatcher,
)
from crm_backend.cases.schema import Filters
from crm_backend.cases.settings_model import STAGES, CaseStatus, CaseType
from crm_backend.conversations.model import Conversation, Message
from crm_backend.database import utc_now
from crm_backend.errors import Invalid, NotFound
from crm_backend.orders.model import Order
from crm_backend.service_levels.model import CaseClock

LEAST, LONGEST = 3, 200
"""Characters of a text that is looked for: the index knows groups of three."""
OVER = ("resolved", "closed")
GOING = tuple(stage for stage in STAGES if stage not in OVER)
_NUMBER = re.compile(r"c-\d{4}-\d{6,}", re.ASCII)
_PLAIN = str.maketrans(ACCENTED, BARE)


class Counts(NamedTuple):
    """How many cases a list holds by a field: `of` is its values with their numbers."""

    total: int
    by_status: dict[str, int]
    by_team: dict[str, int]


class Hanging(NamedTuple):
    """What hangs on a case."""

    conversations: list[Conversation]
    orders: list[Order]
    related: list[Case]
    children: list[Case]
    duplicates: list[Case]
    watchers: list[Agent]


async def filtered(
    session: AsyncSession, filters: Filters, *, actor: Actor, now: datetime | None = None
) -> Select[tuple[Case]]:
    """The statement of a list, without order or limit. Raises Invalid, NotAllowed."""
    actor.need("cases.read")
    return select(Case).where(*await conditions(session, filters, now=now or utc_now()))


async def counts(session: AsyncSession, filters: Filters, *, actor: Actor, now: datetime | None = None) -> Counts:
    """How many cases the filters leave, by status and by team, from one pass. Raises Invalid, NotAllowed."""
    actor.need("cases.read")
    where = await conditions(session, filters, now=now or utc_now())
    found = await session.execute(
        select(Case.status, Case.team, func.count()).where(*where).group_by(Case.status, Case.team)
    )
    by_status: dict[str, int] = {}
    by_team: dict[str, int] = {}
    for status, team, count in found.tuples():
        by_status[status] = by_status.get(status, 0) + count
        by_team[team] = by_team.get(team, 0) + count
    return Counts(sum(by_status.values()), by_status, by_team)


async def conditions(session: AsyncSession, filters: Filters, *, now: datetime) -> list[ColumnElement[bool]]:
    """What the filters ask of a case. Raises Invalid for a text that is too short to be looked for."""
    where = _plain(filters)
    if filters.status:
        # The index on what lists ask for begins with what a status means.
        stages = await session.scalars(select(CaseStatus.stage).where(CaseStatus.key.in_(filters.status)).distinct())
        where.append(Case.stage.in_(stages.all()))
    if filters.category_id is not None:
        where.append(Case.category_id.in_(await categories.within(session, filters.category_id)))
    if filters.text is not None:
        where.append(_text(filters.text))
    if filters.open is not None:
        where.append(Case.stage.in_(GOING if filters.open else OVER))
    if filters.overdue is not None:
        late = and_(Case.stage.in_(GOING), Case.due_at < now)
        where.append(late if filters.overdue else or_(Case.stage.in_(OVER), Case.due_at.is_(None), Case.due_at >= now))
    if filters.promise is not None:
        where.append(promised(filters.promise, now=now))
    if filters.unassigned is not None:
        where.append(Case.agent_id.is_(None) if filters.unassigned else Case.agent_id.is_not(None))
    for table, column, value in (
        (CaseWatcher, CaseWatcher.agent_id, filters.watcher_id),
        (CaseOrder, CaseOrder.order_id, filters.order_id),
        (CaseConversation, CaseConversation.conversation_id, filters.conversation_id),
    ):
        if value is not None:
            where.append(exists().where(table.case_id == Case.id, column == value))
    return where


def promised(standing: str, *, now: datetime) -> ColumnElement[bool]:
    """The condition that a clock of the case runs whose time is over (`late`), or at least nearly up (`risk`)."""
    up = CaseClock.due_at if standing == "late" else CaseClock.warn_at
    return exists().where(CaseClock.case_id == Case.id, CaseClock.state == "running", up <= now)


def _plain(filters: Filters) -> list[ColumnElement[bool]]:
    where: list[ColumnElement[bool]] = []
    for column, words in (
        (Case.status, filters.status),
        (Case.stage, filters.stage),
        (Case.type_key, filters.type_key),
        (Case.priority, filters.priority),
        (Case.team, filters.team),
    ):
        if words:
            where.append(column == words[0] if len(words) == 1 else column.in_(list(words)))
    for key, value in (
        (Case.agent_id, filters.agent_id),
        (Case.customer_id, filters.customer_id),
        (Case.parent_id, filters.parent_id),
    ):
        if value is not None:
            where.append(key == value)
    if filters.tag:
        where.append(Case.tags.overlap(list(filters.tag)))
    for at, first, until in (
        (Case.created_at, filters.created_from, filters.created_until),
        (Case.updated_at, filters.updated_from, filters.updated_until),
    ):
        if first is not None:
            where.append(at >= first)
        if until is not None:
            where.append(at < until)
    return where


def _text(text: str) -> ColumnElement[bool]:
    looked_for = " ".join(text.lower().translate(_PLAIN).split())
    if not LEAST <= len(looked_for) <= LONGEST or "\0" in looked_for:
        raise Invalid("text", "case_text_length", least=LEAST, most=LONGEST)
    if _NUMBER.fullmatch(looked_for):
        return Case.number == looked_for.upper()
    # Each word has to be there, in whatever order.
    return and_(*(Case.haystack.contains(word, autoescape=True) for word in looked_for.split()[:10]))


async def one(session: AsyncSession, case_id: UUID, *, actor: Actor) -> Case:
    """The case. Raises NotFound, NotAllowed."""
    actor.need("cases.read")
    found = await session.get(Case, case_id)
    if found is None:
        raise NotFound("no such case")
    return found


async def hanging(session: AsyncSession, case: Case, *, actor: Actor) -> Hanging:
    """Everything that is linked to a case. Raises NotAllowed."""
    actor.need("cases.read")
    other = or_(
        and_(CaseRelation.case_id == case.id, CaseRelation.other_id == Case.id),
        and_(CaseRelation.other_id == case.id, CaseRelation.case_id == Case.id),
    )

    async def all_of(query: Select[Any]) -> list[Any]:
        return list(await session.scalars(query))

    of_case = CaseConversation.case_id == case.id
    return Hanging(
        conversations=await all_of(
            select(Conversation)
            .join(CaseConversation, CaseConversation.conversation_id == Conversation.id)
            .where(of_case)
            .order_by(Conversation.last_message_at.desc())
        ),
        orders=await all_of(
            select(Order).join(CaseOrder, CaseOrder.order_id == Order.id).where(CaseOrder.case_id == case.id)
        ),
        related=await all_of(select(Case).where(exists().where(other)).order_by(Case.created_at)),
        children=await all_of(select(Case).where(Case.parent_id == case.id).order_by(Case.created_at).limit(500)),
        duplicates=await all_of(
            select(Case).where(Case.duplicate_of_id == case.id).order_by(Case.created_at).limit(500)
        ),
        watchers=await all_of(
            select(Agent)
            .join(CaseWatcher, CaseWatcher.agent_id == Agent.id)
            .where(CaseWatcher.case_id == case.id)
            .order_by(Agent.name)
        ),
    )


def history(case_id: UUID, *, actor: Actor) -> Select[tuple[CaseEvent]]:
    """The statement of everything that happened to a case. Raises NotAllowed."""
    actor.need("cases.read")
    return select(CaseEvent).where(CaseEvent.case_id == case_id)


def comments(case_id: UUID, *, actor: Actor) -> Select[tuple[CaseComment, str]]:
    """The statement of what was written on a case; the text of a reply is that of its message. Raises NotAllowed."""
    actor.need("cases.read")
    return (
        select(CaseComment, Message.text)
        .outerjoin(Message, Message.id == CaseComment.message_id)
        .where(CaseComment.case_id == case_id)
    )


async def of_conversation(session: AsyncSession, conversation_id: UUID, *, limit: int = 20) -> Sequence[Case]:
    """The cases of a conversation's customer, or of the conversation where nobody knows whose it is: the open ones
    first, then the latest. For the desk, which has checked who asks."""
    customer_id = await session.scalar(select(Conversation.customer_id).where(Conversation.id == conversation_id))
    linked = exists().where(CaseConversation.case_id == Case.id, CaseConversation.conversation_id == conversation_id)
    whose = Case.customer_id == customer_id if customer_id is not None else linked
    found = await session.scalars(
        select(Case).where(whose).order_by(Case.stage.in_(OVER), Case.created_at.desc()).limit(limit)
    )
    return found.all()


async def open_about(session: AsyncSession, order_id: UUID, *, tag: str) -> Case | None:
    """The latest case about an order that has this tag, is neither resolved nor closed, and may be told of to its
    customer. For whoever has checked that the order is theirs."""
    linked = exists().where(CaseOrder.case_id == Case.id, CaseOrder.order_id == order_id)
    found: Case | None = await session.scalar(
        select(Case)
        .join(CaseType, CaseType.key == Case.type_key)
        .where(linked, CaseType.customers_see, Case.tags.contains([tag]), Case.stage.not_in(OVER))
        .order_by(Case.created_at.desc())
        .limit(1)
    )
    return found


async def open_of(session: AsyncSession, customer_id: UUID, *, tag: str) -> Case | None:
    """The latest case of a customer that has this tag and is neither resolved nor closed. For whoever has checked that
    it is told to nobody else."""
    found: Case | None = await session.scalar(
        select(Case)
        .where(Case.customer_id == customer_id, Case.tags.contains([tag]), Case.stage.not_in(OVER))
        .order_by(Case.created_at.desc())
        .limit(1)
    )
    return found


def open_complaint(customer_id: Any) -> ColumnElement[bool]:
    """That a complaint of a customer, or of a column that names one, is neither resolved nor closed: nobody is sold
    anything then."""
    return exists().where(Case.customer_id == customer_id, Case.type_key == "complaint", Case.stage.not_in(OVER))
