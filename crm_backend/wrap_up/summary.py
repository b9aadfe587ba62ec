"""The summary that a wrap-up begins with, in the agent's language.

It is drawn, not written: the customer's goal and the agent's answer and promise are sentences of the transcript as they
were said, in whatever language that was (extracting.py); the facts are the passport's order numbers; what was done is
what the audit log has of those orders since the conversation began, and the cases that were opened about it. Only the
words that lead the lines are ours. An agent reads it over: it leaves out what nobody said in one sentence.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import String, cast, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.audit.model import AuditEntry
from crm_backend.cases.model import Case, CaseConversation
from crm_backend.conversations.model import Conversation, Message
from crm_backend.orders.model import Order
from crm_backend.orders.numbers import number_key
from crm_backend.wrap_up.extracting import Extract, Said, extract

LOOKED_AT = 200
"""Messages, the last of the conversation."""
MOST_DEEDS = 10
LONGEST = 2_000
LINES: dict[str, dict[str, str]] = {
    "goal": {"fr": "Demande\u00a0: {what}", "en": "Wanted: {what}"},
    "orders": {"fr": "Commande\u00a0: {what}", "en": "Order: {what}"},
    "done": {"fr": "Fait\u00a0: {what}", "en": "Done: {what}"},
    "answer": {"fr": "Réponse\u00a0: {what}", "en": "Answer: {what}"},
    "promise": {"fr": "Promis\u00a0: {what}", "en": "Promised: {what}"},
    "upset": {"fr": "Client mécontent.", "en": "The customer was upset."},
}
DEEDS: dict[str, dict[str, str]] = {
    "address_changed": {"fr": "adresse modifiée ({number})", "en": "address changed ({number})"},
    "cancelled": {"fr": "commande annulée ({number})", "en": "order cancelled ({number})"},
    "refunded": {"fr": "remboursement ({number})", "en": "refund ({number})"},
    "replaced": {"fr": "remplacement envoyé ({number})", "en": "replacement sent ({number})"},
    "returned": {"fr": "retour enregistré ({number})", "en": "return registered ({number})"},
    "shipped": {"fr": "colis expédié ({number})", "en": "parcel sent ({number})"},
    "case": {"fr": "dossier {number} ouvert", "en": "case {number} opened"},
}


async def extracted(session: AsyncSession, conversation_id: UUID) -> Extract:
    """The sentences of a conversation's last messages that say most."""
    rows = await session.execute(
        select(Message.author, Message.text)
        .where(
            Message.conversation_id == conversation_id,
            Message.author.in_(("customer", "agent")),
            Message.content["action"].astext.is_(None),
        )
        .order_by(Message.seq.desc())
        .limit(LOOKED_AT)
    )
    return extract([Said(author, text) for author, text in reversed(rows.all())])


async def draft(session: AsyncSession, conversation: Conversation, *, language: str) -> str:
    """A few lines on a conversation, at most `LONGEST` characters; empty where there is nothing to say."""
    told = await extracted(session, conversation.id)
    known = conversation.passport or {}
    numbers = list(dict.fromkeys(str(number) for number in known.get("orders", [])))
    deeds = await _deeds(session, conversation, numbers, language)
    # Where they said it in no sentence of their own, the passport's goal still has their words.
    goal = told.goal or str(known.get("goal", {}).get("text") or "")
    parts = {
        "goal": goal,
        "orders": ", ".join(numbers),
        "done": ", ".join(deeds),
        "answer": told.answer,
        "promise": told.promise,
    }
    lines = [LINES[name][language].format(what=what) for name, what in parts.items() if what]
    if conversation.mood == "upset":
        lines.append(LINES["upset"][language])
    return "\n".join(lines)[:LONGEST]


async def _deeds(session: AsyncSession, conversation: Conversation, numbers: list[str], language: str) -> list[str]:
    """What was done about the orders spoken of since the conversation began, and the cases opened about it."""
    orders: dict[UUID, str] = {}
    if numbers and conversation.customer_id is not None:
        found = await session.execute(
            select(Order.id, Order.number).where(
                Order.number_key.in_([number_key(number) for number in numbers]),
                Order.customer_id == conversation.customer_id,
            )
        )
        orders = {row.id: row.number for row in found}
    done: list[tuple[Any, str, str]] = []
    if orders:
        entries = await session.execute(
            select(AuditEntry.created_at, AuditEntry.action, AuditEntry.subject_id)
            .where(
                AuditEntry.subject_kind == "order",
                AuditEntry.subject_id.in_([str(each) for each in orders]),
                AuditEntry.action.in_(DEEDS),
                AuditEntry.created_at >= conversation.created_at,
            )
            .order_by(AuditEntry.id)
            .limit(MOST_DEEDS)
        )
        done += [(at, action, orders[UUID(subject)]) for at, action, subject in entries]
    cases = await session.execute(
        select(Case.created_at, cast("case", String), Case.number)
        .join(CaseConversation, CaseConversation.case_id == Case.id)
        .where(CaseConversation.conversation_id == conversation.id, Case.created_at >= conversation.created_at)
        .limit(MOST_DEEDS)
    )
    done += [(at, action, number) for at, action, number in cases]
    told = [DEEDS[action][language].format(number=number) for _, action, number in sorted(done, key=lambda one: one[0])]
    return list(dict.fromkeys(told))
