"""Mentions: naming colleagues and teams in a private note by `@handle`, and who has not read yet where they were named.

A handle is made from a name, so that nobody has to choose one: `@claire.martin`. A second agent of the same name is
`@claire.martin2`, in the order in which they came; a team goes by its key.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access import queries as access
from crm_backend.agents.model import Agent
from crm_backend.conversations.model import Conversation
from crm_backend.conversations.notes_model import USUAL, Mention, MentionSettings, PrivateNote
from crm_backend.customers.model import Customer
from crm_backend.database import utc_now
from crm_backend.letters import unaccented
from crm_backend.notices import services as notices
from crm_backend.notices.model import AgentNotice
from crm_backend.routing.settings_model import Team, TeamMember

MENTIONED = "note.mention"
"""The kind of the notice that tells an agent that a colleague named them."""
_READS = "conversations.read"
# Not within a mail address or a path, and up to where no name goes on.
_NAMED = re.compile(r"(?<![\w.@/+-])@(\w[\w.-]{0,99})")


class Named(NamedTuple):
    """Who is meant by a handle: an agent, or all those of a team who may read conversations. `names` by language."""

    handle: str
    kind: str
    names: dict[str, str]
    agents: tuple[UUID, ...]


async def everybody(session: AsyncSession) -> list[Named]:
    """All who can be mentioned: agents by name, then teams that have somebody, by handle."""
    people = list(await session.scalars(select(Agent).order_by(Agent.created_at, Agent.id)))
    reading = [role.key for role in await access.roles(session) if _READS in role.permissions]
    able = [agent.id for agent in people if agent.active and agent.role in reading]
    teams = list(await session.scalars(select(Team).order_by(Team.key)))
    members: dict[str, list[UUID]] = {}
    for key, agent_id in (await session.execute(select(TeamMember.team_key, TeamMember.agent_id))).tuples():
        members.setdefault(key, []).append(agent_id)
    found = []
    taken = {team.key for team in teams}
    for agent in people:
        handle = _free(handle_of(agent.name), taken)
        taken.add(handle)
        if agent.id in able:
            found.append(Named(handle, "agent", {"fr": agent.name, "en": agent.name}, (agent.id,)))
    found.sort(key=lambda each: each.names["en"].casefold())
    for team in teams:
        theirs = able if team.everyone else [each for each in members.get(team.key, []) if each in able]
        if theirs:
            found.append(Named(team.key, "team", team.names, tuple(theirs)))
    return found


def handle_of(name: str) -> str:
    """The handle that a name makes, while nobody else has it: lower case, without accents, a dot between words."""
    plain = _folded(name)
    return re.sub(r"[^\w]+|_", ".", plain).strip(".")[:60] or "agent"


def handles_in(text: str) -> list[str]:
    """The handles that a text names, each once, as they are compared; some may be nobody's."""
    found = (_folded(match).rstrip(".-_") for match in _NAMED.findall(text))
    return list(dict.fromkeys(each for each in found if each))


async def name(session: AsyncSession, note: PrivateNote, *, author: Agent, now: datetime) -> list[UUID]:
    """Makes the mentions of a note those of its text, and tells who is named now and was not before; whom.

    Who writes it is not told. What is taken out of the text is no mention any more.
    """
    known = {each.handle: each for each in await everybody(session)} if "@" in note.text else {}
    wanted: dict[UUID, str] = {}
    for handle in handles_in(note.text):
        for agent_id in known[handle].agents if handle in known else ():
            # One's own name says more than that of one's team.
            if agent_id != author.id and (agent_id not in wanted or known[handle].kind == "agent"):
                wanted[agent_id] = handle
    before = select(Mention.agent_id).where(Mention.note_id == note.id)
    there = set(await session.scalars(before))
    gone = there - wanted.keys()
    if gone:
        await session.execute(delete(Mention).where(Mention.note_id == note.id, Mention.agent_id.in_(gone)))
    new = sorted(wanted.keys() - there)
    if not new:
        return []
    later = await _mails(session, new)
    rows = [
        {
            "note_id": note.id,
            "agent_id": agent_id,
            "conversation_id": note.conversation_id,
            "handle": wanted[agent_id],
            "created_at": now,
            "mail_at": now + pause if (pause := later[agent_id]) is not None else None,
        }
        for agent_id in new
    ]
    await session.execute(insert(Mention).values(rows).on_conflict_do_nothing())
    subject = ("conversation", note.conversation_id)
    texts = await _texts(session, note.conversation_id, author)
    return await notices.tell(
        session,
        agents=new,
        kind=MENTIONED,
        subject=subject,
        cause=note.id,
        texts=texts,
        push="mention",
        who=author.first_name,
    )


