"""The next best offer for a customer: what goes with what they bought, to whom it may be offered, and when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from sqlalchemy import Select, exists, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import Actor
from crm_backend.cases.queries import open_complaint
from crm_backend.conversations.model import Conversation
from crm_backend.conversations.schema import NOBODY
from crm_backend.customers import consents
from crm_backend.customers.model import Customer
from crm_backend.errors import NotFound
from crm_backend.offers.model import ProductPair

PURPOSE = "offers"
"""What customers have to have agreed to (`customers.consents.PURPOSES`): personal suggestions."""
MOST = 3
Withheld = Literal["no_consent", "complaint", "upset", "nothing_bought", "nothing_goes_with_it"]


@dataclass(frozen=True)
class Offer:
    """A product, and why: of those who bought `because_names`, the share `confidence` bought it in the same order.

    `lift` is how many times as often that is as by chance, `orders` how many orders held both. The price is the lowest
    of its variants that are to be had, in minor units.
    """

    product_id: UUID
    names: dict[str, str]
    category: str
    price_minor: int
    currency: str
    because_id: UUID
    because_names: dict[str, str]
    confidence: float
    lift: float
    orders: int


@dataclass(frozen=True)
class Offers:
    """What may be offered to a customer now, the best first; or why nothing is."""

    offers: tuple[Offer, ...]
    withheld: Withheld | None = None


# The surest reason of each product; among products, how likely it is.
_FIND = text("""
with bought as (
    select distinct v.product_id
    from orders o
    join order_lines l on l.order_id = o.id
    join variants v on v.id = l.variant_id
    where o.customer_id = :customer and o.status not in ('cancelled', 'returned')
), best as (
    select distinct on (p.with_id) p.with_id, p.product_id, p.confidence, p.lift, p.orders
    from bought b join product_pairs p on p.product_id = b.product_id
    where p.with_id not in (select product_id from bought)
    order by p.with_id, p.confidence desc, p.lift desc, p.product_id
)
select best.with_id as product_id, offered.names, offered.category, price.price_minor, price.currency,
    best.product_id as because_id, because.names as because_names, best.confidence, best.lift, best.orders
from best
join products offered on offered.id = best.with_id
join products because on because.id = best.product_id
cross join lateral (
    select price_minor, currency from variants
    where product_id = best.with_id and available order by price_minor, id limit 1
) price
order by best.confidence desc, best.lift desc, best.with_id limit :most
""")
_HAS_BOUGHT = text("""
select exists (
    select from orders o join order_lines l on l.order_id = o.id join variants v on v.id = l.variant_id
    where o.customer_id = :customer and o.status not in ('cancelled', 'returned')
)
""")


async def offers_for(session: AsyncSession, actor: Actor, customer_id: UUID, *, most: int = MOST) -> Offers:
    """What to offer a customer now, or why nothing: without their consent to suggestions, with an open complaint, in an
    angry conversation, or where nothing is known that goes with what they bought.

    Nothing is offered that they have bought, or that is not to be had. Raises NotFound, NotAllowed.
    """
    actor.need("customers.read")
    if await session.scalar(select(Customer.id).where(Customer.id == customer_id)) is None:
        raise NotFound("customer")
    if (why := await _withheld(session, customer_id)) is not None:
        return Offers((), why)
    rows = await session.execute(_FIND, {"customer": customer_id, "most": min(max(most, 1), 20)})
    found = tuple(Offer(**row) for row in rows.mappings())
    if found:
        return Offers(found)
    has_bought = await session.scalar(_HAS_BOUGHT, {"customer": customer_id})
    return Offers((), "nothing_goes_with_it" if has_bought else "nothing_bought")


def pairs(actor: Actor) -> Select[tuple[ProductPair]]:
    """The products bought together, for a page of them. Raises NotAllowed."""
    actor.need("catalogue.read")
    return select(ProductPair)


async def _withheld(session: AsyncSession, customer_id: UUID) -> Withheld | None:
    if not await consents.allowed(session, customer_id, PURPOSE):
        return "no_consent"
    is_upset = exists().where(
        Conversation.customer_id == customer_id, Conversation.owner != NOBODY, Conversation.mood == "upset"
    )
    complains = open_complaint(customer_id)
    row = (await session.execute(select(complains.label("complains"), is_upset.label("upset")))).one()
    if row.complains:
        return "complaint"
    return "upset" if row.upset else None
