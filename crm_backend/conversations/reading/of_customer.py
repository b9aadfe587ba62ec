"""A customer's conversations as they may read them themselves, signed in, whichever channel they were on."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased, selectinload

from crm_backend.conversations.hiding import HIDDEN
from crm_backend.conversations.model import Conversation, Message, Participant
from crm_backend.conversations.reading import lists
from crm_backend.conversations.reading.messages import MessageView, shown
from crm_backend.conversations.schema import PROOF_ORDER
from crm_backend.customers.model import SHARED_KINDS, Identity
from crm_backend.errors import NotFound

PAGE = 20
LONGEST_STREAM = 100
LOOKED_BACK = 20
"""Messages of a conversation with somebody else in which the last of theirs is looked for."""
_given_up = and_(
    Message.delivery.is_not_distinct_from("failed"), Message.content.has_any(array(["set_aside", "held_back"]))
)
"""What was not said after all: somebody put it aside, or nobody was to be told."""
_PROVED = PROOF_ORDER[PROOF_ORDER.index("channel") :]


@dataclass(frozen=True)
class Own:
    """One conversation in a list; `about` are the words it began with, `last` is what was said last, both as far as
    they may read them; `unread` counts what they have not seen of what was said to them."""

    conversation: Conversation
    about: str
    last: MessageView | None
    unread: int


def theirs(customer_id: UUID) -> ColumnElement[bool]:
    """Conversations that this customer may read: those with them, where it is proved that it was they who wrote, or
    nobody wrote but from addresses of theirs. Somebody else may sit at the browser in which they once proved it."""
    on_file = aliased(Identity)
    an_address = exists().where(
        on_file.customer_id == customer_id,
        on_file.kind == Identity.kind,
        func.lower(on_file.value) == func.lower(Identity.value),
        Identity.kind.in_(SHARED_KINDS),
    )
    unknown = (
        exists()
        .where(Participant.conversation_id == Conversation.id, Participant.identity_id == Identity.id)
        .where(Identity.customer_id.is_distinct_from(customer_id), ~an_address)
        .correlate(Conversation)
    )
    return and_(Conversation.customer_id == customer_id, or_(Conversation.proof.in_(_PROVED), ~unknown))


async def listing(
    session: AsyncSession, customer_id: UUID, *, before: tuple[datetime, UUID] | None = None, limit: int = PAGE
) -> tuple[list[Own], tuple[datetime, UUID] | None]:
    """A page of their conversations, the latest first, and where the next begins; those are left out in which nothing
    was said but a code."""
    more_than_codes = exists().where(Message.conversation_id == Conversation.id, ~Message.text.contains(HIDDEN))
    query = select(Conversation).where(theirs(customer_id), more_than_codes)
    if before is not None:
        at, last_id = before
        same = and_(Conversation.last_message_at == at, Conversation.id < last_id)
        query = query.where(or_(Conversation.last_message_at < at, same))
    newest_first = (Conversation.last_message_at.desc(), Conversation.id.desc())
    rows = list(await session.scalars(query.order_by(*newest_first).limit(limit + 1)))
    found = rows[:limit]
    unread = await _unread(session, [each.id for each in found])
    lasts, about = await lists.last_views(session, found), await _begun(session, [each.id for each in found])
    for each in await _shared(session, found, customer_id):
        said, _ = await stream(session, [each], customer_id, limit=LOOKED_BACK)
        lasts.pop(each.id, None)
        about.pop(each.id, None)
        lasts |= {each.id: said[-1][1]} if said else {}
    own = [Own(each, about.get(each.id, ""), lasts.get(each.id), unread.get(each.id, 0)) for each in found]
    return own, ((found[-1].last_message_at, found[-1].id) if len(rows) > limit else None)


async def one(session: AsyncSession, conversation_id: UUID, customer_id: UUID) -> Conversation:
    """One of their conversations. Raises NotFound, also for what is somebody else's."""
    query = select(Conversation).where(Conversation.id == conversation_id, theirs(customer_id))
    found: Conversation | None = await session.scalar(query.execution_options(populate_existing=True))
    if found is None:
        raise NotFound("no such conversation")
    return found


