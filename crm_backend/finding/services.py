"""One search over all that an agent may see, for jumping to it: each thing with the conversation to open."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, select, union
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from crm_backend.access.actor import Actor
from crm_backend.cases.model import ACCENTED, BARE, Case, CaseConversation
from crm_backend.conversations.model import Conversation
from crm_backend.conversations.reading import searching
from crm_backend.conversations.reading.said import said
from crm_backend.customers import search
from crm_backend.orders.model import Order
from crm_backend.orders.numbers import number_key

FEWEST, LONGEST = 2, 200
"""Characters of what is looked for."""
MOST = 6
"""Of each kind."""
NEWEST = 3_000
"""Cases that are looked through before all others are."""
_CASE = re.compile(r"c-\d{4}-\d{6,}", re.ASCII | re.IGNORECASE)
_PLAIN = str.maketrans(ACCENTED, BARE)


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
    rows = await _cases_with(session, wanted)
    linked = select(CaseConversation.case_id, CaseConversation.conversation_id).where(
        CaseConversation.case_id.in_([row.id for row in rows])
    )
    about = dict((await session.execute(linked.order_by(CaseConversation.linked_at))).tuples().all()) if rows else {}
    latest = await _latest(session, {row.customer_id for row in rows if row.customer_id})

    def to_open(row: Row[Any]) -> UUID | None:
        return about.get(row.id) or (latest.get(row.customer_id) if row.customer_id else None)

    return [Numbered(row.id, row.number, row.subject, to_open(row)) for row in rows]


async def _cases_with(session: AsyncSession, wanted: str) -> Sequence[Row[Any]]:
    """Those that hold every word, the newest first."""
    case = select(Case.id, Case.number, Case.subject, Case.customer_id)
    if _CASE.fullmatch(wanted):
        return (await session.execute(case.where(Case.number == wanted.upper()))).all()
    words = wanted.lower().translate(_PLAIN).split()[:10]
    columns = (Case.id, Case.created_at, Case.haystack)
    # Most words are met among the newest; the index would gather all cases that hold common ones.
    newest = select(*columns).order_by(Case.created_at.desc()).limit(NEWEST).subquery().c
    rows: Sequence[Row[Any]] = []
    for id_, created_at, haystack in ((newest.id, newest.created_at, newest.haystack), columns):
        held = select(id_, created_at).where(*(haystack.contains(word, autoescape=True) for word in words))
        # Gathered first, or the database would go through all of them from the newest on.
        found = held.cte("found").prefix_with("materialized", dialect="postgresql").c
        latest = select(found.id).order_by(found.created_at.desc()).limit(MOST)
        rows = (await session.execute(case.where(Case.id.in_(latest)).order_by(Case.created_at.desc()))).all()
        if len(rows) == MOST:
            break
    return rows


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
    ours = [Conversation.id.in_(searching.called(wanted))]
    if looked_for := searching.query_of(wanted):
        ours.append(Conversation.id.in_((await said(session, looked_for, enough=MOST)).known()))
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
