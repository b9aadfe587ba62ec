"""Answers that may still be taken back: kept for some seconds, and only then said; and drafts of answers.

An answer that waits is nowhere in the conversation yet: no channel shows it to the customer, and no number is spent on
it. It is said by whoever runs the server, so that a desk that was closed meanwhile changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access import queries as access
from crm_backend.agents.model import Agent
from crm_backend.conversations import stream
from crm_backend.conversations.desk_model import AnswerDraft, HeldAnswer
from crm_backend.conversations.handing_over import overlap, owners
from crm_backend.conversations.model import Conversation, Message
from crm_backend.conversations.schema import ContactCard, Location, agent_owner
from crm_backend.database import new_id, unreachable, utc_now
from crm_backend.errors import Invalid, NotNow, NotOwner, RelaisError, TooLong
from crm_backend.notices import services as notices
from crm_backend.routing import services as routing
from crm_backend.texts import MAX_LENGTH, clean

LONGEST = 30
NOT_SAID = "answer.not_said"
_UNSAID = {
    "fr": "Votre réponse n’est pas partie\u00a0: un collègue a répondu ou repris la conversation entre-temps."
    " Elle est gardée en brouillon.",
    "en": "Your answer did not leave: a colleague answered or took over meanwhile. It is kept as a draft.",
}


class Ended(NamedTuple):
    """What became of an answer whose time had come; `said` False: it is its agent's draft again."""

    conversation_id: UUID
    agent_id: UUID
    said: bool


async def hold(
    session: AsyncSession,
    *,
    conversation_id: UUID,
    agent: Agent,
    client_id: UUID,
    text: str,
    seconds: int,
    now: datetime,
    content: Mapping[str, Any],
) -> HeldAnswer | None:
    """Keeps an answer back for so many seconds (1 to 30); None when it was said already. Repeating a `client_id` keeps
    nothing twice. `content` is what `owners.answer` takes beside the words, as plain values.

    Raises NotFound, NotOwner, Empty, TooLong, and Invalid for another time, or a placeholder that nobody filled in.
    """
    await access.need(session, agent, "conversations.write")
    if not 1 <= seconds <= LONGEST:
        raise Invalid("hold", "out_of_range")
    something = content.get("files") or content.get("location") or content.get("contacts")
    words = owners.sayable(clean(text) if text.strip() or not something else "")
    conversation = await stream.locked(session, conversation_id)
    external_id = f"agent:{agent.id}:{client_id}"
    said = select(Message.id).where(Message.external_id == external_id, Message.conversation_id == conversation.id)
    if await session.scalar(said) is not None:
        return None
    known = await session.get(HeldAnswer, (client_id, agent.id), populate_existing=True)
    if known is not None:
        return known
    if conversation.owner != agent_owner(agent.id) and not await routing.helps(session, conversation.id, agent.id):
        raise NotOwner("not the owner")
    if content.get("seen") is not None:
        await overlap.refuse(session, conversation, agent=agent, seen=content["seen"])
    row = HeldAnswer(
        client_id=client_id,
        agent_id=agent.id,
        conversation_id=conversation.id,
        text=words,
        content=dict(content),
        created_at=now,
        due_at=now + timedelta(seconds=seconds),
    )
    session.add(row)
    # What is about to be said is no draft any more.
    await keep_draft(session, conversation_id=conversation_id, agent=agent, text="")
    await session.flush()
    return row


async def take_back(session: AsyncSession, *, client_id: UUID, agent: Agent) -> str:
    """Keeps an answer from being said, and gives its words back. Raises NotNow when it is too late for that."""
    query = (
        delete(HeldAnswer)
        .where(HeldAnswer.client_id == client_id, HeldAnswer.agent_id == agent.id)
        .returning(HeldAnswer.text)
    )
    text: str | None = await session.scalar(query)
    if text is None:
        raise NotNow("answer_said")
    return text


async def say_now(session: AsyncSession, *, conversation_id: UUID, agent: Agent, or_refuse: bool = False) -> None:
    """Says at once what the agent still has waiting in a conversation: they let go of it, or say what comes after.

    What may not be said any more is their draft again. With `or_refuse`, for who would put the conversation away over
    it, it raises what `owners.answer` raises, or NotNow, and keeps nothing of what it did: roll back."""
    waiting = select(HeldAnswer.client_id).where(
        HeldAnswer.conversation_id == conversation_id, HeldAnswer.agent_id == agent.id
    )
    for client_id in await session.scalars(waiting.order_by(HeldAnswer.due_at)):
        await _say(session, client_id, agent, or_refuse=or_refuse)


