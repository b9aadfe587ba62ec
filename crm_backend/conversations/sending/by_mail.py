"""Sending to an e-mail address what was said on a page: a transcript now, or a person's answer later.

What was said may be personal. Where somebody has proved to be a customer it goes to an address of theirs alone; what an
unknown visitor said may go where they say, a few times a day.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.accounts.elsewhere import Way
from crm_backend.audit import services as audit
from crm_backend.audit.model import AuditEntry
from crm_backend.conversations import stream
from crm_backend.conversations.model import Conversation
from crm_backend.conversations.participants import writes_at
from crm_backend.conversations.schema import Reply, at_least
from crm_backend.conversations.sending.beginning import begin
from crm_backend.customers import people
from crm_backend.customers.emails import email_address
from crm_backend.customers.model import Identity
from crm_backend.database import new_id
from crm_backend.errors import BadAddress, NotProved, RateLimited

A_DAY = 3
"""Transcripts, and promised answers, of one visitor and to one address in 24 hours."""
DAY = timedelta(days=1)
TEMPLATE = "transcript"
PROVED = "proved_with"
"""In a promise whose address a code has proved: whom the conversation was with then. It holds for them alone."""


async def address_for(
    session: AsyncSession, conversation: Conversation, given: str | None, *, vouched: str | None = None
) -> str:
    """Where what was said in a conversation may be sent: the `given` address, or the customer's own.

    `vouched` is the address that the company's site says is the visitor's. Raises BadAddress (none, or not one), and
    NotProved for another than the customer's own once they were known, or when their proof no longer holds.
    """
    email = email_address(given) if given else None
    if given and email is None:
        raise BadAddress("not an e-mail address")
    if conversation.customer_id is None and not at_least(conversation.proof, "channel"):
        if email is None:
            raise BadAddress("which address")
        return email
    if not at_least(conversation.proof, "channel"):
        raise NotProved("it was a customer's, and who is here now has proved nothing")
    known = [vouched] if vouched else []
    if conversation.customer_id is not None:
        on_file = await session.scalars(
            select(Identity.value)
            .where(
                Identity.customer_id == conversation.customer_id,
                Identity.kind == "email",
                Identity.unreachable_since.is_(None),
            )
            .order_by(Identity.created_at, Identity.id)
        )
        known += [plain for value in on_file if (plain := email_address(value))]
    if email is not None and email not in known:
        raise NotProved("not an address on file")
    if not known:
        raise BadAddress("none on file")
    return email or known[0]


async def send_transcript(
    session: AsyncSession, *, of: Conversation, visitor: Identity, by: Way, to: str, text: str, now: datetime
) -> UUID:
    """Sends a transcript: as a closed conversation of its own, which an answer to the mail opens. Returns it.

    `visitor` and then this take their locks in the order in which messages do. Raises RateLimited.
    """
    reader = await _reader(session, visitor, to, "transcript", now)
    place, whose = (by.channel, by.account, to), of.customer_id
    conversation = await begin(
        session, reader, place, customer_id=whose, language=of.language, continues_id=of.id, now=now
    )
    stream.send(session, conversation, author="system", reply=Reply(text=text, template=TEMPLATE), now=now)
    audit.record(session, actor="customer", action="transcript_sent", subject=("conversation", of.id))
    await session.flush()
    return conversation.id


async def promise(
    session: AsyncSession, *, conversation_id: UUID, visitor: Identity, by: Way, to: str, now: datetime
) -> None:
    """Notes where the first answer of a person is to go: who asked will have left the page.

    Raises RateLimited, NotFound.
    """
    reader = await _reader(session, visitor, to, "answer_promised", now)
    conversation = await stream.locked(session, conversation_id)
    conversation.answer_by = {**by.model_dump(), "address": to, "identity": str(reader.id)}
    audit.record(session, actor="customer", action="answer_promised", subject=("conversation", conversation.id))
    await session.flush()


async def promise_here(
    session: AsyncSession, conversation: Conversation, *, by: Way, to: str, now: datetime, proved: bool = False
) -> None:
    """The same in a conversation that is locked, for whoever it is with, to an address of `address_for`, or to one of
    which the writer has `proved` just now that they read there. Raises RateLimited."""
    reader = await mailbox(session, to)
    assert reader is not None
    visitor = await session.get_one(Identity, conversation.identity_id)
    await _count(session, (visitor, reader), "answer_promised", now)
    kept = {**by.model_dump(), "address": to, "identity": str(reader.id)}
    conversation.answer_by = kept | ({PROVED: _with(conversation)} if proved else {})
    audit.record(session, actor="customer", action="answer_promised", subject=("conversation", conversation.id))
    await session.flush()


async def keep_promise(session: AsyncSession, conversation: Conversation, now: datetime) -> None:
    """Before a person answers in this locked conversation: the answer goes where it was promised to, and so does what
    follows. When the customer writes on the page again, answers go to the page again.

    Whoever proved since then to be a customer is answered at an address on their file.
    """
    promised = conversation.answer_by
    if promised is None:
        return
    conversation.answer_by = None
    to = await _still_permitted(session, conversation, promised)
    reader = await mailbox(session, to) if to else None
    if to is None or reader is None or reader.unreachable_since is not None:
        return
    by = Way(channel=promised["channel"], account=promised["account"])
    await writes_at(session, conversation.id, reader.id, (by.channel, by.account, to), now)
    conversation.channel, conversation.account = by.channel, by.account
    conversation.address, conversation.identity_id = to, reader.id


async def _still_permitted(
    session: AsyncSession, conversation: Conversation, promised: Mapping[str, str]
) -> str | None:
    lapsed = conversation.customer_id is not None and not at_least(conversation.proof, "channel")
    if promised.get(PROVED) == _with(conversation) and not lapsed:
        return promised["address"]
    for given in (promised["address"], None):
        try:
            return await address_for(session, conversation, given)
        except (NotProved, BadAddress):
            continue
    return None


def _with(conversation: Conversation) -> str:
    return str(conversation.customer_id or "nobody known")


async def mailbox(session: AsyncSession, email: str) -> Identity | None:
    """Whose address it is; not locked, since the conversation is, and messages take their locks in the other order."""
    made = insert(Identity).values(id=new_id(), kind="email", value=email, proof="none").on_conflict_do_nothing()
    await session.execute(made)
    found: Identity | None = await session.scalar(
        select(Identity).where(Identity.kind == "email", Identity.value == email, Identity.customer_id.is_(None))
    )
    return found


async def _reader(session: AsyncSession, visitor: Identity, to: str, what: str, now: datetime) -> Identity:
    """Whose address it is. Raises RateLimited when the visitor or the address has had enough for today."""
    reader = await people.writer(session, kind="email", value=to, now=now, wrote=False)
    await _count(session, (visitor, reader), what, now)
    return reader


async def _count(session: AsyncSession, identities: tuple[Identity, Identity], what: str, now: datetime) -> None:
    for identity in identities:
        counted = await session.scalar(
            select(func.count()).where(
                AuditEntry.subject_kind == "identity",
                AuditEntry.subject_id == str(identity.id),
                AuditEntry.action == what,
                AuditEntry.created_at > now - DAY,
            )
        )
        if (counted or 0) >= A_DAY:
            raise RateLimited(f"{what} of today", retry_after=int(DAY.total_seconds()))
    for identity in identities:
        audit.record(session, actor="customer", action=what, subject=("identity", identity.id))
