"""What the demo company knows of its customers: who agreed to suggestions, some segments, and all that is computed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import SYSTEM
from crm_backend.customers.records import ConsentEvent
from crm_backend.offers import pairs
from crm_backend.segments import services as segments
from crm_backend.value import schedule, services, settings
from server.demo.chance import Chance

_AGREE = 0.6
"""Share of customers who agreed to personal suggestions; one in ten of the others said no."""
_IN_A_YEAR = {"within_days": 365}
SEGMENTS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    (
        "Nouveaux clients",
        "Première commande il y a moins de trois mois.",
        {"field": "stage", "op": "is", "value": "new"},
    ),
    (
        "À reconquérir",
        "Bons clients qui ne commandent plus.",
        {
            "all": [
                {"field": "stage", "op": "in", "value": ["declining", "lost"]},
                {"field": "monetary_score", "op": "ge", "value": 4},
            ]
        },
    ),
    ("VIP", "Par la règle ou à la main.", {"field": "vip", "op": "is", "value": True}),
    (
        "Amateurs de vaisselle britanniques",
        "Au Royaume-Uni, deux commandes et de la vaisselle en un an, ouverts aux suggestions.",
        {
            "all": [
                {"field": "countries", "op": "any_of", "value": ["GB"]},
                {"field": "orders", "op": "ge", "value": 2, **_IN_A_YEAR},
                {"field": "bought_categories", "op": "any_of", "value": ["tableware"], **_IN_A_YEAR},
                {"field": "consents", "op": "any_of", "value": ["offers"]},
            ]
        },
    ),
)


async def fill(session: AsyncSession, joined: Mapping[UUID, datetime], now: datetime) -> None:
    """Stores it in the caller's transaction, as it is now; `joined` says when each became a customer."""
    await session.execute(insert(ConsentEvent), consents(joined, now))
    await services.everything(session, now=now)
    await pairs.compute(session, await settings.get(session), now=now)
    await schedule.note_done(session, now=now)
    for name, description, rule in SEGMENTS:
        await segments.add(session, SYSTEM, name=name, description=description, rule=rule)


def consents(joined: Mapping[UUID, datetime], now: datetime) -> list[dict[str, Any]]:
    """What customers said to suggestions when they joined; the showcase's agreed."""
    chance = Chance("consents")
    found = []
    for place, (customer_id, since) in enumerate(joined.items()):
        at = min(since + timedelta(minutes=1), now)
        agrees, refuses = chance.random() < _AGREE or place < 2, chance.random() < 0.1
        if agrees or refuses:
            found.append(
                {
                    "id": chance.identifier(at),
                    "created_at": at,
                    "customer_id": customer_id,
                    "purpose": "offers",
                    "given": agrees,
                    "how": "form",
                    "actor": "system",
                    "at": at,
                }
            )
    return found
