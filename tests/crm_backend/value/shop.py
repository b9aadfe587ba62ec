"""Customers and orders for tests of value."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.customers.model import Customer
from crm_backend.database import new_id
from crm_backend.orders.model import Order

NOW = datetime(2026, 6, 15, 12, tzinfo=UTC)
_numbers = count(1)


async def customer(session: AsyncSession, **more: Any) -> UUID:
    made = Customer(id=new_id(), **more)
    session.add(made)
    await session.flush()
    return made.id


def order(session: AsyncSession, owner: UUID, days: float | None, total: int = 5_000, **more: Any) -> Order:
    """An order of so many days ago; without days, one that has no date."""
    number = f"V-{next(_numbers)}"
    placed_at = None if days is None else NOW - timedelta(days=days)
    given: dict[str, Any] = {"status": "delivered", "currency": "EUR", "total_minor": total, **more}
    made = Order(id=new_id(), number=number, number_key=number, customer_id=owner, placed_at=placed_at, **given)
    session.add(made)
    return made
