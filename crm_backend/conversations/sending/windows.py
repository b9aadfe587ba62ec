"""When somebody last wrote on a channel: some platforms only let us answer for so long."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.conversations.model import Message, Participant
from crm_backend.customers.model import Identity

_LOOK_BACK = 20
"""Messages may be stored in another order than they were written in, but not by more than a few."""


async def last_wrote(session: AsyncSession, *, kind: str, value: str, channel: str, account: str) -> datetime | None:
    """When this person last wrote to this account, by the platform's clock where it told; None when they never did."""
    conversation = (
        select(Participant.conversation_id)
        .join(Identity, Identity.id == Participant.identity_id)
        .where(
            Identity.kind == kind,
            Identity.value == value,
            Participant.channel == channel,
            Participant.account == account,
        )
        .order_by(Participant.last_at.desc())
        .limit(1)
        .scalar_subquery()
    )
    rows = await session.execute(
        select(Message.content["said_at"].astext, Message.created_at)
        .join(Identity, Identity.id == Message.identity_id)
        .where(
            Message.conversation_id == conversation,
            Message.author == "customer",
            Message.channel == channel,
            Message.account == account,
            Identity.kind == kind,
            Identity.value == value,
        )
        .order_by(Message.seq.desc())
        .limit(_LOOK_BACK)
    )
    times = [min(datetime.fromisoformat(said), stored) if said else stored for said, stored in rows.tuples()]
    return max(times, default=None)
