"""Who may change an order: those with the right to, and customers their own, once they have proved who they are."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import Actor
from crm_backend.conversations.model import Conversation
from crm_backend.conversations.schema import at_least
from crm_backend.errors import NotFound, NotProved
from crm_backend.orders.model import Order
from crm_backend.policies.facts import OrderFacts

_CUSTOMER = "customer:"


def customer_actor(customer_id: UUID, *, origin: str) -> Actor:
    """A customer who is signed in, as an actor: without rights but over what is theirs."""
    return Actor(f"{_CUSTOMER}{customer_id}", origin=origin)


async def customer_in(session: AsyncSession, *, conversation_id: UUID) -> Actor:
    """The customer of a conversation as an actor. Raises NotFound, and NotProved below `verified`: what a platform
    vouches for is enough to be told, not to change anything."""
    found = await session.get(Conversation, conversation_id, populate_existing=True)
    if found is None:
        raise NotFound("no such conversation")
    if found.customer_id is None or not at_least(found.proof, "verified"):
        raise NotProved("needs verified")
    return customer_actor(found.customer_id, origin=found.channel)


def is_customer(actor: Actor) -> bool:
    """Whether it is a customer who acts."""
    return actor.name.startswith(_CUSTOMER)


def need(actor: Actor, order: Order | OrderFacts, permission: str) -> None:
    """Raises NotAllowed without the permission. A customer needs none for an order of theirs; of somebody else's they
    do not learn that it is there: NotFound."""
    if is_customer(actor):
        if actor.name != f"{_CUSTOMER}{order.customer_id}":
            raise NotFound("no such order")
        return
    actor.need(permission)
