"""Private notes: what agents write in a conversation for colleagues. No message, and no channel sends one."""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access import queries as access
from crm_backend.agents.model import Agent
from crm_backend.audit import services as audit
from crm_backend.conversations import stream
from crm_backend.conversations.desk import mentions
from crm_backend.conversations.notes_model import Mention, PrivateNote, Reminder
from crm_backend.conversations.schema import agent_owner
from crm_backend.database import expect, new_id, utc_now
from crm_backend.errors import BadInput, NotAllowed, NotFound, NotNow
from crm_backend.notices.services import SUPERVISING
from crm_backend.texts import clean

LONGEST, MOST = 5_000, 500
CHANGEABLE = timedelta(hours=24)
"""How long its author may change a note or take it away: after that, others have acted on it."""


class Written(NamedTuple):
    """A note, whether it is new, and the agents whom it told."""

    note: PrivateNote
    new: bool
    told: list[UUID]


class Shown(NamedTuple):
    """A note as colleagues read it, with the handles in it that are somebody's."""

    note: PrivateNote
    author: str
    handles: list[str]


async def write(session: AsyncSession, *, conversation_id: UUID, agent: Agent, client_id: UUID, text: str) -> Written:
    """A new note of the agent's after the last message; repeating a `client_id` writes nothing. Whoever may answer
    customers may write one in every conversation. Raises NotAllowed, NotFound, Empty, TooLong, and BadInput for a
    `client_id` that was used in another conversation."""
    await access.need(session, agent, "conversations.read", "conversations.write")
    words = clean(text, max_length=LONGEST)
    conversation = await stream.locked(session, conversation_id)
    made = await session.scalar(
        insert(PrivateNote)
        .values(
            id=new_id(),
            created_at=utc_now(),
            conversation_id=conversation.id,
            agent_id=agent.id,
            client_id=client_id,
            after_seq=conversation.last_seq,
            text=words,
        )
        .on_conflict_do_nothing(index_elements=["agent_id", "client_id"])
        .returning(PrivateNote)
    )
    if made is None:
        same = select(PrivateNote).where(PrivateNote.agent_id == agent.id, PrivateNote.client_id == client_id)
        known = (await session.scalars(same)).one()
        if known.conversation_id != conversation.id:
            raise BadInput("that key was used in another conversation")
        return Written(known, False, [])
    told = await mentions.name(session, made, author=agent, now=made.created_at)
    _record(session, agent, made, "note_added", new={"text": words})
    return Written(made, True, told)


async def edit(session: AsyncSession, *, note_id: UUID, agent: Agent, text: str, version: int | None = None) -> Written:
    """Changes the words of the agent's own note, and tells who is named in it only now. Raises NotAllowed (another's),
    NotFound, Stale, Empty, TooLong, NotNow (CHANGEABLE is over)."""
    await access.need(session, agent, "conversations.read", "conversations.write")
    words = clean(text, max_length=LONGEST)
    note = await _locked(session, note_id)
    if note.agent_id != agent.id:
        raise NotAllowed("another's note")
    _fresh(note)
    expect(note, version)
    if note.text == words:
        return Written(note, False, [])
    old, now = note.text, utc_now()
    note.text, note.edited_at = words, now
    await session.flush()
    told = await mentions.name(session, note, author=agent, now=now)
    _record(session, agent, note, "note_edited", old={"text": old}, new={"text": words})
    return Written(note, False, told)


async def remove(session: AsyncSession, *, note_id: UUID, agent: Agent, version: int | None = None) -> UUID:
    """Takes a note away, with who was named in it; its conversation. Its author may while it is CHANGEABLE, and who
    supervises may always. Raises NotAllowed, NotFound, Stale, NotNow."""
    await access.need(session, agent, "conversations.read", "conversations.write")
    note = await _locked(session, note_id)
    if not await access.may(session, agent, SUPERVISING):
        if note.agent_id != agent.id:
            raise NotAllowed("another's note")
        _fresh(note)
    expect(note, version)
    conversation_id, old = note.conversation_id, {"text": note.text}
    _record(session, agent, note, "note_removed", old=old, author=str(note.agent_id))
    await session.delete(note)
    await session.flush()
    return conversation_id


async def of_conversation(session: AsyncSession, *, conversation_id: UUID, agent: Agent) -> list[Shown]:
    """The newest MOST notes of a conversation, in the order they were written in. Needs conversations.read."""
    await access.need(session, agent, "conversations.read")
    query = select(PrivateNote).where(PrivateNote.conversation_id == conversation_id)
    rows = list(await session.scalars(query.order_by(PrivateNote.created_at.desc(), PrivateNote.id.desc()).limit(MOST)))
    return await _shown(session, rows[::-1])


async def one(session: AsyncSession, note_id: UUID) -> Shown | None:
    """A note, unless it was taken away."""
    found = await session.get(PrivateNote, note_id, populate_existing=True)
    return (await _shown(session, [found]))[0] if found else None


async def follow(session: AsyncSession, *, source: UUID, target: UUID, since: int, shift: int) -> None:
    """The messages from `since` on have gone from one conversation to another, under numbers shifted by `shift`: the
    notes after them go along, with who is named in them. Reminders go along when nothing stays that they could be of.
    """
    moved = await session.scalars(
        update(PrivateNote)
        .where(PrivateNote.conversation_id == source, PrivateNote.after_seq >= since)
        .values(conversation_id=target, after_seq=PrivateNote.after_seq + shift, version=PrivateNote.version + 1)
        .returning(PrivateNote.id)
        .execution_options(synchronize_session=False)
    )
    if notes := moved.all():
        of_them = update(Mention).where(Mention.note_id.in_(notes)).values(conversation_id=target)
        await session.execute(of_them.execution_options(synchronize_session=False))
    if since == 1:
        theirs = update(Reminder).where(Reminder.conversation_id == source)
        changed = theirs.values(conversation_id=target, version=Reminder.version + 1)
        await session.execute(changed.execution_options(synchronize_session=False))


async def _shown(session: AsyncSession, rows: list[PrivateNote]) -> list[Shown]:
    authors = {row.agent_id for row in rows}
    named = select(Agent.id, Agent.name).where(Agent.id.in_(authors))
    names = dict((await session.execute(named)).tuples().all()) if authors else {}
    handles = await mentions.of_notes(session, [row.id for row in rows])
    return [Shown(row, names.get(row.agent_id, ""), handles.get(row.id, [])) for row in rows]


async def _locked(session: AsyncSession, note_id: UUID) -> PrivateNote:
    """The note, with the lock of its conversation, which comes first everywhere (`locks`)."""
    where = await session.scalar(select(PrivateNote.conversation_id).where(PrivateNote.id == note_id))
    if where is not None:
        await stream.locked(session, where)
        note = await session.get(PrivateNote, note_id, with_for_update=True, populate_existing=True)
        if note is not None:
            return note
    raise NotFound("no such note")


def _fresh(note: PrivateNote) -> None:
    if utc_now() - note.created_at > CHANGEABLE:
        raise NotNow("note_settled")


def _record(
    session: AsyncSession,
    agent: Agent,
    note: PrivateNote,
    action: str,
    *,
    old: dict[str, str] | None = None,
    new: dict[str, str] | None = None,
    **details: str,
) -> None:
    subject = ("conversation", note.conversation_id)
    actor = agent_owner(agent.id)
    audit.record(session, actor=actor, action=action, subject=subject, old=old, new=new, note=str(note.id), **details)
