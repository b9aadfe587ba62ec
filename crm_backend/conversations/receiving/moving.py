"""Following somebody whose account on a channel got another name: a new phone number, above all."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.audit import services as audit
from crm_backend.conversations.model import Conversation, OutboxItem, Participant
from crm_backend.customers import people
from crm_backend.customers.model import Identity


async def account_moved(
    session: AsyncSession,
    *,
    channel: str,
    kind: str,
    old: str,
    new: str,
    moved_at: datetime,
    old_phone: str | None = None,
) -> Identity | None:
    """The platform says that who was `old` on this channel has been `new` since `moved_at`; what is on its way to them
    follows. Returns their identity, or None when nothing moved. Doing it again changes nothing.

    `old_phone` is the number they gave up, in E.164: it vouches for nobody's customer any more, since the operator will
    give it to somebody else. Nothing moves to a `new` that somebody wrote from already: they need not be the same.
    """
    identity = await people.moved(session, kind=kind, old=old, new=new, moved_at=moved_at, old_phone=old_phone)
    if identity is None:
        return None
    # The identity, its conversation, then its outbox: the order of `locks`.
    await session.execute(
        update(Conversation)
        .where(Conversation.identity_id == identity.id, Conversation.channel == channel, Conversation.address == old)
        .values(address=new)
    )
    talks = select(Participant.conversation_id).where(Participant.identity_id == identity.id)
    await session.execute(
        update(OutboxItem)
        .where(
            OutboxItem.conversation_id.in_(talks),
            OutboxItem.channel == channel,
            OutboxItem.address == old,
            OutboxItem.state == "queued",
        )
        .values(address=new)
    )
    await session.execute(
        update(Participant)
        .where(Participant.identity_id == identity.id, Participant.channel == channel, Participant.address == old)
        .values(address=new)
    )
    audit.record(session, actor="system", action="account_moved", subject=("identity", identity.id), channel=channel)
    return identity
