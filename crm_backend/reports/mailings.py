"""Reports that are mailed: who asked for which, who gets them, and the one mail each of them gets for a day."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access import queries as access
from crm_backend.access.actor import Actor
from crm_backend.agents.model import Agent
from crm_backend.audit import services as audit
from crm_backend.database import expect, new_id
from crm_backend.errors import Invalid, NotFound
from crm_backend.notices.services import agent_of
from crm_backend.reports.filters import filters_of
from crm_backend.reports.grains import DIMENSIONS
from crm_backend.reports.model import RHYTHMS, ReportMailing, ReportRecipient, ReportSend
from crm_backend.reports.periods import STEPS, Period
from crm_backend.reports.queries import READING
from crm_backend.texts import clean_name

NAME, MOST, MOST_RECIPIENTS = 80, 50, 100
LEASE = timedelta(minutes=10)
PAUSES = (timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=1), timedelta(hours=3))
"""Before a mail that was not taken is tried again; after the last it is given up."""
_PLAIN = ("rhythm", "hour", "split_by")


@dataclass(frozen=True)
class Planned:
    """A mailing with who gets it."""

    mailing: ReportMailing
    recipients: list[UUID]


@dataclass(frozen=True)
class Due:
    """One mail to be sent now: `send` names it, `attempts` counts this one."""

    send: UUID
    attempts: int
    agent: Agent
    mailing: ReportMailing
    day: date


async def listed(session: AsyncSession, *, actor: Actor) -> list[Planned]:
    """The mailings that the agent made or gets, by name. Needs reports.read."""
    actor.need(READING)
    me = agent_of(actor)
    gets = select(ReportRecipient.mailing_id).where(ReportRecipient.agent_id == me)
    rows = await session.scalars(
        select(ReportMailing)
        .where(or_(ReportMailing.owner_id == me, ReportMailing.id.in_(gets)))
        .order_by(func.lower(ReportMailing.name), ReportMailing.id)
    )
    found = list(rows)
    whose = await _recipients(session, [row.id for row in found])
    return [Planned(row, whose.get(row.id, [])) for row in found]


async def save(
    session: AsyncSession,
    *,
    actor: Actor,
    given: Mapping[str, Any],
    now: datetime,
    mailing_id: UUID | None = None,
    version: int | None = None,
) -> Planned:
    """A new mailing, or one of the agent's changed: `name`, `rhythm`, `hour`, `filters`, `split_by`, `recipients`.
    `now` is by the company's clock. It goes for the first time when its hour next comes.

    Needs reports.read, of those who get it, too. Raises NotAllowed, NotFound, Stale, Invalid."""
    actor.need(READING)
    owner = agent_of(actor)
    if owner is None:
        raise Invalid("owner", "unknown_colleague")
    if mailing_id is None:
        row = ReportMailing(owner_id=owner, next_day=now.date())
    else:
        row = await _own(session, mailing_id, owner)
        expect(row, version)
    old = {name: getattr(row, name) for name in _PLAIN} if mailing_id else None
    row.name = await _name(session, row, given.get("name"), new=mailing_id is None)
    row.rhythm = _among("rhythm", given.get("rhythm"), RHYTHMS)
    row.hour = _hour(given.get("hour"))
    row.split_by = _among("split_by", given.get("split_by") or "day", (*STEPS, *DIMENSIONS))
    row.filters = filters_of(given.get("filters") or {}).as_given()
    row.next_day = next_day(row.rhythm, row.hour, now)
    session.add(row)
    await session.flush()
    wanted = await _checked(session, given.get("recipients") or [])
    await session.execute(delete(ReportRecipient).where(ReportRecipient.mailing_id == row.id))
    await session.execute(insert(ReportRecipient), [{"mailing_id": row.id, "agent_id": one} for one in wanted])
    audit.record(
        session,
        actor=actor,
        action="changed" if mailing_id else "created",
        subject=("report_mailing", row.id),
        old=old,
        new={name: getattr(row, name) for name in _PLAIN},
        plain=_PLAIN,
        recipients=[str(one) for one in wanted],
    )
    return Planned(row, wanted)


async def remove(session: AsyncSession, *, actor: Actor, mailing_id: UUID) -> None:
    """Deletes a mailing of the agent's; who only gets it, gets it no more. Raises NotAllowed, NotFound."""
    actor.need(READING)
    me = agent_of(actor)
    row = await session.get(ReportMailing, mailing_id)
    mine = row is not None and row.owner_id == me
    left = delete(ReportRecipient).where(ReportRecipient.mailing_id == mailing_id, ReportRecipient.agent_id == me)
    if not mine and await session.scalar(left.returning(ReportRecipient.agent_id)) is None:
        raise NotFound("no such mailing")
    audit.record(session, actor=actor, action="deleted" if mine else "left", subject=("report_mailing", mailing_id))
    if mine:
        await session.delete(row)
    await session.flush()


def next_day(rhythm: str, hour: int, now: datetime) -> date:
    """The first day after `now`, by the company's clock, on which a mailing goes."""
    day = now.date() + timedelta(days=now.hour >= hour)
    while not _goes(rhythm, day):
        day += timedelta(days=1)
    return day


def last_day(rhythm: str, hour: int, now: datetime) -> date:
    """The last day until `now`, by the company's clock, on which a mailing went or goes."""
    day = now.date() - timedelta(days=now.hour < hour)
    while not _goes(rhythm, day):
        day -= timedelta(days=1)
    return day


def told_on(day: date, rhythm: str, zone: ZoneInfo) -> Period:
    """What a mail of this day tells of: the day, the week or the month before."""
    last = day - timedelta(days=1)
    first = {"daily": last, "weekly": day - timedelta(days=7), "monthly": last.replace(day=1)}[rhythm]
    return Period(first, last, zone)


