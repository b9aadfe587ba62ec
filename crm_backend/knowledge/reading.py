"""What editors and programs read: articles with their languages, and versions."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Select, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import Actor
from crm_backend.errors import NotFound
from crm_backend.knowledge.drafts import OPEN
from crm_backend.knowledge.echo_model import ArticleTest
from crm_backend.knowledge.model import Article, ArticleVersion, Category


@dataclass(frozen=True)
class Side:
    """An article in one language: the title of what is published, or of the draft, and the numbers of both."""

    language: str
    title: str
    slug: str
    published: int | None
    open: int | None
    open_status: str | None


def articles(
    actor: Actor,
    *,
    category: str | None = None,
    tag: str | None = None,
    audience: str | None = None,
    status: str | None = None,
    key: str | None = None,
) -> Select[tuple[Article]]:
    """The articles, to be sorted and paged. Needs knowledge.read."""
    actor.need("knowledge.read")
    found = select(Article)
    for column, value in (
        (Article.category, category),
        (Article.audience, audience),
        (Article.status, status),
        (Article.key, key),
    ):
        if value is not None:
            found = found.where(column == value)
    return found if tag is None else found.where(Article.tags.contains([tag.lower()]))


async def article(session: AsyncSession, *, actor: Actor, article_id: UUID) -> Article:
    """One article. Needs knowledge.read. Raises NotFound."""
    actor.need("knowledge.read")
    row = await session.get(Article, article_id, populate_existing=True)
    if row is None:
        raise NotFound("no such article")
    return row


async def sides(session: AsyncSession, article_ids: Collection[UUID]) -> dict[UUID, list[Side]]:
    """The languages of articles, in one query."""
    rows = await session.execute(
        select(
            ArticleVersion.article_id,
            ArticleVersion.language,
            ArticleVersion.number,
            ArticleVersion.status,
            ArticleVersion.title,
            ArticleVersion.slug,
        )
        .where(
            ArticleVersion.article_id.in_(article_ids),
            or_(ArticleVersion.status == "published", ArticleVersion.status.in_(OPEN)),
        )
        .order_by(ArticleVersion.language.desc(), ArticleVersion.status == "published")
    )
    found: dict[UUID, dict[str, Side]] = {}
    for row in rows:
        of = found.setdefault(row.article_id, {})
        before = of.get(row.language)
        if row.status == "published":
            opened = (before.open, before.open_status) if before else (None, None)
            of[row.language] = Side(row.language, row.title, row.slug, row.number, *opened)
        else:
            of[row.language] = Side(row.language, row.title, row.slug, None, row.number, row.status)
    return {article_id: list(of.values()) for article_id, of in found.items()}


def versions(
    actor: Actor, *, article_id: UUID | None = None, language: str | None = None, status: str | None = None
) -> Select[tuple[ArticleVersion]]:
    """The versions of an article, or of all in a status, to be sorted and paged. Needs knowledge.read."""
    actor.need("knowledge.read")
    found = select(ArticleVersion)
    for column, value in (
        (ArticleVersion.article_id, article_id),
        (ArticleVersion.language, language),
        (ArticleVersion.status, status),
    ):
        if value is not None:
            found = found.where(column == value)
    return found


async def version(session: AsyncSession, *, actor: Actor, version_id: UUID) -> ArticleVersion:
    """One version. Needs knowledge.read. Raises NotFound."""
    actor.need("knowledge.read")
    row = await session.get(ArticleVersion, version_id, populate_existing=True)
    if row is None:
        raise NotFound("no such version")
    return row


def categories(actor: Actor) -> Select[tuple[Category]]:
    """The categories, to be sorted and paged. Needs knowledge.read."""
    actor.need("knowledge.read")
    return select(Category)


def trial_questions(
    actor: Actor, *, article_id: UUID | None = None, language: str | None = None, failing: bool = False
) -> Select[tuple[ArticleTest]]:
    """The test questions, or those whose last run did not find their article first; to be sorted and paged. Needs
    knowledge.read."""
    actor.need("knowledge.read")
    found = select(ArticleTest)
    if article_id is not None:
        found = found.where(ArticleTest.article_id == article_id)
    if language is not None:
        found = found.where(ArticleTest.language == language)
    if failing:
        found = found.where(ArticleTest.ran_at.is_not(None), ArticleTest.rank.is_distinct_from(1))
    return found
