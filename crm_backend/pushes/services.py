"""Where an agent wants to be told by their browser, and putting what happens on its way there."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Interval, Table, bindparam, delete, func, literal, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.agents.model import Agent, AgentSession
from crm_backend.agents.sessions import token_hash
from crm_backend.audit import services as audit
from crm_backend.database import Base, new_id
from crm_backend.errors import Invalid, NotAuthenticated
from crm_backend.pushes.model import Push, PushKeys, PushSubscription

KEPT_FOR = {
    "offer": timedelta(minutes=2),
    "message": timedelta(hours=1),
    "mention": timedelta(hours=12),
    "reminder": timedelta(hours=12),
    "returned": timedelta(hours=12),
}
"""How long each kind is worth hearing of: later, nobody is told any more."""
POINT, SECRET = 65, 16
"""Bytes of an uncompressed P-256 point and of the secret that a browser gives with it (RFC 8291, 2)."""
Made = tuple[str, bytes]
"""A public key, and its private key, sealed."""


async def keys(session: AsyncSession, make: Callable[[], Made]) -> PushKeys:
    """This installation's keys, made now if there are none."""
    found = await session.get(PushKeys, 1)
    if found is None:
        public, private = make()
        made = upsert(PushKeys).values(id=1, public=public, private=private)
        await session.execute(made.on_conflict_do_nothing())
        found = await session.get_one(PushKeys, 1)
    return found


async def replace_keys(session: AsyncSession, made: Made) -> PushKeys:
    """Other keys, in the place of those that nobody can open any more. No subscription to the old ones can be told of
    anything, so each is forgotten; the browsers ask again when they next open the desk."""
    await session.execute(delete(PushSubscription))
    await session.execute(update(PushKeys).values(public=made[0], private=made[1]))
    return await session.get_one(PushKeys, 1, populate_existing=True)


async def subscribe(session: AsyncSession, agent: Agent, *, token: str, endpoint: str, p256dh: str, auth: str) -> None:
    """Has this signed-in browser told from now on, at this address instead of any before. Raises Invalid,
    NotAuthenticated."""
    if len(_bytes("p256dh", p256dh)) != POINT:
        raise Invalid("p256dh", "push_bad")
    if len(_bytes("auth", auth)) != SECRET:
        raise Invalid("auth", "push_bad")
    here = await _session(session, token)
    known = await session.scalar(select(PushSubscription).where(PushSubscription.session_id == here))
    same = {"endpoint": endpoint, "p256dh": p256dh, "auth": auth}
    if known is not None and all(getattr(known, name) == value for name, value in same.items()):
        return
    # A browser keeps its address when somebody else signs in.
    stale = (PushSubscription.session_id == here) | (PushSubscription.endpoint == endpoint)
    await session.execute(delete(PushSubscription).where(stale))
    added = upsert(PushSubscription).values(id=new_id(), agent_id=agent.id, session_id=here, **same)
    await session.execute(added.on_conflict_do_nothing())
    audit.record(session, actor=f"agent:{agent.id}", action="push_begun", subject=("agent", agent.id))


async def unsubscribe(session: AsyncSession, agent: Agent, *, token: str) -> None:
    """This browser is told of nothing any more."""
    here = await _session(session, token)
    gone = delete(PushSubscription).where(PushSubscription.session_id == here).returning(PushSubscription.id)
    if await session.scalar(gone) is not None:
        audit.record(session, actor=f"agent:{agent.id}", action="push_ended", subject=("agent", agent.id))


async def subscribed(session: AsyncSession, *, token: str) -> bool:
    """Whether this browser is told."""
    here = await _session(session, token)
    return await session.scalar(select(PushSubscription.id).where(PushSubscription.session_id == here)) is not None


async def queue(
    session: AsyncSession,
    *,
    agents: Collection[UUID],
    kind: str,
    cause: UUID,
    conversation_id: UUID | None,
    who: str = "",
) -> None:
    """Puts one thing on its way to every browser of these agents that is told, once for each cause."""
    if not agents:
        return
    given = {"agents": list(agents), "kind": kind, "cause": cause, "conversation": conversation_id, "who": who}
    await session.execute(_QUEUE, given | {"kept_for": KEPT_FOR[kind]})


async def in_front(session: AsyncSession, token: str, *, yes: bool) -> None:
    """Notes whether the agent has the desk before their eyes in this browser, as of now."""
    at = func.clock_timestamp() if yes else None
    await session.execute(update(AgentSession).where(AgentSession.token_hash == token_hash(token)).values(front_at=at))


async def forget_expired(session: AsyncSession, *, now: datetime) -> None:
    """Lets go of what was sent or came too late, a day after; until then it is known not to be sent twice."""
    await session.execute(delete(Push).where(Push.expires_at < now - timedelta(days=1)))


async def _session(session: AsyncSession, token: str) -> UUID:
    found = await session.scalar(select(AgentSession.id).where(AgentSession.token_hash == token_hash(token)))
    if found is None:
        raise NotAuthenticated("no live session")
    return found


def _bytes(field: str, value: str) -> bytes:
    try:
        return base64.b64decode(value + "=" * (-len(value) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise Invalid(field, "push_bad") from error


# Made once, since it is asked for with every message to an agent.
_SOURCE = select(
    func.gen_random_uuid(),
    func.clock_timestamp(),
    PushSubscription.id,
    bindparam("kind", type_=Push.kind.type),
    bindparam("cause", type_=Push.cause.type),
    bindparam("conversation", type_=Push.conversation_id.type),
    bindparam("who", type_=Push.who.type),
    literal("waiting"),
    literal(0),
    func.clock_timestamp(),
    func.clock_timestamp() + bindparam("kept_for", type_=Interval()),
).where(PushSubscription.agent_id.in_(bindparam("agents", expanding=True)))
# Who signs out at that moment takes the browser away: without the lock, a customer's message would be refused for it.
_SOURCE = _SOURCE.with_for_update(of=PushSubscription, read=True, key_share=True, skip_locked=True)
_NAMES = (
    "id", "created_at", "subscription_id", "kind", "cause", "conversation_id", "who", "state", "attempts",
    "available_at", "expires_at",
)  # fmt: skip
_QUEUE = upsert(Table(Push.__tablename__, Base.metadata)).from_select(_NAMES, _SOURCE).on_conflict_do_nothing()
