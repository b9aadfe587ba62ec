"""How often the articles of the demo company were read over the last weeks: the help centre shows what is read most."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.knowledge import opinions
from crm_backend.knowledge.model import Article
from server.demo.chance import Chance

DAYS = 28
A_DAY = {
    "track-parcel": 14,
    "return-an-item": 12,
    "delivery-times": 9,
    "refund-times": 8,
    "delivery-costs": 6,
    "cancel-or-change-order": 5,
    "exchange-an-item": 4,
    "promo-codes": 3,
}
"""About, in French; in English a third of it. The others are read now and then."""
IN_ENGLISH = 3


async def read_lately(session: AsyncSession, today: date) -> None:
    """Counts the readers of every day before this one, in the caller's transaction. The same day gives the same."""
    chance = Chance("readers")
    articles = list((await session.execute(select(Article.key, Article.id).order_by(Article.key))).tuples())
    for back in range(DAYS, 0, -1):
        views = {}
        for key, article_id in articles:
            most = 2 * A_DAY.get(key, 1)
            views[article_id, "fr"] = chance.randint(0, most)
            views[article_id, "en"] = chance.randint(0, most) // IN_ENGLISH
        await opinions.count_views(session, views, day=today - timedelta(days=back))
