"""What is on its way to browsers: taken before it is sent, so that nothing is sent twice."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import and_, delete, exists, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.agents.model import Agent, AgentSession
from crm_backend.conversations.model import Conversation
from crm_backend.conversations.notes_model import Mention
from crm_backend.conversations.schema import agent_owner
from crm_backend.pushes.model import Push, PushSubscription
from crm_backend.routing.model import RoutingOffer

FRONT_FOR = timedelta(seconds=75)
"""For how long a desk that said it is looked at counts as looked at; it says so again every 30 seconds."""
PAUSES = tuple(timedelta(seconds=seconds) for seconds in (15, 60, 300, 1200))
"""How long is waited after each refusal, unless the push service says."""
LONGEST_PAUSE = timedelta(hours=12)


class Due(NamedTuple):
    """One push that was taken, and where it goes."""

    id: UUID
    kind: str
    conversation_id: UUID | None
    who: str
    language: str
    attempts: int
    expires_at: datetime
    subscription_id: UUID
    endpoint: str
    p256dh: str
    auth: str


async def take(session: AsyncSession, *, now: datetime, limit: int) -> tuple[list[Due], bool]:
    """Takes up to `limit` that are due, for good: (those that are still worth telling, whether any was taken).

    Nobody is told of what they look at, of what was dealt with meanwhile, or after their session has ended.
    """
    due = and_(Push.state == "waiting", Push.available_at <= now)
    rested = or_(PushSubscription.paused_until.is_(None), PushSubscription.paused_until <= now, Push.expires_at <= now)
    found = (
        await session.execute(
            select(Push, PushSubscription, Agent)
            .join(PushSubscription, PushSubscription.id == Push.subscription_id)
            .join(Agent, Agent.id == PushSubscription.agent_id)
            .where(due, rested)
            .order_by(Push.available_at, Push.id)
            .limit(limit)
            .with_for_update(of=Push, skip_locked=True)
            .execution_options(populate_existing=True)
        )
    ).all()
    taken = []
    for push, there, agent in found:
        push.state = "taken"
        push.attempts += 1
        if push.expires_at > now and agent.active and await _is_worth_telling(session, push, there):
            taken.append(
                Due(
                    push.id,
                    push.kind,
                    push.conversation_id,
                    push.who,
                    agent.language,
                    push.attempts,
                    push.expires_at,
                    there.id,
                    there.endpoint,
                    there.p256dh,
                    there.auth,
                )
            )
    await session.flush()
    return taken, bool(found)


async def put_off(session: AsyncSession, due: Due, *, after: timedelta | None, now: datetime) -> None:
    """The push service did not take it: it is tried again later, after PAUSES or when the service says, as is all that
    goes to that browser; and never, when it is not worth hearing by then or was tried often enough."""
    pause = min(after if after is not None else PAUSES[min(due.attempts, len(PAUSES)) - 1], LONGEST_PAUSE)
    if after is not None:
        await rest(session, due.subscription_id, until=now + pause)
    if due.attempts <= len(PAUSES) and now + pause < due.expires_at:
        again = update(Push).where(Push.id == due.id, Push.state == "taken")
        await session.execute(again.values(state="waiting", available_at=now + pause))


async def rest(session: AsyncSession, subscription_id: UUID, *, until: datetime) -> None:
    """Nothing goes to that browser until then."""
    there = update(PushSubscription).where(PushSubscription.id == subscription_id)
    await session.execute(there.values(paused_until=until))


async def forget(session: AsyncSession, subscription_id: UUID) -> None:
    """That browser asks for nothing any more."""
    await session.execute(delete(PushSubscription).where(PushSubscription.id == subscription_id))


async def _is_worth_telling(session: AsyncSession, push: Push, there: PushSubscription) -> bool:
    ours = AgentSession.agent_id == there.agent_id
    in_front = exists().where(ours, AgentSession.front_at > func.clock_timestamp() - FRONT_FOR)
    signed_in = exists().where(AgentSession.id == there.session_id, AgentSession.expires_at > func.clock_timestamp())
    still = [signed_in, ~in_front]
    if push.kind == "message":
        owned = Conversation.owner == agent_owner(there.agent_id)
        still.append(exists().where(Conversation.id == push.conversation_id, owned))
    elif push.kind == "offer":
        still.append(exists().where(RoutingOffer.id == push.cause, RoutingOffer.state == "offered"))
    elif push.kind == "mention":
        theirs = Mention.agent_id == there.agent_id
        still.append(exists().where(Mention.note_id == push.cause, theirs, Mention.read_at.is_(None)))
    return bool(await session.scalar(select(and_(*still))))
