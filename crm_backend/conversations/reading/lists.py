"""The desk's lists of conversations: their pages, and what was said last in each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import (
    DateTime,
    Integer,
    Select,
    Uuid,
    and_,
    bindparam,
    func,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from crm_backend.agents.model import Agent
from crm_backend.conversations.model import Conversation, Message, Participant
from crm_backend.conversations.reading.inbox import ANY, VIEWS, Criteria, View, of_agent
from crm_backend.conversations.reading.messages import MessageView, shown
from crm_backend.conversations.reading.sought import narrowed
from crm_backend.customers.model import Customer, Identity

GIST = 200
"""Characters of a message that a list shows."""


class Named(NamedTuple):
    """A customer as a list calls them."""

    id: UUID
    name: str


class Listed(NamedTuple):
    """What a list shows of a conversation."""

    id: UUID
    channel: str
    address: str
    language: str
    owner: str
    version: int
    proof: str
    passport: dict[str, Any] | None
    mood: str
    priority: str
    last_seq: int
    agent_seen_seq: int
    waiting_since: datetime | None
    created_at: datetime
    answer_by: dict[str, Any] | None
    snoozed_at: datetime | None
    snoozed_until: datetime | None
    returned_at: datetime | None
    tag_ids: list[UUID]
    customer: Named | None


class Said(NamedTuple):
    """A message as a list shows it: `gist` is the first of its words, or of the names of what it carries."""

    seq: int
    author: str
    gist: str
    at: datetime


async def listing(
    session: AsyncSession,
    *,
    agent: Agent,
    view: View,
    words: str = "",
    criteria: Criteria = ANY,
    limit: int = 50,
    before: tuple[datetime, UUID] | None = None,
) -> tuple[list[Listed], tuple[datetime, UUID] | None]:
    """One page of a view and where the next begins: what waits for people longest-waiting first, others newest first.

    `words` looks in names, order numbers and messages, and so do those of `criteria`.
    """
    query = _page(view, before is not None).where(*criteria.conditions())
    at, last_id = before or (None, None)
    asked = {**of_agent(agent), "at": at, "last_id": last_id, "most": limit + 1}
    if wanted := [each for each in (words.strip(), criteria.words.strip()) if each]:
        rows = await narrowed(session, query, asked, wanted, latest_first=VIEWS[view].latest_first)
    else:
        rows = (await session.execute(query, asked)).all()
    found = [Listed._make((*row[:-4], _named(*row[-3:]))) for row in rows[:limit]]
    following = (rows[limit - 1].at, rows[limit - 1].id) if len(rows) > limit else None
    return found, following


def _named(customer_id: UUID | None, first: str, last: str) -> Named | None:
    return Named(customer_id, f"{first} {last}".strip()) if customer_id else None


@cache
def _page(view: View, further: bool) -> Select[Any]:
    """The statement of a page, made once for each view: what that takes is most of what a page takes."""
    shown_view = VIEWS[view]
    when, upwards = shown_view.when, shown_view.upwards
    shown_columns = [getattr(Conversation, name) for name in Listed._fields if name != "customer"]
    query = (
        select(*shown_columns, when.label("at"), Customer.id, Customer.first_name, Customer.last_name)
        .join(Customer, Customer.id == Conversation.customer_id, isouter=True)
        .where(*shown_view.conditions)
        .order_by(when.asc() if upwards else when.desc(), Conversation.id)
        .limit(bindparam("most", type_=Integer()))
    )
    if further:
        last = bindparam("at", type_=DateTime(timezone=True))
        beyond = (when > last) if upwards else (when < last)
        query = query.where(or_(beyond, and_(when == last, Conversation.id > bindparam("last_id", type_=Uuid()))))
    return query


async def last_messages(session: AsyncSession, conversations: Sequence[Conversation | Listed]) -> dict[UUID, Said]:
    """What was said last in each conversation, as a list shows it."""
    rows = (await session.execute(_SAID, _ends(conversations))).all() if conversations else []
    said = {row[0]: Said(*row[1:]) for row in rows}
    if wordless := [each for each in conversations if each.id in said and not said[each.id].gist]:
        views = await last_views(session, wordless)
        said.update({key: said[key]._replace(gist=view.gist[:GIST]) for key, view in views.items()})
    return said


async def last_views(session: AsyncSession, conversations: Sequence[Conversation | Listed]) -> dict[UUID, MessageView]:
    """The last message of each conversation, whole."""
    query = select(Message).join(_last, _is_last).options(selectinload(Message.files))
    rows = list(await session.scalars(query, _ends(conversations))) if conversations else []
    views = await shown(session, rows)
    return {row.conversation_id: view for row, view in zip(rows, views, strict=True)}


def _ends(conversations: Sequence[Conversation | Listed]) -> dict[str, Any]:
    return {"ids": [each.id for each in conversations], "seqs": [each.last_seq for each in conversations]}


_last = (
    func.unnest(bindparam("ids", type_=ARRAY(Uuid())), bindparam("seqs", type_=ARRAY(Integer())))
    .table_valued("conversation_id", "seq", name="last")
    .render_derived()
)
_is_last = and_(_last.c.conversation_id == Message.conversation_id, _last.c.seq == Message.seq)
_SAID = select(
    Message.conversation_id, Message.seq, Message.author, func.left(Message.text, GIST), Message.created_at
).join(_last, _is_last)


async def shown_names(session: AsyncSession, conversations: Sequence[UUID]) -> dict[UUID, str]:
    """What the person of each conversation calls themselves on the channel where they wrote last and have a name."""
    if not conversations:
        return {}
    rows = await session.execute(
        select(Participant.conversation_id, Identity.shown_name)
        .join(Identity, Identity.id == Participant.identity_id)
        .where(Participant.conversation_id.in_(conversations), Identity.shown_name != "")
        .order_by(Participant.last_at)
    )
    return {conversation: name for conversation, name in rows.tuples() if name}
