"""Making an offer: it is kept, and told to the agent's browsers where nobody looks at the desk."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.pushes import services as pushes
from crm_backend.routing.model import RoutingOffer


async def make(session: AsyncSession, offer: RoutingOffer) -> None:
    """Adds an offer."""
    session.add(offer)
    await session.flush()
    await pushes.queue(
        session, agents=[offer.agent_id], kind="offer", cause=offer.id, conversation_id=offer.conversation_id
    )
