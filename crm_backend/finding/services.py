"""One search over all that an agent may see, for jumping to it: each thing with the conversation to open."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, select, union
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased, joinedload

from crm_backend.access.actor import Actor
from crm_backend.cases.model import Case, CaseConversation
from crm_backend.conversations import searching
from crm_backend.conversations.model import Conversation
from crm_backend.customers import search
from crm_backend.orders.model import Order
from crm_backend.orders.numbers import number_key

FEWEST, LONGEST = 2, 200
"""Characters of what is looked for."""
MOST = 6
"""Of each kind."""
NEWEST = 3_000
"""Cases that are looked through before all others are."""


class Customer(NamedTuple):
    """A customer; `value` is what of them fits where that is not their name, `conversation_id` their latest."""

    id: UUID
    name: str
    company: str
    value: str | None
    conversation_id: UUID | None


class Numbered(NamedTuple):
    """An order or a case, what it is about, and the conversation to open: one about it, or its customer's latest."""

    id: UUID
    number: str
    about: str
    conversation_id: UUID | None


class Found(NamedTuple):
    """Everything, as far as the agent's role permits; `conversations` and private `notes` the latest first."""

    conversations: list[Conversation]
    notes: list[searching.Noted]
    customers: list[Customer]
    orders: list[Numbered]
    cases: list[Numbered]


async def find(session: AsyncSession, *, actor: Actor, words: str) -> Found:
    """What these words name: nothing for fewer than two characters. Raises NotAllowed without conversations.read."""
    actor.need("conversations.read")
    wanted = " ".join(words.encode("utf-8", "ignore").decode().replace("\0", "").split())[:LONGEST]
    if len(wanted) < FEWEST:
        return Found([], [], [], [], [])
    customers = await _customers(session, actor, wanted)
    return Found(
        conversations=await _conversations(session, wanted, [one.id for one in customers]),
        # Whoever reads conversations at the desk reads what colleagues noted of them.
        notes=await searching.notes(session, wanted, limit=MOST),
        customers=customers,
        orders=await _orders(session, wanted) if actor.may("orders.read") else [],
        cases=await _cases(session, wanted) if actor.may("cases.read") else [],
    )


async def _customers(session: AsyncSession, actor: Actor, wanted: str) -> list[Customer]:
    if not actor.may("customers.read"):
        return []
    hits = await search.search(session, actor=actor, wanted=wanted, limit=MOST)
    latest = await _latest(session, [hit.customer_id for hit in hits])
    return [
        Customer(
            id=hit.customer_id,
            name=f"{hit.first_name} {hit.last_name}".strip(),
            company=hit.company,
            value=None if hit.matches[0].by in ("name", "id", "company") else hit.matches[0].value,
            conversation_id=latest.get(hit.customer_id),
        )
        for hit in hits
    ]


async def _orders(session: AsyncSession, wanted: str) -> list[Numbered]:
    key = number_key(wanted)
    if len(key) < 3 or not any(letter.isdigit() for letter in key):
        return []
    beginning = Order.number_key.startswith(key, autoescape=True)
    rows = list(await session.scalars(select(Order).where(beginning).order_by(Order.number_key).limit(MOST)))
    latest = await _latest(session, {row.customer_id for row in rows})
    return [Numbered(row.id, row.number, row.ship_name, latest.get(row.customer_id)) for row in rows]


async def _cases(session: AsyncSession, wanted: str) -> list[Numbered]:
    words = wanted.lower().split()[:10]
    # Most words are met among the newest; the index would gather all cases that hold common ones.
    newest = aliased(Case, select(Case).order_by(Case.created_at.desc()).limit(NEWEST).subquery())
    rows = list(await session.scalars(_cases_with(newest, words)))
    if len(rows) < MOST:
        rows = list(await session.scalars(_cases_with(Case, words)))
    linked = select(CaseConversation.case_id, CaseConversation.conversation_id).where(
        CaseConversation.case_id.in_([row.id for row in rows])
    )
    about = dict((await session.execute(linked.order_by(CaseConversation.linked_at))).tuples().all())
    latest = await _latest(session, {row.customer_id for row in rows if row.customer_id})

    def to_open(row: Case) -> UUID | None:
        return about.get(row.id) or (latest.get(row.customer_id) if row.customer_id else None)

    return [Numbered(row.id, row.number, row.subject, to_open(row)) for row in rows]


def _cases_with(which: type[Case], words: Sequence[str]) -> Select[tuple[Case]]:
    held = (which.haystack.contains(word, autoescape=True) for word in words)
    return select(which).where(*held).order_by(which.created_at.desc()).limit(MOST)


async def _latest(session: AsyncSession, customers: Collection[UUID]) -> dict[UUID, UUID]:
    """The latest conversation of each of these customers."""
    if not customers:
        return {}
    rows = await session.execute(
        select(Conversation.customer_id, Conversation.id)
        .where(Conversation.customer_id.in_(customers))
        .distinct(Conversation.customer_id)
        .order_by(Conversation.customer_id, Conversation.last_message_at.desc())
    )
    return {customer: conversation for customer, conversation in rows.tuples() if customer is not None}


async def _conversations(session: AsyncSession, wanted: str, customers: Collection[UUID]) -> list[Conversation]:
    """Those of the customers found, of people who call themselves so, and those in which the words were said."""
    ours = [searching.called(wanted)]
    if (said := await searching.said(session, wanted, enough=MOST)) is not None:
        ours.append(said)
    if customers:
        ours.append(Conversation.customer_id.in_(customers))
    # Each by itself: for either of them the database would go through all conversations.
    latest = union(*(_latest_of(number, condition) for number, condition in enumerate(ours)))
    query = select(Conversation).where(Conversation.id.in_(latest)).options(joinedload(Conversation.customer))
    return list(await session.scalars(query.order_by(Conversation.last_message_at.desc()).limit(MOST)))


def _latest_of(number: int, condition: ColumnElement[bool]) -> Select[tuple[UUID]]:
    held = select(Conversation.id, Conversation.last_message_at).where(condition)
    # Gathered first, or the database would take the latest of all one by one until enough of them are meant.
    found = held.cte(f"found{number}").prefix_with("materialized", dialect="postgresql")
    return select(found.c.id).order_by(found.c.last_message_at.desc()).limit(MOST)
