"""Opening a case out of a conversation or an order, with what is known there already."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import Actor
from crm_backend.cases import filling, rows, services, values
from crm_backend.cases.model import Case, CaseConversation
from crm_backend.cases.schema import NewCase
from crm_backend.conversations.handing_over import passport
from crm_backend.conversations.model import Conversation, Message
from crm_backend.conversations.schema import at_least, owner_agent
from crm_backend.customers.model import Customer, Identity
from crm_backend.database import utc_now
from crm_backend.errors import Invalid
from crm_backend.orders.model import Order
from crm_backend.orders.numbers import number_key
from crm_backend.texts import shorten

SUBJECTS: dict[str, dict[str, str]] = {
    "order_status": {"fr": "Commande {number}", "en": "Order {number}"},
    "person": {"fr": "Demande à traiter par une personne", "en": "Wants to speak to a person"},
}
FACTS: dict[str, dict[str, str]] = {
    "name": {"fr": "Nom\u00a0: {value}", "en": "Name: {value}"},
    "email": {"fr": "E-mail\u00a0: {value}", "en": "E-mail: {value}"},
    "order_number": {"fr": "Commande\u00a0: {value}", "en": "Order: {value}"},
    "upset": {"fr": "Client mécontent.", "en": "The customer is upset."},
}
LAST = 5
"""Words of the customer that a description holds."""


async def open_from_conversation(
    session: AsyncSession,
    conversation_id: UUID,
    *,
    actor: Actor,
    new: NewCase | None = None,
    once: bool = False,
    now: datetime | None = None,
) -> Case:
    """Opens a case about a conversation: its customer, language, team and agent, the orders spoken of that are the
    customer's own, and in the description what they said. What `new` says counts for more.

    With `once`, an open case of the same type about this conversation is given instead of a second. Raises Invalid for
    no such conversation, or for a customer who is not the one there; NotAllowed.
    """
    actor.need("cases.write", "conversations.read")
    now = now or utc_now()
    conversation = await session.get(Conversation, conversation_id, populate_existing=True)
    if conversation is None:
        raise Invalid("conversation_id", "case_unknown")
    new = new or NewCase()
    if new.customer_id is not None and new.customer_id != conversation.customer_id:
        raise Invalid("customer_id", "case_other_customer")
    if new.type_key is None and new.template_key is None:
        new = replace(new, type_key="request")
    if once and (known := await _going(session, conversation.id, new.type_key)) is not None:
        return known
    known_there = conversation.passport or await passport.build(session, conversation, reason="case", now=now)
    spoken_of = await _orders(session, conversation, known_there) if actor.may("orders.read") else []
    filled = replace(
        new,
        conversation_id=conversation.id,
        customer_id=conversation.customer_id,
        language=new.language or conversation.language,
        channel=new.channel or conversation.channel,
        team=new.team or conversation.team,
        agent_id=new.agent_id or await _agent(session, conversation),
        urgency=new.urgency or ("high" if conversation.mood == "upset" else None),
        subject=new.subject or (None if new.template_key else _subject(conversation, known_there)),
        description=new.description or await _description(session, conversation, known_there),
        order_ids=list(dict.fromkeys([*new.order_ids, *spoken_of])),
        acknowledge=await _wanted(session, conversation, new, actor),
    )
    return await services.open_case(session, filled, actor=actor, now=now)


async def open_from_order(session: AsyncSession, order: Order, *, actor: Actor, new: NewCase) -> Case:
    """Opens a case about an order, for its customer and in their language. They did not ask for it, so nothing is
    acknowledged. What `new` says counts for more. Raises Invalid, NotAllowed."""
    language = new.language or await session.scalar(select(Customer.language).where(Customer.id == order.customer_id))
    assert language is not None
    subject = new.subject or SUBJECTS["order_status"][language].format(number=order.number)
    filled = replace(
        new,
        customer_id=order.customer_id,
        language=language,
        subject=subject,
        order_ids=list(dict.fromkeys([*new.order_ids, order.id])),
        acknowledge=bool(new.acknowledge),
    )
    return await services.open_case(session, filled, actor=actor)


async def _going(session: AsyncSession, conversation_id: UUID, type_key: str | None) -> Case | None:
    found: Case | None = await session.scalar(
        select(Case)
        .join(CaseConversation, CaseConversation.case_id == Case.id)
        .where(
            CaseConversation.conversation_id == conversation_id,
            Case.stage.not_in(("resolved", "closed")),
            Case.type_key == type_key,
        )
        .order_by(Case.created_at)
        .limit(1)
    )
    return found


async def _agent(session: AsyncSession, conversation: Conversation) -> UUID | None:
    agent_id = owner_agent(conversation.owner)
    try:
        return await rows.agent(session, agent_id)
    except Invalid:
        return None


def _subject(conversation: Conversation, known: dict[str, Any]) -> str:
    goal = known.get("goal", {})
    if conversation.subject:
        return shorten(conversation.subject, values.LONGEST_SUBJECT)
    # Passports of conversations before topics had names know `order_status` alone.
    if "order_status" in (goal.get("code"), goal.get("topic")) and goal.get("number"):
        return SUBJECTS["order_status"][conversation.language].format(number=goal["number"])
    if goal.get("text"):
        return str(goal["text"])
    return SUBJECTS["person"][conversation.language]


async def _description(session: AsyncSession, conversation: Conversation, known: dict[str, Any]) -> str:
    said = await session.scalars(
        select(Message.text)
        .where(Message.conversation_id == conversation.id, Message.author == "customer", Message.text != "")
        .order_by(Message.seq.desc())
        .limit(LAST)
    )
    words = [f"– {shorten(text, 500)}" for text in reversed(list(said))]
    facts = [
        FACTS[fact["name"]][conversation.language].format(value=fact["value"])
        for fact in known.get("facts", [])
        if fact["name"] in FACTS
    ]
    mood = [FACTS["upset"][conversation.language]] if conversation.mood == "upset" else []
    return "\n".join([*words, *facts, *mood])


async def _orders(session: AsyncSession, conversation: Conversation, known: dict[str, Any]) -> list[UUID]:
    """The orders spoken of, where they are this customer's, and this is the customer."""
    numbers = [number_key(str(number)) for number in known.get("orders", [])][: filling.MOST_ORDERS]
    if not numbers or conversation.customer_id is None or not at_least(conversation.proof, "channel"):
        return []
    theirs = select(Order.id).where(Order.number_key.in_(numbers), Order.customer_id == conversation.customer_id)
    return list(await session.scalars(theirs))


async def _wanted(session: AsyncSession, conversation: Conversation, new: NewCase, actor: Actor) -> bool | None:
    """Whether a mail is owed, where the conversation tells: a machine gets none, nor does somebody who is being spoken
    to by the agent who opens the case, unless it is asked for."""
    last: dict[str, Any] | None = await session.scalar(
        select(Message.content)
        .where(Message.conversation_id == conversation.id, Message.author == "customer")
        .order_by(Message.seq.desc())
        .limit(1)
    )
    if (last or {}).get("automatic"):
        return False
    if new.acknowledge is not None:
        return new.acknowledge
    by_mail = await session.scalar(select(Identity.kind).where(Identity.id == conversation.identity_id)) == "email"
    return False if owner_agent(actor.name) is not None and not by_mail else None
