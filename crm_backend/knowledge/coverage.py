"""Test questions: each must find its article. A run asks them all and says which do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend import values
from crm_backend.access.actor import Actor
from crm_backend.audit.services import record
from crm_backend.database import new_id, utc_now
from crm_backend.errors import Invalid, NotFound
from crm_backend.knowledge import lengths, search
from crm_backend.knowledge.drafts import locked_article
from crm_backend.knowledge.echo_model import ArticleTest
from crm_backend.knowledge.model import Article, Translation
from crm_backend.knowledge.publishing import EmbedLater

LOOKED_AT = 3
"""How far down the list a question's article counts as found."""
MOST = 30
"""Test questions of an article in a language."""


@dataclass(frozen=True)
class Outcome:
    """Where a question's article stood, from 1 to LOOKED_AT, or None; `instead` is the article that came first, when
    it was another."""

    test_id: UUID
    key: str
    language: str
    question: str
    rank: int | None
    instead: str | None


@dataclass(frozen=True)
class Share:
    """How many questions found their article."""

    language: str
    questions: int
    first: int
    among_first: int


async def add(session: AsyncSession, *, actor: Actor, article_id: UUID, language: str, question: str) -> ArticleTest:
    """A question that must find the article. Needs knowledge.write. Raises NotFound, Invalid."""
    actor.need("knowledge.write")
    article = await locked_article(session, article_id)
    row = ArticleTest(
        id=new_id(),
        article_id=article.id,
        language=values.language_of("language", language),
        question=values.line_of("question", question, lengths.QUESTION),
    )
    there = list(
        await session.scalars(
            select(ArticleTest.question).where(
                ArticleTest.article_id == article.id, ArticleTest.language == row.language
            )
        )
    )
    if row.question in there:
        raise Invalid("question", "given_twice")
    if len(there) >= MOST:
        raise Invalid("question", "too_many_entries", most=MOST)
    session.add(row)
    await session.flush()
    record(session, actor=actor, action="created", subject=("article_test", row.id), article=str(article.id))
    return row


async def remove(session: AsyncSession, *, actor: Actor, test_id: UUID) -> None:
    """Takes a test question away. Needs knowledge.write. Raises NotFound."""
    actor.need("knowledge.write")
    if not await session.scalar(delete(ArticleTest).where(ArticleTest.id == test_id).returning(ArticleTest.id)):
        raise NotFound("no such question")
    record(session, actor=actor, action="deleted", subject=("article_test", test_id))


async def run(
    session: AsyncSession,
    *,
    actor: Actor,
    embed: EmbedLater,
    article_id: UUID | None = None,
    language: str | None = None,
    most: int = 100_000,
) -> list[Outcome]:
    """Asks the test questions of published texts, those that were not asked for longest first, and notes where their
    articles stood. Articles for agents are looked for as agents do. Needs knowledge.read."""
    actor.need("knowledge.read")
    conditions: list[Any] = [ArticleTest.article_id == article_id] if article_id else []
    if language:
        conditions.append(ArticleTest.language == language)
    rows = (
        await session.execute(
            select(ArticleTest, Article.key, Article.audience)
            .join(Article, Article.id == ArticleTest.article_id)
            .join(Translation, (Translation.article_id == Article.id) & (Translation.language == ArticleTest.language))
            .where(Article.status == "published", *conditions)
            .order_by(ArticleTest.ran_at.nulls_first(), ArticleTest.id)
            .limit(most)
        )
    ).all()
    vectors = await embed([test.question.replace("\u00a0", " ") for test, _, _ in rows]) if rows else []
    outcomes = []
    for (test, key, audience), vector in zip(rows, vectors, strict=True):
        found = await search.best(
            session,
            question=test.question,
            language=test.language,
            vector=vector,
            limit=LOOKED_AT,
            audiences=search.EVERYTHING if audience == "agents" else search.PUBLIC,
        )
        keys = [one.key for one in found]
        test.rank = keys.index(key) + 1 if key in keys else None
        test.ran_at = utc_now()
        instead = keys[0] if keys and keys[0] != key else None
        outcomes.append(Outcome(test.id, key, test.language, test.question, test.rank, instead))
    await session.flush()
    return outcomes


def shares(outcomes: Sequence[Outcome]) -> list[Share]:
    """The outcomes counted by language."""
    found = []
    for language in values.LANGUAGES:
        of = [outcome for outcome in outcomes if outcome.language == language]
        first = sum(outcome.rank == 1 for outcome in of)
        found.append(Share(language, len(of), first, sum(outcome.rank is not None for outcome in of)))
    return found


async def untested(session: AsyncSession, *, actor: Actor) -> int:
    """How many published texts have no test question. Needs knowledge.read."""
    actor.need("knowledge.read")
    tested = select(ArticleTest.id).where(
        ArticleTest.article_id == Translation.article_id, ArticleTest.language == Translation.language
    )
    return await session.scalar(select(func.count()).select_from(Translation).where(~tested.exists())) or 0
