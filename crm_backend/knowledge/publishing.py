"""What becomes public, and what ceases to be: the step from a version to the text that search and readers see."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload, undefer

from crm_backend.database import new_id, utc_now
from crm_backend.errors import Invalid
from crm_backend.knowledge import indexing, links, space
from crm_backend.knowledge.links import Target
from crm_backend.knowledge.model import Article, ArticleVersion, Passage, Translation
from crm_backend.knowledge.schema import Draft

Vectors = Sequence[Sequence[float]]
Embed = Callable[[list[str]], Vectors]
EmbedLater = Callable[[list[str]], Awaitable[Vectors]]
"""As `Embed`, off the event loop."""
# What may be a space is told in one way alone: hostile text takes no longer than other text.
SECTION = re.compile(r"^## +(?=\S)([^\n]+)\n(.*?)(?=^## |\Z)", re.DOTALL | re.MULTILINE)
EMBEDDED_LENGTH, EMBEDDED_SECTION = 300, 500
"""Characters of a lead, and of a section, which begins with the article's title, that are embedded."""


def passages_of(draft: Draft) -> list[tuple[str, str, str]]:
    """The searchable parts of an article: (kind, heading, text)."""
    return _parts(draft, draft.questions)


def _parts(
    text: Draft | ArticleVersion | Translation, questions: Sequence[str], to: Mapping[str, Target] | None = None
) -> list[tuple[str, str, str]]:
    sections = [(heading.strip(), body.strip()) for heading, body in SECTION.findall(links.worded(text.body, to))]
    headings = dict.fromkeys([text.title, *(heading for heading, _ in sections)])
    parts = [("lead", text.title, text.summary)]
    parts += [("section", heading, body) for heading, body in sections]
    parts += [("heading", heading, "") for heading in headings]
    parts += [("question", question, "") for question in questions]
    return parts


def embedded(text: Draft | ArticleVersion | Translation) -> list[str]:
    """What is embedded of an article: one text a passage, in their order."""
    questions = text.questions if isinstance(text, Draft) else text.asked.splitlines()
    return [_embedded(text.title, *part)[:EMBEDDED_SECTION] for part in _parts(text, questions)]


def _embedded(title: str, kind: str, heading: str, text: str) -> str:
    if kind == "section":
        words = f"{title} {heading}. {text}"
    else:
        words = f"{heading}. {text}"[:EMBEDDED_LENGTH] if text else heading
    return words.replace("\u00a0", " ")


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
    to = await links.targets(
        session, version.body, language=version.language, audiences=links.seen_by(article.audience)
    )
    if translation is None:
        translation = Translation(id=new_id(), article_id=article.id, language=version.language, passages=[])
        session.add(translation)
    _write(translation, version, vectors, to)
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
        .options(selectinload(Translation.passages), undefer(Translation.centroid), undefer(Translation.placed))
        .execution_options(populate_existing=True)
    )
    return {row.language: row for row in rows}


def _write(translation: Translation, version: ArticleVersion, vectors: Vectors, to: Mapping[str, Target]) -> None:
    translation.slug, translation.title = version.slug, version.title
    translation.summary, translation.body = version.summary, version.body
    translation.asked, translation.version = version.asked, version.number
    translation.updated_at = utc_now()
    _index(translation, _parts(version, version.asked.splitlines(), to), vectors)


def _index(translation: Translation, parts: Sequence[tuple[str, str, str]], vectors: Vectors) -> None:
    """Gives a text its passages and the places of both in the space of search."""
    numbers = [list(map(float, vector)) for vector in vectors]
    translation.centroid = [sum(column) / len(numbers) for column in zip(*numbers, strict=True)]
    places = space.placed(numbers)
    translation.placed = space.middle(places)
    translation.passages = [
        Passage(
            id=new_id(),
            language=translation.language,
            position=position,
            kind=kind,
            heading=heading,
            text=text,
            vector=place,
        )
        for position, ((kind, heading, text), place) in enumerate(zip(parts, places.tolist(), strict=True))
    ]


async def reword(session: AsyncSession, article: Article) -> None:
    """Puts the links anew into what search quotes of an article that has other readers now: of an article that is not
    for them, they do not learn the title."""
    for row in await published(session, article.id):
        to = await links.targets(session, row.body, language=row.language, audiences=links.seen_by(article.audience))
        parts = _parts(row, row.asked.splitlines(), to)
        if len(parts) != len(row.passages):
            # It is about to be indexed anew, or is from now on.
            row.placed = None
            continue
        for passage in row.passages:
            _, passage.heading, passage.text = parts[passage.position]
    await session.flush()


async def behind(session: AsyncSession, *, limit: int) -> list[tuple[UUID, list[str]]]:
    """Published texts that an earlier Relais indexed, or that `forget_places` let go, with what is to be embedded."""
    rows = await session.scalars(
        select(Translation).where(Translation.placed.is_(None)).order_by(Translation.id).limit(limit)
    )
    return [(row.id, embedded(row)) for row in rows]


async def catch_up(session: AsyncSession, translation_id: UUID, *, texts: list[str], vectors: Vectors) -> bool:
    """Indexes what `behind` named, whose `texts` have these vectors; false when it has changed or gone meanwhile."""
    article_id = await session.scalar(select(Translation.article_id).where(Translation.id == translation_id))
    article = await session.scalar(select(Article).where(Article.id == article_id).with_for_update())
    if article is None:
        return False
    row = next((each for each in await published(session, article.id) if each.id == translation_id), None)
    if row is None or row.placed is not None or embedded(row) != texts:
        return False
    gone = row.centroid
    to = await links.targets(session, row.body, language=row.language, audiences=links.seen_by(article.audience))
    _index(row, _parts(row, row.asked.splitlines(), to), vectors)
    await session.flush()
    await indexing.shift(session, row.language, article.audience, gone=gone, come=row.centroid)
    return True


async def forget_places(session: AsyncSession) -> None:
    """Has every published text indexed anew, by the loop, with the vectors of the encoder."""
    await session.execute(update(Translation).values(placed=None))


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
