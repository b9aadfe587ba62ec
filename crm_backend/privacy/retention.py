"""Letting go of what has been kept long enough, by rules that the company sets."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any, cast

from sqlalchemy import CursorResult, Select, TextClause, bindparam, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.types import DateTime

from crm_backend.access.actor import SYSTEM, Actor
from crm_backend.audit import services as audit
from crm_backend.database import Sessions, expect, utc_now
from crm_backend.errors import Invalid, NotFound
from crm_backend.privacy.kinds import KINDS, Kind
from crm_backend.privacy.model import RetentionRule, RetentionRun

BATCH = 200
LONGEST = 36_500
AGAIN = timedelta(hours=1)
"""A night's run that has not ended after so long was killed: another begins where it stopped."""


async def rules(session: AsyncSession, *, actor: Actor) -> list[RetentionRule]:
    """One rule of each kind, in the order of KINDS; those nobody has changed have the defaults. Raises NotAllowed."""
    actor.need("privacy.configure")
    return await _rules(session)


async def _rules(session: AsyncSession) -> list[RetentionRule]:
    stored = {rule.kind: rule for rule in await session.scalars(select(RetentionRule))}
    return [
        stored.get(name) or RetentionRule(kind=name, enabled=kind.enabled, days=kind.days, version=1)
        for name, kind in KINDS.items()
    ]


def runs(actor: Actor) -> Select[tuple[RetentionRun]]:
    """The nights and what they let go. Raises NotAllowed."""
    actor.need("privacy.configure")
    return select(RetentionRun)


async def set_rule(
    session: AsyncSession,
    kind: str,
    *,
    actor: Actor,
    version: int | None,
    enabled: bool | None = None,
    days: int | None = None,
) -> RetentionRule:
    """Changes a rule. Raises NotAllowed, NotFound, Stale, Invalid."""
    actor.need("privacy.configure")
    if kind not in KINDS:
        raise NotFound("no such kind")
    if days is not None and not KINDS[kind].least <= days <= LONGEST:
        raise Invalid("days", "privacy.days", least=KINDS[kind].least, most=LONGEST)
    default = {"kind": kind, "enabled": KINDS[kind].enabled, "days": KINDS[kind].days, "version": 1}
    await session.execute(insert(RetentionRule).values(**default, updated_at=utc_now()).on_conflict_do_nothing())
    rule = await session.get_one(RetentionRule, kind, with_for_update=True, populate_existing=True)
    expect(rule, version)
    old = {"enabled": rule.enabled, "days": rule.days}
    rule.enabled = rule.enabled if enabled is None else enabled
    rule.days = days or rule.days
    await session.flush()
    new = {"enabled": rule.enabled, "days": rule.days}
    audit.record(session, actor=actor, action="changed", subject=("retention", kind), old=old, new=new)
    return rule


async def dry_run(session: AsyncSession, *, actor: Actor, now: datetime | None = None) -> dict[str, dict[str, Any]]:
    """What the next night would let go, by kind: `count`, and `oldest` as an instant. Changes nothing. A conversation
    counts under each rule it falls under. Raises NotAllowed."""
    actor.need("privacy.configure")
    found: dict[str, dict[str, Any]] = {}
    for rule in await _rules(session):
        row = (await session.execute(_counting(KINDS[rule.kind]), {"before": _before(rule, now or utc_now())})).one()
        found[rule.kind] = {"enabled": rule.enabled, "days": rule.days, "count": row[0], "oldest": row[1]}
    return found


async def night(sessions: Sessions, *, day: date, now: datetime | None = None) -> dict[str, int] | None:
    """Does one night's work, in transactions of `BATCH`; None when it is done, or another server is at it. Killed in
    the middle, it goes on where it stopped. Raises the first thing that a rule met, once all had their turn: then, too,
    the night is not over."""
    async with sessions() as session, session.begin():
        if not await _begun(session, day):
            return None
        todo = [rule for rule in await _rules(session) if rule.enabled]
    gone: dict[str, int] = {}
    faults: list[Exception] = []
    for rule in todo:
        gone[rule.kind] = 0
        try:
            while ids := await _let_go_some(sessions, rule, now or utc_now()):
                gone[rule.kind] += ids
        except Exception as error:  # noqa: BLE001  whatever one rule meets, the others are kept
            faults.append(error)
    if faults:
        raise faults[0]
    async with sessions() as session, session.begin():
        run = await session.get_one(RetentionRun, day, with_for_update=True)
        run.ended_at, run.report = utc_now(), gone
        audit.record(session, actor=SYSTEM, action="let_go", subject=("retention", str(day)), new=gone)
    return gone


async def ended(session: AsyncSession, day: date) -> bool:
    """Whether a night's work is done."""
    run = await session.get(RetentionRun, day)
    return run is not None and run.ended_at is not None


async def _let_go_some(sessions: Sessions, rule: RetentionRule, now: datetime) -> int:
    async with sessions() as session, session.begin():
        kind = KINDS[rule.kind]
        before = _before(rule, now)
        oldest = _dated(f"select id from ({kind.old}) o order by since limit {BATCH}")  # noqa: S608
        ids = list(await session.scalars(oldest, {"before": before}))
        if ids:
            await kind.let_go(session, ids)
        return len(ids)


async def _begun(session: AsyncSession, day: date) -> bool:
    taken = insert(RetentionRun).values(day=day, started_at=utc_now())
    mine = taken.on_conflict_do_update(
        index_elements=[RetentionRun.day],
        set_={"started_at": utc_now()},
        where=RetentionRun.ended_at.is_(None) & (RetentionRun.started_at < utc_now() - AGAIN),
    )
    return cast("CursorResult[Any]", await session.execute(mine)).rowcount == 1


def _before(rule: RetentionRule, now: datetime) -> datetime:
    return now - timedelta(days=rule.days)


def _counting(kind: Kind) -> TextClause:
    return _dated(f"select count(*), min(since) from ({kind.old}) o")  # noqa: S608


def _dated(query: str) -> TextClause:
    return text(query).bindparams(bindparam("before", type_=DateTime(timezone=True)))
