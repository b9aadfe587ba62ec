"""The one place that says what is allowed now for an order, and why not otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.catalogue.model import Product, Variant
from crm_backend.database import utc_now
from crm_backend.errors import NotFound
from crm_backend.orders.model import Order, OrderLine, Shipment
from crm_backend.orders.transitions import BEFORE
from crm_backend.payments.model import Payment
from crm_backend.policies import kinds
from crm_backend.policies.facts import Line, OrderFacts, Parcel, facts_of
from crm_backend.policies.schema import Allowed, Decision, LineAllowed

FAULTS = frozenset({"not_as_described", "wrong_item", "damaged", "defective"})
"""Reasons for which goods come back under warranty, whatever their nature and the days that have passed."""


@dataclass(frozen=True)
class Kind:
    """What a line's product is, where it is known."""

    product_id: UUID | None = None
    category: str = ""
    exclusion: str | None = None
    vat_rate: int | None = None


async def allowed(session: AsyncSession, order: Order, at: datetime | None = None) -> Allowed:
    """What may be done with an order at an instant (now, without one), by the policies of the day it was placed.

    One query, however many lines there are; what the session changed is written first. Whose order it is was asked
    before: who may be told of it, and who may act, is not a matter of policy. Raises NotFound for one that is gone.
    """
    await session.flush()
    facts = await facts_of(session, order.id)
    if facts is None:
        raise NotFound("no such order")
    return allowed_by(facts, at)


_REPLACEMENT = Decision(allowed=False, reason="replacement")
"""What was paid for it is with the order that it replaces: a return brings that back, calling it off would not."""


def allowed_by(order: OrderFacts, at: datetime | None = None) -> Allowed:
    """The same, of an order whose facts are known."""
    at = at or utc_now()
    arrived = _arrived(order.status, order.parcels, order.day)
    lines = [_line(line, order=order, arrived=arrived, at=at) for line in order.lines]
    paid = order.refundable_minor
    return Allowed(
        order_id=order.id,
        number=order.number,
        at=at,
        cancel=_REPLACEMENT if order.replaces_id else _until(order, order.book.of(kinds.Cancel).until),
        change_address=_until(order, order.book.of(kinds.ChangeAddress).until),
        back=_any([line.back for line in lines]),
        warranty=_any([line.warranty for line in lines]),
        refund=Decision(allowed=True) if paid else Decision(allowed=False, reason="nothing_to_refund"),
        refundable_minor=paid,
        currency=order.currency,
        lines=lines,
    )


async def kinds_of(session: AsyncSession, lines: Sequence[OrderLine]) -> dict[UUID, Kind]:
    """What the products of lines are, by line. One query."""
    wanted = {line.variant_id for line in lines if line.variant_id is not None}
    if not wanted:
        return {}
    rows = await session.execute(
        select(Variant.id, Product.id, Product.category, Product.return_exclusion, Product.vat_rate)
        .join(Product, Product.id == Variant.product_id)
        .where(Variant.id.in_(wanted))
    )
    found = {variant: Kind(*what) for variant, *what in rows}
    return {line.id: found[line.variant_id] for line in lines if line.variant_id in found}


async def refundable(session: AsyncSession, order_id: UUID) -> int:
    """What was paid for an order and has not gone back, in minor units."""
    left = func.sum(Payment.amount_minor - Payment.refunded_minor)
    return int(await session.scalar(select(left).where(Payment.order_id == order_id)) or 0)


def arrived_at(order: Order) -> datetime | None:
    """When the last parcel of a delivered order arrived; None before. `order` has its parcels and their events loaded.

    Where no carrier told, it is by what it did tell last, by the day it was expected, or by the order itself.
    """
    parcels = [
        Parcel(each.shipped_at, each.delivered_at, each.expected_to, _reported_at(each)) for each in order.shipments
    ]
    return _arrived(order.status, parcels, order.placed_at or order.created_at)


def _reported_at(parcel: Shipment) -> datetime | None:
    return max((told.at for told in parcel.events), default=None)


def _arrived(status: str, parcels: Sequence[Parcel], day: datetime) -> datetime | None:
    if status != "delivered":
        return None
    known = [parcel.delivered_at for parcel in parcels if parcel.delivered_at]
    known = known or [parcel.reported_at for parcel in parcels if parcel.reported_at]
    known = known or [datetime.combine(each.expected_to, time(12), UTC) for each in parcels if each.expected_to]
    return max(known, default=day)


