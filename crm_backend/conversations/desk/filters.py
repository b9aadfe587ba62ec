"""Saved filters: what agents often look for in the lists, each their own, and those that a supervisor shares."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import Actor
from crm_backend.audit.services import record
from crm_backend.conversations.desk_model import SavedFilter
from crm_backend.conversations.model import Conversation
from crm_backend.conversations.reading.inbox import Criteria, known_view
from crm_backend.conversations.schema import NOBODY
from crm_backend.database import expect
from crm_backend.errors import Invalid, NotFound
from crm_backend.notices.services import SUPERVISING, agent_of
from crm_backend.texts import clean_name
from crm_backend.values import id_of

NAME, WORDS, VALUE, MOST = 60, 200, 100, 50
_PLAIN = ("shared", "view")


async def of_agent(session: AsyncSession, *, actor: Actor) -> list[SavedFilter]:
    """The agent's own filters and those that are shared, by name. Needs conversations.read."""
    actor.need("conversations.read")
    own = SavedFilter.agent_id == agent_of(actor)
    query = select(SavedFilter).where(or_(own, SavedFilter.shared)).order_by(func.lower(SavedFilter.name))
    return list(await session.scalars(query.order_by(SavedFilter.id)))


async def topics(session: AsyncSession, *, actor: Actor) -> list[str]:
    """What the conversations that are not over are about. Needs conversations.read."""
    actor.need("conversations.read")
    of = select(Conversation.topic).where(Conversation.owner != NOBODY, Conversation.topic.is_not(None)).distinct()
    return sorted(topic for topic in await session.scalars(of) if topic)


async def save(
    session: AsyncSession,
    *,
    actor: Actor,
    name: str,
    view: str,
    criteria: Mapping[str, Any],
    shared: bool = False,
    filter_id: UUID | None = None,
    version: int | None = None,
) -> SavedFilter:
    """A new filter of the agent's, or `filter_id` changed. Needs conversations.read, and conversations.supervise for a
    shared one. Raises NotAllowed, NotFound, Stale, BadInput for a view that does not exist, Invalid."""
    actor.need("conversations.read")
    agent_id = _whose(actor)
    if shared:
        actor.need(SUPERVISING)
    if filter_id is None:
        row = SavedFilter(agent_id=agent_id)
    else:
        row = await _own(session, filter_id, actor)
        expect(row, version)
    called = await _called(session, row, name, new=filter_id is None)
    old = {"shared": row.shared, "view": row.view} if filter_id else None
    row.name, row.view, row.shared = called, known_view(view), shared
    row.criteria = _stored(criteria_of(criteria))
    session.add(row)
    await session.flush()
    record(
        session,
        actor=actor,
        action="changed" if filter_id else "created",
        subject=("saved_filter", row.id),
        old=old,
        new={"shared": shared, "view": row.view},
        plain=_PLAIN,
    )
    return row


async def remove(session: AsyncSession, *, actor: Actor, filter_id: UUID) -> None:
    """Deletes a filter of the agent's; a supervisor deletes any that is shared. Raises NotAllowed, NotFound."""
    actor.need("conversations.read")
    row = await _own(session, filter_id, actor)
    record(
        session,
        actor=actor,
        action="deleted",
        subject=("saved_filter", row.id),
        old={"shared": row.shared, "view": row.view},
        plain=_PLAIN,
    )
    await session.delete(row)
    await session.flush()


async def _called(session: AsyncSession, row: SavedFilter, name: str, *, new: bool) -> str:
    """The name as it is kept, where there is room for it."""
    called = clean_name(name, length=NAME)
    if not called:
        raise Invalid("name", "missing")
    taken = select(exists().where(SavedFilter.agent_id == row.agent_id, SavedFilter.name == called))
    if called != row.name and await session.scalar(taken):
        raise Invalid("name", "filter_name_taken")
    many = select(func.count()).where(SavedFilter.agent_id == row.agent_id)
    if new and (await session.scalar(many) or 0) >= MOST:
        raise Invalid("name", "filters_too_many", most=MOST)
    return called


def criteria_of(given: Mapping[str, Any]) -> Criteria:
    """What narrows a list, from plain values by name. Raises Invalid."""
    found: dict[str, str] = {}
    for name, value in given.items():
        if name not in Criteria._fields:
            raise Invalid(f"criteria.{name}", "unknown_field")
        if value is None:
            continue
        if not isinstance(value, str) or len(value) > (WORDS if name == "words" else VALUE):
            raise Invalid(f"criteria.{name}", "not_text")
        found[name] = clean_name(value, length=WORDS)
    if tag := found.get("tag"):
        found["tag"] = id_of("criteria.tag", tag)
    return Criteria(**{name: value for name, value in found.items() if value})


def _stored(criteria: Criteria) -> dict[str, str]:
    return {name: value for name, value in criteria._asdict().items() if value}


def _whose(actor: Actor) -> UUID:
    if (agent_id := agent_of(actor)) is None:
        raise NotFound("filters are agents'")
    return agent_id


async def _own(session: AsyncSession, filter_id: UUID, actor: Actor) -> SavedFilter:
    row = await session.get(SavedFilter, filter_id, with_for_update=True, populate_existing=True)
    # What somebody keeps for themselves is not known to exist to others.
    if row is None or (row.agent_id != agent_of(actor) and not (row.shared and actor.may(SUPERVISING))):
        raise NotFound("no such filter")
    return row
