"""Taking in an order that a shop has made, and orders that replace others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import Actor
from crm_backend.catalogue.model import Product, Variant
from crm_backend.customers.model import Customer
from crm_backend.database import new_id
from crm_backend.errors import Invalid
from crm_backend.orders import repeats, values
from crm_backend.orders.model import Order, OrderLine
from crm_backend.orders.numbers import number_key
from crm_backend.orders.telling import tell

MOST_LINES = 500


@dataclass(frozen=True)
class NewLine:
    """A line as it was bought: a variant of the catalogue, or names by language. `unit_price_minor` includes tax,
    `vat_rate` is in hundredths of a percent."""

    quantity: int
    unit_price_minor: int
    variant_id: UUID | None = None
    names: Mapping[str, str] = field(default_factory=dict)
    options: Mapping[str, str] = field(default_factory=dict)
    vat_rate: int | None = None


@dataclass(frozen=True)
class NewOrder:
    """An order as a shop has it. `total_minor` must be what lines and shipping come to, less the discount."""

    number: str
    customer_id: UUID
    currency: str
    total_minor: int
    lines: Sequence[NewLine]
    address: Mapping[str, str]
    shipping_minor: int = 0
    discount_minor: int = 0
    external_id: str | None = None
    placed_at: datetime | None = None
    replaces_id: UUID | None = None


async def create(session: AsyncSession, new: NewOrder, *, actor: Actor, key: str | None = None) -> Order:
    """Takes in an order, `placed`. Raises NotAllowed and Invalid; nothing is stored then."""
    actor.need("orders.write")
    command = await repeats.begin(session, actor=actor, key=key, name="create", given={"order": repr(new)})
    if (before := repeats.done(command, "order")) is not None:
        return await session.get_one(Order, before)
    order = await _checked(session, new)
    session.add(order)
    await session.flush()
    told: dict[str, object] = {"status": order.status, "total_minor": order.total_minor, "currency": order.currency}
    await tell(session, order, actor=actor, action="created", new={**told, "replaces_id": order.replaces_id})
    repeats.finish(command, order_id=order.id, order=order.id)
    await session.flush()
    return order


async def _checked(session: AsyncSession, new: NewOrder) -> Order:
    number = values.text("number", new.number, longest=64, needed=True)
    external_id = values.text("external_id", new.external_id) or None if new.external_id is not None else None
    if not number_key(number):
        raise Invalid("number", "wrong_number")
    currency = values.currency("currency", new.currency)
    address = values.address(new.address)
    placed_at = values.past("placed_at", new.placed_at)
    _check_total(new, currency)
    if await session.get(Customer, new.customer_id) is None:
        raise Invalid("customer_id", "unknown_customer")
    await _refuse_taken(session, number_key(number), external_id)
    return Order(
        id=new_id(),
        external_id=external_id,
        number=number,
        number_key=number_key(number),
        customer_id=new.customer_id,
        # What costs nothing, a replacement, needs no payment.
        status="placed" if new.total_minor else "paid",
        placed_at=placed_at,
        total_minor=new.total_minor,
        shipping_minor=new.shipping_minor,
        discount_minor=new.discount_minor,
        currency=currency,
        replaces_id=new.replaces_id,
        lines=await _lines(session, new.lines),
        shipments=[],
        **{f"ship_{name}": value for name, value in address.items()},
    )


def _check_total(new: NewOrder, currency: str) -> None:
    if not 1 <= len(new.lines) <= MOST_LINES:
        raise Invalid("lines", "too_big" if new.lines else "missing", most=MOST_LINES)
    total = values.amount("shipping_minor", new.shipping_minor, least=0)
    for at, line in enumerate(new.lines):
        pieces = values.whole(f"lines.{at}.quantity", line.quantity, least=1, most=values.MOST_PIECES)
        total += pieces * values.amount(f"lines.{at}.unit_price_minor", line.unit_price_minor, least=0)
    total -= values.amount("discount_minor", new.discount_minor, least=0)
    if values.amount("total_minor", new.total_minor, least=0) != total:
        raise Invalid("total_minor", "wrong_total", expected=(total, currency))


async def _refuse_taken(session: AsyncSession, key: str, external_id: str | None) -> None:
    same = or_(Order.number_key == key, Order.external_id == external_id) if external_id else Order.number_key == key
    for taken, _ in await session.execute(select(Order.number_key, Order.external_id).where(same)):
        raise Invalid("number" if taken == key else "external_id", "number_taken")


async def _lines(session: AsyncSession, given: Sequence[NewLine]) -> list[OrderLine]:
    wanted = {line.variant_id for line in given if line.variant_id}
    found: dict[UUID, tuple[Variant, Product]] = {}
    if wanted:
        rows = await session.execute(
            select(Variant, Product).join(Product, Product.id == Variant.product_id).where(Variant.id.in_(wanted))
        )
        found = {variant.id: (variant, product) for variant, product in rows.tuples()}
    return [_line(at, line, found) for at, line in enumerate(given)]


def _line(at: int, line: NewLine, found: Mapping[UUID, tuple[Variant, Product]]) -> OrderLine:
    names, options = _words(f"lines.{at}.names", line.names), _words(f"lines.{at}.options", line.options)
    rate = line.vat_rate
    if line.variant_id is not None:
        if line.variant_id not in found:
            raise Invalid(f"lines.{at}.variant_id", "unknown_product")
        variant, product = found[line.variant_id]
        names, options = names or product.names, options or variant.options
        rate = product.vat_rate if rate is None else rate
    if not names:
        raise Invalid(f"lines.{at}.names", "missing")
    if rate is not None:
        rate = values.whole(f"lines.{at}.vat_rate", rate, least=0, most=10_000)
    return OrderLine(
        id=new_id(),
        position=at + 1,
        variant_id=line.variant_id,
        names=names,
        options=options,
        quantity=line.quantity,
        unit_price_minor=line.unit_price_minor,
        vat_rate=rate,
    )


def _words(field_name: str, given: Mapping[str, str]) -> dict[str, str]:
    if len(given) > 20:
        raise Invalid(field_name, "too_big", most=20)
    return {
        values.text(field_name, name, longest=40): values.text(f"{field_name}.{name[:40]}", value, needed=True)
        for name, value in given.items()
    }
