"""What a round looks at first: offers nobody answered, agents who went away, and cases that came or went."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import SYSTEM
from crm_backend.agents.model import Agent, AgentSession
from crm_backend.conversations.handing_over import owners
from crm_backend.conversations.model import Conversation
from crm_backend.conversations.schema import agent_owner
from crm_backend.routing import presence
from crm_backend.routing.loads import Weights
from crm_backend.routing.model import ConversationHelper, QueueEntry, RoutingOffer
from crm_backend.routing.presence import PRESENT_WITHIN
from crm_backend.routing.settings_model import AgentPresence
from crm_backend.routing.teams import Teams

SEEN_EVERY = timedelta(seconds=15)
VANISHED = "agent_vanished"

_CASES_IN = text("""
insert into queue_entries (id, case_id, team, reason, entered_at, created_at)
select gen_random_uuid(), k.id, k.team, 'case', clock_timestamp(), clock_timestamp()
from cases k where k.agent_id is null and k.stage = 'active' and k.team = any(:teams)
and not exists (select 1 from queue_entries e where e.case_id = k.id and e.left_at is null)
order by k.created_at limit 200 on conflict do nothing
""")
_CASES_OUT = text("""
update queue_entries e set left_at = clock_timestamp() from cases k
where e.case_id = k.id and e.left_at is null
and (k.agent_id is not null or k.stage in ('resolved', 'closed') or k.team <> e.team)
""")
_CASES_DONE = text("""
update queue_entries e set ended_at = clock_timestamp() from cases k
where e.case_id = k.id and e.taken_at is not null and e.ended_at is null
and (k.stage <> 'active' or k.agent_id is distinct from e.agent_id)
""")
_CASE_OFFERS = text("""
update routing_offers set state = 'withdrawn', ended_at = clock_timestamp() where id in (
    select o.id from routing_offers o join queue_entries e on e.id = o.entry_id
    where o.state = 'offered' and e.left_at is not null for update of o skip locked
) returning agent_id
""")


class Vanished(NamedTuple):
    """Agents who went without a word, and the conversations that went back to the queue for it."""

    agents: set[UUID]
    conversations: set[UUID]


async def offers_that_ended(session: AsyncSession, known: Teams, *, now: datetime) -> set[UUID]:
    """Ends offers whose time ran out, and those to agents who are not there any more: what was offered goes to the
    front of its queue. Who let too many pass in a row is set away. The agents whom it concerns."""
    late = await session.execute(
        update(RoutingOffer)
        .where(RoutingOffer.id.in_(_unanswered(RoutingOffer.expires_at <= now)))
        .values(state="timed_out", ended_at=now)
        .returning(RoutingOffer.entry_id, RoutingOffer.agent_id)
    )
    missed = list(late.tuples())
    willing = select(Agent.id).where(Agent.id == RoutingOffer.agent_id, Agent.active, Agent.presence != "offline")
    gone = await session.execute(
        update(RoutingOffer)
        .where(RoutingOffer.id.in_(_unanswered(~(presence.desk_open(RoutingOffer.agent_id) & willing.exists()))))
        .values(state="withdrawn", ended_at=now)
        .returning(RoutingOffer.entry_id, RoutingOffer.agent_id)
    )
    ended = [*missed, *gone.tuples()]
    if not ended:
        return set()
    entries = [entry for entry, _ in ended if entry is not None]
    await session.execute(
        update(QueueEntry).where(QueueEntry.id.in_(entries), QueueEntry.left_at.is_(None)).values(front=True)
    )
    await _count_missed(session, known, [(entry, agent) for entry, agent in missed if entry is not None])
    return {agent for _, agent in ended}


def _unanswered(which: ColumnElement[bool]) -> Select[tuple[UUID]]:
    # Whoever ends several at once takes them in another order: what they have locked is for the next round.
    return select(RoutingOffer.id).where(RoutingOffer.state == "offered", which).with_for_update(skip_locked=True)


async def _count_missed(session: AsyncSession, known: Teams, missed: list[tuple[UUID, UUID]]) -> None:
    for entry, agent in missed:
        team = await session.scalar(select(QueueEntry.team).where(QueueEntry.id == entry))
        row = (
            await session.execute(
                update(AgentPresence)
                .where(AgentPresence.agent_id.in_(_unheld(agent)))
                .values(missed=AgentPresence.missed + 1)
                .returning(AgentPresence.missed)
            )
        ).first()
        limit = known.row(team or "").missed_limit
        if row is not None and limit and row[0] >= limit:
            await presence.set_away(session, [agent], why="missed")


def _unheld(agent: UUID) -> Select[tuple[UUID]]:
    # Whoever holds the row may wait for an offer that this round has ended: it must not wait for them.
    return select(AgentPresence.agent_id).where(AgentPresence.agent_id == agent).with_for_update(skip_locked=True)


async def inactive_agents(session: AsyncSession) -> set[UUID]:
    """Sets away who is available and has not touched their desk for long; who that was."""
    found = await presence.inactive(session)
    if found:
        await presence.set_away(session, found, why="inactive")
    return set(found)


async def vanished(session: AsyncSession, known: Teams, weights: Weights, *, now: datetime) -> Vanished:
    """Puts back what agents held on channels that return it, when its customer waits and no desk of theirs has been
    open since long before; to the front. Agents who were never seen here by a round are left alone."""
    await _note_who_is_here(session, now=now)
    rows = await session.execute(
        select(AgentPresence.agent_id, AgentPresence.seen_at).where(
            AgentPresence.seen_at < now - PRESENT_WITHIN, ~presence.desk_open(AgentPresence.agent_id)
        )
    )
    since = {agent_owner(agent): (agent, now - seen - PRESENT_WITHIN) for agent, seen in rows.tuples() if seen}
    if not since:
        return Vanished(set(), set())
    await _helpers_leave(session, [agent for agent, _ in since.values()], now=now)
    waiting = (
        select(Conversation)
        .where(Conversation.owner.in_(since), Conversation.waiting_since.is_not(None))
        .order_by(Conversation.id)
        .with_for_update(skip_locked=True, key_share=True)
        .execution_options(populate_existing=True)
    )
    found = Vanished(set(), set())
    for conversation in list(await session.scalars(waiting)):
        agent, ago = since[conversation.owner]
        patience = timedelta(seconds=known.row(conversation.team).vanish_after)
        if ago < patience or not weights.returns(conversation.channel):
            continue
        await owners.put_back(session, conversation, actor=SYSTEM, reason=VANISHED, now=now)
        found.agents.add(agent)
        found.conversations.add(conversation.id)
    await session.flush()
    return found


async def _note_who_is_here(session: AsyncSession, *, now: datetime) -> None:
    here = select(AgentSession.agent_id).where(AgentSession.seen_at > func.clock_timestamp() - PRESENT_WITHIN)
    stale = AgentPresence.seen_at.is_(None) | (AgentPresence.seen_at < now - SEEN_EVERY)
    locked = (
        select(AgentPresence.agent_id).where(AgentPresence.agent_id.in_(here), stale).with_for_update(skip_locked=True)
    )
    ids = list(await session.scalars(locked))
    if ids:
        await session.execute(update(AgentPresence).where(AgentPresence.agent_id.in_(ids)).values(seen_at=now))


async def _helpers_leave(session: AsyncSession, agents: list[UUID], *, now: datetime) -> None:
    await session.execute(
        update(ConversationHelper)
        .where(ConversationHelper.agent_id.in_(agents), ConversationHelper.left_at.is_(None))
        .values(left_at=now)
    )


async def cases(session: AsyncSession, known: Teams) -> None:
    """Puts cases without an agent in the queue of teams that hand out cases, and takes out those that have one."""
    await session.execute(_CASES_OUT)
    await session.execute(_CASES_DONE)
    await session.execute(_CASE_OFFERS)
    if handing := [key for key, row in known.rows.items() if row.cases and row.mode != "manual"]:
        await session.execute(_CASES_IN, {"teams": handing})
