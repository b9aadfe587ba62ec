"""Telling customers by mail that their case was opened: once, and never a machine over and over.

That somebody hears of what they asked for belongs to serving them (GDPR art. 6(1)(b)): it needs no consent, and ending
unasked messages does not end it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import SYSTEM
from crm_backend.cases import events
from crm_backend.cases.model import Case, CaseConversation
from crm_backend.cases.settings_model import CaseType
from crm_backend.conversations import stream
from crm_backend.conversations.model import Conversation, Message
from crm_backend.conversations.schema import Reply
from crm_backend.conversations.sending.beginning import begin
from crm_backend.customers import people
from crm_backend.customers.model import Customer, Identity
from crm_backend.notifications import routes
from crm_backend.notifications.schema import Route, Start

TEMPLATE = "case_opened"
KIND = "email"
A_DAY = 5
"""Acknowledgements to one customer in 24 hours: who opens more than that is a machine, or knows by now."""
DAY = timedelta(days=1)
WAITS_FOR = timedelta(hours=24)
"""How long a mail is owed while no mailbox works: later it is no news."""


@dataclass(frozen=True)
class Opened:
    """What an acknowledgement tells. `due_at` is a term set by law."""

    number: str
    language: str
    type_names: Mapping[str, str]
    first_name: str
    due_at: datetime | None


Wording = Callable[[Opened], str]


async def next_one(session: AsyncSession, *, starts: Sequence[Start], wording: Wording, now: datetime) -> UUID | bool:
    """Sends the acknowledgement that has waited longest; the conversation that carries it.

    True when one could not go, False when none is due or no mailbox works. A mail of the customer is answered where it
    is; otherwise the mail begins a conversation of the case's, closed until the customer answers.
    """
    mailboxes = [start for start in starts if start.kind == KIND]
    if not mailboxes:
        await session.execute(
            update(Case)
            .where(Case.acknowledge == "due", Case.created_at < now - WAITS_FOR)
            .values(acknowledge="no_way", version=Case.version + 1)
        )
        return False
    case = await session.scalar(
        select(Case)
        .where(Case.acknowledge == "due")
        .order_by(Case.created_at)
        .limit(1)
        .with_for_update(skip_locked=True, key_share=True)
        .execution_options(populate_existing=True)
    )
    if case is None:
        return False
    conversation = None
    fresh = case.created_at >= now - WAITS_FOR
    if fresh and case.customer_id is not None and await _told_today(session, case.customer_id, now) < A_DAY:
        conversation = await _send(session, case, case.customer_id, mailboxes, wording, now)
    if conversation is None:
        case.acknowledge = "no_way"
        return True
    case.acknowledge, case.acknowledged_at = "sent", now
    await events.happened(session, case, actor=SYSTEM, action="acknowledged", at=now, conversation_id=str(conversation))
    return conversation


async def _told_today(session: AsyncSession, customer_id: UUID, now: datetime) -> int:
    told = select(func.count()).where(Case.customer_id == customer_id, Case.acknowledged_at > now - DAY)
    return await session.scalar(told) or 0


async def _send(
    session: AsyncSession, case: Case, customer_id: UUID, starts: Sequence[Start], wording: Wording, now: datetime
) -> UUID | None:
    customer = await session.get_one(Customer, customer_id)
    of_type = await session.get_one(CaseType, case.type_key)
    text = wording(
        Opened(
            number=case.number,
            language=case.language,
            type_names=of_type.names,
            first_name=customer.first_name,
            due_at=case.due_at if of_type.due_months is not None else None,
        )
    )
    theirs = await _their_mail(session, case)
    if theirs is not None:
        conversation = await stream.locked(session, theirs)
        # An answer like any other of a program: how many of them one address gets in a day is counted.
        stream.send(session, conversation, author="system", reply=Reply(text=text), now=now)
        await session.flush()
        return conversation.id
    ways = await routes.ways(session, customer_id, starts=starts)
    route = next((way for way in ways if way.kind == KIND), None)
    return await _begin(session, case, route, text, now) if route is not None else None


async def _their_mail(session: AsyncSession, case: Case) -> UUID | None:
    """The linked conversation in which the customer wrote by mail, the last first; none that a machine wrote in."""
    found = await session.execute(
        select(Conversation.id, Message.content)
        .join(CaseConversation, CaseConversation.conversation_id == Conversation.id)
        .join(Identity, Identity.id == Conversation.identity_id)
        .join(Message, Message.conversation_id == Conversation.id)
        .where(
            CaseConversation.case_id == case.id,
            Conversation.customer_id == case.customer_id,
            Identity.kind == KIND,
            Identity.unreachable_since.is_(None),
            Message.author == "customer",
        )
        .order_by(Conversation.last_message_at.desc(), Message.seq.desc())
        .limit(1)
    )
    row = found.tuples().first()
    return row[0] if row is not None and not row[1].get("automatic") else None


async def _begin(session: AsyncSession, case: Case, route: Route, text: str, now: datetime) -> UUID:
    reader = await people.writer(session, kind=route.kind, value=route.value, now=now, wrote=False)
    conversation = await begin(
        session, reader, route.place, customer_id=case.customer_id, language=case.language, team=case.team, now=now
    )
    stream.send(session, conversation, author="system", reply=Reply(text=text, template=TEMPLATE), now=now)
    session.add(
        CaseConversation(
            case_id=case.id, conversation_id=conversation.id, seen_seq=conversation.last_seq, linked_at=now
        )
    )
    await session.flush()
    return conversation.id
