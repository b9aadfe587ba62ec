"""Mails of ours that came back: who was not reached is told to the core, and the message is seen as failed."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from channels.mail import tokens
from channels.mail.automatic import Sorted
from channels.mail.bounces import Failure
from channels.mail.parse import Mail
from crm_backend.conversations.model import Message, OutboxItem
from crm_backend.conversations.schema import Receipt

_DELIVERED = {"delivered", "relayed", "expanded"}
# Bad mailbox, bad domain, moved, switched off, no way there (RFC 3463); a full mailbox or a refused text may pass.
_GONE = ("5.1.", "5.2.1", "5.4.4", "5.0.0")


async def receipts(
    session: AsyncSession, mail: Mail, found: Sorted, *, account: str, secret: bytes
) -> list[Receipt] | None:
    """What a delivery report tells of a message of ours; None when it names none.

    Our Message-IDs are signed, so a made-up report can only be about a mail whose recipient had a hand in it.
    """
    named = [one for one in (found.original, mail.in_reply_to, *mail.references) if one]
    messages = tokens.our_messages(named, secret)[:1]
    if not messages:
        return None
    message = messages[0]
    copies = await _copies(session, message)
    told = [
        _receipt(failure, account=account, message=message)
        for failure in found.failures
        if failure.recipient.lower() not in copies and failure.action != "delayed"
    ]
    return told[:1]


def _receipt(failure: Failure, *, account: str, message: UUID) -> Receipt:
    if failure.action in _DELIVERED:
        return Receipt(channel="mail", account=account, message_id=message, state="delivered")
    return Receipt(
        channel="mail",
        account=account,
        message_id=message,
        state="failed",
        cause=f"returned {failure.status}".strip(),
        unreachable=failure.permanent and (not failure.status or failure.status.startswith(_GONE)),
    )


async def _copies(session: AsyncSession, message: UUID) -> Collection[str]:
    """Who else got the mail: that one of them was not reached says nothing about the customer."""
    row = (
        await session.execute(
            select(Message.conversation_id, Message.seq, OutboxItem.address)
            .join(OutboxItem, OutboxItem.message_id == Message.id)
            .where(Message.id == message)
        )
    ).first()
    if row is None:
        return ()
    before = await session.scalar(
        select(Message.details["cc"])
        .where(Message.conversation_id == row[0], Message.seq < row[1], Message.author == "customer")
        .order_by(Message.seq.desc())
        .limit(1)
    )
    return {str(one).lower() for one in before or []} - {row[2].lower()}
