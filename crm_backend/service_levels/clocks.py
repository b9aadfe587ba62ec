"""The clocks of a case: started, paused, resumed, met, and counted anew when what was promised changes."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import Actor
from crm_backend.calendars import services as calendars
from crm_backend.calendars.hours import BusinessHours, NeverOpen
from crm_backend.cases.model import Case
from crm_backend.service_levels import counting
from crm_backend.service_levels.choosing import policy_for
from crm_backend.service_levels.counting import Run
from crm_backend.service_levels.model import CaseClock, ServicePolicy

OVER = ("resolved", "closed")


async def of_case(session: AsyncSession, case_id: UUID) -> list[CaseClock]:
    """The clocks of a case, the latest round of each kind last."""
    return list(
        await session.scalars(
            select(CaseClock).where(CaseClock.case_id == case_id).order_by(CaseClock.kind, CaseClock.round)
        )
    )


def running(actor: Actor, *, kind: str | None = None, due_before: datetime | None = None) -> Select[tuple[CaseClock]]:
    """The clocks that run, to be sorted by when they are due and paged. Raises NotAllowed."""
    actor.need("cases.read")
    query = select(CaseClock).where(CaseClock.state == "running", CaseClock.due_at.is_not(None))
    if kind is not None:
        query = query.where(CaseClock.kind == kind)
    return query if due_before is None else query.where(CaseClock.due_at < due_before)


async def start(session: AsyncSession, case: Case, *, at: datetime) -> None:
    """What is promised for a case that was opened at `at` begins to count."""
    policy = await policy_for(session, case)
    if policy is None:
        return
    for kind in ("first_response", "resolution"):
        await _begin(session, case, policy, kind=kind, runs=[(at, None)], now=at)


async def change_stage(session: AsyncSession, case: Case, *, old: str, new: str, at: datetime) -> None:
    """The case came from one stage into another.

    Waiting on the customer stops every clock, on a third party those whose policy says so. The end meets the resolution
    and sets aside answers that are still owed. Reopened, all go on with the time they had left: the time in which the
    case was thought to be done does not count.
    """
    for clock in _latest(await of_case(session, case.id)):
        if new in OVER:
            if clock.kind == "resolution":
                await _end(session, clock, state="met", at=at)
            else:
                await _end(session, clock, state="cancelled", at=at)
        elif old in OVER:
            await _again(session, clock, at=at, stands=_stands(clock, new))
        elif clock.state in ("running", "paused"):
            await _turn(session, clock, at=at, stands=_stands(clock, new))


async def customer_wrote(session: AsyncSession, case: Case, *, at: datetime) -> None:
    """A word of the customer: an answer is owed within the target from the first one that has none. It runs whatever
    the case waits for, since the customer has done their part."""
    known = await of_case(session, case.id)
    if any(clock.kind != "resolution" and clock.state in ("running", "paused") for clock in known):
        return
    if case.stage in OVER or not (policy := await policy_for(session, case)):
        return
    await _begin(session, case, policy, kind="next_response", runs=[(at, None)], now=at, known=known)


async def answered(session: AsyncSession, case_id: UUID, *, at: datetime, by_bot: bool = False) -> None:
    """An answer went to the customer: by the assistant it counts where the policy says so."""
    for clock in _latest(await of_case(session, case_id)):
        counts = clock.started_at <= at and (clock.bot_counts or not by_bot)
        if counts and clock.kind != "resolution" and clock.state in ("running", "paused"):
            await _end(session, clock, state="met", at=at)


async def choose_again(session: AsyncSession, case: Case, *, now: datetime) -> None:
    """What decides about the policy has changed: clocks that are not met count by the new one, from their own beginning
    and exactly, as if it had always been that one. Those it does not promise are cancelled, those it adds begin when
    the case did."""
    policy, known = await policy_for(session, case), await of_case(session, case.id)
    for clock in _latest(known):
        if clock.state not in ("running", "paused"):
            continue
        if policy is None or getattr(policy, clock.kind) is None:
            await _end(session, clock, state="cancelled", at=now)
        else:
            _promise(clock, policy)
            await count_anew(session, clock, now=now)
    if policy is not None and case.stage not in OVER:
        await _add_missing(session, case, policy, known, now)


async def recount(session: AsyncSession, *, calendar_id: UUID, now: datetime) -> int:
    """Counts every clock anew that is not met and runs by a calendar which was changed; how many."""
    found = await session.scalars(
        select(CaseClock)
        .where(CaseClock.calendar_id == calendar_id, CaseClock.state.in_(("running", "paused")))
        .order_by(CaseClock.id)
        .with_for_update()
    )
    clocks = found.all()
    for clock in clocks:
        await count_anew(session, clock, now=now)
    return len(clocks)


async def count_anew(session: AsyncSession, clock: CaseClock, *, now: datetime) -> None:
    """Works out the times of a clock from its runs. What has not come after all is forgotten."""
    _times(clock, await calendars.hours_of(session, clock.calendar_id))
    if clock.breached_at is not None and (clock.due_at is None or clock.due_at > now):
        clock.breached_at = None
    if clock.warned_at is not None and (clock.warn_at is None or clock.warn_at > now):
        clock.warned_at = None
    look_next(clock)


async def _begin(
    session: AsyncSession,
    case: Case,
    policy: ServicePolicy,
    *,
    kind: str,
    runs: Sequence[Run],
    now: datetime,
    known: Sequence[CaseClock] = (),
) -> None:
    if getattr(policy, kind) is None:
        return
    rounds = [clock.round for clock in known if clock.kind == kind]
    clock = CaseClock(
        case_id=case.id,
        kind=kind,
        round=max(rounds, default=0) + 1,
        state="running" if runs[-1][1] is None else "paused",
        runs=counting.stored(runs),
        started_at=runs[0][0],
        late=False,
    )
    _promise(clock, policy)
    await count_anew(session, clock, now=now)
    session.add(clock)
    await session.flush()


async def _add_missing(
    session: AsyncSession, case: Case, policy: ServicePolicy, known: Sequence[CaseClock], now: datetime
) -> None:
    had = {clock.kind: clock for clock in known}
    model = had.get("resolution") or had.get("first_response")
    for kind in ("resolution", "first_response"):
        clock = had.get(kind)
        if clock is not None and clock.state == "cancelled":
            # Cancelled by another policy, not by the end: the case is not over.
            _promise(clock, policy)
            await _again(session, clock, at=now, stands=_stands(clock, case.stage))
        elif clock is None and not (kind == "first_response" and "next_response" in had):
            runs = counting.read(model.runs) if model else [(case.created_at, None)]
            await _begin(session, case, policy, kind=kind, runs=runs, now=now)


async def _turn(session: AsyncSession, clock: CaseClock, *, at: datetime, stands: bool) -> None:
    runs = counting.read(clock.runs)
    clock.runs = counting.stored(counting.paused(runs, at) if stands else counting.resumed(runs, at))
    clock.state = "paused" if stands else "running"
    _times(clock, await calendars.hours_of(session, clock.calendar_id))
    look_next(clock)


async def _end(session: AsyncSession, clock: CaseClock, *, state: str, at: datetime) -> None:
    if clock.state not in ("running", "paused"):
        return
    clock.runs = counting.stored(counting.paused(counting.read(clock.runs), at))
    _times(clock, await calendars.hours_of(session, clock.calendar_id))
    clock.state = state
    clock.met_at = at if state == "met" else None
    if clock.due_at is not None and clock.due_at < at:
        clock.late, clock.breached_at = True, clock.breached_at or clock.due_at
    look_next(clock)


async def _again(session: AsyncSession, clock: CaseClock, *, at: datetime, stands: bool) -> None:
    """Goes on after the end of the case. Answers that were given stay given."""
    if clock.state == "met" and clock.kind != "resolution":
        return
    clock.met_at, clock.late = None, False
    await _turn(session, clock, at=at, stands=stands)


def _promise(clock: CaseClock, policy: ServicePolicy) -> None:
    clock.policy_id, clock.policy_version, clock.calendar_id = policy.id, policy.version, policy.calendar_id
    clock.target, clock.warn_percent = getattr(policy, clock.kind), policy.warn_percent
    clock.pause_on_third_party, clock.bot_counts = policy.pause_on_third_party, policy.bot_counts


def _times(clock: CaseClock, hours: BusinessHours) -> None:
    runs, target = counting.read(clock.runs), timedelta(minutes=clock.target)
    clock.due_at = _up_at(hours, runs, target)
    clock.warn_at = _up_at(hours, runs, target * clock.warn_percent / 100)


def _up_at(hours: BusinessHours, runs: Sequence[Run], target: timedelta) -> datetime | None:
    # A calendar with so little time that nothing is due within sixty years must not keep a case from being opened.
    with contextlib.suppress(NeverOpen):
        return counting.up_at(hours, runs, target)
    return None


def look_next(clock: CaseClock) -> None:
    """When the loop has to look at a clock again."""
    if clock.state in ("met", "cancelled") or clock.breached_at is not None:
        clock.check_at = None
    else:
        clock.check_at = clock.due_at if clock.warned_at is not None else clock.warn_at


def _stands(clock: CaseClock, stage: str) -> bool:
    return stage == "waiting_customer" or (stage == "waiting_other" and clock.pause_on_third_party)


def _latest(known: Sequence[CaseClock]) -> list[CaseClock]:
    return list({clock.kind: clock for clock in known}.values())
