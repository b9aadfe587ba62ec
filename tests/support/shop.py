"""A shop in a few lines: customers, products, and orders at every point of their way."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import SYSTEM, Actor
from crm_backend.catalogue.model import Product, Variant
from crm_backend.customers.model import Customer
from crm_backend.database import new_id, utc_now
from crm_backend.orders import creating, moving, tracking
from crm_backend.orders.model import Order
from crm_backend.payments import services as payments

AGENT = Actor("agent:test", frozenset({"orders.read", "orders.write"}), "desk")
LYON = {"name": "Marie Dupont", "line1": "12 rue de la Part-Dieu", "city": "Lyon", "postcode": "69003", "country": "FR"}
BRISTOL = {"name": "Emma", "line1": "27 Castle View", "city": "Bristol", "postcode": "BS1 5JH", "country": "GB"}
_numbers = count(1)


async def customer(session: AsyncSession) -> Customer:
    """A customer."""
    made = Customer(id=new_id(), first_name="Marie", last_name="Dupont")
    session.add(made)
    await session.flush()
    return made


async def variant(session: AsyncSession, *, price: int = 2500, **product: Any) -> Variant:
    """A product with one variant."""
    values = {"names": {"fr": "Mug d’été", "en": "Mug"}, "category": "tableware"} | product
    made = Product(id=new_id(), **values)
    sold = Variant(id=new_id(), product_id=made.id, price_minor=price, currency="EUR", options={"colour": "sage"})
    session.add(made)
    await session.flush()
    session.add(sold)
    await session.flush()
    return sold


def new_order(of: UUID, *lines: creating.NewLine, **more: Any) -> creating.NewOrder:
    """An order as a shop tells it: two pieces at 25 euros, unless told."""
    lines = lines or (creating.NewLine(2, 2500, names={"en": "Mug", "fr": "Mug"}),)
    values: dict[str, Any] = {"shipping_minor": 490, "discount_minor": 0} | more
    total = sum(line.quantity * line.unit_price_minor for line in lines)
    values.setdefault("total_minor", total + values["shipping_minor"] - values["discount_minor"])
    number = f"T{next(_numbers):06}-{new_id().hex[-6:]}"
    given: dict[str, Any] = {"number": number, "customer_id": of, "currency": "EUR", "address": LYON} | values
    return creating.NewOrder(lines=lines, **given)


async def order(session: AsyncSession, *lines: creating.NewLine, of: UUID | None = None, **more: Any) -> Order:
    """An order that was placed; of a new customer, unless told."""
    owner = of or (await customer(session)).id
    return await creating.create(session, new_order(owner, *lines, **more), actor=SYSTEM)


async def paid(session: AsyncSession, *lines: creating.NewLine, **more: Any) -> Order:
    """An order that was paid by card."""
    made = await order(session, *lines, **more)
    values: dict[str, Any] = {"method": "card", "amount_minor": made.total_minor, "currency": made.currency}
    await payments.pay(session, made.id, actor=SYSTEM, reference=f"card {made.number}", **values)
    return made


async def delivered(session: AsyncSession, *lines: creating.NewLine, at: datetime | None = None, **more: Any) -> Order:
    """An order that was paid and arrived, a day ago unless told."""
    arrived = at or utc_now() - timedelta(days=1)
    made = await paid(session, *lines, **({"placed_at": arrived - timedelta(days=3)} | more))
    await moving.ship(session, made.id, actor=SYSTEM, carrier="Colis", shipped_at=arrived - timedelta(days=1))
    await tracking.report(session, made.shipments[0].id, actor=SYSTEM, code="delivered", at=arrived)
    return made
