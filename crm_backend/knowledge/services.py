"""Loading published articles, reading them, and answering from them: what everybody may see."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import exists, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import SYSTEM, Actor
from crm_backend.database import new_id, utc_now
from crm_backend.errors import NotFound
from crm_backend.knowledge import categories, indexing, publishing, search
from crm_backend.knowledge.model import Article, ArticleVersion, Translation
from crm_backend.knowledge.publishing import Embed, embedded, passages_of
from crm_backend.knowledge.schema import ArticleLink, ArticlePage, Draft, KnowledgeAnswer, PassageView, path_of
from crm_backend.knowledge.search import EVERYTHING, Found

__all__ = ["Embed", "answer", "article", "find", "listing", "page", "passages_of", "publish"]

# Chosen with the questions of data/knowledge against those of data/anything_else (docs/adr/0014); a score is about 0
# for strangers and 2 for the same words.
SURE, SURE_LEAD = 0.87, 0.12
POSSIBLE = 0.56
AMONG = 20
"""How many of the best articles are looked at for those of some categories."""
_PAGE = text("""
select a.id, a.key, a.category, t.language, t.slug, t.title, t.summary, t.body, t.updated_at,
    (select json_object_agg(o.language, o.slug) from article_translations o where o.article_id = a.id) as slugs
from article_translations t join articles a on a.id = t.article_id
where t.language = :language and t.slug = :slug and a.status = 'published' and a.audience = 'public'
""")


async def publish(
    session: AsyncSession,
    *,
    key: str,
    category: str,
    translations: list[Draft],
    embed: Embed,
    actor: Actor = SYSTEM,
    audience: str | None = None,
    tags: Sequence[str] | None = None,
) -> Article:
    """Publishes an article as it comes from elsewhere: each text that differs from what is published becomes its newest
    version at once. Languages that are not given stay as they are.

    `embed` turns texts into sentence vectors of 384 numbers. Needs knowledge.publish_own. The caller commits.
    """
    actor.need("knowledge.publish_own")
    await categories.ensure(session, category)
    article = await session.scalar(select(Article).where(Article.key == key).with_for_update())
    if article is None:
        article = Article(id=new_id(), key=key, category=category, status="draft", audience="public", tags=[])
        session.add(article)
    old = article.audience
    article.category, article.updated_at = category, utc_now()
    article.audience = audience or old
    article.tags = list(article.tags if tags is None else tags)
    await session.flush()
    await indexing.readdress(session, article.id, old=old, new=article.audience)
    for draft in translations:
        version = await _written(session, article, draft, actor)
        if version is not None:
            await publishing.show(session, article, version, embed(embedded(draft)))
    if len(translations) > 1:
        await publishing.agree(session, article.id)
    return article


async def _written(session: AsyncSession, article: Article, draft: Draft, actor: Actor) -> ArticleVersion | None:
    """A new version with this text; None when that is what is published already."""
    asked = "\n".join(draft.questions)
    texts = {"slug": draft.slug, "title": draft.title, "summary": draft.summary, "body": draft.body, "asked": asked}
    of = (ArticleVersion.article_id == article.id, ArticleVersion.language == draft.language)
    same = [getattr(ArticleVersion, name) == value for name, value in texts.items()]
    if await session.scalar(select(exists().where(*of, ArticleVersion.status == "published", *same))):
        return None
    number = await session.scalar(select(func.coalesce(func.max(ArticleVersion.number), 0)).where(*of))
    version = ArticleVersion(
        id=new_id(),
        article_id=article.id,
        language=draft.language,
        number=(number or 0) + 1,
        status="archived",
        writers=[actor.name],
        **texts,
    )
    session.add(version)
    return version


async def answer(
    session: AsyncSession,
    *,
    question: str,
    language: str,
    vector: Sequence[float],
    categories: Collection[str] | None = None,
    read: str | None = None,
) -> KnowledgeAnswer:
    """What the articles of `language` say to a question whose sentence vector is `vector`; those of `categories` alone,
    where they are given, and without the one of the key `read`, which did not answer.

    Sure enough and ahead of the rest: the passage that answers. Possible: up to three articles. Otherwise nothing: a
    wrong guess is never told as a fact.
    """
    many = AMONG if categories is not None else 4
    found = await search.best(session, question=question, language=language, vector=vector, limit=many)
    found = [one for one in found if one.key != read and (categories is None or one.category in categories)][:3]
    second = found[1].score if len(found) > 1 else 0.0
    found = [one for one in found if one.may_answer(POSSIBLE)]
    if not found:
        return KnowledgeAnswer(kind="none", passages=[])
    lead = found[0].score - second
    if found[0].score >= SURE and (lead >= SURE_LEAD or found[0].same_question):
        return KnowledgeAnswer(kind="answer", passages=[_quote(found[0])])
    return KnowledgeAnswer(kind="choices", passages=[_quote(one) for one in found])


async def find(
    session: AsyncSession, *, actor: Actor, question: str, language: str, vector: Sequence[float], limit: int = 10
) -> list[Found]:
    """What colleagues find, articles for agents included, with the reasons. Needs knowledge.read."""
    actor.need("knowledge.read")
    return await search.best(
        session, question=question, language=language, vector=vector, limit=limit, audiences=EVERYTHING
    )


def _quote(found: Found) -> PassageView:
    return PassageView(
        article_key=found.key,
        title=found.title,
        heading=found.heading,
        text=found.text,
        url=path_of(found.language, found.slug),
        score=found.score,
    )


async def article(session: AsyncSession, *, key: str, language: str) -> PassageView:
    """The lead of a published article for everybody. Raises NotFound."""
    row = await _published(session, Article.key == key, Translation.language == language)
    return PassageView(
        article_key=key,
        title=row.title,
        heading=row.title,
        text=row.summary,
        url=path_of(language, row.slug),
        score=1.0,
    )


async def page(session: AsyncSession, *, language: str, slug: str) -> ArticlePage:
    """A published article for everybody, by its address. Raises NotFound."""
    row = (await session.execute(_PAGE, {"language": language, "slug": slug})).mappings().one_or_none()
    if row is None:
        raise NotFound("no such article")
    addresses = {other: path_of(other, name) for other, name in row["slugs"].items()}
    return ArticlePage(**{**row, "addresses": addresses})


async def _published(session: AsyncSession, *conditions: Any) -> Translation:
    row = await session.scalar(
        select(Translation)
        .join(Article)
        .where(Article.status == "published", Article.audience == "public", *conditions)
    )
    if row is None:
        raise NotFound("no such article")
    return row


async def listing(session: AsyncSession, *, language: str) -> list[ArticleLink]:
    """Every published article for everybody in this language, by category and title."""
    rows = await session.execute(
        select(Article.key, Article.category, Translation.title, Translation.summary, Translation.slug)
        .join(Translation)
        .where(Article.status == "published", Article.audience == "public", Translation.language == language)
        .order_by(Article.category, Translation.title)
    )
    return [
        ArticleLink(key=key, category=category, title=title, summary=summary, url=path_of(language, slug))
        for key, category, title, summary, slug in rows
    ]
