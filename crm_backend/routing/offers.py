"""What an agent is offered, and what they say to it."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access import queries as access
from crm_backend.agents.model import Agent
from crm_backend.audit import services as audit
from crm_backend.cases import rows as case_rows
from crm_backend.cases.model import Case
from crm_backend.conversations import stream
from crm_backend.conversations.handing_over import owners
from crm_backend.conversations.model import Conversation
from crm_backend.conversations.schema import agent_owner, owner_kind
from crm_backend.database import utc_now
from crm_backend.errors import Invalid, NotFound, NotNow
from crm_backend.routing import loads
from crm_backend.routing.distributing import take_case
from crm_backend.routing.model import ConversationHelper, QueueEntry, RoutingOffer
from crm_backend.routing.services import helps, hold_agent
from crm_backend.routing.settings_model import AgentPresence

WHY_NOT = ("busy", "not_mine", "leaving", "other")
"""Why an agent declines: they have enough to do, it is not theirs to know, they are about to go, or anything else."""


class Offered(NamedTuple):
    """An offer as its agent sees it: `seconds_left` to answer, `seconds` in all, by the database's clock. The
    browser's may show another time."""

    id: UUID
    kind: str
    conversation_id: UUID | None
    case_id: UUID | None
    made_by: str
    note: str
    seconds: float
    seconds_left: float


async def open_offers(session: AsyncSession, agent_id: UUID) -> list[Offered]:
    """What an agent is offered now, the oldest first."""
    now: datetime = await session.scalar(loads.clock) or utc_now()
    rows = await session.scalars(
        select(RoutingOffer)
        .where(RoutingOffer.agent_id == agent_id, RoutingOffer.state == "offered", RoutingOffer.expires_at > now)
        .order_by(RoutingOffer.offered_at, RoutingOffer.id)
        .execution_options(populate_existing=True)
    )
    return [
        Offered(
            row.id,
            row.kind,
            row.conversation_id,
            row.case_id,
            row.made_by,
            row.note,
            (row.expires_at - row.offered_at).total_seconds(),
            (row.expires_at - now).total_seconds(),
        )
        for row in rows
    ]


async def accept(session: AsyncSession, offer_id: UUID, *, agent: Agent) -> Conversation | Case:
    """The agent takes what they are offered: a conversation or a case becomes theirs, or they join a colleague.

    Accepting again what one accepted and still has changes nothing. Raises NotFound, NotAllowed, and NotNow
    (`offer_gone`) when it was answered, taken back, let pass, or passed on since.
    """
    await access.need(session, agent, "conversations.write")
    offer = await _of(session, offer_id, agent)
    subject: Conversation | Case
    if offer.conversation_id is not None:
        subject = await stream.locked(session, offer.conversation_id)
    else:
        assert offer.case_id is not None
        subject = await case_rows.locked(session, offer.case_id)
    held = await hold_agent(session, agent.id)
    now: datetime = await session.scalar(loads.clock) or utc_now()
    await session.refresh(offer, with_for_update=True)
    if offer.state == "accepted" and await _is_theirs(session, subject, agent):
        return subject
    if offer.state != "offered" or offer.expires_at <= now:
        raise NotNow("offer_gone")
    if offer.kind == "join":
        await _join(session, offer, agent, now=now)
    elif isinstance(subject, Conversation):
        if owner_kind(subject.owner) != "queue":
            raise NotNow("offer_gone")
        await owners.give(session, subject, agent=agent, now=now)
    else:
        await take_case(session, subject, agent, now=now)
    held.missed = 0
    offer.state, offer.ended_at = "accepted", now
    kind = "conversation" if offer.conversation_id is not None else "case"
    audit.record(
        session,
        actor=agent_owner(agent.id),
        action="offer_accepted",
        subject=(kind, subject.id),
        offer=str(offer.id),
        of=offer.kind,
    )
    await session.flush()
    return subject


async def decline(session: AsyncSession, offer_id: UUID, *, agent: Agent, why: str | None = None) -> RoutingOffer:
    """The agent does not take it: it goes to the front of its queue, for somebody else. Declining twice changes
    nothing. `why` is one of WHY_NOT, for the record. Raises NotFound, Invalid, and NotNow (`offer_gone`)."""
    if why is not None and why not in WHY_NOT:
        raise Invalid("why", "not_choice", expected=", ".join(WHY_NOT))
    offer = await _of(session, offer_id, agent)
    if offer.conversation_id is not None:
        await stream.locked(session, offer.conversation_id)
    await hold_agent(session, agent.id)
    await session.refresh(offer, with_for_update=True)
    if offer.state == "declined":
        return offer
    if offer.state != "offered":
        raise NotNow("offer_gone")
    now: datetime = await session.scalar(loads.clock) or utc_now()
    offer.state, offer.ended_at = "declined", now
    await session.execute(
        update(QueueEntry).where(QueueEntry.id == offer.entry_id, QueueEntry.left_at.is_(None)).values(front=True)
    )
    await session.execute(update(AgentPresence).where(AgentPresence.agent_id == agent.id).values(missed=0))
    kind = "conversation" if offer.conversation_id is not None else "case"
    audit.record(
        session,
        actor=agent_owner(agent.id),
        action="offer_declined",
        subject=(kind, offer.conversation_id or offer.case_id),
        offer=str(offer.id),
        of=offer.kind,
        why=why,
    )
    await session.flush()
    return offer


async def _of(session: AsyncSession, offer_id: UUID, agent: Agent) -> RoutingOffer:
    offer = await session.get(RoutingOffer, offer_id, populate_existing=True)
    if offer is None or offer.agent_id != agent.id:
        raise NotFound("no such offer")
    return offer


async def _is_theirs(session: AsyncSession, subject: Conversation | Case, agent: Agent) -> bool:
    """Whether what the agent accepted is still theirs, or they are still with a colleague there."""
    if isinstance(subject, Case):
        return subject.agent_id == agent.id
    return subject.owner == agent_owner(agent.id) or await helps(session, subject.id, agent.id)


async def _join(session: AsyncSession, offer: RoutingOffer, agent: Agent, *, now: datetime) -> None:
    values: dict[str, Any] = {"joined_at": now, "left_at": None}
    await session.execute(
        insert(ConversationHelper)
        .values(conversation_id=offer.conversation_id, agent_id=agent.id, **values)
        .on_conflict_do_update(index_elements=["conversation_id", "agent_id"], set_=values)
    )
