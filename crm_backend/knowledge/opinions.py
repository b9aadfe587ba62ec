"""What readers make of articles: how often they open them, and whether they helped."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import Integer, Select, and_, func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend import values
from crm_backend.access.actor import Actor
from crm_backend.database import new_id, utc_now
from crm_backend.errors import Invalid, NotFound
from crm_backend.knowledge.echo_model import ArticleOpinion, ArticleViews
from crm_backend.knowledge.masking import masked
from crm_backend.knowledge.model import Article, Translation

REASONS = ("unanswered", "unclear", "outdated", "wrong", "other")
SOURCES = ("help", "chat", "desk", "api")
COMMENT = 1_000
# One statement, whatever the number of rows: to write down the rows of a busy moment must not keep readers waiting.
_COUNT = text("""
insert into article_views (article_id, language, day, views)
select a.id, seen.language, :day, seen.views
from unnest(cast(:articles as uuid[]), cast(:languages as text[]), cast(:counts as int[])) as seen (id, language, views)
join articles a on a.id = seen.id
on conflict (article_id, language, day) do update set views = article_views.views + excluded.views
""")


async def count_views(session: AsyncSession, views: Mapping[tuple[UUID, str], int], *, day: date) -> None:
    """Adds what was counted since the last time, by (article, language); articles that are gone are passed over."""
    counted = sorted((article, language, count) for (article, language), count in views.items() if count > 0)
    columns = dict(zip(("articles", "languages", "counts"), map(list, zip(*counted, strict=True)), strict=False))
    if columns:
        await session.execute(_COUNT, {**columns, "day": day})


async def give(
    session: AsyncSession,
    *,
    article_id: UUID,
    language: str,
    helpful: bool,
    reason: str | None = None,
    comment: str = "",
    source: str = "help",
    visitor: str | None = None,
) -> None:
    """Keeps whether a published article helped. A `visitor` (any name of a browser or person that is not personal) has
    one opinion of an article, the last. The comment is masked. Raises NotFound, Invalid."""
    language = values.language_of("language", language)
    if reason is not None:
        values.choice("reason", reason, REASONS)
        if helpful:
            raise Invalid("reason", "reason_of_praise")
    shown = select(Translation.version).join(Article).where(Article.id == article_id, Article.status == "published")
    number = await session.scalar(shown.where(Translation.language == language))
    if number is None:
        raise NotFound("no such article")
    given = {
        "number": number,
        "helpful": helpful,
        "reason": reason,
        "comment": masked(values.line_of("comment", comment, COMMENT, empty=True)),
        "source": values.choice("source", source, SOURCES),
    }
    statement = insert(ArticleOpinion).values(
        id=new_id(), article_id=article_id, language=language, visitor=visitor, created_at=utc_now(), **given
    )
    keys = [ArticleOpinion.article_id, ArticleOpinion.language, ArticleOpinion.visitor]
    await session.execute(statement.on_conflict_do_update(index_elements=keys, set_={**given, "created_at": utc_now()}))


def opinions(
    actor: Actor, *, article_id: UUID | None = None, helpful: bool | None = None, reason: str | None = None
) -> Select[tuple[ArticleOpinion]]:
    """The opinions, to be sorted and paged. Needs knowledge.read."""
    actor.need("knowledge.read")
    found = select(ArticleOpinion)
    if article_id is not None:
        found = found.where(ArticleOpinion.article_id == article_id)
    if helpful is not None:
        found = found.where(ArticleOpinion.helpful == helpful)
    return found if reason is None else found.where(ArticleOpinion.reason == reason)


@dataclass(frozen=True)
class Use:
    """How an article was used in a language over some days."""

    article_id: UUID
    key: str
    language: str
    title: str
    views: int
    helpful: int
    unhelpful: int


async def use(session: AsyncSession, *, actor: Actor, days: int = 30, limit: int = 100) -> list[Use]:
    """The published articles, those that helped the fewest people first, then by views, over the last `days`. Needs
    knowledge.read."""
    actor.need("knowledge.read")
    since = utc_now() - timedelta(days=days)
    views = (
        select(
            ArticleViews.article_id, ArticleViews.language, func.sum(ArticleViews.views).cast(Integer).label("views")
        )
        .where(ArticleViews.day >= since.date())
        .group_by(ArticleViews.article_id, ArticleViews.language)
        .subquery()
    )
    said = (
        select(
            ArticleOpinion.article_id,
            ArticleOpinion.language,
            func.count().filter(ArticleOpinion.helpful).label("good"),
            func.count().filter(~ArticleOpinion.helpful).label("bad"),
        )
        .where(ArticleOpinion.created_at >= since)
        .group_by(ArticleOpinion.article_id, ArticleOpinion.language)
        .subquery()
    )
    good, bad, seen = (func.coalesce(column, 0) for column in (said.c.good, said.c.bad, views.c.views))
    rows = await session.execute(
        select(Article.id, Article.key, Translation.language, Translation.title, seen, good, bad)
        .join(Translation, Translation.article_id == Article.id)
        .outerjoin(views, and_(views.c.article_id == Article.id, views.c.language == Translation.language))
        .outerjoin(said, and_(said.c.article_id == Article.id, said.c.language == Translation.language))
        .where(Article.status == "published")
        .order_by(bad.desc(), seen.desc(), Article.key)
        .limit(limit)
    )
    return [Use(*row) for row in rows]
