"""Signing in on the company's site: what somebody began to write before, in the same browser, becomes theirs."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.audit import services as audit
from crm_backend.conversations import stream
from crm_backend.conversations.model import Conversation, Message, Participant
from crm_backend.conversations.participants import latest_open
from crm_backend.conversations.reading import queries
from crm_backend.conversations.receiving.belonging import prove
from crm_backend.conversations.schema import NOBODY, InboundMessage
from crm_backend.customers import people
from crm_backend.customers.model import Identity

SAME_VISIT = timedelta(hours=1)
"""A browser is shared: what was written longer ago may be somebody else's."""


async def bring_along(
    session: AsyncSession, account: InboundMessage, *, browser: tuple[str, str], wanted: UUID | None, now: datetime
) -> UUID | None:
    """Moves what was just written in a browser (kind and value of its identity) to the account of who signs in there.

    That is the conversation `wanted`, or else the latest open one of the browser. `account` says who signs in, as it
    would with a message. The browser by itself has no part in the conversation any more. Returns the conversation;
    None, and nothing is changed, when there is none, when its customer last wrote over an hour ago, when others write
    in it, or when it was proved to be with another customer.
    """
    if await _of_browser(session, browser, account.channel, wanted) is None:
        return None
    # Both identities are locked, as by whoever receives a message of theirs; the browser's first, always.
    there = await people.writer(session, kind=browser[0], value=browser[1], now=now)
    found = await _of_browser(session, browser, account.channel, wanted)
    if found is None:
        return None
    identity = await people.writer(
        session, kind=account.identity_kind, value=account.identity_value, shown_name=account.sender_name, now=now
    )
    email = account.vouched.value if account.vouched else None
    customer_id = await people.signs_in(session, identity, email=email, now=now, known=account.customer_id)
    conversation = await stream.locked(session, found)
    if not await _theirs(session, conversation, there, customer_id, now):
        return None
    await session.execute(
        update(Participant)
        .where(Participant.conversation_id == conversation.id, Participant.identity_id == there.id)
        .values(identity_id=identity.id, address=account.address)
    )
    conversation.identity_id, conversation.address = identity.id, account.address
    if conversation.owner != NOBODY:
        prove(conversation, account, identity, customer_id, now)
    audit.record(session, actor="customer", action="signed_in", subject=("conversation", conversation.id))
    await session.flush()
    return conversation.id


async def _of_browser(
    session: AsyncSession, browser: tuple[str, str], channel: str, wanted: UUID | None
) -> UUID | None:
    kind, value = browser
    if wanted is not None:
        found = await queries.taken_part_in(session, conversation_id=wanted, kind=kind, value=value)
        return found.id if found else None
    identity = await queries.identity_id(session, kind=kind, value=value)
    return await latest_open(session, identity, channel) if identity else None


async def _theirs(
    session: AsyncSession, conversation: Conversation, browser: Identity, customer_id: UUID | None, now: datetime
) -> bool:
    """Whether the conversation is surely of who has just signed in: this browser's alone, of this visit, and proved to
    be with nobody else."""
    if conversation.customer_id not in (None, customer_id):
        return False
    writers = set(
        await session.scalars(select(Participant.identity_id).where(Participant.conversation_id == conversation.id))
    )
    last = await session.scalar(
        select(func.max(Message.created_at)).where(
            Message.conversation_id == conversation.id, Message.author == "customer"
        )
    )
    return writers == {browser.id} and last is not None and last > now - SAME_VISIT
