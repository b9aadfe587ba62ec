"""One round of handing out: offers that ran out, agents who went, and then who waits to who is free.

At any time one round runs in the whole installation, under an advisory lock; a server that dies in the middle of one
leaves nothing of it. A round holds the rows of the agents it gives something to before it counts what they have, so
that nobody who gives them something else meanwhile (`services.hold_agent`) makes it more than they can hold. It never
waits for a conversation that somebody has locked: that one is for the next round.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import SYSTEM
from crm_backend.agents.model import Agent
from crm_backend.audit import services as audit
from crm_backend.cases import services as cases
from crm_backend.cases.model import Case
from crm_backend.conversations.handing_over import owners
from crm_backend.conversations.model import Conversation
from crm_backend.database import utc_now
from crm_backend.routing import forecasting, loads, offering, presence, sweeping
from crm_backend.routing.deciding import Assignment, Candidate, Waiting, bonus, decide, in_order
from crm_backend.routing.model import QueueEntry, RoutingOffer
from crm_backend.routing.settings_model import AgentPresence, AgentSkill, Skill
from crm_backend.routing.teams import Teams, rules_for, teams
from crm_backend.routing.waiting import waiting

FORESEEN_AT_ONCE = 20
"""Of the new ones, how many a round works out how long they will wait: a round is short, whatever came at once."""
_ONE_ROUND = text("select pg_try_advisory_xact_lock(7235222)")


@dataclass
class Round:
    """What a round did: agents whose offers changed, whose presence did, and conversations that changed hands."""

    told: set[UUID] = field(default_factory=set)
    conversations: set[UUID] = field(default_factory=set)
    made: int = 0


async def distribute(session: AsyncSession) -> Round:
    """Hands out what waits, in the caller's transaction; does nothing while another round runs."""
    done = Round()
    if not await session.scalar(_ONE_ROUND):
        return done
    now: datetime = await session.scalar(loads.clock) or utc_now()
    known, weights = await teams(session, now=now), await loads.weights(session)
    here = [agent.id for agent, _ in await presence.there(session)]
    # First of all: whoever is making one of these may go on to wait for what the round locks later.
    await presence.note(session, here)
    done.told |= await sweeping.offers_that_ended(session, known, now=now)
    done.told |= await sweeping.inactive_agents(session)
    vanished = await sweeping.vanished(session, known, weights, now=now)
    done.conversations |= vanished.conversations
    done.told |= vanished.agents
    await sweeping.cases(session, known)
    if not here:
        return done
    items, rows = await waiting(session, weights=weights)
    if not items:
        return done
    await _foresee(session, items, rows, now=now)
    candidates = await _candidates(session, here, items, known=known, weights=weights)
    for made in decide(items, candidates, rules_for(known, {item.team for item in items})):
        await _give(session, made, rows[made.item], known, now=now, done=done)
    await session.flush()
    return done


async def _candidates(
    session: AsyncSession, agents: list[UUID], items: Iterable[Waiting], *, known: Teams, weights: loads.Weights
) -> list[Candidate]:
    """Those of the agents who are held by nobody else, with what they have in hand: counted once their rows are
    ours."""
    rows = {
        row.agent_id: row
        for row in await session.scalars(
            select(AgentPresence)
            .where(AgentPresence.agent_id.in_(agents))
            .order_by(AgentPresence.agent_id)
            .with_for_update(skip_locked=True)
            .execution_options(populate_existing=True)
        )
    }
    # Where they said they were may have changed before the row was ours.
    ids = list(rows)
    said = dict(
        (await session.execute(select(Agent.id, Agent.presence).where(Agent.id.in_(ids), Agent.active))).tuples().all()
    )
    held, idle = await loads.loads(session, ids, weights), await loads.idle(session, ids)
    skills = await _skills(session, ids)
    named = frozenset({item.team for item in items} | set(known.rows))
    return [
        Candidate(
            id=one,
            kinds=presence.kinds_of(said[one], row.channels, automatic=row.automatic),
            capacity=row.capacity,
            load=held[one],
            idle_for=idle.get(one, float("inf")),
            teams=known.of_agent(one, named),
            skills=skills.get(one, {}),
        )
        for one, row in rows.items()
        if one in said
    ]


async def _skills(session: AsyncSession, agents: list[UUID]) -> dict[UUID, dict[tuple[str, str], int]]:
    found: dict[UUID, dict[tuple[str, str], int]] = {}
    rows = await session.execute(
        select(AgentSkill.agent_id, Skill.kind, Skill.value, AgentSkill.level)
        .join(Skill, Skill.id == AgentSkill.skill_id)
        .where(AgentSkill.agent_id.in_(agents))
    )
    for agent, kind, value, level in rows.tuples():
        found.setdefault(agent, {})[kind, value] = level
    return found


