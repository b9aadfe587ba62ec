"""Gift cards as programs and agents look through them."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import Actor
from crm_backend.errors import NotFound
from crm_backend.gift_cards.model import GiftCard, GiftCardEntry


def gift_cards(
    actor: Actor, *, customer_id: UUID | None = None, last_letters: str | None = None
) -> Select[tuple[GiftCard]]:
    """The cards with all of these, in no order. Raises NotAllowed."""
    actor.need("orders.read")
    query = select(GiftCard)
    if customer_id is not None:
        query = query.where(GiftCard.customer_id == customer_id)
    return query.where(GiftCard.last_letters == last_letters.upper()) if last_letters is not None else query


async def gift_card(session: AsyncSession, card_id: UUID, *, actor: Actor) -> GiftCard:
    """One card. Raises NotFound, NotAllowed."""
    actor.need("orders.read")
    card = await session.get(GiftCard, card_id, populate_existing=True)
    if card is None:
        raise NotFound("no such gift card")
    return card


def entries(actor: Actor, card_id: UUID) -> Select[tuple[GiftCardEntry]]:
    """The changes of a card's balance, in no order. Raises NotAllowed."""
    actor.need("orders.read")
    return select(GiftCardEntry).where(GiftCardEntry.gift_card_id == card_id)
