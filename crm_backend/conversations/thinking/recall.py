"""What the same customer was about elsewhere, for a conversation that goes on from another one."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.conversations.handing_over import passport
from crm_backend.conversations.model import Conversation, Message
from crm_backend.conversations.schema import Recall, at_least

LOOKED_AT = 100


async def recall(session: AsyncSession, conversation: Conversation) -> Recall | None:
    """The earlier conversation in a few words; None when there is none, or the customer is not known for sure."""
    if conversation.continues_id is None or not at_least(conversation.proof, "channel"):
        return None
    earlier = await session.get(Conversation, conversation.continues_id)
    if earlier is None or earlier.customer_id is None or earlier.customer_id != conversation.customer_id:
        return None
    rows = await session.scalars(
        select(Message).where(Message.conversation_id == earlier.id).order_by(Message.seq.desc()).limit(LOOKED_AT)
    )
    return Recall(
        channel=earlier.channel,
        at=earlier.last_message_at,
        order_number=passport.last_order_in(list(rows)[::-1]),
    )
