"""Setting up how work is handed out: teams and their members, skills and who has them, what channels weigh."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import delete, exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import Actor
from crm_backend.agents.model import Agent
from crm_backend.audit import services as audit
from crm_backend.database import expect
from crm_backend.errors import Invalid, NotFound, NotNow
from crm_backend.routing.checking import KEY, LONGEST, TOLD, a_number, a_team
from crm_backend.routing.model import QueueEntry
from crm_backend.routing.services import hold_agent
from crm_backend.routing.settings_model import (
    KINDS,
    SKILL_KINDS,
    AgentSkill,
    ChannelWeight,
    Skill,
    Team,
    TeamMember,
)

MAY = "routing.configure"


async def team(session: AsyncSession, key: str, *, actor: Actor, lock: bool = False) -> Team:
    """One team. Raises NotFound, NotAllowed."""
    actor.need("agents.read")
    found = await session.get(Team, key, with_for_update=lock, populate_existing=lock) if KEY.fullmatch(key) else None
    if found is None:
        raise NotFound("no such team")
    return found


async def add_team(session: AsyncSession, key: str, *, actor: Actor, given: Mapping[str, Any]) -> Team:
    """A new team; `given` are columns of the table. Raises Invalid, NotNow (`team_exists`), NotAllowed."""
    actor.need(MAY)
    if not KEY.fullmatch(key):
        raise Invalid("key", "not_a_word", most=40)
    if await session.get(Team, key) is not None:
        raise NotNow("team_exists")
    made = Team(key=key, **{"names": {}, **await a_team(session, key, given)})
    session.add(made)
    await session.flush()
    _record(session, actor, "added", ("team", key), new=_told(made))
    return made


async def change_team(
    session: AsyncSession, key: str, *, actor: Actor, given: Mapping[str, Any], version: int | None = None
) -> Team:
    """Changes what is given. Raises NotFound, Stale, Invalid, NotAllowed."""
    actor.need(MAY)
    row = await team(session, key, actor=actor, lock=True)
    expect(row, version)
    old = _told(row)
    for name, value in (await a_team(session, key, given)).items():
        setattr(row, name, value)
    await session.flush()
    _record(session, actor, "changed", ("team", key), old=old, new=_told(row))
    return row


async def remove_team(session: AsyncSession, key: str, *, actor: Actor, version: int | None = None) -> None:
    """Deletes a team in whose queue nobody waits. Raises NotFound, Stale, NotNow (`team_in_use`), NotAllowed."""
    actor.need(MAY)
    row = await team(session, key, actor=actor, lock=True)
    expect(row, version)
    waits = exists().where(QueueEntry.team == key, QueueEntry.left_at.is_(None))
    if await session.scalar(select(waits)):
        raise NotNow("team_in_use")
    old = _told(row)
    await session.delete(row)
    await session.flush()
    _record(session, actor, "deleted", ("team", key), old=old)


async def members(session: AsyncSession, key: str, *, actor: Actor) -> list[Agent]:
    """Who is in a team, by name. Raises NotFound, NotAllowed."""
    await team(session, key, actor=actor)
    found = select(Agent).join(TeamMember, TeamMember.agent_id == Agent.id).where(TeamMember.team_key == key)
    return list(await session.scalars(found.order_by(Agent.name, Agent.id)))


async def set_members(session: AsyncSession, key: str, *, actor: Actor, agents: Collection[UUID]) -> list[Agent]:
    """Makes these, and nobody else, a team's members. Raises NotFound, Invalid, NotAllowed."""
    actor.need(MAY)
    await team(session, key, actor=actor, lock=True)
    wanted = set(agents)
    known = set(await session.scalars(select(Agent.id).where(Agent.id.in_(wanted))))
    if known != wanted:
        raise Invalid("agents", "unknown_colleague")
    had = set(await session.scalars(select(TeamMember.agent_id).where(TeamMember.team_key == key)))
    await session.execute(delete(TeamMember).where(TeamMember.team_key == key, TeamMember.agent_id.in_(had - wanted)))
    session.add_all(TeamMember(team_key=key, agent_id=one) for one in wanted - had)
    await session.flush()
    if had != wanted:
        told = {"old": {"members": sorted(map(str, had))}, "new": {"members": sorted(map(str, wanted))}}
        audit.record(session, actor=actor, action="changed", subject=("team", key), plain=("members",), **told)
    return await members(session, key, actor=actor)


async def skill(session: AsyncSession, skill_id: UUID, *, actor: Actor, lock: bool = False) -> Skill:
    """One skill. Raises NotFound, NotAllowed."""
    actor.need("agents.read")
    found = await session.get(Skill, skill_id, with_for_update=lock, populate_existing=lock)
    if found is None:
        raise NotFound("no such skill")
    return found


async def add_skill(
    session: AsyncSession, *, actor: Actor, kind: str, value: str, level: int = 1, firm: bool = False
) -> Skill:
    """A new skill; from now on work of its language, topic or product asks for it. Raises Invalid, NotNow
    (`skill_exists`), NotAllowed."""
    actor.need(MAY)
    if kind not in SKILL_KINDS:
        raise Invalid("kind", "not_choice", expected=", ".join(SKILL_KINDS))
    word = " ".join(value.split()).casefold()
    if not word or len(word) > LONGEST or not word.isprintable():
        raise Invalid("value", "not_a_word", most=LONGEST)
    if await session.scalar(select(exists().where(Skill.kind == kind, Skill.value == word))):
        raise NotNow("skill_exists")
    made = Skill(kind=kind, value=word, level=a_number("level", level), firm=firm)
    session.add(made)
    await session.flush()
    _record(session, actor, "added", ("skill", made.id), new=_of_skill(made))
    return made


