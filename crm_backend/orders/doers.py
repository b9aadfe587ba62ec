"""Who may change an order: those with the right to, and customers their own, once they have proved who they are."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import Actor
from crm_backend.conversations.model import Conversation
from crm_backend.conversations.schema import at_least
from crm_backend.errors import NotFound, NotProved
from crm_backend.orders.model import Order
from crm_backend.policies.facts import OrderFacts

_CUSTOMER = "customer:"
_STANDING = select(Conversation.customer_id, Conversation.proof, Conversation.channel).where(
    Conversation.id == bindparam("id")
)


def customer_actor(customer_id: UUID, *, origin: str) -> Actor:
    """A customer who is signed in, as an actor: without rights but over what is theirs."""
    return Actor(f"{_CUSTOMER}{customer_id}", origin=origin)


@dataclass(frozen=True)
class Standing:
    """Whose a conversation is, how well that is proved, and where it goes on."""

    customer_id: UUID | None
    proof: str
    channel: str

    def proves(self, needed: str) -> UUID:
        """The customer. Raises NotProved where less than `needed` is proved."""
        if self.customer_id is None or not at_least(self.proof, needed):
            raise NotProved(f"needs {needed}")
        return self.customer_id


async def standing(session: AsyncSession, conversation_id: UUID) -> Standing:
    """How it stands now, whatever was read of the conversation before. Raises NotFound."""
    row = (await session.execute(_STANDING, {"id": conversation_id})).one_or_none()
    if row is None:
        raise NotFound("no such conversation")
    return Standing(*row)


async def customer_in(session: AsyncSession, *, conversation_id: UUID) -> Actor:
    """The customer of a conversation as an actor. Raises NotFound, and NotProved below `verified`: what a platform
    vouches for is enough to be told, not to change anything."""
    found = await standing(session, conversation_id)
    return customer_actor(found.proves("verified"), origin=found.channel)


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
