"""For whom something was shown: whose conversation it is, and how well that is proved."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from actions.turn import Turn
from crm_backend.conversations.schema import at_least
from crm_backend.errors import NotFound
from crm_backend.orders.doers import standing


async def whose(session: AsyncSession, turn: Turn) -> str:
    """Who the conversation's customer is, and how well that is proved."""
    try:
        found = await standing(session, turn.conversation)
    except NotFound:
        return ""
    return f"{found.customer_id} {found.proof}"


def is_lapsed(before: str, now: str) -> bool:
    """Whether there is less proof than there was, and none that it is another customer."""
    if not (before and now):
        return False
    (owner, proof), (other, left) = before.split(), now.split()
    return not at_least(left, proof) and other in (owner, str(None))
