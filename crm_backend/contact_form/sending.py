"""What is sent by the contact form: a message left for a person, as by the chat's form, in a conversation of the
mailbox. Whoever typed an address has proved nothing by it; they do when they answer from there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.accounts.elsewhere import Way
from crm_backend.cases import promising
from crm_backend.cases.promising import Promise
from crm_backend.conversations import stream
from crm_backend.conversations.handing_over import owners
from crm_backend.conversations.model import Message, Turn
from crm_backend.conversations.receiving.receive import receive
from crm_backend.conversations.schema import InboundMessage, IncomingFile, Language, Reply
from crm_backend.customers.model import Identity
from crm_backend.errors import RateLimited

A_DAY = 10
"""Forms in the name of one address in 24 hours."""
DAY = timedelta(days=1)
PREFIX = "form:"


@dataclass(frozen=True)
class Letter:
    """What was written. `form` is the form it was written in, `uploaded_by` who its files were kept for, `page` the
    article from which its writer came."""

    form: UUID
    language: Language
    email: str
    name: str
    topic: str
    text: str
    order: str = ""
    files: Sequence[UUID] = ()
    uploaded_by: str = ""
    page: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Sent:
    """Where it was put, and what is promised of it."""

    conversation_id: UUID
    promise: Promise
    again: bool


async def send(
    session: AsyncSession,
    letter: Letter,
    *,
    by: Way,
    opens: datetime | None,
    said: Callable[[Promise], str],
    most: int,
    now: datetime,
) -> Sent:
    """Puts a letter into a queue, with a case and a promise, which a mail repeats in the words of `said`. `opens` is
    when people are back, where nobody is there. The same form a second time sends nothing.

    Raises what `receive` raises, and RateLimited when the address has had enough for today.
    """
    external_id = f"{PREFIX}{letter.form}"
    if await _today(session, letter.email, now, besides=external_id) >= A_DAY:
        raise RateLimited("forms of today", retry_after=int(DAY.total_seconds()))
    filled = {"name": letter.name, "email": letter.email, "order_number": letter.order}
    received = await receive(
        session,
        InboundMessage(
            channel=by.channel,
            account=by.account,
            external_id=external_id,
            identity_kind="email",
            identity_value=letter.email,
            address=letter.email,
            text=letter.text,
            language=letter.language,
            action="leave",
            start_new=True,
            sender_name=letter.name,
            files=[IncomingFile(id=each, uploaded_by=letter.uploaded_by) for each in letter.files],
            details={
                "subject": letter.topic,
                "from": letter.email,
                "form": {name: value for name, value in filled.items() if value},
                **({"page": letter.page} if letter.page else {}),
            },
        ),
        default_language=letter.language,
        max_length=most,
    )
    if not received.duplicate:
        conversation = await stream.locked(session, received.conversation_id)
        conversation.subject = letter.topic
        await owners.hand_over(session, conversation, reason="asked", topic=None, now=now)
        # It is for a person: the assistant has nothing to add to it by mail.
        told = update(Turn).where(Turn.message_id == received.message_id)
        await session.execute(told.values(state="skipped", finished_at=now))
    promise = await promising.promise(session, received.conversation_id, opens=opens, now=now)
    if not received.duplicate:
        stream.send(session, conversation, author="system", reply=Reply(text=said(promise)), now=now)
    await session.flush()
    return Sent(received.conversation_id, promise, received.duplicate)


async def _today(session: AsyncSession, email: str, now: datetime, *, besides: str) -> int:
    counted = await session.scalar(
        select(func.count())
        .select_from(Message)
        .join(Identity, Identity.id == Message.identity_id)
        .where(
            Identity.kind == "email",
            Identity.value == email,
            Message.created_at > now - DAY,
            Message.external_id.startswith(PREFIX),
            Message.external_id != besides,
        )
    )
    return counted or 0