async def stream(
    session: AsyncSession,
    conversations: Sequence[Conversation],
    customer_id: UUID,
    *,
    before: int | None = None,
    limit: int = LONGEST_STREAM,
) -> tuple[list[tuple[UUID, MessageView]], bool]:
    """What was said in conversations of theirs, each with its conversation, as one stream in the order in which it is
    read; and whether there was more before it. `before` is a number in a stream of one conversation.

    What another customer wrote there, and was told since where they wrote, is left out, and so is what was never said.
    """
    said: list[tuple[UUID, MessageView]] = []
    more = False
    for each in conversations:
        query = select(Message).where(Message.conversation_id == each.id)
        if before is not None:
            query = query.where(Message.seq < before)
        query = query.options(selectinload(Message.files)).execution_options(populate_existing=True)
        query = query.where(~_given_up).order_by(Message.seq.desc()).limit(limit + 1)
        rows = list(await session.scalars(query))
        more = more or len(rows) > limit
        kept = await _allowed(session, each, customer_id, rows[:limit])
        rows = sorted(kept, key=lambda message: (message.place, message.seq))
        said += [(each.id, view) for view in await shown(session, rows)]
    if len(conversations) > 1:
        said.sort(key=lambda pair: (pair[1].at, pair[1].place))
        more, said = more or len(said) > limit, said[-limit:]
    return said, more


async def _shared(
    session: AsyncSession, conversations: Sequence[Conversation], customer_id: UUID
) -> Sequence[Conversation]:
    """Those in which another customer writes, too."""
    ids = [each.id for each in conversations]
    rows = await session.scalars(
        select(Participant.conversation_id)
        .join(Identity, Identity.id == Participant.identity_id)
        .where(Participant.conversation_id.in_(ids), Identity.customer_id != customer_id)
    )
    found = set(rows)
    return [each for each in conversations if each.id in found]


async def _begun(session: AsyncSession, conversations: Collection[UUID]) -> dict[UUID, str]:
    """The first words of the customer in each."""
    rows = await session.execute(
        select(Message.conversation_id, func.left(Message.text, lists.GIST))
        .distinct(Message.conversation_id)
        .where(Message.conversation_id.in_(conversations), Message.author == "customer", Message.text != "")
        .order_by(Message.conversation_id, Message.seq)
    )
    return dict(rows.tuples().all())


async def _unread(session: AsyncSession, conversations: Collection[UUID]) -> dict[UUID, int]:
    if not conversations:
        return {}
    rows = await session.execute(
        select(Message.conversation_id, func.count())
        .join(Conversation, Conversation.id == Message.conversation_id)
        .where(
            Message.conversation_id.in_(conversations),
            Message.author != "customer",
            Message.delivery != "read",
            Message.seq > Conversation.customer_seen_seq,
        )
        .group_by(Message.conversation_id)
    )
    return dict(rows.tuples().all())


async def _allowed(
    session: AsyncSession, conversation: Conversation, customer_id: UUID, rows: Sequence[Message]
) -> list[Message]:
    others = await session.execute(
        select(Participant.identity_id, Participant.channel, Participant.account)
        .join(Identity, Identity.id == Participant.identity_id)
        .where(Participant.conversation_id == conversation.id, Identity.customer_id != customer_id)
    )
    found = others.tuples().all()
    if not found:
        return list(rows)
    strangers, places = {each[0] for each in found}, {(each[1], each[2]) for each in found}
    first = await session.scalar(
        select(func.min(Message.seq)).where(
            Message.conversation_id == conversation.id, Message.identity_id.in_(strangers)
        )
    )
    return [
        each
        for each in rows
        if each.identity_id not in strangers
        and not (
            first is not None
            and each.seq > first
            and each.author != "customer"
            and (each.channel, each.account) in places
        )
    ]
