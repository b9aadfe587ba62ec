"""What tells one customer from another in a list: where they live, how they are reached, when they bought."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select as query
from sqlalchemy import text, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import Actor
from crm_backend.customers.model import Customer


class Glance(NamedTuple):
    """A row of a list. The names of the fields are those of the columns that are read, in this order; `orders` and
    `last_order_at` are None for whom orders are not to be seen."""

    id: UUID
    first_name: str
    last_name: str
    company: str
    language: str
    external_id: str | None
    created_at: datetime
    email: str | None
    phone: str | None
    postcode: str | None
    city: str | None
    country: str | None
    vip: bool
    stage: str | None
    last_contact_at: datetime | None
    orders: int | None
    last_order_at: datetime | None

    @property
    def name(self) -> str:
        """First and last name; empty for somebody of whom neither is known."""
        return f"{self.first_name} {self.last_name}".strip()


_GLANCES = text("""
select c.id, c.first_name, c.last_name, c.company, c.language, c.external_id, c.created_at,
  (select i.value from identities i where i.customer_id = c.id and i.kind = 'email'
   order by not i.is_primary, i.created_at limit 1),
  (select i.value from identities i where i.customer_id = c.id and i.kind = 'phone'
   order by not i.is_primary, i.created_at limit 1),
  a.postcode, a.city, a.country, coalesce(v.vip_by_hand, v.vip_by_rule, false), v.stage,
  (select max(t.last_message_at) from conversations t where t.customer_id = c.id), o.orders, o.last_order_at
from customers c left join customer_values v on v.customer_id = c.id
left join lateral (
  select postcode, city, country from addresses where customer_id = c.id order by not is_default, created_at limit 1
) a on true
left join lateral (
  select count(*) as orders, max(placed_at) as last_order_at from orders where customer_id = c.id and :sees_orders
) o on :sees_orders
where c.id = any(:ids)
""")


async def glances(session: AsyncSession, *, actor: Actor, ids: Collection[UUID]) -> dict[UUID, Glance]:
    """What lists show of these customers, by one question; those whom there is not are left out."""
    actor.need("customers.read")
    if not ids:
        return {}
    asked = {"ids": list(ids), "sees_orders": actor.may("orders.read")}
    found = [Glance._make(row) for row in await session.execute(_GLANCES, asked)]
    return {each.id: each for each in found}


async def latest(
    session: AsyncSession, *, actor: Actor, before: tuple[datetime, UUID] | None = None, limit: int = 20
) -> list[tuple[datetime, UUID]]:
    """When the newest customers came and who they are, from a place in that list on; not those who were erased."""
    actor.need("customers.read")
    asked = query(Customer.created_at, Customer.id).where(Customer.erased_at.is_(None))
    if before is not None:
        asked = asked.where(tuple_(Customer.created_at, Customer.id) < before)
    rows = await session.execute(asked.order_by(Customer.created_at.desc(), Customer.id.desc()).limit(limit))
    return [(at, customer) for at, customer in rows.tuples()]
