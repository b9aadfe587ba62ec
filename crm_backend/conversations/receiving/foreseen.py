"""The way that nearly every message takes: its writer is known, is alone, and goes on in a conversation that is open.

All there is to know of it is asked in one question, which waits for nobody. Where that does not do (a first message, a
code, somebody else at work in the same conversation), it is found step by step: `people.writer`, `conversation_of`,
`around`. It may be asked without locking what is found, for who stores only if that is still as it was
(`stream.take_in_unchanged`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, literal_column, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.conversations.model import Conversation, Message, Participant
from crm_backend.conversations.receiving import joining
from crm_backend.conversations.receiving.belonging import Around, Belonging
from crm_backend.conversations.schema import NOBODY, InboundMessage
from crm_backend.customers.model import SHARED_KINDS, Identity
from crm_backend.customers.people import of_address


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
    if inbound.conversation_id is not None:
        query = _NAMED if unlocked else _NAMED_LOCKED
        row = (await session.execute(query, known | {"named": inbound.conversation_id})).first()
    else:
        row = (await session.execute(_LATEST if unlocked else _LATEST_LOCKED, known)).first()
    if row is None:
        return None
    if unlocked:
        session.expunge_all()
    identity, conversation, part = row.Identity, row.Conversation, row.Participant
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
_mark: ColumnElement[str] = literal_column("conversations.xmin::text")
_writer_mark: ColumnElement[str] = literal_column("identities.xmin::text")


def _first(*conditions: Any, order: Any) -> Select[Any]:
    """The first of the writer's conversations that meets the conditions."""
    return (
        select(
            Identity,
            Conversation,
            Participant,
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


def _locking(query: Select[Any]) -> Select[Any]:
    """Both locked as the longer way does, unless somebody else holds one of them."""
    return query.with_for_update(key_share=True, skip_locked=True, of=[Identity, Conversation])


_LATEST = _first(
    Participant.channel == bindparam("on_channel"), Conversation.owner != NOBODY, order=[Participant.last_at.desc()]
)
_by_this_way = and_(Participant.channel == bindparam("on_channel"), Participant.account == bindparam("by_account"))
_NAMED = _first(Conversation.id == bindparam("named"), order=[_by_this_way.desc()])
_LATEST_LOCKED, _NAMED_LOCKED = _locking(_LATEST), _locking(_NAMED)
