"""The circuit breaker of an account: paused while its platform is in trouble, tried with care afterwards."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Update, and_, case, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.accounts.model import Account
from crm_backend.database import utc_now

FAILURES_IN_A_ROW = 5
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=30), timedelta(seconds=300)
LONGEST_TOLD = timedelta(days=1)
"""The longest pause that a platform may ask for."""
NOTED_EVERY = timedelta(seconds=10)
"""How exactly it is known when something last came in or went out: a row written by every message would hold all up."""
LONGEST_ERROR = 300


async def failed(
    session: AsyncSession,
    channel: str,
    account: str,
    error: str,
    after: float | None = None,
    *,
    at_once: bool = False,
    probe: bool = False,
) -> datetime | None:
    """Notes trouble on the platform's side; until when nothing of the account is sent, or None when it goes on.

    The fifth failure in a row pauses the account for 30 s, each further one for twice as long, up to 300 s; `at_once`
    does not wait for the fifth. `after` is a pause in seconds that the platform itself asked for, for the whole
    account: it is kept to and says nothing of the platform's health. `probe` is for the one delivery that was let
    through after a pause. Attempts that began before a pause and fail during it count no more. An account that is not
    known has no breaker. `error` holds no personal data.
    """
    row = await session.scalar(
        select(Account)
        .where(Account.channel == channel, Account.name == account)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if row is None:
        return None
    now = utc_now()
    row.last_error, row.last_error_at = error[:LONGEST_ERROR], now
    told = None if after is None else now + min(timedelta(seconds=max(after, 0.0)), LONGEST_TOLD)
    if row.open_until is not None and row.open_until > now and not probe:
        row.open_until = max(row.open_until, told or now)
        return row.open_until
    if told is not None:
        row.open_until = told
        return told
    row.failures = max(row.failures + 1, FAILURES_IN_A_ROW if at_once else 0)
    if row.failures < FAILURES_IN_A_ROW:
        # A probe that failed leaves the account to be probed again: another message may fare better.
        row.open_until = now if probe else row.open_until
        return None
    row.open_until = now + min(FIRST_PAUSE * 2 ** min(row.failures - FAILURES_IN_A_ROW, 10), LONGEST_PAUSE)
    return row.open_until


async def succeeded(session: AsyncSession, channel: str, account: str, *, probe: bool = False) -> None:
    """The platform took something: failures are forgotten, and a pause that is over ends for all.

    A success of what was on its way when a pause began does not end it.
    """
    now = utc_now()
    paused: ColumnElement[bool] = and_(Account.open_until.is_not(None), Account.open_until > now)
    news = or_(
        Account.failures > 0,
        Account.open_until.is_not(None),
        Account.last_out_at.is_(None),
        Account.last_out_at < now - NOTED_EVERY,
    )
    await session.execute(
        _row(channel, account)
        .where(news)
        .values(
            last_out_at=now,
            failures=0 if probe else case((paused, Account.failures), else_=0),
            open_until=None if probe else case((paused, Account.open_until), else_=None),
        )
    )


async def heard(session: AsyncSession, channel: str, account: str) -> None:
    """Something came in by the account."""
    now = utc_now()
    stale = or_(Account.last_in_at.is_(None), Account.last_in_at < now - NOTED_EVERY)
    await session.execute(_row(channel, account).where(stale).values(last_in_at=now))


async def probe(session: AsyncSession, channel: str, account: str, *, seconds: float) -> bool:
    """Takes the one try that an account has after a pause; false when somebody else took it.

    It comes back after `seconds` when nothing was heard of it: whoever took it may have died.
    """
    now = utc_now()
    won = await session.scalar(
        _row(channel, account)
        .where(Account.open_until <= now)
        .values(open_until=now + timedelta(seconds=seconds))
        .returning(Account.id)
    )
    return won is not None


async def not_probed(session: AsyncSession, channel: str, account: str) -> None:
    """The try after a pause was not made after all: the next message may have it."""
    await session.execute(_row(channel, account).where(Account.open_until.is_not(None)).values(open_until=utc_now()))


async def paused(session: AsyncSession) -> list[tuple[str, str, bool]]:
    """Every account that is switched on: its channel, its name, whether it is paused now."""
    is_paused = func.coalesce(Account.open_until > utc_now(), False)
    rows = await session.execute(select(Account.channel, Account.name, is_paused).where(Account.enabled))
    return list(rows.tuples())


def _row(channel: str, account: str) -> Update:
    return update(Account).where(Account.channel == channel, Account.name == account)
