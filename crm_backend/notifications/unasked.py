"""Whether a customer may be written to unasked at this moment: looked at before rules write by the clock."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Time, and_, cast, exists, func, literal, or_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from crm_backend.customers.model import Customer
from crm_backend.notifications import services
from crm_backend.notifications.model import ContactPreference
from crm_backend.notifications.schema import Rules


class Held(NamedTuple):
    """Why not: they want no messages unasked, it is quiet for everybody, or no hour of theirs; then `until` when."""

    why: Literal["unsubscribed", "quiet_hours", "not_their_hours"]
    until: datetime | None = None


async def held(session: AsyncSession, customer_id: UUID | None, *, rules: Rules, now: datetime) -> Held | None:
    """Why a customer, or with None somebody unknown, may not be written to unasked now; None when they may. The same
    as is looked at before a notice, but for how many they had this week."""
    wish = await session.get(ContactPreference, customer_id, populate_existing=True) if customer_id else None
    if wish is not None and not wish.unasked:
        return Held("unsubscribed")
    if (morning := rules.quiet_end(now)) is not None:
        return Held("quiet_hours", morning)
    theirs = await services.their_hour(session, wish, rules, now)
    return Held("not_their_hours", theirs) if theirs is not None else None


def not_their_hours(
    customer_id: InstrumentedAttribute[UUID | None], *, rules: Rules, now: datetime
) -> ColumnElement[bool]:
    """For lists: that this customer wants to be written to, and in other hours than now."""
    wish, zone = ContactPreference, func.coalesce(Customer.time_zone, str(rules.zone))
    clock = cast(func.timezone(zone, literal(now)), Time)
    since, until = wish.hours_from, wish.hours_until
    within = or_(
        and_(since <= until, clock >= since, clock < until), and_(since > until, or_(clock >= since, clock < until))
    )
    return exists().where(
        wish.customer_id == customer_id, Customer.id == customer_id, wish.unasked, since.is_not(None), ~within
    )
