"""What an agent did for the customer while they had the conversation: told to the customer, and to whoever is next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.agents.model import Agent
from crm_backend.audit.model import AuditEntry
from crm_backend.cases.model import Case, CaseConversation
from crm_backend.cases.settings_model import CaseType
from crm_backend.cases.workflow import OVER
from crm_backend.conversations.model import Conversation
from crm_backend.conversations.schema import agent_owner, at_least
from crm_backend.orders.model import Order
from crm_backend.routing.model import QueueEntry

LONGEST_STAY: Final = timedelta(days=7)
"""Looked back at most: what an agent did for a customer before is another story."""
MOST: Final = 3
"""Deeds that one sentence tells."""
ON_ORDERS: Final = frozenset(
    {
        "refunded",
        "cancelled",
        "address_changed",
        "return_requested",
        "exchange_requested",
        "warranty_requested",
        "replaced",
        "shipped",
        "created",
    }
)
WORDS: Final[dict[str, dict[str, str]]] = {
    "refunded": {"fr": "a remboursé la commande {number}", "en": "has refunded order {number}"},
    "cancelled": {"fr": "a annulé la commande {number}", "en": "has cancelled order {number}"},
    "address_changed": {
        "fr": "a changé l’adresse de la commande {number}",
        "en": "has changed the address of order {number}",
    },
    "return_requested": {
        "fr": "a enregistré le retour de la commande {number}",
        "en": "has set up the return of order {number}",
    },
    "exchange_requested": {
        "fr": "a enregistré l’échange de la commande {number}",
        "en": "has set up the exchange of order {number}",
    },
    "warranty_requested": {
        "fr": "a ouvert la garantie de la commande {number}",
        "en": "has opened the warranty claim for order {number}",
    },
    "replaced": {
        "fr": "a fait préparer un remplacement pour la commande {number}",
        "en": "has arranged a replacement for order {number}",
    },
    "shipped": {"fr": "a fait partir la commande {number}", "en": "has sent order {number} on its way"},
    "created": {"fr": "a passé la commande {number}", "en": "has placed order {number}"},
    "case_opened": {"fr": "a ouvert le dossier {number}", "en": "has opened case {number}"},
    "case_resolved": {"fr": "a réglé le dossier {number}", "en": "has settled case {number}"},
}
_AND: Final = {"fr": " et ", "en": " and "}


@dataclass(frozen=True)
class Deed:
    """One thing done: a key of `WORDS`, and the number of the order or the case; `hidden` if that is of a type that
    customers do not see."""

    code: str
    number: str
    hidden: bool = False


async def done(session: AsyncSession, conversation: Conversation, agent: Agent, *, now: datetime) -> list[Deed]:
    """What the agent did since they last took the conversation, in the order in which they did it: on orders of its
    customer, and on cases that are about it. What was done twice to the same is told once."""
    since = await _taken_at(session, conversation.id, agent, now)
    orders, cases, hidden = await _orders(session, conversation), *await _cases(session, conversation.id)
    if not orders and not cases:
        return []
    about = or_(
        (AuditEntry.subject_kind == "order") & AuditEntry.subject_id.in_(orders),
        (AuditEntry.subject_kind == "case") & AuditEntry.subject_id.in_(cases),
    )
    rows = await session.scalars(
        select(AuditEntry)
        .where(AuditEntry.actor == agent_owner(agent.id), AuditEntry.created_at >= since, about)
        .order_by(AuditEntry.created_at, AuditEntry.id)
        .limit(200)
    )
    found: dict[Deed, None] = {}
    for entry in rows:
        code = _code(entry)
        number = orders.get(entry.subject_id) or cases.get(entry.subject_id)
        if code and number:
            found[Deed(code, number, hidden=entry.subject_id in hidden)] = None
    return list(found)


def may_be_told(conversation: Conversation) -> bool:
    """Whether whoever reads the conversation may hear of its customer's orders."""
    return conversation.customer_id is not None and at_least(conversation.proof, "channel")


def in_words(deeds: Sequence[Deed], language: str) -> str:
    """`has refunded order 10234 and has opened case C-2026-000012`: the last three, after a name."""
    said = [WORDS[each.code][language].format(number=each.number.replace(" ", "\u00a0")) for each in deeds[-MOST:]]
    *before, last = said
    return f"{', '.join(before)}{_AND[language] if before else ''}{last}"


def steps(deeds: Sequence[Deed], agent: Agent) -> list[dict[str, Any]]:
    """The same as steps of a passport."""
    return [{"code": "done", "name": agent.first_name, "deed": each.code, "number": each.number} for each in deeds]


async def added(session: AsyncSession, conversation: Conversation, agent: Agent, *, now: datetime) -> list[Deed]:
    """What the agent did, noted in the passport of a locked conversation for whoever is next."""
    found = await done(session, conversation, agent, now=now)
    passport = conversation.passport
    if found and passport is not None:
        known = passport.get("tried", [])
        fresh = [step for step in steps(found, agent) if step not in known]
        conversation.passport = {**passport, "tried": [*known, *fresh]}
    return found


def _code(entry: AuditEntry) -> str | None:
    if entry.subject_kind == "order":
        return entry.action if entry.action in ON_ORDERS else None
    if entry.action == "case_opened":
        return "case_opened"
    return "case_resolved" if (entry.new or {}).get("stage") in OVER else None


async def _taken_at(session: AsyncSession, conversation_id: UUID, agent: Agent, now: datetime) -> datetime:
    queued = select(func.max(QueueEntry.taken_at)).where(
        QueueEntry.conversation_id == conversation_id, QueueEntry.agent_id == agent.id
    )
    by_hand = select(func.max(AuditEntry.created_at)).where(
        AuditEntry.subject_kind == "conversation",
        AuditEntry.subject_id == str(conversation_id),
        AuditEntry.actor == agent_owner(agent.id),
        AuditEntry.action == "taken",
    )
    known = [at for at in (await session.scalar(queued), await session.scalar(by_hand)) if at is not None]
    return max([*known, now - LONGEST_STAY])


async def _orders(session: AsyncSession, conversation: Conversation) -> dict[str, str]:
    if conversation.customer_id is None:
        return {}
    rows = await session.execute(select(Order.id, Order.number).where(Order.customer_id == conversation.customer_id))
    return {str(order): number for order, number in rows.tuples()}


async def _cases(session: AsyncSession, conversation_id: UUID) -> tuple[dict[str, str], set[str]]:
    """The numbers of the cases about a conversation, and which of these its customer does not see."""
    rows = await session.execute(
        select(Case.id, Case.number, CaseType.customers_see)
        .join(CaseConversation, CaseConversation.case_id == Case.id)
        .join(CaseType, CaseType.key == Case.type_key)
        .where(CaseConversation.conversation_id == conversation_id)
    )
    found = rows.tuples().all()
    return {str(case): number for case, number, _ in found}, {str(case) for case, _, seen in found if not seen}
