"""Passing a conversation on: to a team, to a colleague, to two at once, or by a supervisor's word."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access import queries as access
from crm_backend.access.actor import Actor
from crm_backend.agents.model import Agent
from crm_backend.audit import services as audit
from crm_backend.conversations import stream
from crm_backend.conversations.handing_over import deeds, owners, passport
from crm_backend.conversations.model import Conversation
from crm_backend.conversations.schema import BOT, agent_owner, owner_kind
from crm_backend.database import utc_now
from crm_backend.errors import Invalid, NotNow, NotOwner, OwnerChanged
from crm_backend.routing import loads, offering
from crm_backend.routing.model import ConversationHelper, QueueEntry, RoutingOffer
from crm_backend.routing.presence import desk_open
from crm_backend.routing.services import helps, hold_agent
from crm_backend.routing.settings_model import Skill, Team
from crm_backend.routing.teams import DEFAULT
from crm_backend.texts import clean

LONGEST_NOTE = 2_000
TRANSFERRED, OVERRIDDEN = "transferred", "overridden"


async def to_team(
    session: AsyncSession,
    *,
    conversation_id: UUID,
    agent: Agent,
    version: int,
    team: str | None = None,
    skill: UUID | None = None,
    note: str = "",
) -> Conversation:
    """Puts the agent's conversation at the front of a team's queue (its own, if none is named), with `note` in its
    passport; with a `skill` for whoever has it, and for others as skills are given up in that team after a time.

    Raises NotFound, NotOwner, OwnerChanged, Invalid (no such team or skill), NotAllowed.
    """
    conversation = await _passable(session, conversation_id, agent, version)
    if team is not None and team != conversation.team and await session.get(Team, team) is None:
        raise Invalid("team", "unknown_team")
    asked = await session.get(Skill, skill) if skill is not None else None
    if skill is not None and asked is None:
        raise Invalid("skill", "unknown_skill")
    await _pass_on(session, conversation, agent, note=note, team=team)
    if asked is not None:
        await session.flush()
        needs = [{"kind": asked.kind, "value": asked.value, "level": asked.level}]
        waits = QueueEntry.conversation_id == conversation.id, QueueEntry.left_at.is_(None)
        await session.execute(update(QueueEntry).where(*waits).values(needs=needs))
    return conversation


async def to_agent(
    session: AsyncSession, *, conversation_id: UUID, agent: Agent, version: int, to: UUID, note: str = ""
) -> Conversation:
    """Offers the agent's conversation to a colleague; until they answer it is nobody's, at the front of the queue, and
    if they do not take it somebody else gets it.

    Raises NotFound, NotOwner, OwnerChanged, NotAllowed; Invalid for no colleague; NotNow when they are not there
    (`colleague_not_there`) or have as much as they can hold (`colleague_full`).
    """
    conversation = await _passable(session, conversation_id, agent, version)
    colleague = await _colleague(session, to, other_than=agent)
    weights = await loads.weights(session)
    held = await hold_agent(session, colleague.id)
    if await loads.load_of(session, colleague.id) + weights.weight(conversation.channel) > held.capacity:
        raise NotNow("colleague_full")
    await _pass_on(session, conversation, agent, note=note)
    await session.flush()
    entry = select(QueueEntry.id).where(QueueEntry.conversation_id == conversation.id, QueueEntry.left_at.is_(None))
    offer = await _offer(session, conversation, colleague, by=agent, kind="transfer", note=note)
    offer.entry_id = await session.scalar(entry)
    await offering.make(session, offer)
    return conversation


async def invite(
    session: AsyncSession, *, conversation_id: UUID, agent: Agent, to: UUID, note: str = ""
) -> RoutingOffer:
    """Asks a colleague to join the agent in a conversation. Raises NotFound, NotOwner, Invalid, NotNow
    (`colleague_not_there`, `colleague_joined`), NotAllowed."""
    await access.need(session, agent, "conversations.write")
    conversation = await stream.locked(session, conversation_id)
    if conversation.owner != agent_owner(agent.id):
        raise NotOwner("not the owner")
    colleague = await _colleague(session, to, other_than=agent)
    asked = select(RoutingOffer.id).where(
        RoutingOffer.conversation_id == conversation.id,
        RoutingOffer.agent_id == colleague.id,
        RoutingOffer.state == "offered",
    )
    if await helps(session, conversation.id, colleague.id) or await session.scalar(asked) is not None:
        raise NotNow("colleague_joined")
    offer = await _offer(session, conversation, colleague, by=agent, kind="join", note=note)
    await offering.make(session, offer)
    audit.record(
        session,
        actor=agent_owner(agent.id),
        action="invited",
        subject=("conversation", conversation.id),
        agent=str(colleague.id),
    )
    return offer


async def step_out(session: AsyncSession, *, conversation_id: UUID, agent: Agent) -> Conversation:
    """The agent leaves a conversation that they had joined. Raises NotFound, and NotOwner when they had not."""
    conversation = await stream.locked(session, conversation_id)
    left = await session.scalar(
        update(ConversationHelper)
        .where(
            ConversationHelper.conversation_id == conversation.id,
            ConversationHelper.agent_id == agent.id,
            ConversationHelper.left_at.is_(None),
        )
        .values(left_at=utc_now())
        .returning(ConversationHelper.agent_id)
    )
    if left is None:
        raise NotOwner("has not joined")
    audit.record(session, actor=agent_owner(agent.id), action="stepped_out", subject=("conversation", conversation.id))
    return conversation


async def override(
    session: AsyncSession, *, conversation_id: UUID, actor: Actor, version: int, to: UUID, reason: str
) -> Conversation:
    """A supervisor gives a conversation to an agent, whoever has it, whatever they hold already.

    Raises NotAllowed, NotFound, OwnerChanged, Invalid, and NotNow: nothing is given to somebody who is not there.
    """
    actor.need("conversations.supervise")
    why = _note(reason)
    if not why:
        raise Invalid("reason", "missing")
    conversation = await stream.locked(session, conversation_id)
    if conversation.version != version or owner_kind(conversation.owner) == "nobody":
        raise OwnerChanged("changed meanwhile")
    agent = await _colleague(session, to)
    if conversation.owner == agent_owner(agent.id):
        return conversation
    before, now = conversation.owner, utc_now()
    await owners.give(session, conversation, agent=agent, now=now)
    audit.record(
        session,
        actor=actor,
        action=OVERRIDDEN,
        subject=("conversation", conversation.id),
        old={"owner": before},
        new={"owner": conversation.owner},
        plain=("owner",),
        reason=why,
    )
    return conversation


async def helpers(session: AsyncSession, conversation_id: UUID) -> list[Agent]:
    """Who has joined the owner of a conversation, in the order in which they came."""
    rows = await session.scalars(
        select(Agent)
        .join(ConversationHelper, ConversationHelper.agent_id == Agent.id)
        .where(ConversationHelper.conversation_id == conversation_id, ConversationHelper.left_at.is_(None))
        .order_by(ConversationHelper.joined_at)
    )
    return list(rows)


async def _passable(session: AsyncSession, conversation_id: UUID, agent: Agent, version: int) -> Conversation:
    """The conversation, locked, if the agent has it, or supervises."""
    await access.need(session, agent, "conversations.write")
    conversation = await stream.locked(session, conversation_id)
    mine = conversation.owner == agent_owner(agent.id)
    supervised = owner_kind(conversation.owner) != "nobody" and await access.may(
        session, agent, "conversations.supervise"
    )
    if not mine and not supervised:
        raise NotOwner("not the owner")
    if conversation.version != version:
        raise OwnerChanged("changed meanwhile", holder=agent.first_name if mine else None)
    return conversation


async def _pass_on(
    session: AsyncSession,
    conversation: Conversation,
    agent: Agent,
    *,
    note: str,
    team: str | None = None,
) -> None:
    now = utc_now()
    if conversation.passport is None or conversation.owner == BOT:
        conversation.passport = await passport.build(session, conversation, reason=TRANSFERRED, now=now)
    if conversation.owner == agent_owner(agent.id):
        await deeds.added(session, conversation, agent, now=now)
    if said := _note(note):
        done = {"code": "note", "name": agent.first_name, "text": said}
        conversation.passport = {
            **conversation.passport,
            "tried": [*conversation.passport.get("tried", []), done],
        }
    await owners.put_back(
        session,
        conversation,
        actor=agent_owner(agent.id),
        reason=TRANSFERRED,
        now=now,
        team=team,
    )


async def _offer(
    session: AsyncSession, conversation: Conversation, colleague: Agent, *, by: Agent, kind: str, note: str
) -> RoutingOffer:
    now: datetime = await session.scalar(loads.clock) or utc_now()
    seconds = (await session.get(Team, conversation.team) or DEFAULT).offer_seconds
    return RoutingOffer(
        conversation_id=conversation.id,
        agent_id=colleague.id,
        kind=kind,
        made_by=agent_owner(by.id),
        offered_at=now,
        expires_at=now + timedelta(seconds=seconds),
        note=_note(note),
    )


async def _colleague(session: AsyncSession, agent_id: UUID, *, other_than: Agent | None = None) -> Agent:
    found = await session.get(Agent, agent_id, populate_existing=True)
    if found is None or not found.active or (other_than is not None and found.id == other_than.id):
        raise Invalid("agent", "unknown_colleague")
    if not await access.may(session, found, "conversations.write"):
        raise Invalid("agent", "unknown_colleague")
    if found.presence == "offline" or not await session.scalar(select(desk_open(found.id))):
        raise NotNow("colleague_not_there")
    return found


def _note(text: str) -> str:
    if not text.strip():
        return ""
    return clean(text, max_length=LONGEST_NOTE)
