"""What readers come by besides searching: what is read most, what is new, what stands near, and where a page went."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from sqlalchemy import RowMapping, Select, bindparam, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.conversations.model import Conversation, Message
from crm_backend.knowledge.echo_model import ArticleViews
from crm_backend.knowledge.model import Article, ArticleAddress, ArticleVersion, Translation
from crm_backend.knowledge.schema import PATHS, ArticleLink, path_of
from crm_backend.quick import Quick

NEAR = 0.3
"""Cosine in the space of search from which two articles are of one kind."""
DAYS = 30
_LANGUAGES = {path: language for language, path in PATHS.items()}
_ADDRESS = re.compile(rf"^({'|'.join(PATHS.values())})/([a-z0-9-]+)$")
_RELATED = text("""
with own as materialized (
    select id, language, centroid, placed from article_translations where article_id = :article and language = :language
), near as materialized (
    select t.id, t.article_id, t.slug, t.title, t.summary, t.placed from article_translations t
    where t.language = :language and t.article_id <> :article
    order by t.centroid <-> (select centroid from own) limit 20
)
select a.key, a.category, near.slug, near.title, near.summary from near join articles a on a.id = near.article_id
where a.status = 'published' and a.audience = 'public' and 1 - (near.placed <=> (select placed from own)) >= :near
order by near.placed <=> (select placed from own), a.key limit :limit
""")

_EDITION = text("""
select a.id, a.version, concat_ws(' ', (select max(updated_at) from articles),
    (select sum(version) from article_categories)) as edition
from article_translations t join articles a on a.id = t.article_id
where t.language = :language and t.slug = :slug and a.status = 'published' and a.audience = 'public'
""")

_STATE = text("""
select concat_ws(' ', max(updated_at), count(*), sum(version), (select sum(version) from article_categories))
from articles
""")


@dataclass(frozen=True)
class Address:
    """Where an article is read in one language, and since when it says what it says."""

    article_id: UUID
    language: str
    path: str
    updated_at: datetime


async def related(session: AsyncSession, *, article_id: UUID, language: str, limit: int = 3) -> list[ArticleLink]:
    """The articles for everybody that are nearest to one in meaning; few or none where nothing is near."""
    values = {"article": article_id, "language": language, "near": NEAR, "limit": limit}
    rows = (await session.execute(_RELATED, values)).mappings()
    return [_link(row, language) for row in rows]


async def popular(session: AsyncSession, *, language: str, today: date, limit: int = 6) -> list[ArticleLink]:
    """What was read most over the last thirty days."""
    views = func.sum(ArticleViews.views)
    read = (
        select(ArticleViews.article_id, views.label("views"))
        .where(ArticleViews.language == language, ArticleViews.day > today - timedelta(days=DAYS))
        .group_by(ArticleViews.article_id)
        .subquery()
    )
    found = _public(language).join(read, read.c.article_id == Article.id)
    return await _links(session, found.order_by(read.c.views.desc(), Article.key).limit(limit), language)


async def recent(session: AsyncSession, *, language: str, limit: int = 5) -> list[ArticleLink]:
    """What was published or changed last."""
    found = _public(language).order_by(Translation.updated_at.desc(), Article.key).limit(limit)
    return await _links(session, found, language)


async def edition(session: AsyncSession, *, language: str, slug: str) -> tuple[UUID, int, str] | None:
    """The article that everybody may read at an address, its version, and a name for the state of the whole help
    centre, which changes with publications: not with one that was stamped before another and committed after it. None
    where there is no such article."""
    row = (await session.execute(_EDITION, {"language": language, "slug": slug})).one_or_none()
    return (row.id, row.version, row.edition) if row else None


async def brought_from(session: AsyncSession, *, path: str) -> str | None:
    """The path of the article that stood at a path of another help centre before it was brought here."""
    found = (
        await session.execute(
            select(Translation.language, Translation.slug)
            .join(Article)
            .join(
                ArticleAddress,
                (ArticleAddress.article_id == Article.id) & (ArticleAddress.language == Translation.language),
            )
            .where(ArticleAddress.path == path, Article.status == "published", Article.audience == "public")
        )
    ).first()
    return path_of(*found) if found else None


async def state(session: AsyncSession) -> str:
    """A name for the state of all articles, which changes with any of them."""
    found: str = (await session.execute(_STATE)).scalar_one()
    return found


async def moved(session: AsyncSession, *, language: str, slug: str) -> str | None:
    """The path of the article that was once published at an address and now stands at another."""
    then = select(ArticleVersion.article_id).where(
        ArticleVersion.language == language, ArticleVersion.slug == slug, ArticleVersion.published_at.is_not(None)
    )
    now = (
        select(Translation.slug)
        .join(Article)
        .where(
            Translation.language == language,
            Translation.article_id.in_(then),
            Article.status == "published",
            Article.audience == "public",
        )
        .order_by(Translation.updated_at.desc())
        .limit(1)
    )
    found = await session.scalar(now)
    return path_of(language, found) if found else None


@dataclass(frozen=True)
class AskedOn:
    """Where a customer asked last: the channel, and the key of the article on whose page they were; None on others."""

    channel: str
    article: str | None


_ASKED_ON = Quick(
    select(
        Conversation.channel,
        select(Message.details[("page", "url")].astext)
        .where(Message.conversation_id == Conversation.id, Message.author == "customer")
        .order_by(Message.seq.desc())
        .limit(1)
        .scalar_subquery(),
    ).where(Conversation.id == bindparam("id"))
)


async def asked_on(session: AsyncSession, *, conversation_id: UUID) -> AskedOn | None:
    """Where the customer of a conversation wrote last; None when it is gone."""
    rows = await _ASKED_ON.rows(session, {"id": conversation_id})
    if not rows:
        return None
    channel, url = rows[0]
    if not url or (match := _ADDRESS.search(urlsplit(url).path)) is None:
        return AskedOn(channel, None)
    found: str | None = await session.scalar(
        select(Article.key)
        .join(Translation)
        .where(Translation.language == _LANGUAGES[match[1]], Translation.slug == match[2])
    )
    return AskedOn(channel, found)


async def addresses(session: AsyncSession) -> list[Address]:
    """Every page of an article that everybody may read."""
    rows = await session.execute(
        select(Article.id, Translation.language, Translation.slug, Translation.updated_at)
        .join(Translation)
        .where(Article.status == "published", Article.audience == "public")
        .order_by(Article.key, Translation.language.desc())
    )
    return [Address(article, language, path_of(language, slug), at) for article, language, slug, at in rows]


def _public(language: str) -> Select[Any]:
    return (
        select(Article.key, Article.category, Translation.title, Translation.summary, Translation.slug)
        .join(Translation)
        .where(Article.status == "published", Article.audience == "public", Translation.language == language)
    )


async def _links(session: AsyncSession, statement: Select[Any], language: str) -> list[ArticleLink]:
    rows: Sequence[RowMapping] = (await session.execute(statement)).mappings().all()
    return [_link(row, language) for row in rows]


def _link(row: RowMapping, language: str) -> ArticleLink:
    return ArticleLink(
        key=row["key"],
        category=row["category"],
        title=row["title"],
        summary=row["summary"],
        url=path_of(language, row["slug"]),
    )
