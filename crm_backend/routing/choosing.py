"""Whom a conversation can be passed to: colleagues who are there and how much they have, teams, skills."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.agents.model import Agent
from crm_backend.conversations.model import Conversation
from crm_backend.conversations.schema import agent_owner, owner_agent
from crm_backend.routing import loads, presence
from crm_backend.routing.model import QueueEntry
from crm_backend.routing.presence import ROOM, kinds_of
from crm_backend.routing.settings_model import AgentPresence, AgentSkill, Skill, Team, TeamMember


class Colleague(NamedTuple):
    """Somebody with a desk open. `takes` are the kinds of channel on which they take something now; `load` and
    `capacity` are in hundredths of a chat, `holds` how many conversations are theirs."""

    agent: Agent
    reason: str
    takes: frozenset[str]
    load: int
    capacity: int
    holds: int


class TeamChoice(NamedTuple):
    """A team, how many wait in its queue, and how many of its agents take something now."""

    team: Team
    waiting: int
    present: int


class SkillChoice(NamedTuple):
    """A skill, and how many of those who take something now have it well enough."""

    skill: Skill
    present: int


class Held(NamedTuple):
    """What one agent has in hand: how many of each kind of channel, and its weight in hundredths of a chat."""

    load: int
    capacity: int
    kinds: dict[str, int]


async def colleagues(session: AsyncSession) -> list[Colleague]:
    """Who has a desk open, is not offline and may answer, whoever takes something and is freest first."""
    found = await presence.at_work(session)
    ids = [agent.id for agent, _ in found]
    held = await loads.loads(session, ids, await loads.weights(session))
    many = await _holds(session, ids)
    made = [
        Colleague(
            agent=agent,
            reason=row.reason if row else "",
            takes=kinds_of(agent.presence, row.channels if row else {}, automatic=row.automatic if row else None),
            load=held[agent.id],
            capacity=row.capacity if row else ROOM,
            holds=many.get(agent.id, 0),
        )
        for agent, row in found
    ]
    return sorted(made, key=lambda one: (not one.takes, one.load - one.capacity, one.agent.name, one.agent.id))


async def teams(session: AsyncSession, there: Collection[Colleague]) -> list[TeamChoice]:
    """Every team; `there` are the colleagues of whom to count who takes something."""
    rows = list(await session.scalars(select(Team).order_by(Team.key)))
    counted = await session.execute(
        select(QueueEntry.team, func.count())
        .where(QueueEntry.left_at.is_(None), QueueEntry.conversation_id.is_not(None))
        .group_by(QueueEntry.team)
    )
    waiting = dict(counted.tuples().all())
    free = {one.agent.id for one in there if one.takes}
    members: dict[str, set[UUID]] = {}
    for member in await session.scalars(select(TeamMember).where(TeamMember.agent_id.in_(free))):
        members.setdefault(member.team_key, set()).add(member.agent_id)
    return [
        TeamChoice(row, waiting.get(row.key, 0), len(free if row.everyone else members.get(row.key, ())))
        for row in rows
    ]


async def skills(session: AsyncSession, there: Collection[Colleague]) -> list[SkillChoice]:
    """Every skill; `there` are the colleagues of whom to count who takes something and has it."""
    free = [one.agent.id for one in there if one.takes]
    counted = await session.execute(
        select(AgentSkill.skill_id, func.count())
        .join(Skill, Skill.id == AgentSkill.skill_id)
        .where(AgentSkill.agent_id.in_(free), AgentSkill.level >= Skill.level)
        .group_by(AgentSkill.skill_id)
    )
    many = dict(counted.tuples().all())
    rows = await session.scalars(select(Skill).order_by(Skill.kind, Skill.value))
    return [SkillChoice(row, many.get(row.id, 0)) for row in rows]


async def held_by(session: AsyncSession, agent_id: UUID) -> Held:
    """What an agent has in hand and is offered."""
    known = await loads.weights(session)
    kinds: dict[str, int] = {}
    load = 0
    for channel, many in (await loads.held(session, [agent_id]))[agent_id].items():
        kinds[known.kind(channel)] = kinds.get(known.kind(channel), 0) + many
        load += many * known.weight(channel)
    capacity = await session.scalar(select(AgentPresence.capacity).where(AgentPresence.agent_id == agent_id))
    return Held(load, ROOM if capacity is None else capacity, kinds)


async def _holds(session: AsyncSession, agents: Collection[UUID]) -> dict[UUID, int]:
    owners = [agent_owner(one) for one in agents]
    rows = await session.execute(
        select(Conversation.owner, func.count()).where(Conversation.owner.in_(owners)).group_by(Conversation.owner)
    )
    return {agent: many for owner, many in rows.tuples() if (agent := owner_agent(owner)) is not None}
