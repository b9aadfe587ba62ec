"""What a list is narrowed to by words: conversations of whom they name, and those in which they were said or noted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Uuid, func, literal, or_, select, union, union_all
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.conversations.model import Conversation
from crm_backend.conversations.reading import searching
from crm_backend.conversations.reading.said import MOST, Said, said
from crm_backend.customers.model import Customer
from crm_backend.orders.model import Order
from crm_backend.orders.numbers import number_key

PAGES, DEEPER = 3, 8
"""So many pages of conversations are looked for at first, and so many times as many when they do not fill one."""
NAMED, GROUP = 1_000, 3
"""Customers whose conversations are gathered; where there are more, each conversation is asked. Letters that the index
of names needs."""


async def narrowed(
    session: AsyncSession, query: Select[Any], asked: dict[str, Any], wanted: Sequence[str], *, latest_first: bool
) -> Sequence[Any]:
    """The rows of a page of conversations that hold everything `wanted`: as many as the query's `most`, where there are
    so many. A view with `latest_first` goes back no further than it has to."""
    sought = [await Sought.of(session, each) for each in wanted]
    enough = PAGES * asked["most"] if latest_first else MOST // DEEPER
    while True:
        found = [(each, await each.said(session, enough)) for each in sought]
        page = query.where(*(each.condition(spoken) for each, spoken in found))
        since = max((spoken.since for _, spoken in found if spoken and spoken.since), default=None)
        if since is None or not latest_first:
            return (await session.execute(page, asked)).all()
        rows = (await session.execute(page.where(Conversation.last_message_at >= since), asked)).all()
        if len(rows) >= asked["most"]:
            return rows
        enough *= DEEPER


class Sought:
    """One thing that was looked for: `named` are conversations of those whom it names, and with notes that hold it;
    they are `few` when they can be gathered."""

    def __init__(self, query: str, named: list[ColumnElement[bool]], *, few: bool) -> None:
        self._query, self._named, self._few = query, named, few

    @classmethod
    async def of(cls, session: AsyncSession, wanted: str) -> Sought:
        """What this names."""
        has_it, ordered = Customer.name_key.like(searching.part(wanted)), _ordered(wanted)
        customers = list(await session.scalars(_customers(has_it, ordered))) if len(wanted) >= GROUP else []
        few = len(wanted) >= GROUP and len(customers) <= NAMED
        if few:
            named = [Conversation.customer_id == func.any(literal(customers, ARRAY(Uuid())))]
        else:
            named = [has_it, *([Conversation.customer_id.in_(ordered)] if ordered is not None else [])]
        named.append(Conversation.id.in_(searching.called(wanted)))
        if (noted := await searching.noted(session, wanted)) is not None:
            named.append(noted)
        return cls(searching.query_of(wanted), named, few=few)

    async def said(self, session: AsyncSession, enough: int) -> Said | None:
        """Where it was said, if it has words."""
        return await said(session, self._query, enough=enough) if self._query else None

    def condition(self, spoken: Said | None) -> ColumnElement[bool]:
        """The condition that a conversation holds it."""
        if self._few and (spoken is None or (spoken.since is None and not spoken.common)):
            # Gathered: asked of each conversation, all of a view would be gone through for a few.
            each = [select(Conversation.id).where(one).correlate(None) for one in self._named]
            return Conversation.id.in_(union(*each, *([spoken.known()] if spoken else [])))
        return or_(*self._named, *([spoken.holds()] if spoken else []))


def _ordered(wanted: str) -> Select[tuple[UUID]] | None:
    """Who has the order of this number."""
    key = number_key(wanted)
    return select(Order.customer_id).where(Order.number_key == key) if key else None


def _customers(has_it: ColumnElement[bool], ordered: Select[tuple[UUID]] | None) -> Any:
    """Those of this name, one more than are gathered, and those."""
    few = select(Customer.id).where(has_it).limit(NAMED + 1)
    return few if ordered is None else union_all(select(few.subquery().c.id), ordered)