async def plan(session: AsyncSession, *, now: datetime) -> int:
    """Writes down the mails of every mailing whose hour has come, by the company's clock, each once; how many mailings.
    What was missed for days is made up for by its latest only. The caller commits."""
    ready = select(ReportMailing).where(
        or_(
            ReportMailing.next_day < now.date(),
            (ReportMailing.next_day == now.date()) & (ReportMailing.hour <= now.hour),
        )
    )
    rows = list(await session.scalars(ready.with_for_update(skip_locked=True)))
    whose = await _recipients(session, [row.id for row in rows])
    for row in rows:
        day = last_day(row.rhythm, row.hour, now)
        sends = [
            {"id": new_id(), "created_at": now, "mailing_id": row.id, "agent_id": one, "day": day, "available_at": now}
            for one in whose.get(row.id, [])
        ]
        if sends:
            await session.execute(insert(ReportSend).values(sends).on_conflict_do_nothing())
        # Its version is for those who change it.
        after = next_day(row.rhythm, row.hour, now)
        await session.execute(update(ReportMailing).where(ReportMailing.id == row.id).values(next_day=after))
    return len(rows)


async def claim(session: AsyncSession, *, now: datetime) -> Due | None:
    """The next mail to be sent, leased; None when there is none. Who may not read reports any more gets none. The
    caller commits before it sends: a mail whose sender died is tried again, under the same name, and given up when
    that was its last try."""
    due = (
        select(ReportSend)
        .where(ReportSend.state == "due", ReportSend.available_at <= now)
        .order_by(ReportSend.available_at)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    while (send := await session.scalar(due)) is not None:
        agent = await session.get_one(Agent, send.agent_id)
        if send.attempts > len(PAUSES):
            send.state = "failed"
        elif not agent.active or not await access.may(session, agent, READING):
            send.state = "left_out"
        else:
            send.attempts += 1
            send.available_at = now + LEASE
            await session.flush()
            mailing = await session.get_one(ReportMailing, send.mailing_id)
            return Due(send.id, send.attempts, agent, mailing, send.day)
        await session.flush()
    return None


async def sent(session: AsyncSession, due: Due, *, now: datetime) -> None:
    """Notes that a mail has left. The caller commits."""
    row = await session.get(ReportSend, due.send, with_for_update=True)
    if row is not None:
        row.state, row.sent_at = "sent", now
        await session.flush()


async def failed(session: AsyncSession, due: Due, *, now: datetime) -> bool:
    """Notes that a mail was not taken; whether it will be tried again. The caller commits."""
    row = await session.get(ReportSend, due.send, with_for_update=True)
    if row is None or row.state != "due":
        return False
    again = due.attempts <= len(PAUSES)
    if again:
        row.available_at = now + PAUSES[due.attempts - 1]
    else:
        row.state = "failed"
    await session.flush()
    return again


def _goes(rhythm: str, day: date) -> bool:
    return rhythm == "daily" or (rhythm == "weekly" and day.weekday() == 0) or (rhythm == "monthly" and day.day == 1)


async def _recipients(session: AsyncSession, mailings: Collection[UUID]) -> dict[UUID, list[UUID]]:
    rows = await session.execute(
        select(ReportRecipient.mailing_id, ReportRecipient.agent_id)
        .where(ReportRecipient.mailing_id.in_(mailings))
        .order_by(ReportRecipient.agent_id)
    )
    found: dict[UUID, list[UUID]] = {}
    for mailing, agent in rows.tuples():
        found.setdefault(mailing, []).append(agent)
    return found


async def _own(session: AsyncSession, mailing_id: UUID, owner: UUID) -> ReportMailing:
    row = await session.get(ReportMailing, mailing_id, with_for_update=True, populate_existing=True)
    if row is None or row.owner_id != owner:
        raise NotFound("no such mailing")
    return row


async def _name(session: AsyncSession, row: ReportMailing, given: object, *, new: bool) -> str:
    name = clean_name(given if isinstance(given, str) else "", length=NAME)
    if not name:
        raise Invalid("name", "missing")
    others = list(
        await session.scalars(
            select(ReportMailing.name).where(ReportMailing.owner_id == row.owner_id, ReportMailing.id != row.id)
            if not new
            else select(ReportMailing.name).where(ReportMailing.owner_id == row.owner_id)
        )
    )
    if name in others:
        raise Invalid("name", "report_name_taken")
    if new and len(others) >= MOST:
        raise Invalid("name", "reports_too_many", most=MOST)
    return name


async def _checked(session: AsyncSession, given: object) -> list[UUID]:
    """Agents at work who may read reports."""
    if not isinstance(given, list) or not given:
        raise Invalid("recipients", "missing")
    if len(given) > MOST_RECIPIENTS:
        raise Invalid("recipients", "reports_too_many", most=MOST_RECIPIENTS)
    try:
        wanted = sorted({UUID(str(one)) for one in given})
    except ValueError:
        raise Invalid("recipients", "unknown_colleague") from None
    for one in wanted:
        agent = await session.get(Agent, one)
        if agent is None or not agent.active or not await access.may(session, agent, READING):
            raise Invalid("recipients", "report_may_not_read")
    return wanted


def _among(field: str, given: object, known: Collection[str]) -> str:
    if not isinstance(given, str) or given not in known:
        raise Invalid(field, "report_choice")
    return given


def _hour(given: object) -> int:
    if isinstance(given, bool) or not isinstance(given, int) or not 0 <= given <= 23:
        raise Invalid("hour", "report_hour")
    return given
