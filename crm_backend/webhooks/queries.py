"""Reading subscriptions and their deliveries."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import Actor
from crm_backend.errors import NotFound
from crm_backend.webhooks.model import Subscription, WebhookDelivery


def subscriptions(actor: Actor, *, enabled: bool | None = None) -> Select[tuple[Subscription]]:
    """All subscriptions, or those that are on, or off. Raises NotAllowed."""
    actor.need("webhooks.configure")
    found = select(Subscription)
    return found if enabled is None else found.where(Subscription.enabled.is_(enabled))


async def subscription(session: AsyncSession, subscription_id: UUID, *, actor: Actor) -> Subscription:
    """One. Raises NotAllowed, NotFound."""
    actor.need("webhooks.configure")
    found = await session.get(Subscription, subscription_id)
    if found is None:
        raise NotFound("no such subscription")
    return found


def deliveries(actor: Actor, subscription_id: UUID, *, state: str | None = None) -> Select[tuple[WebhookDelivery]]:
    """What was, is and will be sent to a subscriber. Raises NotAllowed."""
    actor.need("webhooks.configure")
    found = select(WebhookDelivery).where(WebhookDelivery.subscription_id == subscription_id)
    return found if state is None else found.where(WebhookDelivery.state == state)
