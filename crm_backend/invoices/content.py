"""What an invoice or a credit note says, taken from an order as it is when the document is issued."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.errors import NotNow
from crm_backend.invoices.amounts import by_rate, shared
from crm_backend.invoices.model import Invoice
from crm_backend.orders.model import Order
from crm_backend.payments.model import Payment, Refund
from crm_backend.policies import kinds
from crm_backend.policies.allowed import Kind, kinds_of
from crm_backend.policies.services import Book, in_force
from crm_backend.returns.model import Return, ReturnLine


async def rates_of(session: AsyncSession, order: Order) -> tuple[dict[UUID, int], int]:
    """The rate of every line in hundredths of a percent, and that of sending them: the line's own, else the product's,
    else that of the policy of the order's day for the country it goes to."""
    book = await in_force(session, order.placed_at or order.created_at)
    what = await kinds_of(session, order.lines)
    found = {}
    for line in order.lines:
        kind = what.get(line.id, Kind())
        own = line.vat_rate if line.vat_rate is not None else kind.vat_rate
        found[line.id] = own if own is not None else _rate(book, order, kind)
    return found, _rate(book, order, Kind())


def _rate(book: Book, order: Order, kind: Kind) -> int:
    rules = book.of(kinds.Vat, category=kind.category, product_id=kind.product_id)
    return rules.countries.get(order.ship_country, rules.rate)


async def of_order(session: AsyncSession, order: Order, *, book: Book, today: date) -> dict[str, Any]:
    """What an order's invoice says. The prices include tax; a discount is shared out over the rates by price."""
    rates, sending = await rates_of(session, order)
    goods: Counter[int] = Counter()
    for line in order.lines:
        goods[rates[line.id]] += line.quantity * line.unit_price_minor
    shipping, discount = order.shipping_minor, order.discount_minor
    # The total of an order from elsewhere may hold what we are not told of: it is shown, not hidden.
    other = order.total_minor - sum(goods.values()) - shipping + discount
    shipping, discount = shipping + max(0, other), discount + max(0, -other)
    gross = Counter(goods)
    if discount:
        gross.subtract(shared(discount, goods))
    gross[sending] += shipping
    payments = await session.scalars(
        select(Payment).where(Payment.order_id == order.id).order_by(Payment.paid_at, Payment.id)
    )
    return {
        **_head(order, book=book, today=today),
        "lines": [
            {
                "names": line.names,
                "options": line.options,
                "quantity": line.quantity,
                "unit_minor": line.unit_price_minor,
                "total_minor": line.quantity * line.unit_price_minor,
                "rate": rates[line.id],
            }
            for line in order.lines
        ],
        "shipping_minor": shipping,
        "discount_minor": discount,
        "rates": by_rate(gross),
        "total_minor": order.total_minor,
        "payments": [{"method": each.method, "amount_minor": each.amount_minor} for each in payments],
    }


async def of_refund(
    session: AsyncSession, order: Order, refund: Refund, *, invoice: Invoice, book: Book, today: date
) -> dict[str, Any]:
    """What the credit note of a refund says: goods that came back at their own rates, else the rates of the invoice."""
    weights = await _returned(session, order, refund) or {
        each["rate"]: each["gross_minor"] for each in invoice.content["rates"]
    }
    parts = sorted(refund.parts, key=lambda part: part.position)
    return {
        **_head(order, book=book, today=today),
        "corrects": {"number": invoice.number, "issued_on": invoice.content["issued_on"]},
        "reason": refund.reason,
        "lines": [],
        "shipping_minor": 0,
        "discount_minor": 0,
        "rates": by_rate(shared(refund.amount_minor, weights)),
        "total_minor": refund.amount_minor,
        "payments": [{"method": each.payment.method, "amount_minor": each.amount_minor} for each in parts],
    }


async def _returned(session: AsyncSession, order: Order, refund: Refund) -> dict[int, int]:
    if refund.return_id is None:
        return {}
    rows = await session.execute(
        select(ReturnLine.order_line_id, ReturnLine.accepted)
        .join(Return, Return.id == ReturnLine.return_id)
        .where(ReturnLine.return_id == refund.return_id, Return.order_id == order.id, ReturnLine.accepted > 0)
    )
    rates, _ = await rates_of(session, order)
    prices = {line.id: line.unit_price_minor for line in order.lines}
    found: Counter[int] = Counter()
    for line_id, pieces in rows.tuples():
        found[rates[line_id]] += (pieces or 0) * prices[line_id]
    return found if sum(found.values()) else {}


def _head(order: Order, *, book: Book, today: date) -> dict[str, Any]:
    seller = book.of(kinds.Company)
    if not seller.name or not seller.address:
        raise NotNow("no_company")
    town = " ".join(filter(None, [order.ship_postcode, order.ship_city]))
    buyer: Sequence[str] = (order.ship_name, order.ship_line1, order.ship_line2, town, order.ship_region)
    return {
        "issued_on": today.isoformat(),
        "seller": seller.model_dump(mode="json", exclude={"time_zone"}),
        "buyer": [line for line in buyer if line],
        "country": order.ship_country,
        "order": order.number,
        "ordered_on": order.placed_at.astimezone(book.zone).date().isoformat() if order.placed_at else None,
        "currency": order.currency,
    }