async def change_skill(
    session: AsyncSession, skill_id: UUID, *, actor: Actor, given: Mapping[str, Any], version: int | None = None
) -> Skill:
    """Changes the level asked for, and whether it is ever given up. Raises NotFound, Stale, Invalid, NotAllowed."""
    actor.need(MAY)
    row = await skill(session, skill_id, actor=actor, lock=True)
    expect(row, version)
    old = _of_skill(row)
    if "level" in given:
        row.level = a_number("level", given["level"])
    if "firm" in given:
        row.firm = bool(given["firm"])
    await session.flush()
    _record(session, actor, "changed", ("skill", row.id), old=old, new=_of_skill(row))
    return row


async def remove_skill(session: AsyncSession, skill_id: UUID, *, actor: Actor, version: int | None = None) -> None:
    """Deletes a skill: nothing asks for it any more. Raises NotFound, Stale, NotAllowed."""
    actor.need(MAY)
    row = await skill(session, skill_id, actor=actor, lock=True)
    expect(row, version)
    old = _of_skill(row)
    await session.delete(row)
    await session.flush()
    _record(session, actor, "deleted", ("skill", skill_id), old=old)


async def of_agent(session: AsyncSession, agent_id: UUID, *, actor: Actor) -> tuple[int, dict[UUID, int]]:
    """What an agent can hold, in hundredths of a chat, and their skills with levels. Raises NotFound, NotAllowed."""
    actor.need("agents.read")
    if await session.get(Agent, agent_id) is None:
        raise NotFound("no such agent")
    held = await hold_agent(session, agent_id)
    rows = await session.execute(select(AgentSkill.skill_id, AgentSkill.level).where(AgentSkill.agent_id == agent_id))
    return held.capacity, dict(rows.tuples().all())


async def set_agent(
    session: AsyncSession,
    agent_id: UUID,
    *,
    actor: Actor,
    capacity: int | None = None,
    skills: Mapping[UUID, int] | None = None,
) -> tuple[int, dict[UUID, int]]:
    """Says what an agent can hold, and which skills they have, all of them. Raises NotFound, Invalid, NotAllowed."""
    actor.need(MAY)
    old_capacity, old = await of_agent(session, agent_id, actor=actor)
    if capacity is not None:
        (await hold_agent(session, agent_id)).capacity = a_number("capacity", capacity)
    if skills is not None:
        levels = {one: a_number("level", level) for one, level in skills.items()}
        known = set(await session.scalars(select(Skill.id).where(Skill.id.in_(levels))))
        if known != set(levels):
            raise Invalid("skills", "unknown_skill")
        await session.execute(delete(AgentSkill).where(AgentSkill.agent_id == agent_id))
        session.add_all(AgentSkill(agent_id=agent_id, skill_id=one, level=level) for one, level in levels.items())
    await session.flush()
    now = await of_agent(session, agent_id, actor=actor)

    def told(most: int, having: Mapping[UUID, int]) -> dict[str, object]:
        return {"capacity": most, "skills": {str(one): level for one, level in having.items()}}

    _record(session, actor, "routing_set", ("agent", agent_id), old=told(old_capacity, old), new=told(*now))
    return now


async def set_weight(
    session: AsyncSession, channel: str, *, actor: Actor, kind: str, weight: int, points: float, returns: bool
) -> ChannelWeight:
    """Says what one conversation on a channel takes of an agent. Raises Invalid, NotAllowed."""
    actor.need(MAY)
    if channel != "*" and not KEY.fullmatch(channel):
        raise Invalid("channel", "not_a_word", most=40)
    if kind not in KINDS:
        raise Invalid("kind", "not_choice", expected=", ".join(KINDS))
    row = await session.get(ChannelWeight, channel, with_for_update=True, populate_existing=True)
    old = None if row is None else _of_weight(row)
    row = row or ChannelWeight(channel=channel)
    row.kind, row.weight, row.returns = kind, a_number("weight", weight), returns
    row.points = float(a_number("points", points))
    session.add(row)
    await session.flush()
    _record(session, actor, "changed" if old else "added", ("channel_weight", channel), old=old, new=_of_weight(row))
    return row


def _told(row: Team) -> dict[str, object]:
    return {name: str(value) if isinstance(value := getattr(row, name), UUID) else value for name in TOLD}


def _of_skill(row: Skill) -> dict[str, object]:
    return {"kind": row.kind, "value": row.value, "level": row.level, "firm": row.firm}


def _of_weight(row: ChannelWeight) -> dict[str, object]:
    return {"kind": row.kind, "weight": row.weight, "points": row.points, "returns": row.returns}


def _record(
    session: AsyncSession,
    actor: Actor,
    action: str,
    subject: tuple[str, object],
    *,
    old: Mapping[str, object] | None = None,
    new: Mapping[str, object] | None = None,
) -> None:
    names = set(old or ()) | set(new or ())
    if old != new:
        audit.record(session, actor=actor, action=action, subject=subject, old=old, new=new, plain=names)
