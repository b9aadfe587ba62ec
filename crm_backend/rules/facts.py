"""What is known of a case, its customer, its order and its conversation when a rule is tried."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.cases.model import Case, CaseConversation, CaseOrder
from crm_backend.conversations.model import Conversation, Message
from crm_backend.conversations.schema import owner_kind
from crm_backend.customers.model import Customer
from crm_backend.customers.records import CustomerTag, Tag
from crm_backend.notifications.schema import Rules
from crm_backend.orders.model import Order
from crm_backend.segments import services as segments

LONGEST_TEXT = 10_000
_AN_HOUR = 3600.0


@dataclass
class Situation:
    """What a rule is about: an event, and what it concerns. `values` are the fields by path; `quiet` says when the
    company writes to nobody unasked."""

    kind: str
    event_id: UUID
    now: datetime
    case: Case | None = None
    customer: Customer | None = None
    order: Order | None = None
    conversation: Conversation | None = None
    values: dict[str, Any] = field(default_factory=dict)
    quiet: Rules | None = None


async def situation(
    session: AsyncSession,
    *,
    kind: str,
    event_id: UUID,
    case_id: UUID | None,
    conversation_id: UUID | None,
    data: dict[str, Any],
    now: datetime,
    asked: Collection[str],
    order_id: UUID | None = None,
) -> Situation:
    """The situation of an event, with the fields that are `asked` about: a handful of queries, whatever the rules. A
    case stands for its newest order, unless the event names one, and for the conversation that was last written in."""
    found = Situation(kind, event_id, now)
    if case_id is not None:
        found.case = await session.get(Case, case_id, populate_existing=True)
    found.conversation = await _conversation(session, case_id, conversation_id)
    found.order = await session.get(Order, order_id) if order_id else await _order(session, found.case)
    concerned = found.case or found.conversation or found.order
    customer_id = concerned.customer_id if concerned else None
    if customer_id is not None:
        found.customer = await session.get(Customer, customer_id)
    found.values = {
        **_of_case(found.case, now),
        **await _of_customer(session, found.customer, asked),
        **_of_order(found.order),
        **_of_conversation(found.conversation),
        **await _of_event(session, data, asked),
    }
    return found


def _of_case(case: Case | None, now: datetime) -> dict[str, Any]:
    if case is None:
        return {}
    return {
        "case.type": case.type_key,
        "case.status": case.status,
        "case.stage": case.stage,
        "case.priority": case.priority,
        "case.impact": case.impact,
        "case.urgency": case.urgency,
        "case.team": case.team,
        "case.agent": str(case.agent_id) if case.agent_id else None,
        "case.category": str(case.category_id) if case.category_id else None,
        "case.channel": case.channel,
        "case.language": case.language,
        "case.tags": list(case.tags),
        "case.subject": case.subject,
        "case.reopened": case.reopened,
        "case.age_hours": (now - case.created_at).total_seconds() / _AN_HOUR,
        "case.hours_in_status": (now - case.status_since).total_seconds() / _AN_HOUR,
    }


async def _of_customer(session: AsyncSession, customer: Customer | None, asked: Collection[str]) -> dict[str, Any]:
    values: dict[str, Any] = {"customer.known": customer is not None}
    if customer is None:
        return values
    values["customer.language"] = customer.language
    if "customer.tags" in asked:
        tags = select(Tag.name).join(CustomerTag, CustomerTag.tag_id == Tag.id)
        values["customer.tags"] = list(await session.scalars(tags.where(CustomerTag.customer_id == customer.id)))
    if "customer.segments" in asked:
        values["customer.segments"] = [str(each) for each in await segments.segments_of(session, customer.id)]
    return values


def _of_order(order: Order | None) -> dict[str, Any]:
    if order is None:
        return {}
    return {"order.status": order.status, "order.total": order.total_minor / 100, "order.currency": order.currency}


def _of_conversation(conversation: Conversation | None) -> dict[str, Any]:
    if conversation is None:
        return {}
    return {
        "conversation.channel": conversation.channel,
        "conversation.language": conversation.language,
        "conversation.mood": conversation.mood,
        "conversation.owner": owner_kind(conversation.owner),
        "conversation.team": conversation.team,
        "conversation.topic": conversation.topic,
    }


async def _of_event(session: AsyncSession, data: dict[str, Any], asked: Collection[str]) -> dict[str, Any]:
    told = {"change.from": "from", "change.to": "to", "change.what": "what", "clock.kind": "clock"}
    values = {field: data.get(name) for field, name in told.items()}
    if "message_id" in data:
        values["message.author"] = data.get("author")
        if "message.text" in asked:
            message = await session.get(Message, UUID(data["message_id"]))
            values["message.text"] = message.text[:LONGEST_TEXT] if message else None
    return values


async def _order(session: AsyncSession, case: Case | None) -> Order | None:
    if case is None:
        return None
    found: Order | None = await session.scalar(
        select(Order)
        .join(CaseOrder, CaseOrder.order_id == Order.id)
        .where(CaseOrder.case_id == case.id)
        .order_by(Order.created_at.desc())
        .limit(1)
    )
    return found


async def _conversation(
    session: AsyncSession, case_id: UUID | None, conversation_id: UUID | None
) -> Conversation | None:
    if conversation_id is not None:
        return await session.get(Conversation, conversation_id, populate_existing=True)
    if case_id is None:
        return None
    found: Conversation | None = await session.scalar(
        select(Conversation)
        .join(CaseConversation, CaseConversation.conversation_id == Conversation.id)
        .where(CaseConversation.case_id == case_id)
        .order_by(Conversation.last_message_at.desc())
        .limit(1)
    )
    return found
