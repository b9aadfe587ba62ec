"""Publishing articles, reading them, and answering from them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from crm_backend.database import new_id, utc_now
from crm_backend.errors import NotFound
from crm_backend.knowledge import search
from crm_backend.knowledge.model import Article, Passage, Translation
from crm_backend.knowledge.schema import ArticleLink, ArticlePage, Draft, KnowledgeAnswer, PassageView, path_of
from crm_backend.knowledge.search import Found

Embed = Callable[[list[str]], Sequence[Sequence[float]]]
SECTION = re.compile(r"^## +(.+?)\s*\n(.*?)(?=^## |\Z)", re.DOTALL | re.MULTILINE)
EMBEDDED_LENGTH = 300

# Chosen on the demo's articles (docs/adr/0004); a score is about 0 for strangers and 2 for the same words.
SURE, SURE_LEAD = 0.85, 0.15
POSSIBLE = 0.45


async def publish(
    session: AsyncSession, *, key: str, category: str, translations: list[Draft], embed: Embed
) -> Article:
    """Stores an article and what search needs of it, replacing an earlier version of the same key.

    `embed` turns texts into sentence vectors of 384 numbers. The caller commits.
    """
    article = await session.scalar(
        select(Article)
        .where(Article.key == key)
        .options(selectinload(Article.translations).selectinload(Translation.passages))
    )
    if article is None:
        article = Article(id=new_id(), key=key, category=category, status="published", translations=[])
        session.add(article)
    article.category, article.updated_at = category, utc_now()
    by_language = {translation.language: translation for translation in article.translations}
    for draft in translations:
        translation = by_language.get(draft.language)
        if translation is None:
            translation = Translation(id=new_id(), language=draft.language, version=0, passages=[])
            article.translations.append(translation)
        _write(translation, draft, embed)
    await session.flush()
    return article


def _write(translation: Translation, draft: Draft, embed: Embed) -> None:
    translation.slug, translation.title = draft.slug, draft.title
    translation.summary, translation.body = draft.summary, draft.body
    translation.asked = "\n".join(draft.questions)
    translation.version += 1
    translation.updated_at = utc_now()
    parts = list(passages_of(draft))
    vectors = [list(map(float, vector)) for vector in embed([_embedded(*part) for part in parts])]
    translation.centroid = [sum(column) / len(vectors) for column in zip(*vectors, strict=True)]
    translation.passages = [
        Passage(
            id=new_id(), language=draft.language, position=position, kind=kind, heading=heading, text=text, vector=v
        )
        for position, ((kind, heading, text), v) in enumerate(zip(parts, vectors, strict=True))
    ]


def passages_of(draft: Draft) -> list[tuple[str, str, str]]:
    """The searchable parts of an article: (kind, heading, text)."""
    parts = [("lead", draft.title, draft.summary)]
    parts += [("section", heading, text.strip()) for heading, text in SECTION.findall(draft.body)]
    parts += [("question", question, "") for question in draft.questions]
    return parts


def _embedded(kind: str, heading: str, text: str) -> str:
    return f"{heading}. {text}".replace("\u00a0", " ")[:EMBEDDED_LENGTH] if text else heading.replace("\u00a0", " ")


async def answer(session: AsyncSession, *, question: str, language: str, vector: Sequence[float]) -> KnowledgeAnswer:
    """What the articles of `language` say to a question whose sentence vector is `vector`.

    Sure enough and ahead of the rest: the passage that answers. Possible: up to three articles. Otherwise nothing: a
    wrong guess is never told as a fact.
    """
    found = await search.best(session, question=question, language=language, vector=vector, limit=3)
    if not found or found[0].score < POSSIBLE:
        return KnowledgeAnswer(kind="none", passages=[])
    lead = found[0].score - (found[1].score if len(found) > 1 else 0.0)
    if found[0].score >= SURE and (lead >= SURE_LEAD or found[0].same_question):
        return KnowledgeAnswer(kind="answer", passages=[await _quote(session, found[0], vector)])
    likely = [one for one in found if one.score >= POSSIBLE]
    return KnowledgeAnswer(kind="choices", passages=[await _quote(session, one, vector) for one in likely])


async def _quote(session: AsyncSession, found: Found, vector: Sequence[float]) -> PassageView:
    heading, text = await search.passage(session, found.translation_id, vector)
    return PassageView(
        article_key=found.key,
        title=found.title,
        heading=heading,
        text=text,
        url=path_of(found.language, found.slug),
        score=found.score,
    )


async def article(session: AsyncSession, *, key: str, language: str) -> PassageView:
    """The lead of a published article. Raises NotFound."""
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
    """A published article by its address. Raises NotFound."""
    row = await _published(session, Translation.language == language, Translation.slug == slug)
    addresses = {other.language: path_of(other.language, other.slug) for other in row.article.translations}
    return ArticlePage(
        key=row.article.key,
        category=row.article.category,
        language=row.language,
        slug=row.slug,
        title=row.title,
        summary=row.summary,
        body=row.body,
        updated_at=row.updated_at,
        addresses=addresses,
    )


async def _published(session: AsyncSession, *conditions: Any) -> Translation:
    row = await session.scalar(
        select(Translation)
        .join(Article)
        .where(Article.status == "published", *conditions)
        .options(selectinload(Translation.article).selectinload(Article.translations))
    )
    if row is None:
        raise NotFound("no such article")
    return row


async def listing(session: AsyncSession, *, language: str) -> list[ArticleLink]:
    """Every published article in this language, by category and title."""
    rows = await session.execute(
        select(Article.key, Article.category, Translation.title, Translation.summary, Translation.slug)
        .join(Translation)
        .where(Article.status == "published", Translation.language == language)
        .order_by(Article.category, Translation.title)
    )
    return [
        ArticleLink(key=key, category=category, title=title, summary=summary, url=path_of(language, slug))
        for key, category, title, summary, slug in rows
    ]
