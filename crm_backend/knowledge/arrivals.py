"""What led readers to an article, and whether they wrote to us from it: counted without cookies and without names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import Integer, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import Actor
from crm_backend.database import new_id, utc_now
from crm_backend.knowledge import reading
from crm_backend.knowledge.echo_model import ArticleOpinion, ArticleSearch, ArticleViews
from crm_backend.knowledge.masking import masked
from crm_backend.knowledge.model import ArticleVersion
from crm_backend.knowledge.schema import path_of

MOST_A_DAY = 2_000
"""New searches kept a day: what a crawler types fills no table."""
SHOWN = 10
# One statement, whatever the number of rows: to write down the rows of a busy moment must not keep readers waiting.
_COUNT = text("""
insert into article_searches (id, article_id, language, text, times, last_at, created_at)
select found.id, a.id, found.language, found.words, found.times, :now, :now
from unnest(cast(:ids as uuid[]), cast(:articles as uuid[]), cast(:languages as text[]), cast(:texts as text[]),
    cast(:counts as int[])) as found (id, article_id, language, words, times)
join articles a on a.id = found.article_id
on conflict (article_id, language, text) do update
set times = article_searches.times + excluded.times, last_at = excluded.last_at
""")

# As it stands in the condition of ix_messages_help_page: another spelling would read every message.
_CONTACTS = text("""
select count(distinct conversation_id) from messages
where details #>> '{page,url}' ~ '/(fr/aide|en/help)/' and created_at >= :since and author = 'customer'
    and regexp_replace(details #>> '{page,url}', '^https?://[^/]+|[?#].*$', '', 'g') = any(:paths)
""")


async def count_searches(session: AsyncSession, searches: Mapping[tuple[UUID, str, str], int]) -> None:
    """Adds the searches by which articles were opened, by (article, language, words); the words are kept masked, and
    those without letters not at all."""
    today = select(func.count()).where(ArticleSearch.created_at > utc_now() - timedelta(days=1))
    if (await session.scalar(today) or 0) >= MOST_A_DAY:
        return
    counted: dict[tuple[UUID, str, str], int] = {}
    for (article, language, words), times in searches.items():
        line = masked(words).casefold()
        if any(letter.isalpha() for letter in line):
            counted[article, language, line] = counted.get((article, language, line), 0) + times
    if not counted:
        return
    rows = [(new_id(), *words, times) for words, times in sorted(counted.items())]
    names = ("ids", "articles", "languages", "texts", "counts")
    columns = dict(zip(names, map(list, zip(*rows, strict=True)), strict=True))
    await session.execute(_COUNT, {**columns, "now": utc_now()})


@dataclass(frozen=True)
class Search:
    """Words by which an article was found, and how often."""

    text: str
    times: int


@dataclass(frozen=True)
class Figures:
    """What became of an article in a language over some days. `contacts` are the conversations in which somebody wrote
    in the chat while they had the article before them, or by the contact form coming from it; `searches` are counted
    for as long as they are kept."""

    views: int
    helpful: int
    unhelpful: int
    contacts: int
    searches: Sequence[Search]


async def figures(session: AsyncSession, *, actor: Actor, article_id: UUID, language: str, days: int = 30) -> Figures:
    """Needs knowledge.read. Raises NotFound."""
    actor.need("knowledge.read")
    await reading.article(session, actor=actor, article_id=article_id)
    since = utc_now() - timedelta(days=days)
    of_views = (ArticleViews.article_id == article_id, ArticleViews.language == language)
    views = await session.scalar(
        select(func.coalesce(func.sum(ArticleViews.views), 0).cast(Integer)).where(
            *of_views, ArticleViews.day >= since.date()
        )
    )
    good, bad = (
        await session.execute(
            select(
                func.count().filter(ArticleOpinion.helpful),
                func.count().filter(~ArticleOpinion.helpful),
            ).where(
                ArticleOpinion.article_id == article_id,
                ArticleOpinion.language == language,
                ArticleOpinion.created_at >= since,
            )
        )
    ).one()
    searches = await session.execute(
        select(ArticleSearch.text, ArticleSearch.times)
        .where(ArticleSearch.article_id == article_id, ArticleSearch.language == language)
        .order_by(ArticleSearch.times.desc(), ArticleSearch.text)
        .limit(SHOWN)
    )
    # Every address that the article ever had: a reader may have come by an old one.
    slugs = await session.scalars(
        select(ArticleVersion.slug)
        .where(
            ArticleVersion.article_id == article_id,
            ArticleVersion.language == language,
            ArticleVersion.published_at.is_not(None),
        )
        .distinct()
    )
    paths = [path_of(language, slug) for slug in slugs]
    contacts = await session.scalar(_CONTACTS, {"since": since, "paths": paths})
    return Figures(views or 0, good, bad, contacts or 0, [Search(*row) for row in searches])
