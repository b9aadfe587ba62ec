"""Cases as their own customers know them: where they stand, and more that the customer has to say."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import Actor
from crm_backend.attachments.model import Attachment
from crm_backend.cases import events, links, rows, values, workflow
from crm_backend.cases.model import Case, CaseComment, CaseConversation, CaseFile
from crm_backend.cases.people import MOST_FILES
from crm_backend.cases.queries import OVER
from crm_backend.cases.settings_model import CaseType
from crm_backend.conversations.model import Conversation, Message
from crm_backend.conversations.schema import at_least
from crm_backend.database import new_id, utc_now
from crm_backend.errors import NotFound, NotNow, NotProved
from crm_backend.orders import repeats

SENT_LATELY: Final = timedelta(hours=1)
"""For how long a file that was sent in a conversation is taken to belong to what is added from there."""
LONGEST: Final = 10_000
"""Characters of what is added at a time."""


async def theirs(
    session: AsyncSession, *, conversation_id: UUID, number: str | None = None, limit: int = 10
) -> list[tuple[Case, CaseType]]:
    """The cases of a conversation's customer with their types, the open ones first, then the latest; the one of this
    number, where it is given, however it is typed. None of a type that customers do not see.

    Below `verified` they are those that hang on this very conversation; raises NotProved when there is none such.
    Raises NotFound for no such conversation.
    """
    whose, proved = await _whose(session, conversation_id)
    query = select(Case, CaseType).join(CaseType, CaseType.key == Case.type_key).where(whose, CaseType.customers_see)
    if number is not None:
        query = query.where(Case.number == number.strip().upper()[:40])
    found = await session.execute(query.order_by(Case.stage.in_(OVER), Case.created_at.desc()).limit(limit))
    known = list(found.tuples())
    if not known and not proved:
        raise NotProved("needs verified")
    return known


async def _whose(session: AsyncSession, conversation_id: UUID) -> tuple[ColumnElement[bool], bool]:
    conversation = await session.get(Conversation, conversation_id, populate_existing=True)
    if conversation is None:
        raise NotFound("no such conversation")
    if conversation.customer_id is not None and at_least(conversation.proof, "verified"):
        return Case.customer_id == conversation.customer_id, True
    here = exists().where(CaseConversation.case_id == Case.id, CaseConversation.conversation_id == conversation_id)
    # Whoever this is: they wrote here what the case is about.
    return here & Case.customer_id.is_not_distinct_from(conversation.customer_id), False


async def files_sent(session: AsyncSession, *, conversation_id: UUID, now: datetime) -> int:
    """How many files `add` would keep with a case."""
    return len(await _sent(session, conversation_id, now - SENT_LATELY))


async def add(
    session: AsyncSession,
    case_id: UUID,
    *,
    conversation_id: UUID,
    actor: Actor,
    text: str,
    key: str | None = None,
    sent_since: datetime | None = None,
    now: datetime | None = None,
) -> Case:
    """Writes what a customer adds to a case of theirs, in their words, and keeps the files with it that they just sent,
    or have since.

    `actor` is who takes it down, with the right to write cases. The conversation hangs on the case from then on; one
    that was resolved, or waits for the customer, is worked on again. Raises NotFound for a case of somebody else's,
    NotAllowed, Invalid, and NotNow (`case_is_over`) for one that is closed.
    """
    actor.need("cases.write", "conversations.read")
    now = now or utc_now()
    words = values.text("text", text, most=LONGEST)
    given = {"case": case_id, "conversation": conversation_id, "text": words}
    command = await repeats.begin(session, actor=actor, key=key, name="add_to_case", given=given)
    case = await _own(session, case_id, conversation_id)
    if repeats.done(command, "case") is not None:
        return case
    if case.stage == "closed":
        raise NotNow("case_is_over")
    await links.link_conversation(session, case.id, actor=actor, conversation_id=conversation_id, now=now)
    customer = Actor(f"customer:{case.customer_id}" if case.customer_id else "customer", origin=actor.origin)
    made = CaseComment(id=new_id(), created_at=now, case_id=case.id, author=customer.name, body=words)
    session.add(made)
    case.updated_at = now
    await session.flush()
    told: dict[str, Any] = {"comment_id": str(made.id), "conversation_id": str(conversation_id)}
    await events.happened(session, case, actor=customer, action="customer_wrote", at=now, **told)
    files = await _sent(session, conversation_id, sent_since or now - SENT_LATELY)
    await _keep_files(session, case, files, customer, now)
    await workflow.resume(session, case, reason="customer_wrote", now=max(now, case.status_since))
    repeats.finish(command, order_id=None, case=case.id)
    await session.flush()
    return case


async def _own(session: AsyncSession, case_id: UUID, conversation_id: UUID) -> Case:
    """The case, locked, when it is one of who writes there."""
    whose, _ = await _whose(session, conversation_id)
    seen = select(Case.id).join(CaseType, CaseType.key == Case.type_key).where(whose, CaseType.customers_see)
    if await session.scalar(seen.where(Case.id == case_id)) is None:
        raise NotFound("no such case")
    return await rows.locked(session, case_id)


async def _sent(session: AsyncSession, conversation_id: UUID, since: datetime) -> Sequence[Attachment]:
    """The files that the customer sent in a conversation since then, and that nothing holds."""
    rows_found = await session.scalars(
        select(Attachment)
        .join(Message, Message.id == Attachment.message_id)
        .where(
            Message.conversation_id == conversation_id,
            Message.author == "customer",
            Message.created_at > since,
            Attachment.held_by.is_(None),
            Attachment.state == "kept",
        )
        .order_by(Message.seq, Attachment.position)
    )
    return rows_found.all()


async def _keep_files(
    session: AsyncSession, case: Case, files: Sequence[Attachment], customer: Actor, now: datetime
) -> None:
    there = await session.scalar(select(func.count()).where(CaseFile.case_id == case.id)) or 0
    for file in files[: max(0, MOST_FILES - there)]:
        file.held_by = f"case:{case.id}"
        session.add(CaseFile(case_id=case.id, file_id=file.id, added_by=customer.name, added_at=now))
        await session.flush()
        await events.happened(session, case, actor=customer, action="attached", at=now, file_id=str(file.id))
