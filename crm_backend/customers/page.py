"""Everything about one customer that stands on their page, in a handful of questions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from crm_backend.access.actor import Actor
from crm_backend.customers import attribute_values, consents, tags
from crm_backend.customers.model import Address, Customer, Identity
from crm_backend.customers.records import Group, Member
from crm_backend.customers.successors import now_called
from crm_backend.errors import NotFound, NotNow
from crm_backend.notifications.model import ContactPreference

_COUNTS = """
select (select count(*) from orders where customer_id = :customer) as orders,
  (select count(*) from conversations where customer_id = :customer) as conversations,
  (select count(*) from cases where customer_id = :customer) as cases,
  (select count(*) from cases where customer_id = :customer and stage not in ('resolved', 'closed')) as open_cases,
  (select count(*) from customer_notes where customer_id = :customer) as notes,
  (select count(*) from customer_documents where customer_id = :customer) as documents,
  (select count(*) from duplicate_pairs
    where (low_id = :customer or high_id = :customer) and dismissed_at is null) as duplicates
"""


@dataclass(frozen=True)
class CustomerPage:
    """A customer with all that belongs to them; `counts` says how many there are of what is listed elsewhere."""

    customer: Customer
    identities: list[Identity]
    addresses: list[Address]
    wishes: ContactPreference | None
    consents: list[consents.Consent]
    attributes: dict[str, Any]
    tags: list[str]
    groups: list[tuple[Group, Member]]
    counts: dict[str, int]


async def page(session: AsyncSession, *, actor: Actor, customer_id: UUID) -> CustomerPage:
    """The page of a customer. Raises NotFound, NotNow (`merged`, with `into`)."""
    actor.need("customers.read")
    customer = await session.scalar(
        select(Customer)
        .where(Customer.id == customer_id)
        .options(selectinload(Customer.identities), selectinload(Customer.addresses))
        .execution_options(populate_existing=True)
    )
    if customer is None:
        if (into := await now_called(session, customer_id)) != customer_id:
            raise NotNow("merged", into=str(into))
        raise NotFound("no such customer")
    places = await session.execute(
        select(Group, Member)
        .join(Member, Member.group_id == Group.id)
        .where(Member.customer_id == customer_id)
        .order_by(Group.name, Group.id)
    )
    counts = (await session.execute(text(_COUNTS), {"customer": customer_id})).mappings().one()
    return CustomerPage(
        customer=customer,
        identities=sorted(customer.identities, key=lambda each: (each.kind, not each.is_primary, each.created_at)),
        addresses=sorted(customer.addresses, key=lambda each: (not each.is_default, each.created_at)),
        wishes=await session.get(ContactPreference, customer_id, populate_existing=True),
        consents=await consents.standing(session, customer_id),
        attributes=await attribute_values.of_customer(session, customer_id),
        tags=await tags.of_customer(session, customer_id),
        groups=[(group, member) for group, member in places],
        counts=dict(counts),
    )
