"""Who writes in a conversation, and where: the way its answers take, and which conversation somebody has open."""

from __future__ import annotations

from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Select, bindparam, func, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.conversations.model import Conversation, Message, Participant
from crm_backend.conversations.schema import NOBODY, InboundMessage
from crm_backend.customers.model import Identity

T = TypeVar("T", bound=tuple[Any, ...])
Place = tuple[str, str, str]
"""Channel, account and address: where somebody writes and is written to."""


async def goes_on_here(
    session: AsyncSession,
    conversation: Conversation,
    inbound: InboundMessage,
    identity: Identity,
    now: datetime,
    *,
    known_here: bool = False,
) -> None:
    """Answers go where the person last wrote, also those that were promised by mail to whoever wrote before from
    elsewhere. `known_here` when they wrote last in this conversation, from here."""
    if conversation.identity_id != identity.id:
        conversation.answer_by = None
    if not known_here:
        conversation.channel, conversation.account = inbound.channel, inbound.account
        conversation.address, conversation.identity_id = inbound.address, identity.id
    if inbound.details.get("subject") and conversation.subject is None:
        conversation.subject = str(inbound.details["subject"])[:300]
    if known_here:
        return
    await writes_at(session, conversation.id, identity.id, (inbound.channel, inbound.account, inbound.address), now)


async def writes_at(
    session: AsyncSession, conversation_id: UUID, identity_id: UUID, place: Place, now: datetime
) -> None:
    """Who writes at a place, or is written to there, takes part: what they answer belongs here."""
    channel, account, address = place
    here = {"channel": channel, "account": account, "address": address, "last_at": now}
    await session.execute(_JOINS, {"conversation_id": conversation_id, "identity_id": identity_id, **here})


_joins = insert(Participant).values(
    {name: bindparam(name) for name in ("conversation_id", "identity_id", "channel", "account", "address", "last_at")}
)
_JOINS = _joins.on_conflict_do_update(
    index_elements=["conversation_id", "identity_id", "channel", "account"],
    set_={"address": _joins.excluded.address, "last_at": _joins.excluded.last_at},
)
"""Made once: putting a statement together takes longer than running it."""


async def takes_part(session: AsyncSession, conversation_id: UUID, identity_id: UUID) -> bool:
    """Whether this identity has written in the conversation."""
    found = await session.scalar(
        select(Participant.identity_id)
        .where(Participant.conversation_id == conversation_id, Participant.identity_id == identity_id)
        .limit(1)
    )
    return found is not None


async def private_elsewhere(
    session: AsyncSession, conversation_id: UUID, *, kind: str, value: str
) -> set[tuple[str, str]]:
    """The channels and accounts of a conversation on which another identity writes that is not known to be this one's
    customer: what is said there is not for whoever sits where this identity wrote from.

    Also where nobody knows who writes: the code that led there may have been given to somebody else than who was meant
    to use it, and that somebody answers what an assistant asks.
    """
    customer = select(Identity.customer_id).where(Identity.kind == kind, Identity.value == value).scalar_subquery()
    rows = await session.execute(
        select(Participant.channel, Participant.account)
        .join(Identity, Identity.id == Participant.identity_id)
        .where(
            Participant.conversation_id == conversation_id,
            or_(Identity.kind != kind, Identity.value != value),
            or_(customer.is_(None), Identity.customer_id.is_distinct_from(customer)),
        )
    )
    return set(rows.tuples())


async def first_of_another(session: AsyncSession, conversation_id: UUID, *, kind: str, value: str) -> int | None:
    """The number of the first message in a conversation that somebody else than this identity wrote; None when nobody
    has: whatever is said there, and wherever it goes, is said to this one."""
    mine = select(Identity.id).where(Identity.kind == kind, Identity.value == value).scalar_subquery()
    found: int | None = await session.scalar(
        select(func.min(Message.seq)).where(
            Message.conversation_id == conversation_id,
            Message.author == "customer",
            Message.identity_id.is_distinct_from(mine),
        )
    )
    return found


async def kept_from(
    session: AsyncSession, conversation_id: UUID, *, seq: int, place: tuple[str, str], kind: str, value: str
) -> bool:
    """Whether a message, told on that channel and account, is none of this identity's business, who is elsewhere."""
    who = {"kind": kind, "value": value}
    if place not in await private_elsewhere(session, conversation_id, **who):
        return False
    theirs = await first_of_another(session, conversation_id, **who)
    return theirs is not None and seq >= theirs


async def latest_open(session: AsyncSession, identity_id: UUID, channel: str) -> UUID | None:
    """The open conversation in which this identity last spoke on this channel, wherever it has gone on since."""
    found: UUID | None = await session.scalar(_LATEST, {"writer": identity_id, "on_channel": channel})
    return found


async def latest_open_locked(
    session: AsyncSession, identity_id: UUID, channel: str
) -> tuple[Conversation, Participant] | None:
    """The same conversation, locked as `stream.locked` does, and how this identity takes part in it."""
    rows = await session.execute(_LATEST_LOCKED, {"writer": identity_id, "on_channel": channel})
    return rows.tuples().first()


def _open(query: Select[T]) -> Select[T]:
    return (
        query.join(Participant, Participant.conversation_id == Conversation.id)
        .where(
            Participant.identity_id == bindparam("writer"),
            Participant.channel == bindparam("on_channel"),
            Conversation.owner != NOBODY,
        )
        .order_by(Participant.last_at.desc())
        .limit(1)
    )


# Made once: putting a statement together takes longer than running it.
_LATEST = _open(select(Conversation.id))
_LATEST_LOCKED = (
    _open(select(Conversation, Participant))
    .with_for_update(key_share=True, of=Conversation)
    .execution_options(populate_existing=True)
)
