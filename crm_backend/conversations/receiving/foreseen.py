"""The way that nearly every message takes: its writer is known, is alone, and goes on in a conversation that is open.

All there is to know of it is asked in one question, which waits for nobody. Where that does not do (a first message, a
code, somebody else at work in the same conversation), it is found step by step: `people.writer`, `conversation_of`,
`around`. It may be asked without locking what is found, for who stores only if that is still as it was
(`taking_in.take_in_unchanged`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, literal_column, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.conversations.model import Conversation, Message, Participant
from crm_backend.conversations.receiving import joining
from crm_backend.conversations.receiving.belonging import Around, Belonging
from crm_backend.conversations.schema import NOBODY, InboundMessage
from crm_backend.customers.model import SHARED_KINDS, Identity
from crm_backend.customers.people import of_address
from crm_backend.quick import Quick, columns_of, objects_of


@dataclass(frozen=True)
class Foreseen:
    """The writer and the conversation, both locked, and what stands before the message there. `owners` are customers
    who have on file what is vouched for; `stored` says that the message was stored before; `marks` are those of the
    rows of writer and conversation, as they were read."""

    identity: Identity
    belongs: Belonging
    around: Around
    owners: list[UUID]
    stored: bool
    marks: tuple[str, str]


async def foreseen(session: AsyncSession, inbound: InboundMessage, *, unlocked: bool = False) -> Foreseen | None:
    """What one question tells of the message; None when more must be asked. Only reads, and locks what it found; or
    does not, and takes it out of the session, so that nothing done to it is written."""
    if not _plain(inbound):
        return None
    known: dict[str, Any] = {
        "of_kind": inbound.identity_kind,
        "with_value": inbound.identity_value,
        "on_channel": inbound.channel,
        "by_account": inbound.account,
        "with_id": inbound.external_id,
        "order": inbound.order,
        "vouched_kind": inbound.vouched.kind if inbound.vouched else None,
        "vouched_value": inbound.vouched.value if inbound.vouched else None,
    }
    named = inbound.conversation_id is not None
    if named:
        known["named"] = inbound.conversation_id
    row = await (_unlocked if unlocked else _locked)(session, known, named=named)
    if row is None:
        return None
    identity, conversation, part = row.identity, row.conversation, row.part
    newest = part.last_at == row.newest
    if row.up_to != conversation.last_seq or not (newest or inbound.conversation_id):
        # Somebody added to it between the question and the lock, or has the newest one locked.
        return None
    here = (inbound.channel, inbound.account, inbound.address)
    there = (conversation.channel, conversation.account, conversation.address)
    same = there == here == (part.channel, part.account, part.address) and conversation.identity_id == identity.id
    return Foreseen(
        identity=identity,
        belongs=Belonging(conversation, known_here=same and newest),
        around=Around(row.last or {}, row.later),
        owners=row.owners or [],
        stored=row.stored is not None,
        marks=(row.writer_mark, row.mark),
    )


class _Row(NamedTuple):
    identity: Identity
    conversation: Conversation
    part: Participant
    mark: str
    writer_mark: str
    newest: datetime | None
    up_to: int
    last: dict[str, Any] | None
    later: float | None
    stored: UUID | None
    owners: list[UUID] | None


async def _locked(session: AsyncSession, known: dict[str, Any], *, named: bool) -> _Row | None:
    row = (await session.execute(_NAMED_LOCKED if named else _LATEST_LOCKED, known)).first()
    return _Row(*row) if row is not None else None


async def _unlocked(session: AsyncSession, known: dict[str, Any], *, named: bool) -> _Row | None:
    """What it finds is no part of the session."""
    for row in await (_NAMED if named else _LATEST).rows(session, known):
        return _Row(*_with_objects(row))
    return None


def _plain(inbound: InboundMessage) -> bool:
    """Whether nothing in it asks for more."""
    shared = inbound.identity_kind in SHARED_KINDS or (inbound.vouched is not None and inbound.vouched.kind == "email")
    elsewhere = inbound.start_new or inbound.join_code or joining.code_in(inbound.text)
    return inbound.event == "message" and not (shared or inbound.signed_in or elsewhere)


# All made once: putting a statement together takes longer than running it.
_here = Message.conversation_id == Conversation.id
_newest = (
    select(func.max(Participant.last_at))
    .where(Participant.identity_id == Identity.id, Participant.channel == bindparam("on_channel"))
    .correlate(Identity)
)
_up_to = select(func.max(Message.seq)).where(_here).correlate(Conversation)
_last = (
    select(Message.content)
    .where(_here, Message.seq == Conversation.last_seq, Message.author == "bot")
    .correlate(Conversation)
)
_later = (
    select(func.min(Message.place))
    .where(
        _here,
        Message.identity_id == Identity.id,
        Message.channel == bindparam("on_channel"),
        Message.platform_order > bindparam("order"),
    )
    .correlate(Conversation, Identity)
)
_stored = select(Message.id).where(
    Message.channel == bindparam("on_channel"), Message.external_id == bindparam("with_id")
)
_owners = of_address(bindparam("vouched_kind"), bindparam("vouched_value")).subquery()
_OBJECTS = (Identity, Conversation, Participant)
_mark: ColumnElement[str] = literal_column("conversations.xmin::text")
_writer_mark: ColumnElement[str] = literal_column("identities.xmin::text")


def _first(*conditions: Any, order: Any, objects: bool) -> Select[Any]:
    """The first of the writer's conversations that meets the conditions: as objects of the session, or as columns."""
    return (
        select(
            *(_OBJECTS if objects else chain.from_iterable(map(columns_of, _OBJECTS))),
            _mark.label("mark"),
            _writer_mark.label("writer_mark"),
            _newest.scalar_subquery().label("newest"),
            func.coalesce(_up_to.scalar_subquery(), 0).label("up_to"),
            _last.scalar_subquery().label("last"),
            _later.scalar_subquery().label("later"),
            _stored.scalar_subquery().label("stored"),
            select(func.array_agg(_owners.c.customer_id)).scalar_subquery().label("owners"),
        )
        .join(Participant, Participant.identity_id == Identity.id)
        .join(Conversation, Conversation.id == Participant.conversation_id)
        .where(Identity.kind == bindparam("of_kind"), Identity.value == bindparam("with_value"), *conditions)
        .order_by(*order)
        .limit(1)
        .execution_options(populate_existing=True)
    )


_by_this_way = and_(Participant.channel == bindparam("on_channel"), Participant.account == bindparam("by_account"))


def _latest(*, objects: bool) -> Select[Any]:
    here, open_ = Participant.channel == bindparam("on_channel"), Conversation.owner != NOBODY
    return _first(here, open_, order=[Participant.last_at.desc()], objects=objects)


def _named(*, objects: bool) -> Select[Any]:
    return _first(Conversation.id == bindparam("named"), order=[_by_this_way.desc()], objects=objects)


def _locking(query: Select[Any]) -> Select[Any]:
    """Both locked as the longer way does, unless somebody else holds one of them."""
    return query.with_for_update(key_share=True, skip_locked=True, of=[Identity, Conversation])


_with_objects = objects_of(*_OBJECTS)
_LATEST, _NAMED = Quick(_latest(objects=False)), Quick(_named(objects=False))
_LATEST_LOCKED, _NAMED_LOCKED = _locking(_latest(objects=True)), _locking(_named(objects=True))