async def read(session: AsyncSession, *, conversation_id: UUID, agent: Agent) -> int:
    """The agent has read where they were named in a conversation, and need not be told by mail; how many mentions they
    had not read. Needs conversations.read."""
    await access.need(session, agent, _READS)
    now = utc_now()
    theirs = (Mention.agent_id == agent.id, Mention.conversation_id == conversation_id, Mention.read_at.is_(None))
    marked = await session.scalars(
        update(Mention).where(*theirs).values(read_at=now, mail_at=None).returning(Mention.note_id)
    )
    count = len(marked.all())
    if count:
        told = (AgentNotice.agent_id == agent.id, AgentNotice.kind == MENTIONED, AgentNotice.seen_at.is_(None))
        here = (AgentNotice.subject_kind == "conversation", AgentNotice.subject_id == conversation_id)
        await session.execute(update(AgentNotice).where(*told, *here).values(seen_at=now))
    return count


async def unread(session: AsyncSession, *, conversation_id: UUID, agent: Agent) -> int:
    """How often the agent is named in notes of a conversation that they have not read."""
    theirs = (Mention.agent_id == agent.id, Mention.conversation_id == conversation_id, Mention.read_at.is_(None))
    return await session.scalar(select(func.count()).where(*theirs)) or 0


async def of_notes(session: AsyncSession, notes: Sequence[UUID]) -> dict[UUID, list[str]]:
    """The handles in each note that were somebody's when it was written."""
    found: dict[UUID, list[str]] = {}
    if notes:
        query = select(Mention.note_id, Mention.handle).where(Mention.note_id.in_(notes)).distinct()
        for note_id, handle in (await session.execute(query.order_by(Mention.handle))).tuples():
            found.setdefault(note_id, []).append(handle)
    return found


async def _mails(session: AsyncSession, agents: Sequence[UUID]) -> dict[UUID, timedelta | None]:
    """After how long each of them is mailed, or None."""
    rows = await session.scalars(select(MentionSettings).where(MentionSettings.agent_id.in_(agents)))
    chosen = {row.agent_id: timedelta(minutes=row.minutes) if row.mail else None for row in rows}
    return {agent_id: chosen.get(agent_id, timedelta(minutes=USUAL)) for agent_id in agents}


async def _texts(session: AsyncSession, conversation_id: UUID, author: Agent) -> dict[str, str]:
    customer = await session.scalar(
        select(Customer)
        .join(Conversation, Conversation.customer_id == Customer.id)
        .where(Conversation.id == conversation_id)
    )
    if customer is None or not customer.name:
        return {
            "fr": f"{author.name} vous mentionne dans une note interne.",
            "en": f"{author.name} mentions you in a private note.",
        }
    return {
        "fr": f"{author.name} vous mentionne dans la conversation avec {customer.name}.",
        "en": f"{author.name} mentions you in the conversation with {customer.name}.",
    }


def _folded(text: str) -> str:
    return unaccented(text).casefold()


def _free(handle: str, taken: set[str]) -> str:
    if handle not in taken:
        return handle
    number = 2
    while f"{handle}{number}" in taken:
        number += 1
    return f"{handle}{number}"