async def _give(session: AsyncSession, made: Assignment, row: Any, known: Teams, *, now: datetime, done: Round) -> None:
    """Offers an item to an agent, or assigns it where the team does so; not if somebody is at it just now."""
    team = known.row(row.team)
    subject = await _ours(session, row)
    if subject is None or (agent := await _staying(session, made.agent)) is None:
        return
    if team.mode != "assign":
        await offering.make(
            session,
            RoutingOffer(
                entry_id=row.id,
                conversation_id=row.conversation_id,
                case_id=row.case_id,
                agent_id=agent.id,
                offered_at=now,
                expires_at=now + timedelta(seconds=team.offer_seconds),
            ),
        )
    elif isinstance(subject, Conversation):
        await owners.give(session, subject, agent=agent, now=now)
        _assigned(session, agent, ("conversation", subject.id))
    else:
        await take_case(session, subject, agent, now=now)
        _assigned(session, agent, ("case", subject.id))
    done.made += 1
    done.told.add(agent.id)
    if row.conversation_id is not None:
        done.conversations.add(row.conversation_id)


async def _staying(session: AsyncSession, agent_id: Hashable) -> Agent | None:
    """The agent, held so that their account does not end before they have what they are given; None when it has ended,
    or is just being changed."""
    held = select(Agent).where(Agent.id == agent_id, Agent.active)
    held = held.with_for_update(read=True, key_share=True, skip_locked=True)
    agent: Agent | None = await session.scalar(held.execution_options(populate_existing=True))
    return agent


async def _ours(session: AsyncSession, row: Any) -> Conversation | Case | None:
    """The conversation or case, locked, if it still waits; None when somebody has it, or it is taken."""
    statement: Any
    if row.conversation_id is not None:
        statement = select(Conversation).where(
            Conversation.id == row.conversation_id, Conversation.owner.like("queue:%")
        )
    else:
        statement = select(Case).where(Case.id == row.case_id, Case.agent_id.is_(None))
    statement = statement.with_for_update(skip_locked=True, key_share=True)
    subject: Conversation | Case | None = await session.scalar(statement.execution_options(populate_existing=True))
    if subject is None:
        return None
    waits = select(QueueEntry.id).where(QueueEntry.id == row.id, QueueEntry.left_at.is_(None))
    offered = select(RoutingOffer.id).where(RoutingOffer.entry_id == row.id, RoutingOffer.state == "offered")
    if await session.scalar(waits) is None or await session.scalar(offered) is not None:
        return None
    return subject


async def take_case(session: AsyncSession, case: Case, agent: Agent, *, now: datetime) -> None:
    """Gives a locked case to an agent, and ends its wait."""
    await session.execute(
        update(QueueEntry)
        .where(QueueEntry.case_id == case.id, QueueEntry.left_at.is_(None))
        .values(left_at=now, taken_at=now, agent_id=agent.id)
    )
    await cases.change(session, case.id, actor=SYSTEM, changes={"agent_id": agent.id})


def _assigned(session: AsyncSession, agent: Agent, subject: tuple[str, UUID]) -> None:
    audit.record(session, actor="system", action="assigned", subject=subject, agent=str(agent.id))


async def _foresee(session: AsyncSession, items: list[Waiting], rows: dict[Any, Any], *, now: datetime) -> None:
    """Notes of whoever is new how long they will wait, to be held against how long they did."""
    before: dict[str, int] = {}
    new: list[tuple[Waiting, int]] = []
    for item in in_order(items):
        ahead = before.get(item.team, 0)
        before[item.team] = ahead + 1
        if rows[item.id].foreseen_at is None and len(new) < FORESEEN_AT_ONCE:
            new.append((item, ahead))
    if not new:
        return
    ours = select(QueueEntry.id).where(
        QueueEntry.id.in_([item.id for item, _ in new]), QueueEntry.left_at.is_(None), QueueEntry.foreseen_at.is_(None)
    )
    still = set(await session.scalars(ours.with_for_update(skip_locked=True, key_share=True)))
    rates: dict[str, forecasting.Rates | None] = {}
    for item, ahead in new:
        if item.id not in still:
            continue
        own = bonus(item)
        values: dict[str, Any] = {"foreseen_at": now, "points": own, "ahead": ahead}
        # A case waits for hours, and nobody is told how long.
        if rows[item.id].conversation_id is not None:
            if item.team not in rates:
                rates[item.team] = await forecasting.rates(session, team=item.team)
            if found := rates[item.team]:
                values["predicted_seconds"] = await forecasting.wait(session, found, ahead=ahead, points=own)
        await session.execute(update(QueueEntry).where(QueueEntry.id == item.id).values(**values))