async def due(session: AsyncSession, *, now: datetime) -> Ended | None:
    """Says the one whose time came first; None when there is none."""
    query = select(HeldAnswer.client_id, HeldAnswer.agent_id).where(HeldAnswer.due_at <= now)
    found = (await session.execute(query.order_by(HeldAnswer.due_at, HeldAnswer.client_id).limit(1))).first()
    if found is None:
        return None
    agent = await session.get_one(Agent, found.agent_id)
    return await _say(session, found.client_id, agent)


async def draft(session: AsyncSession, *, conversation_id: UUID, agent: Agent) -> AnswerDraft | None:
    """What the agent has begun to write there."""
    return await session.get(AnswerDraft, (conversation_id, agent.id), populate_existing=True)


async def keep_draft(session: AsyncSession, *, conversation_id: UUID, agent: Agent, text: str) -> None:
    """Keeps what an agent has written so far, up to MAX_LENGTH characters; nothing written, nothing kept. Needs
    conversations.write. Raises TooLong, NotFound."""
    await access.need(session, agent, "conversations.write")
    if len(text) > MAX_LENGTH:
        raise TooLong("a draft")
    # As far as the database can keep it: a draft is looked at again before it is sent.
    text = text.replace("\x00", "").encode("utf-8", "ignore").decode("utf-8")
    where = {"conversation_id": conversation_id, "agent_id": agent.id}
    if not text.strip():
        await session.execute(delete(AnswerDraft).filter_by(**where))
        return
    there = select(Conversation.id).where(Conversation.id == conversation_id)
    if await session.scalar(there.with_for_update(read=True, key_share=True)) is None:
        await stream.locked(session, conversation_id)
    row = insert(AnswerDraft).values(**where, text=text, changed_at=utc_now())
    changed = {"text": row.excluded.text, "changed_at": row.excluded.changed_at}
    await session.execute(row.on_conflict_do_update(index_elements=["conversation_id", "agent_id"], set_=changed))


async def _say(session: AsyncSession, client_id: UUID, agent: Agent, *, or_refuse: bool = False) -> Ended | None:
    """Says a held answer, or gives it back as a draft where it may not be said any more; None: it was taken back."""
    key = HeldAnswer.client_id == client_id, HeldAnswer.agent_id == agent.id
    where = await session.scalar(select(HeldAnswer.conversation_id).where(*key))
    if where is None:
        return None
    # The conversation first, as everywhere: `hold` comes with its lock as well.
    await stream.locked(session, where)
    held = (
        await session.execute(delete(HeldAnswer).where(*key).returning(HeldAnswer.text, HeldAnswer.content))
    ).first()
    if held is None:
        return None
    try:
        async with session.begin_nested():
            await owners.answer(
                session, conversation_id=where, agent=agent, client_id=client_id, text=held.text, **_given(held.content)
            )
    except Exception as error:  # whatever it is, the answers after this one do not wait for it
        if unreachable(error) or (or_refuse and isinstance(error, RelaisError)):
            raise
        if or_refuse:
            raise NotNow("answer_waits") from error
        before = await draft(session, conversation_id=where, agent=agent)
        text = "\n\n".join(filter(None, [held.text, before.text if before else ""]))
        row = insert(AnswerDraft).values(conversation_id=where, agent_id=agent.id, text=text, changed_at=func.now())
        changed = {"text": row.excluded.text, "changed_at": row.excluded.changed_at}
        await session.execute(row.on_conflict_do_update(index_elements=["conversation_id", "agent_id"], set_=changed))
        subject = ("conversation", where)
        await notices.tell(session, agents=[agent.id], kind=NOT_SAID, subject=subject, cause=new_id(), texts=_UNSAID)
        return Ended(where, agent.id, said=False)
    return Ended(where, agent.id, said=True)


def _given(content: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "files": [UUID(each) for each in content.get("files", [])],
        "location": Location(**content["location"]) if content.get("location") else None,
        "contacts": [ContactCard(**each) for each in content.get("contacts", [])],
        "cc": content.get("cc", []),
        "bcc": content.get("bcc", []),
        "seen": content.get("seen"),
    }
