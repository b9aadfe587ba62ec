"""Points: what orders and adjustments come to, and the level that leads to.

Nothing is stored of it: what an order brings follows from the order, so that a refund or a correction of it needs no
second entry, and what is shown is never behind.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from babel.numbers import get_currency_precision
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.cases.due import months_after
from crm_backend.loyalty.model import LoyaltyMember, LoyaltyProgramme
from crm_backend.loyalty.services import levels, programme

Kind = Literal["order", "refund", "bonus", "correction", "spent"]

# Points are for goods: what delivery costs brings none. What was paid with a gift card was bought all the same.
_HISTORY = """
with bought as (
  select o.id, o.number, o.currency, o.total_minor - o.shipping_minor as amount,
    case when o.status = 'delivered' then
      coalesce((select max(s.delivered_at) from shipments s where s.order_id = o.id), o.placed_at, o.created_at)
      + make_interval(days => :days) end as at
  from orders o
  where o.customer_id = :customer and o.status in ('shipped', 'out_for_delivery', 'delivered')
    and coalesce(o.placed_at, o.created_at) >= :since
)
select b.id, b.number, 'order' as kind, b.currency, b.amount, b.at from bought b
union all
select b.id, b.number, 'refund', r.currency, -r.amount_minor, greatest(r.created_at, b.at)
from refunds r join bought b on b.id = r.order_id where b.at is not null
"""
_ADJUSTED = """
select kind, points, reason, created_at as at from loyalty_adjustments
where customer_id = :customer and created_at >= :since
"""


@dataclass(frozen=True)
class Entry:
    """A change of the balance: by an order, its refund, or by hand."""

    at: datetime
    kind: Kind
    points: int
    balance: int
    order_id: UUID | None = None
    number: str | None = None
    reason: str = ""


@dataclass(frozen=True)
class Level:
    """A level in words; `advantages` by language."""

    key: str
    names: dict[str, str]
    from_points: int
    advantages: dict[str, list[str]]


@dataclass(frozen=True)
class Status:
    """Where a member stands. `balance` is what can be spent, `pending` what orders that are on their way, or came not
    long ago, will bring; `counted` are the points of the last months, by which the level goes; `missing` is what lacks
    for `next`."""

    joined_at: datetime
    balance: int
    pending: int
    counted: int
    level: Level | None
    next: Level | None
    missing: int | None


async def status_of(session: AsyncSession, customer_id: UUID, *, now: datetime) -> Status | None:
    """Where the customer stands; None for one who is no member, or where there is no programme.

    The caller has seen to it that it is told to nobody else: to the customer from `verified` on
    (`orders.doers.customer_in`).
    """
    settings = await programme(session)
    member = await _member(session, customer_id)
    if member is None or not settings.enabled:
        return None
    entries, pending = await _entries(session, customer_id, since=member.joined_at, settings=settings, now=now)
    first = months_after(now, -settings.months)
    counted = max(0, sum(entry.points for entry in entries if entry.at > first and entry.kind != "spent"))
    ladder = await all_levels(session)
    reached = [level for level in ladder if level.from_points <= counted]
    ahead = next((level for level in ladder if level.from_points > counted), None)
    return Status(
        joined_at=member.joined_at,
        balance=entries[-1].balance if entries else 0,
        pending=pending,
        counted=counted,
        level=reached[-1] if reached else None,
        next=ahead,
        missing=ahead.from_points - counted if ahead else None,
    )


async def history(session: AsyncSession, customer_id: UUID, *, now: datetime) -> list[Entry]:
    """Every change of a member's balance until now, the first one first; none for one who is no member."""
    member = await _member(session, customer_id)
    if member is None:
        return []
    settings = await programme(session)
    return (await _entries(session, customer_id, since=member.joined_at, settings=settings, now=now))[0]


async def all_levels(session: AsyncSession) -> list[Level]:
    """The levels, the lowest first."""
    return [Level(row.key, row.names, row.from_points, row.advantages) for row in await levels(session)]


async def _member(session: AsyncSession, customer_id: UUID) -> LoyaltyMember | None:
    query = select(LoyaltyMember).where(LoyaltyMember.customer_id == customer_id, LoyaltyMember.left_at.is_(None))
    found: LoyaltyMember | None = await session.scalar(query)
    return found


async def _entries(
    session: AsyncSession, customer_id: UUID, *, since: datetime, settings: LoyaltyProgramme, now: datetime
) -> tuple[list[Entry], int]:
    """What is the member's, and how much is not yet."""
    asked = {"customer": customer_id, "since": since}
    orders = (await session.execute(text(_HISTORY), {**asked, "days": settings.pending_days})).all()
    adjusted = (await session.execute(text(_ADJUSTED), asked)).all()
    changes = [
        (row.at, row.kind, _points(row.amount, row.currency, settings.points_per_unit), row.id, row.number, "")
        for row in orders
    ]
    pending = sum(each[2] for each in changes if each[0] is None or each[0] > now)
    changes = [each for each in changes if each[0] is not None and each[0] <= now]
    changes += [(row.at, row.kind, row.points, None, None, row.reason) for row in adjusted if row.at <= now]
    entries: list[Entry] = []
    balance, of_order = 0, Counter[UUID]()
    # An order before its refund, where both count from one instant.
    for at, kind, points, order_id, number, why in sorted(changes, key=lambda each: (each[0], each[1] == "refund")):
        # A refund of delivery, which brought nothing, takes nothing.
        worth = max(points, -of_order[order_id]) if kind == "refund" else points
        if worth:
            of_order[order_id] += worth
            balance += worth
            entries.append(Entry(at, kind, worth, balance, order_id, number, why))
    return entries, max(0, pending)


def _points(minor: int, currency: str, rates: dict[str, int]) -> int:
    """Whole units only, towards zero: a refund takes no more than the purchase gave."""
    unit: int = 10 ** get_currency_precision(currency)
    whole: int = abs(minor) // unit * rates.get(currency, 0)
    return whole if minor > 0 else -whole
