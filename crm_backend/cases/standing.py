"""How the cases that go on stand for one agent: the numbers beside the views of a list."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ScalarSelect, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from crm_backend.access.actor import Actor
from crm_backend.cases.model import Case
from crm_backend.cases.queries import GOING
from crm_backend.service_levels.model import CaseClock


class Standing(NamedTuple):
    """Of the cases neither resolved nor closed: all, the agent's own, nobody's, and those whose promised time is nearly
    up or over, or over."""

    open: int
    mine: int
    unassigned: int
    risk: int
    late: int


async def standing(session: AsyncSession, agent_id: UUID, *, actor: Actor, now: datetime) -> Standing:
    """The numbers, from one statement. Raises NotAllowed."""
    actor.need("cases.read")
    going = select(func.count()).where(Case.stage.in_(GOING))

    def promised(up: InstrumentedAttribute[datetime | None]) -> ScalarSelect[int]:
        # From the few clocks that are up, not from the many cases.
        clocks = select(func.count(CaseClock.case_id.distinct())).join(Case, Case.id == CaseClock.case_id)
        return clocks.where(CaseClock.state == "running", up <= now, Case.stage.in_(GOING)).scalar_subquery()

    counted = await session.execute(
        select(
            going.scalar_subquery(),
            going.where(Case.agent_id == agent_id).scalar_subquery(),
            going.where(Case.agent_id.is_(None)).scalar_subquery(),
            promised(CaseClock.warn_at),
            promised(CaseClock.due_at),
        )
    )
    return Standing(*counted.one())
