"""Clocks whose time is nearly up, or up: found by the loop, told once each."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.cases.model import Case
from crm_backend.events import services as events
from crm_backend.service_levels import clocks
from crm_backend.service_levels.model import CaseClock, ServicePolicyVersion

Moment = Literal["warned", "breached"]


async def claim(session: AsyncSession, *, now: datetime) -> tuple[Case, CaseClock] | None:
    """A clock that has something to tell, with its case, both locked until the transaction ends; None when there is
    none that nobody else holds. The case comes first, as for everybody who changes one."""
    case = await session.scalar(
        select(Case)
        .join(CaseClock, CaseClock.case_id == Case.id)
        .where(CaseClock.check_at <= now)
        .order_by(CaseClock.check_at)
        .limit(1)
        .with_for_update(skip_locked=True, of=Case)
        .execution_options(populate_existing=True)
    )
    if case is None:
        return None
    clock = await session.scalar(
        select(CaseClock)
        .where(CaseClock.case_id == case.id, CaseClock.check_at <= now)
        .order_by(CaseClock.check_at, CaseClock.id)
        .limit(1)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return (case, clock) if clock is not None else None


async def tell(session: AsyncSession, clock: CaseClock, *, now: datetime) -> tuple[Moment, list[Any]]:
    """Notes and tells what has come for a claimed clock, and the actions that its policy has for that, as the policy
    was when the clock began. What is past its time is breached, warned of or not."""
    moment: Moment = "breached" if clock.due_at is not None and clock.due_at <= now else "warned"
    if moment == "breached":
        clock.breached_at = clock.due_at
    else:
        clock.warned_at = now
    clocks.look_next(clock)
    data = {
        "clock_id": str(clock.id),
        "clock": clock.kind,
        "round": clock.round,
        "due_at": clock.due_at.isoformat() if clock.due_at else None,
    }
    await events.emit(session, kind=f"clock.{moment}", subject=("case", clock.case_id), data=data)
    await session.flush()
    return moment, await _actions(session, clock, moment)


async def put_off(session: AsyncSession, clock_id: UUID, *, until: datetime) -> None:
    """Has a clock looked at later: something went wrong that nobody foresaw."""
    clock = await session.get(CaseClock, clock_id, with_for_update=True)
    if clock is not None and clock.check_at is not None:
        clock.check_at = max(clock.check_at, until)


async def _actions(session: AsyncSession, clock: CaseClock, moment: Moment) -> list[Any]:
    if clock.policy_id is None:
        return []
    version = await session.get(ServicePolicyVersion, (clock.policy_id, clock.policy_version))
    return list(version.terms["on_warning" if moment == "warned" else "on_breach"]) if version else []
