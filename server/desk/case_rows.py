"""What the desk's pages show of cases beside their own fields: names, the clock that matters, how much is done."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import Actor
from crm_backend.agents.model import Agent
from crm_backend.cases.model import Case, CaseItem
from crm_backend.conversations.reading.messages import instant
from crm_backend.conversations.schema import owner_agent
from crm_backend.customers.model import Customer
from crm_backend.service_levels.model import CaseClock

OF_ROW = (
    "id", "number", "subject", "type_key", "category_id", "status", "stage", "priority", "team", "agent_id", "tags",
    "due_at", "created_at", "updated_at", "status_since", "version",
)  # fmt: skip


async def rows_out(session: AsyncSession, cases: Sequence[Case], actor: Actor) -> list[dict[str, Any]]:
    """Rows of a list or cards of a board: of each case its customer's name, for who may see customers, the clock that
    is up first, and how much of its checklist is done."""
    found = [case.id for case in cases]
    if not found:
        return []
    names = await customer_names(session, {case.customer_id for case in cases}, actor)
    clocks = await _clocks(session, found)
    done = await _done(session, found)
    return [
        {
            **{name: plain(getattr(case, name)) for name in OF_ROW},
            "customer": _customer(case.customer_id, names),
            "clock": clock_out(clocks[case.id]) if case.id in clocks else None,
            "items": done.get(case.id),
        }
        for case in cases
    ]


async def customer_names(session: AsyncSession, wanted: Iterable[UUID | None], actor: Actor) -> dict[UUID, str]:
    """What these customers are called; nothing for who may not see customers."""
    ids = {each for each in wanted if each is not None}
    if not ids or not actor.may("customers.read"):
        return {}
    return {each.id: each.name for each in await session.scalars(select(Customer).where(Customer.id.in_(ids)))}


async def agent_names(session: AsyncSession, actors: Iterable[str | None]) -> dict[str, str]:
    """What the agents among these actors are called, by the actor's name."""
    known = {each: owner_agent(each) for each in actors if each}
    ids = {agent_id for agent_id in known.values() if agent_id is not None}
    if not ids:
        return {}
    names = {each.id: each.name for each in await session.scalars(select(Agent).where(Agent.id.in_(ids)))}
    return {actor: names[agent_id] for actor, agent_id in known.items() if agent_id in names}


def clock_out(clock: CaseClock) -> dict[str, Any]:
    """A clock as it is counted down: `due_at` is None while it stands still with time left."""
    told = ("kind", "round", "state", "target", "started_at", "warn_at", "due_at", "met_at", "late")
    return {name: plain(getattr(clock, name)) for name in told}


def plain(value: Any) -> Any:
    """A column's value as JSON has it."""
    if isinstance(value, UUID):
        return str(value)
    return instant(value) if hasattr(value, "isoformat") else value


def _customer(customer_id: UUID | None, names: dict[UUID, str]) -> dict[str, str] | None:
    if customer_id is None or customer_id not in names:
        return None
    return {"id": str(customer_id), "name": names[customer_id]}


async def _clocks(session: AsyncSession, found: Sequence[UUID]) -> dict[UUID, CaseClock]:
    """Of each case the clock that is up first; one that stands still where none runs."""
    rows = await session.scalars(
        select(CaseClock)
        .where(CaseClock.case_id.in_(found), CaseClock.state.in_(("running", "paused")))
        .distinct(CaseClock.case_id)
        .order_by(CaseClock.case_id, CaseClock.state.desc(), CaseClock.due_at.asc().nulls_last())
    )
    return {clock.case_id: clock for clock in rows}


async def _done(session: AsyncSession, found: Sequence[UUID]) -> dict[UUID, dict[str, int]]:
    rows = await session.execute(
        select(CaseItem.case_id, func.count(CaseItem.done_at), func.count())
        .where(CaseItem.case_id.in_(found))
        .group_by(CaseItem.case_id)
    )
    return {case_id: {"done": done, "all": every} for case_id, done, every in rows.tuples()}
