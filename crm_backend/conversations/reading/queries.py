"""Reading conversations: transcripts, who answers, and who wrote."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import and_, bindparam, exists, func, select
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.orm.attributes import set_committed_value

from crm_backend.agents.model import Agent
from crm_backend.attachments.model import Attachment
from crm_backend.conversations.model import Conversation, Message, Participant
from crm_backend.conversations.reading.messages import MessageView, shown
from crm_backend.conversations.schema import OwnerView, owner_agent, owner_kind
from crm_backend.customers.model import Customer, Identity
from crm_backend.errors import NotFound
from crm_backend.orders.model import Order
from crm_backend.routing import services as routing

PAGE = 200


async def messages_after(
    session: AsyncSession, *, conversation_id: UUID, after: int, limit: int = PAGE
) -> list[MessageView]:
    """The last `limit` messages whose sequence number is greater than `after`, in the order they are shown in."""
    asked = {"in_conversation": conversation_id, "after": after, "most": limit}
    rows = (await session.execute(_AFTER, asked)).tuples().all()
    return await _in_their_places(session, rows)


async def news(
    session: AsyncSession, *, conversation_id: UUID, kind: str, value: str, after: int, limit: int = PAGE
) -> tuple[Conversation, list[MessageView]] | None:
    """What `taken_part_in` and `messages_after` tell, in one question: it is asked after every message."""
    asked = {"named": conversation_id, "of_kind": kind, "with_value": value, "after": after, "most": limit}
    rows = (await session.execute(_NEWS, asked)).tuples().all()
    if not rows:
        return None
    said = [(message, has_files) for _, message, has_files in rows if message is not None]
    return rows[0][0], await _in_their_places(session, said)


async def _in_their_places(session: AsyncSession, rows: Sequence[tuple[Message, bool]]) -> list[MessageView]:
    await _with_files(session, [message for message, has_files in rows if has_files])
    for message, has_files in rows:
        if not has_files:
            set_committed_value(message, "files", [])
    return await shown(session, sorted((row[0] for row in rows), key=lambda message: (message.place, message.seq)))


# Made once: putting a statement together takes longer than running it.
_AFTER = (
    select(Message, exists().where(Attachment.message_id == Message.id))
    .where(Message.conversation_id == bindparam("in_conversation"), Message.seq > bindparam("after"))
    .order_by(Message.seq.desc())
    .limit(bindparam("most"))
    .execution_options(populate_existing=True)
)


async def _with_files(session: AsyncSession, messages: Sequence[Message]) -> None:
    """Loads the messages' files."""
    if messages:
        files: dict[UUID | None, list[Attachment]] = defaultdict(list)
        named = Attachment.message_id.in_([message.id for message in messages])
        for file in await session.scalars(select(Attachment).where(named).order_by(Attachment.position)):
            files[file.message_id].append(file)
        for message in messages:
            set_committed_value(message, "files", files[message.id])


async def message(session: AsyncSession, *, conversation_id: UUID, seq: int) -> MessageView:
    """One message. Raises NotFound."""
    found = await session.scalar(
        select(Message)
        .where(Message.conversation_id == conversation_id, Message.seq == seq)
        .options(selectinload(Message.files))
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound("no such message")
    return (await shown(session, [found]))[0]


async def conversation(session: AsyncSession, conversation_id: UUID) -> Conversation:
    """The conversation with its customer. Raises NotFound."""
    found = await session.scalar(
        select(Conversation)
        .where(Conversation.id == conversation_id)
        .options(joinedload(Conversation.customer))
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound("no such conversation")
    return found


async def taken_part_in(session: AsyncSession, *, conversation_id: UUID, kind: str, value: str) -> Conversation | None:
    """The conversation, if this channel account takes part in it."""
    named = {"named": conversation_id, "of_kind": kind, "with_value": value}
    found: Conversation | None = await session.scalar(_TAKEN_PART_IN, named)
    return found


# Made once: putting a statement together takes longer than running it.
_takes_part = exists().where(
    Participant.conversation_id == Conversation.id,
    Participant.identity_id == Identity.id,
    Identity.kind == bindparam("of_kind"),
    Identity.value == bindparam("with_value"),
)
_TAKEN_PART_IN = select(Conversation).where(Conversation.id == bindparam("named"), _takes_part)
_NEWS = (
    select(Conversation, Message, exists().where(Attachment.message_id == Message.id))
    .outerjoin(Message, and_(Message.conversation_id == Conversation.id, Message.seq > bindparam("after")))
    .where(Conversation.id == bindparam("named"), _takes_part)
    .order_by(Message.seq.desc())
    .limit(bindparam("most"))
    .execution_options(populate_existing=True)
)


async def identity_id(session: AsyncSession, *, kind: str, value: str) -> UUID | None:
    """The channel account, if it was ever heard of."""
    query = select(Identity.id).where(Identity.kind == kind, Identity.value == value)
    found: UUID | None = await session.scalar(query)
    return found


async def owner_view(session: AsyncSession, found: Conversation) -> OwnerView:
    """Who answers, fit to show the customer."""
    kind = owner_kind(found.owner)
    if kind == "agent":
        agent = await session.get(Agent, owner_agent(found.owner))
        return OwnerView(kind=kind, id=agent.id if agent else None, name=agent.first_name if agent else None)
    if kind == "queue":
        wait = await routing.wait_estimate(session, conversation_id=found.id)
        # How long others waited says nothing of when somebody comes back.
        return OwnerView(kind=kind, ahead=wait.ahead, minutes=wait.minutes if wait.agents_present else None)
    return OwnerView(kind=kind)


async def told_beforehand(session: AsyncSession, conversation_id: UUID) -> list[tuple[int, dict[str, Any]]]:
    """The details of messages that came with a form filled in before them, or answered a greeting, by their number."""
    rows = await session.execute(
        select(Message.seq, Message.details)
        .where(Message.conversation_id == conversation_id, Message.details.has_any(array(["form", "greeting"])))
        .order_by(Message.seq)
    )
    return list(rows.tuples())


async def customer_card(session: AsyncSession, customer: Customer) -> dict[str, Any]:
    """What an agent sees of a customer at a glance; `spent` in minor units by currency, cancelled orders left out."""
    rows = await session.execute(
        select(Identity.kind, func.min(Identity.value))
        .where(Identity.customer_id == customer.id, Identity.kind.in_(("email", "phone")))
        .group_by(Identity.kind)
    )
    addresses: dict[str, str] = dict(rows.tuples().all())
    await session.refresh(customer, ["addresses"])
    spent = (
        await session.execute(
            select(Order.currency, func.count(), func.sum(Order.total_minor))
            .where(Order.customer_id == customer.id, Order.status != "cancelled")
            .group_by(Order.currency)
        )
    ).all()
    home = next((a for a in customer.addresses if a.is_default), None)
    return {
        "id": customer.id,
        "name": customer.name,
        "email": addresses.get("email"),
        "phone": addresses.get("phone"),
        "language": customer.language,
        "since": customer.created_at,
        "orders_count": sum(row[1] for row in spent),
        "spent": [(int(row[2]), row[0]) for row in spent],
        "place": f"{home.postcode} {home.city}".strip() if home else "",
        "country": home.country if home else "",
    }
