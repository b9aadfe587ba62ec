"""What supervisors do from the board: listen in, whisper to an agent, and move those who wait to another team."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from crm_backend.access import queries as access
from crm_backend.access.actor import Actor
from crm_backend.agents.model import Agent
from crm_backend.audit import services as audit
from crm_backend.board.model import Whisper
from crm_backend.conversations import stream
from crm_backend.conversations.model import Conversation
from crm_backend.conversations.schema import owner_agent
from crm_backend.database import new_id, utc_now
from crm_backend.errors import BadInput, Invalid, NotFound, NotNow
from crm_backend.routing import services as routing
from crm_backend.routing.model import QueueEntry
from crm_backend.routing.settings_model import Team
from crm_backend.texts import clean

SUPERVISES = "conversations.supervise"
LONGEST, MOST_SHOWN, MOST_MOVED = 2_000, 200, 200


class Whispered(NamedTuple):
    """A whisper as it is read, and who said it; None for somebody whose account is gone."""

    whisper: Whisper
    author: str | None


async def listen(session: AsyncSession, conversation_id: UUID, *, actor: Actor) -> None:
    """Notes in the audit log that the actor listens to a conversation; nobody in it is told. Raises NotAllowed,
    NotFound."""
    actor.need("conversations.read", SUPERVISES)
    if await session.get(Conversation, conversation_id) is None:
        raise NotFound("no such conversation")
    audit.record(session, actor=actor, action="listened", subject=("conversation", conversation_id))


async def whisper(
    session: AsyncSession, conversation_id: UUID, *, agent: Agent, client_id: UUID, text: str
) -> tuple[Whisper, bool]:
    """Says something to the agent who has a conversation, and to them alone; (whisper, whether it is new). Repeating a
    `client_id` says nothing twice.

    Raises NotAllowed, NotFound, Empty, TooLong, BadInput for a `client_id` that was used in another conversation, and
    NotNow where no colleague has it (`nobody_to_whisper_to`).
    """
    await access.need(session, agent, "conversations.read", SUPERVISES)
    words = clean(text, max_length=LONGEST)
    conversation = await stream.locked(session, conversation_id)
    to = owner_agent(conversation.owner)
    known = select(Whisper).where(Whisper.from_id == agent.id, Whisper.client_id == client_id)
    if (said := await session.scalar(known)) is not None:
        if said.conversation_id != conversation.id:
            raise BadInput("that key was used in another conversation")
        return said, False
    if to is None or to == agent.id:
        raise NotNow("nobody_to_whisper_to")
    made = insert(Whisper).values(
        id=new_id(),
        created_at=utc_now(),
        conversation_id=conversation.id,
        from_id=agent.id,
        to_id=to,
        client_id=client_id,
        after_seq=conversation.last_seq,
        text=words,
    )
    await session.execute(made.on_conflict_do_nothing())
    actor = await access.actor_of(session, agent, "desk")
    audit.record(session, actor=actor, action="whispered", subject=("conversation", conversation.id), agent=str(to))
    return (await session.scalars(known)).one(), True


async def whispers(session: AsyncSession, conversation_id: UUID, *, agent: Agent) -> list[Whispered]:
    """What was whispered in a conversation to this agent, or by them: the last 200, in order. Needs
    conversations.read."""
    await access.need(session, agent, "conversations.read")
    author = aliased(Agent)
    rows = await session.execute(
        select(Whisper, author.name)
        .outerjoin(author, author.id == Whisper.from_id)
        .where(Whisper.conversation_id == conversation_id, or_(Whisper.to_id == agent.id, Whisper.from_id == agent.id))
        .order_by(Whisper.created_at.desc(), Whisper.id.desc())
        .limit(MOST_SHOWN)
        .execution_options(populate_existing=True)
    )
    return [Whispered(row, name) for row, name in rows.tuples()][::-1]


async def heard(session: AsyncSession, conversation_id: UUID, *, agent: Agent) -> set[UUID]:
    """The agent has what was whispered to them on the screen; who had said it."""
    rows = await session.scalars(
        update(Whisper)
        .where(Whisper.conversation_id == conversation_id, Whisper.to_id == agent.id, Whisper.read_at.is_(None))
        .values(read_at=utc_now())
        .returning(Whisper.from_id)
    )
    return {one for one in rows if one is not None}


async def move(
    session: AsyncSession, team: str, *, actor: Actor, to: str, only: Collection[UUID] | None = None
) -> list[UUID]:
    """Moves conversations that wait for a team to another team's queue: those of `only`, or all of them, at most 200,
    who waits longest first. They keep their place: since when they wait stays as it is. The conversations that moved;
    one that somebody took meanwhile is left to them.

    Raises NotAllowed, and Invalid where there is no such team (`unknown_team`), or it is the same (`team_itself`).
    """
    actor.need(SUPERVISES)
    if to == team:
        raise Invalid("to", "team_itself")
    if "\x00" in to or await session.get(Team, to) is None:
        raise Invalid("to", "unknown_team")
    waits = select(QueueEntry.conversation_id).where(
        QueueEntry.left_at.is_(None), QueueEntry.team == team, QueueEntry.conversation_id.is_not(None)
    )
    if only is not None:
        waits = waits.where(QueueEntry.conversation_id.in_(only))
    found = await session.scalars(waits.order_by(QueueEntry.entered_at, QueueEntry.id).limit(MOST_MOVED))
    moved = []
    # In one order, whoever else locks several.
    for conversation_id in sorted(one for one in found if one is not None):
        if await _moved(session, conversation_id, team, to):
            moved.append(conversation_id)
            audit.record(
                session,
                actor=actor,
                action="moved",
                subject=("conversation", conversation_id),
                old={"team": team},
                new={"team": to},
                plain=("team",),
            )
    return moved


async def _moved(session: AsyncSession, conversation_id: UUID, team: str, to: str) -> bool:
    conversation = await stream.locked(session, conversation_id)
    query = select(QueueEntry).where(
        QueueEntry.conversation_id == conversation_id, QueueEntry.left_at.is_(None), QueueEntry.team == team
    )
    entry = await session.scalar(query.execution_options(populate_existing=True))
    if entry is None or conversation.owner != f"queue:{team}":
        return False
    await routing.leave(session, conversation_id=conversation_id, agent_id=None, now=utc_now())
    conversation.team, conversation.owner = to, f"queue:{to}"
    conversation.version += 1
    await session.flush()
    routing.enter(
        session,
        conversation_id=conversation_id,
        team=to,
        reason=entry.reason,
        now=entry.entered_at,
        front=entry.front,
    )
    await session.flush()
    return True
