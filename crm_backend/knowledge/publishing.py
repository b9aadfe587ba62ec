"""What becomes public, and what ceases to be: the step from a version to the text that search and readers see."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Sequence
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload, undefer

from crm_backend.database import new_id, utc_now
from crm_backend.errors import Invalid
from crm_backend.knowledge import indexing
from crm_backend.knowledge.model import Article, ArticleVersion, Passage, Translation
from crm_backend.knowledge.schema import Draft

Vectors = Sequence[Sequence[float]]
Embed = Callable[[list[str]], Vectors]
EmbedLater = Callable[[list[str]], Awaitable[Vectors]]
"""As `Embed`, off the event loop."""
SECTION = re.compile(r"^## +(.+?)\s*\n(.*?)(?=^## |\Z)", re.DOTALL | re.MULTILINE)
EMBEDDED_LENGTH = 300


def passages_of(draft: Draft) -> list[tuple[str, str, str]]:
    """The searchable parts of an article: (kind, heading, text)."""
    return _parts(draft, draft.questions)


def _parts(text: Draft | ArticleVersion, questions: Sequence[str]) -> list[tuple[str, str, str]]:
    parts = [("lead", text.title, text.summary)]
    parts += [("section", heading, body.strip()) for heading, body in SECTION.findall(text.body)]
    parts += [("question", question, "") for question in questions]
    return parts


def embedded(text: Draft | ArticleVersion) -> list[str]:
    """What is embedded of an article: one text a passage, in their order."""
    questions = text.questions if isinstance(text, Draft) else text.asked.splitlines()
    return [_embedded(*part) for part in _parts(text, questions)]


def _embedded(kind: str, heading: str, text: str) -> str:
    return f"{heading}. {text}".replace("\u00a0", " ")[:EMBEDDED_LENGTH] if text else heading.replace("\u00a0", " ")


async def show(session: AsyncSession, article: Article, version: ArticleVersion, vectors: Vectors) -> None:
    """Makes a version the one that search and readers see; the one before it goes to the archive.

    `vectors` are those of `embedded(version)`. The article is locked by the caller. Raises Invalid when another article
    has its address by now.
    """
    await check_slug(session, article.id, version.language, version.slug)
    now = utc_now()
    await session.execute(
        update(ArticleVersion)
        .where(
            ArticleVersion.article_id == article.id,
            ArticleVersion.language == version.language,
            ArticleVersion.status == "published",
        )
        .values(status="archived", ended_at=now, version=ArticleVersion.version + 1)
    )
    version.status, version.published_at, version.ended_at = "published", now, None
    article.status, article.updated_at = "published", now
    shown = await _shown(session, article.id)
    translation, twin = shown.get(version.language), shown.get("en" if version.language == "fr" else "fr")
    before, gone = (translation.version, translation.centroid) if translation else (0, None)
    if translation is None:
        translation = Translation(id=new_id(), article_id=article.id, language=version.language, passages=[])
        session.add(translation)
    _write(translation, version, vectors)
    translation.twin_seen = twin.version if twin else 0
    if twin and version.minor and twin.twin_seen == before:
        twin.twin_seen = version.number
    await session.flush()
    session.expire(article, ["translations"])
    await indexing.learn(session, translation.id)
    await indexing.shift(session, version.language, article.audience, gone=gone, come=translation.centroid)


async def _shown(session: AsyncSession, article_id: UUID) -> dict[str, Translation]:
    rows = await session.scalars(
        select(Translation)
        .where(Translation.article_id == article_id)
        .options(selectinload(Translation.passages), undefer(Translation.centroid))
        .execution_options(populate_existing=True)
    )
    return {row.language: row for row in rows}


def _write(translation: Translation, version: ArticleVersion, vectors: Vectors) -> None:
    translation.slug, translation.title = version.slug, version.title
    translation.summary, translation.body = version.summary, version.body
    translation.asked, translation.version = version.asked, version.number
    translation.updated_at = utc_now()
    parts = _parts(version, version.asked.splitlines())
    numbers = [list(map(float, vector)) for vector in vectors]
    translation.centroid = [sum(column) / len(numbers) for column in zip(*numbers, strict=True)]
    translation.passages = [
        Passage(
            id=new_id(), language=version.language, position=position, kind=kind, heading=heading, text=text, vector=v
        )
        for position, ((kind, heading, text), v) in enumerate(zip(parts, numbers, strict=True))
    ]


async def hide(session: AsyncSession, article: Article, version: ArticleVersion) -> None:
    """Takes what is published in a language away from search and readers; the version goes to the archive."""
    version.status, version.ended_at = "archived", utc_now()
    shown = await _shown(session, article.id)
    translation = shown.get(version.language)
    if translation is not None:
        await indexing.forget(session, translation.id)
        await indexing.shift(session, version.language, article.audience, gone=translation.centroid)
        await session.execute(delete(Translation).where(Translation.id == translation.id))
        session.expunge(translation)
    if len(shown) <= 1:
        article.status = "archived"
    article.updated_at = utc_now()
    await session.flush()
    session.expire(article, ["translations"])


async def agree(session: AsyncSession, article_id: UUID) -> None:
    """Notes that both languages say the same as they are published now."""
    shown = await _shown(session, article_id)
    if len(shown) == 2:
        shown["fr"].twin_seen, shown["en"].twin_seen = shown["en"].version, shown["fr"].version
        await session.flush()


async def published(session: AsyncSession, article_id: UUID) -> list[Translation]:
    """The texts of an article that readers see."""
    return list((await _shown(session, article_id)).values())


async def check_slug(session: AsyncSession, article_id: UUID, language: str, slug: str) -> None:
    """Raises Invalid when another article is published at this address."""
    taken = await session.scalar(
        select(func.count()).where(
            Translation.language == language, Translation.slug == slug, Translation.article_id != article_id
        )
    )
    if taken:
        raise Invalid("slug", "slug_taken")