def _until(order: OrderFacts, until: str) -> Decision:
    if order.status in BEFORE[until]:
        return Decision(allowed=True, facts={"until_status": until})
    if order.status in ("cancelled", "returned", "lost"):
        return Decision(allowed=False, reason=f"order_is_{order.status}")
    left = [parcel.shipped_at for parcel in order.parcels if parcel.shipped_at]
    if left and until == "shipped":
        return Decision(allowed=False, until=min(left), reason="has_left_on", facts={"on": min(left)})
    return Decision(allowed=False, reason="too_far", facts={"status": order.status, "until_status": until})


def _line(line: Line, *, order: OrderFacts, arrived: datetime | None, at: datetime) -> LineAllowed:
    left, book = max(0, line.quantity - line.gone), order.book
    rules = book.of(kinds.Return, category=line.category, product_id=line.product_id)
    months = book.of(kinds.Warranty, category=line.category, product_id=line.product_id).months
    if (no := _not_here(order, left, line.coming)) is not None or arrived is None:
        no = no or Decision(allowed=False, reason="not_delivered")
        later = no.reason == "not_delivered" and rules.days > 0 and line.exclusion not in rules.not_for
        back = no.model_copy(update={"facts": {"days": rules.days}}) if later else no
        return LineAllowed(id=line.id, position=line.position, returnable=left, back=back, warranty=no)
    return LineAllowed(
        id=line.id,
        position=line.position,
        returnable=left,
        back=_return(rules, line.exclusion, arrived=arrived, at=at, zone=book.zone),
        warranty=_warranty(months, arrived=arrived, at=at, zone=book.zone),
    )


def _not_here(order: OrderFacts, left: int, coming: int) -> Decision | None:
    if order.status in ("cancelled", "lost", "returned"):
        return Decision(allowed=False, reason=f"order_is_{order.status}")
    if order.status != "delivered":
        return Decision(allowed=False, reason="not_delivered")
    if left:
        return None
    return Decision(allowed=False, reason="return_under_way" if coming else "all_came_back")


def _return(rules: kinds.Return, exclusion: str | None, *, arrived: datetime, at: datetime, zone: ZoneInfo) -> Decision:
    if exclusion in rules.not_for:
        return Decision(allowed=False, reason=f"excluded_{exclusion}")
    if rules.days == 0:
        return Decision(allowed=False, reason="not_taken_back")
    last = _last_day(rules, arrived, zone)
    until = _end_of(last, zone)
    if at > until:
        return Decision(allowed=False, until=until, reason="return_over", facts={"days": rules.days, "last": last})
    return Decision(allowed=True, until=until, facts={"days": rules.days, "last": last})


def _last_day(rules: kinds.Return, arrived: datetime, zone: ZoneInfo) -> date:
    return arrived.astimezone(zone).date() + timedelta(days=rules.days)


def last_days_by(order: OrderFacts) -> dict[UUID, date]:
    """Until when the lines of a delivered order may be sent back for any reason, whether or not they have been by now;
    nothing for those that may not."""
    arrived = _arrived(order.status, order.parcels, order.day)
    found = {}
    for line in order.lines if arrived is not None else ():
        rules = order.book.of(kinds.Return, category=line.category, product_id=line.product_id)
        if rules.days and line.exclusion not in rules.not_for and arrived is not None:
            found[line.id] = _last_day(rules, arrived, order.book.zone)
    return found


def _warranty(months: int, *, arrived: datetime, at: datetime, zone: ZoneInfo) -> Decision:
    last = months_later(arrived.astimezone(zone).date(), months)
    until = _end_of(last, zone)
    if at > until:
        return Decision(allowed=False, until=until, reason="warranty_over", facts={"months": months, "last": last})
    return Decision(allowed=True, until=until, facts={"months": months, "last": last})


def months_later(day: date, months: int) -> date:
    """The same day of a later month, or the last one that month has."""
    years, month = divmod(day.month - 1 + months, 12)
    first = date(day.year + years, month + 1, 1)
    beyond = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    return first.replace(day=min(day.day, (beyond - timedelta(days=1)).day))


def _end_of(day: date, zone: ZoneInfo) -> datetime:
    """The last instant of a day there."""
    return datetime.combine(day + timedelta(days=1), time(0), zone).astimezone(UTC) - timedelta(seconds=1)


def _any(decisions: list[Decision]) -> Decision:
    """What holds for an order: what holds for the line that may longest."""
    if not decisions:
        return Decision(allowed=False, reason="nothing_ordered")
    earliest = datetime.min.replace(tzinfo=UTC)
    return max(decisions, key=lambda each: (each.allowed, each.until or earliest))
