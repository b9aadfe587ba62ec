"""What a new case holds: what its opener says, what its template gives, and what hangs on it."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.cases import categories, rows, values
from crm_backend.cases.due import months_after
from crm_backend.cases.model import Case, CaseConversation, CaseItem, CaseOrder
from crm_backend.cases.schema import NewCase
from crm_backend.cases.settings_model import LEVELS, CaseTemplate, CaseType
from crm_backend.conversations.model import Conversation
from crm_backend.errors import Invalid
from crm_backend.orders.model import Order

MOST_ORDERS = 50


def due(of_type: CaseType, template: CaseTemplate | None, given: datetime | None, now: datetime) -> datetime | None:
    """When a new case is due: as given, else as its template says; by law at the latest. Raises Invalid."""
    wanted = values.instant("due_at", given, now=now) if given is not None else None
    if wanted is None and template is not None and template.due_days is not None:
        wanted = now + timedelta(days=template.due_days)
    if of_type.due_months is None:
        return wanted
    legal = months_after(now, of_type.due_months)
    return min(wanted, legal) if wanted is not None else legal


async def fill(
    session: AsyncSession, case: Case, new: NewCase, template: CaseTemplate | None, of_type: CaseType
) -> None:
    """Everything that a template may give and the caller may say otherwise."""
    language = case.language
    given = new.subject if new.subject is not None else (template.subjects.get(language) if template else None)
    case.subject = values.line("subject", given)
    said = new.description if new.description is not None else (template.descriptions[language] if template else "")
    case.description = values.text("description", said, required=False)
    category = new.category_id or (template.category_id if template else None)
    case.category_id = await categories.usable(session, category)
    case.impact = values.one_of("impact", new.impact or (template.impact if template else "medium"), LEVELS)
    case.urgency = values.one_of("urgency", new.urgency or (template.urgency if template else "medium"), LEVELS)
    case.priority = await rows.priority(session, impact=case.impact, urgency=case.urgency)
    team = new.team or (template.team if template else None) or of_type.team
    case.team = values.line("team", team, most=40)
    case.tags = values.tags("tags", [*new.tags, *(template.tags if template else [])])
    case.fields = values.filled("fields", new.fields, template.fields if template else [])


async def hang(session: AsyncSession, case: Case, new: NewCase, template: CaseTemplate | None) -> None:
    """Ties orders and a conversation of the customer, and a parent, to a new case, and gives it its checklist. Raises
    Invalid."""
    if len(new.order_ids) > MOST_ORDERS:
        raise Invalid("order_ids", "case_too_many", most=MOST_ORDERS)
    for at, order_id in enumerate(dict.fromkeys(new.order_ids)):
        order = await session.get(Order, order_id)
        if order is None or order.customer_id != case.customer_id:
            raise Invalid(f"order_ids.{at}", "case_other_customer")
        session.add(CaseOrder(case_id=case.id, order_id=order_id))
    if new.conversation_id is not None:
        conversation = await session.get(Conversation, new.conversation_id)
        if conversation is None or conversation.customer_id != case.customer_id:
            raise Invalid("conversation_id", "case_other_customer")
        seen = conversation.last_seq
        session.add(CaseConversation(case_id=case.id, conversation_id=conversation.id, seen_seq=seen))
    if new.parent_id is not None:
        parent = await session.get(Case, new.parent_id)
        if parent is None:
            raise Invalid("parent_id", "case_unknown")
        case.parent_id = parent.id
    for at, item in enumerate(template.checklist if template else []):
        session.add(CaseItem(case_id=case.id, position=at, texts=item["texts"], required=item["required"]))
    await session.flush()


def acknowledgement(case: Case, of_type: CaseType, new: NewCase) -> str | None:
    """Whether a mail is owed to the customer: of what they do not see only when it is asked for."""
    by_type = of_type.acknowledge and of_type.customers_see
    wanted = by_type if new.acknowledge is None else new.acknowledge
    return "due" if wanted and case.customer_id is not None else None
