"""What is looked at to say what is allowed for orders: all of it in one question, however many they are."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ARRAY, Row, String, Uuid, bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.policies.services import Book


class Line(NamedTuple):
    """A line, with what its product is, where that is known; `gone` pieces have come back or are about to,
    and `coming` of them are not back yet."""

    id: UUID
    position: int
    quantity: int
    product_id: UUID | None
    category: str
    exclusion: str | None
    gone: int
    coming: int


class Parcel(NamedTuple):
    """A parcel; `reported_at` is when its carrier told something last."""

    shipped_at: datetime | None
    delivered_at: datetime | None
    expected_to: date | None
    reported_at: datetime | None


class OrderFacts(NamedTuple):
    """An order. `day` is when it was placed, `refundable_minor` what was paid and has not gone back, `book` the
    policies of its day."""

    id: UUID
    number: str
    customer_id: UUID
    status: str
    currency: str
    replaces_id: UUID | None
    day: datetime
    lines: list[Line]
    parcels: list[Parcel]
    refundable_minor: int
    book: Book


_FACTS = """
select o.id, o.number, o.customer_id, o.status, o.currency, o.replaces_id, coalesce(o.placed_at, o.created_at),
  array(select row(l.id, l.position, l.quantity, p.id, coalesce(p.category, ''), p.return_exclusion, back.gone,
      back.coming)
    from order_lines l cross join lateral (
      select coalesce(sum(coalesce(b.accepted, b.quantity)), 0)::bigint as gone,
        coalesce(sum(b.quantity) filter (where r.status in ('requested', 'labelled')), 0)::bigint as coming
      from return_lines b join returns r on r.id = b.return_id
      where b.order_line_id = l.id and r.status <> 'cancelled') back
    left join variants v on v.id = l.variant_id left join products p on p.id = v.product_id
    where l.order_id = o.id order by l.position),
  array(select row(s.shipped_at, s.delivered_at, s.expected_to,
      (select max(e.at) from tracking_events e where e.shipment_id = s.id))
    from shipments s where s.order_id = o.id),
  (select coalesce(sum(y.amount_minor - y.refunded_minor), 0)::bigint from payments y where y.order_id = o.id),
  array(select row(w.kind, w.category, w.product_id, w.parameters::text) from policies w
    where w.valid_from <= coalesce(o.placed_at, o.created_at)
    and (w.valid_to is null or w.valid_to > coalesce(o.placed_at, o.created_at)))
from orders o where """
_BY_ID = text(_FACTS + "o.id = :id").bindparams(bindparam("id", type_=Uuid()))
_BY_NUMBER = text(_FACTS + "o.number_key = any(:keys)").bindparams(bindparam("keys", type_=ARRAY(String())))


async def facts_of(session: AsyncSession, order_id: UUID) -> OrderFacts | None:
    """The facts of an order, if there is one. What the session has not written yet is not seen."""
    row = (await session.execute(_BY_ID, {"id": order_id})).one_or_none()
    return _facts(row) if row else None


async def facts_of_each(session: AsyncSession, number_keys: Sequence[str]) -> list[OrderFacts]:
    """The same for the orders that have these numbers, in no order."""
    return [_facts(row) for row in await session.execute(_BY_NUMBER, {"keys": list(number_keys)})]


def _facts(row: Row[Any]) -> OrderFacts:
    *own, lines, parcels, refundable, rules = row
    book = Book({(kind, category, product): json.loads(said) for kind, category, product, said in rules})
    return OrderFacts._make(
        [*own, [Line._make(each) for each in lines], [Parcel._make(each) for each in parcels], refundable, book]
    )
