"""After a commit: open desks hear which cases something happened to."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.cases import events
from crm_backend.cases.model import Case, CaseEvent
from server.wakes import Wakes

_TOUCHED = "cases.touched"


def listen() -> None:
    """Has every event of a case noted in its session. Once is enough, and twice does no harm."""
    events.follow(note)


async def note(session: AsyncSession, case: Case, event: CaseEvent) -> None:
    """Something happened to the case in this transaction."""
    touched: set[UUID] = session.info.setdefault(_TOUCHED, set())
    touched.add(case.id)


async def tell(session: AsyncSession, wakes: Wakes) -> None:
    """Tells what was noted, once, after the commit. Losing it costs a desk half a minute: it looks again by itself."""
    for case_id in session.info.pop(_TOUCHED, ()):
        await wakes.case(case_id)
