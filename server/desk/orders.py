"""A customer's orders as the desk shows them: with what policy allows for each now, and what comes back of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import Actor
from crm_backend.conversations.reading.messages import Link
from crm_backend.invoices.words import WORDS
from crm_backend.orders.queries import allowed_for_each
from crm_backend.orders.schema import OrderView
from crm_backend.policies.words import STEP
from crm_backend.returns import photos, queries
from crm_backend.returns.model import Return
from server.desk import words


async def told(
    session: AsyncSession, found: Sequence[OrderView], actor: Actor, *, language: str, zone: ZoneInfo, link: Link
) -> list[dict[str, Any]]:
    """The orders in the agent's language. Raises NotAllowed."""
    if not found:
        return []
    numbers = [order.number for order in found]
    may = await allowed_for_each(session, numbers, actor=actor)
    back = await queries.of_orders(session, numbers, actor=actor)
    pictures = await photos.of(session, [made.id for some in back.values() for made in some])

    def told_of(made: Return) -> dict[str, Any]:
        return {
            "reference": made.reference,
            "kind": made.kind,
            "kind_label": WORDS[made.kind][language],
            "status": made.status,
            "status_label": STEP[made.status][language],
            "asked_at": words.day(made.created_at, language, zone),
            "what": [f"{each.quantity}\u00a0× {_name(each.line.names, language)}" for each in made.lines],
            "note": made.note,
            "pictures": [link(each.id) for each in pictures.get(made.id, [])],
        }

    return [
        {
            **words.order_out(order, language, zone, allowed=may.get(order.number)),
            "returns": [told_of(made) for made in back.get(order.number, [])],
        }
        for order in found
    ]


def _name(names: dict[str, str], language: str) -> str:
    return names.get(language) or next(iter(names.values()), "")
