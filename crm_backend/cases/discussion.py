"""What is written on a case: comments among colleagues, and replies to the customer in a conversation of theirs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import Actor
from crm_backend.agents.model import Agent
from crm_backend.cases import events, people, rows, values, workflow
from crm_backend.cases.model import Case, CaseComment, CaseConversation
from crm_backend.conversations import stream
from crm_backend.conversations.desk import written
from crm_backend.conversations.model import Conversation, Message
from crm_backend.conversations.schema import Reply
from crm_backend.database import expect, new_id, utc_now
from crm_backend.errors import Invalid, NotAllowed, NotFound, NotNow


async def comment(
    session: AsyncSession,
    case_id: UUID,
    *,
    actor: Actor,
    body: str,
    files: Sequence[UUID] = (),
    now: datetime | None = None,
) -> CaseComment:
    """Writes something that only colleagues read, with files that the actor uploaded; with files it may be without
    words. Raises NotFound, NotAllowed, Invalid, NotNow."""
    actor.need("cases.write")
    case = await rows.locked(session, case_id)
    agent = await rows.agent_of(session, actor)
    at = now or utc_now()
    made = CaseComment(
        id=new_id(),
        created_at=at,
        case_id=case.id,
        author=actor.name,
        agent_id=agent.id if agent else None,
        body="" if files and not body.strip() else values.text("body", body),
    )
    session.add(made)
    case.updated_at = at
    await session.flush()
    kept = await people.keep(session, case, files, actor=actor, at=at, comment_id=made.id)
    told: dict[str, Any] = {"comment_id": str(made.id), "file_ids": [str(each.id) for each in kept] or None}
    await events.happened(session, case, actor=actor, action="commented", at=at, **told)
    return made


async def edit(
    session: AsyncSession,
    comment_id: UUID,
    *,
    case_id: UUID,
    actor: Actor,
    body: str,
    version: int | None = None,
    now: datetime | None = None,
) -> CaseComment:
    """Changes one's own comment. Raises NotFound, Stale, NotAllowed (another's), Invalid, NotNow for a reply, which has
    been sent."""
    case, made = await _own(session, case_id, comment_id, actor, version)
    files = await people.of_comment(session, made.id)
    made.body = "" if files and not body.strip() else values.text("body", body)
    made.edited_at = now or utc_now()
    await session.flush()
    await events.happened(
        session, case, actor=actor, action="comment_edited", at=made.edited_at, comment_id=str(made.id)
    )
    return made


async def remove(
    session: AsyncSession,
    comment_id: UUID,
    *,
    case_id: UUID,
    actor: Actor,
    version: int | None = None,
    now: datetime | None = None,
) -> None:
    """Takes one's own comment away, and its files; that there was one stays in the history. Raises as `edit`."""
    case, made = await _own(session, case_id, comment_id, actor, version)
    for kept in await people.of_comment(session, made.id):
        await people.let_go(session, kept)
    await session.delete(made)
    await events.happened(
        session, case, actor=actor, action="comment_deleted", at=now or utc_now(), comment_id=str(comment_id)
    )


async def reply(
    session: AsyncSession,
    case_id: UUID,
    *,
    actor: Actor,
    text: str,
    conversation_id: UUID | None = None,
    client_id: UUID | None = None,
    then: str | None = None,
    now: datetime | None = None,
) -> CaseComment:
    """Writes to the customer, in the linked conversation where they wrote last or in the one given, and moves the case
    to the status `then`.

    An agent takes the conversation by answering, from the assistant, its queue or the archive, and the customer is told
    who it is; what the product itself says goes without that. Repeating a `client_id` sends nothing. Raises NotFound,
    NotAllowed, Invalid, NotNow (no conversation, or it is no longer this customer's), NotOwner (another agent has it).
    """
    actor.need("cases.write", "conversations.write")
    case = await rows.locked(session, case_id)
    words = values.text("text", text, most=10_000)
    found = await _conversation(session, case, conversation_id)
    now = now or utc_now()
    agent = await rows.agent_of(session, actor)
    message, new = await _say(session, found, agent, words, client_id or new_id(), now)
    if not new:
        return await _known(session, case, message)
    made = CaseComment(
        id=new_id(),
        created_at=now,
        case_id=case.id,
        author=actor.name,
        agent_id=agent.id if agent else None,
        message_id=message.id,
    )
    session.add(made)
    case.updated_at = now
    await session.flush()
    told: dict[str, Any] = {"comment_id": str(made.id), "conversation_id": str(found.id), "message_id": str(message.id)}
    await events.happened(session, case, actor=actor, action="replied", at=now, **told)
    if then is not None:
        await workflow.move(session, case.id, actor=actor, to=then, now=now)
    return made


async def _say(
    session: AsyncSession, found: Conversation, agent: Agent | None, words: str, client_id: UUID, now: datetime
) -> tuple[Message, bool]:
    if agent is not None:
        return await written.by_agent(session, found.id, agent=agent, text=words, client_id=client_id)
    conversation = await stream.locked(session, found.id)
    message = stream.send(session, conversation, author="system", reply=Reply(text=words), now=now)
    await session.flush()
    return message, True


async def _conversation(session: AsyncSession, case: Case, wanted: UUID | None) -> Conversation:
    query = (
        select(Conversation)
        .join(CaseConversation, CaseConversation.conversation_id == Conversation.id)
        .where(CaseConversation.case_id == case.id)
        .order_by(Conversation.last_message_at.desc())
        .limit(1)
    )
    if wanted is not None:
        query = query.where(Conversation.id == wanted)
    found: Conversation | None = await session.scalar(query)
    if found is None:
        if wanted is not None:
            raise Invalid("conversation_id", "case_unknown")
        raise NotNow("case_no_conversation")
    if found.customer_id != case.customer_id:
        # It was split or merged since it was linked.
        raise NotNow("case_other_customer")
    return found


async def _known(session: AsyncSession, case: Case, message: Message) -> CaseComment:
    found: CaseComment | None = await session.scalar(
        select(CaseComment).where(CaseComment.case_id == case.id, CaseComment.message_id == message.id)
    )
    if found is None:
        raise NotFound("that message was not said through this case")
    return found


async def _own(
    session: AsyncSession, case_id: UUID, comment_id: UUID, actor: Actor, version: int | None
) -> tuple[Case, CaseComment]:
    actor.need("cases.write")
    found = await session.get(CaseComment, comment_id)
    if found is None or found.case_id != case_id:
        raise NotFound("no such comment")
    case = await rows.locked(session, case_id)
    await session.refresh(found)
    expect(found, version)
    if found.message_id is not None:
        raise NotNow("case_reply_sent")
    if found.author != actor.name:
        raise NotAllowed("somebody else's comment")
    return case, found
