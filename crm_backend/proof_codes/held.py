"""Codes that are asked for and typed in a conversation that the caller has locked, with no turn of the assistant.

Who sends or takes codes in a turn holds them before the conversation, so nothing is waited for here: what somebody
else has at that instant is `busy`.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.accounts.elsewhere import Way
from crm_backend.conversations import hiding
from crm_backend.conversations.model import Conversation, Message
from crm_backend.conversations.schema import Reply, at_least
from crm_backend.conversations.sending import by_mail
from crm_backend.customers import identities
from crm_backend.customers.model import Customer, Identity
from crm_backend.database import new_id
from crm_backend.errors import Invalid, NotNow
from crm_backend.notifications.schema import Route
from crm_backend.proof_codes import codes, places, redeeming, services, ways, words
from crm_backend.proof_codes.model import ProofCode
from crm_backend.proof_codes.redeeming import Heard

PURPOSE: services.Purpose = "answer"


async def send(
    session: AsyncSession, conversation: Conversation, *, message_id: UUID, by: Way, to: str, now: datetime
) -> Literal["asked", "too_many", "busy"]:
    """Sends a code to an e-mail address, whosever it is: nothing tells who asked whether anybody is known there.

    `message_id` is the message that asks for it.
    """
    key = codes.address_key(ways.EMAIL, to)
    if not await _ours(session, f"proof code {key}", f"proof code {conversation.id}"):
        return "busy"
    # What changed in the conversation is not to be read over.
    await session.flush()
    place = await places.of_conversation(session, conversation, address=key)
    if await services.too_many(session, conversation, key, place, now):
        return "too_many"
    row = ProofCode(
        id=new_id(),
        created_at=now,
        conversation_id=conversation.id,
        asked_from=place.key,
        writer_id=conversation.identity_id,
        message_id=message_id,
        purpose=PURPOSE,
        kind=ways.EMAIL,
        address_key=key,
        expires_at=now + codes.GOOD_FOR,
    )
    code, language = codes.make(), conversation.language
    row.code_hash = await codes.fingerprint(code, salt=row.id)
    session.add(row)
    route = Route(channel=by.channel, account=by.account, address=to, kind=ways.EMAIL, value=to)
    reply = Reply(text=words.TEXTS[PURPOSE][language], template=services.TEMPLATE, values={"code": hiding.HIDDEN})
    reader = await by_mail.mailbox(session, to)
    # It is nobody's before the code was typed.
    await ways.write(
        session, route, customer_id=None, reply=reply, language=language, now=now, secret=code, reader=reader
    )
    return "asked"


async def redeem(
    session: AsyncSession, conversation: Conversation, message: Message, *, code: str, said: str, to: str, now: datetime
) -> Heard | Literal["busy"]:
    """What a code comes to that `message`, which is not stored yet, brings as `said` to prove the address `to`. What
    was a code of ours is taken out of the message."""
    if not await _ours(session, f"proof code {conversation.id}"):
        return "busy"
    await session.flush()
    rows = await redeeming.asked_for(session, conversation.id, PURPOSE)
    if not rows or rows[0].address_key != codes.address_key(ways.EMAIL, to):
        return "wrong"
    outcome, ours = await redeeming.weigh(session, rows, code, now=now)
    if ours:
        hiding.hide_in(message, said)
    rows[0].heard = outcome
    await session.flush()
    return outcome


async def keep(session: AsyncSession, conversation: Conversation, *, value: str) -> bool:
    """Puts an address that a code has just proved on the file of the conversation's customer; whether it is there now.

    Not on that of somebody who has proved less than a change of their file needs: who reads the mailbox could prove
    more by it from then on. Other customers who have it on file, too, are left alone.
    """
    await session.flush()
    if conversation.customer_id is None or not at_least(conversation.proof, "verified"):
        return False
    if not await redeeming.beyond_an_order(session, conversation_id=conversation.id):
        return False
    # Customers come before conversations in the order of locks: one that is being changed is left alone.
    held = select(Customer.id).where(Customer.id == conversation.customer_id)
    if await session.scalar(held.with_for_update(key_share=True, skip_locked=True)) is None:
        return False
    theirs = select(Identity.id).where(
        Identity.customer_id == conversation.customer_id,
        Identity.kind == ways.EMAIL,
        func.lower(Identity.value) == value,
    )
    if await session.scalar(theirs.limit(1)) is not None:
        return True
    try:
        await identities.add(
            session,
            actor=redeeming.KEEPER,
            customer_id=conversation.customer_id,
            kind=ways.EMAIL,
            value=value,
            proof="verified",
        )
    except (Invalid, NotNow):
        return False
    return True


async def _ours(session: AsyncSession, *names: str) -> bool:
    for name in names:
        if not await session.scalar(select(func.pg_try_advisory_xact_lock(func.hashtextextended(name, 0)))):
            return False
    return True
