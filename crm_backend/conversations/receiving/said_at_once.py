"""What is said at once to a customer's message that the assistant is not asked about."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.conversations.handing_over import confirming
from crm_backend.conversations.model import Conversation, Message
from crm_backend.conversations.schema import InboundMessage, at_least, owner_kind
from crm_backend.conversations.texts import is_stop
from crm_backend.conversations.waiting import instead
from crm_backend.conversations.waiting.away import Said
from crm_backend.conversations.waiting.instead_steps import Choice
from crm_backend.database import utc_now
from crm_backend.notifications import services as notifications


async def told(
    session: AsyncSession,
    conversation: Conversation,
    inbound: InboundMessage,
    text: str,
    *,
    message: Message,
    joined: bool,
    step: confirming.Step | None,
    choice: Choice | None,
) -> Said | None:
    """What is said at once to what the assistant is not asked about; None for most. `message` is not stored yet."""
    if joined:
        # Who waits for a person keeps their place.
        waits = owner_kind(conversation.owner) == "queue"
        return Said.of("keeps_place" if waits else "goes_on_here", conversation)
    if step is not None:
        reply, noted = await confirming.answer(session, conversation, step)
        return Said(text=reply.text, buttons=reply.buttons, noted=noted, author="bot")
    if choice is not None:
        answered = await instead.answer(session, conversation, choice, message=message, now=utc_now())
        if answered is not None:
            return Said(text=answered[0].text, buttons=answered[0].buttons, noted=answered[1], author="bot")
    if await _opts_out(session, conversation, inbound, text):
        return Said.of("unsubscribed", conversation)
    return None


async def _opts_out(session: AsyncSession, conversation: Conversation, inbound: InboundMessage, text: str) -> bool:
    """Whether this is the word that ends unasked messages, said after one of them or by the platform's own means."""
    if conversation.customer_id is None or inbound.by_machine or not (inbound.details.get("opt_out") or is_stop(text)):
        return False
    if not at_least(conversation.proof, "channel"):
        # Anybody may have written it; the link in every such message needs no proof.
        return False
    unasked = await session.scalar(
        select(Message.id)
        .where(
            Message.conversation_id == conversation.id,
            Message.author == "bot",
            Message.content["template"].astext.is_not(None),
        )
        .limit(1)
    )
    if unasked is None and not inbound.details.get("opt_out"):
        return False
    await notifications.choose(session, customer_id=conversation.customer_id, unasked=False, actor="customer")
    return True
