"""How often search finds the article that answers: shares of labelled questions by language. A question that an article
knows is asked while the article does not know it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import UUID

import numpy as np
from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import Actor
from crm_backend.knowledge import indexing, search, space
from crm_backend.knowledge.model import Article, Passage, Translation
from crm_backend.knowledge.publishing import EmbedLater

LOOKED_AT = 50
"""How far down the list an article counts."""
_HARD, _SOFT = "\u00a0\u202f", "  "
"""Spaces that do not break, and what they are taken for."""


@dataclass(frozen=True)
class Labelled:
    """A question, its language, and the addresses or keys of the articles that answer it: any of them is right."""

    question: str
    language: str
    articles: tuple[str, ...]


@dataclass(frozen=True)
class Asked:
    """Where the first right article stood, from 1, or None; and what came first."""

    labelled: Labelled
    rank: int | None
    first: str | None


@dataclass(frozen=True)
class Quality:
    """Of the questions of a language: the shares whose article comes first and among the first three, and the mean of
    one by its place (0 where it is not found)."""

    language: str
    questions: int
    hit_at_1: float
    hit_at_3: float
    mrr: float


async def unknown(session: AsyncSession, labelled: Sequence[Labelled]) -> list[str]:
    """The articles named that nobody can read in that language."""
    rows = await session.execute(
        select(Article.key, Translation.slug, Translation.language)
        .join(Translation)
        .where(Article.status == "published", Article.audience == "public")
    )
    there = {(name, language) for key, slug, language in rows for name in (key, slug)}
    named = {(name, one.language) for one in labelled for name in one.articles}
    return sorted(f"{name} ({language})" for name, language in named - there)


async def ask(session: AsyncSession, *, actor: Actor, labelled: Sequence[Labelled], embed: EmbedLater) -> list[Asked]:
    """Asks each question as a customer would; while one that is known to an article is asked, the article does not know
    it. Needs knowledge.read."""
    actor.need("knowledge.read")
    vectors = await embed([one.question.replace("\u00a0", " ") for one in labelled])
    asked = []
    for one, vector in zip(labelled, vectors, strict=True):
        async with left_out(session, one.question, one.language):
            found = await search.best(
                session, question=one.question, language=one.language, vector=vector, limit=LOOKED_AT
            )
        ranks = [place for place, each in enumerate(found, 1) if {each.key, each.slug} & set(one.articles)]
        asked.append(Asked(one, min(ranks, default=None), found[0].slug if found else None))
    return asked


@asynccontextmanager
async def left_out(session: AsyncSession, question: str, language: str) -> AsyncIterator[None]:
    """Inside, no published text of the language has this known question; afterwards all is as before."""
    line = _plain(question)
    knowing = await session.execute(
        select(Translation.id, Translation.asked).where(
            Translation.language == language, func.strpos(func.translate(Translation.asked, _HARD, _SOFT), line) > 0
        )
    )
    rests = {
        row.id: [known for known in row.asked.splitlines() if _plain(known) != line]
        for row in knowing
        if line in map(_plain, row.asked.splitlines())
    }
    if not rests:
        yield
        return
    nested = await session.begin_nested()
    try:
        for translation_id, rest in rests.items():
            await _forget(session, translation_id, line, rest)
        yield
    finally:
        await nested.rollback()


async def _forget(session: AsyncSession, translation_id: UUID, line: str, rest: Sequence[str]) -> None:
    """Takes one known question away from what search looks up. The middle of the raw vectors stays: it chooses among
    hundreds of articles alone."""
    await session.execute(update(Translation).where(Translation.id == translation_id).values(asked="\n".join(rest)))
    passages = (
        await session.execute(
            select(Passage.id, Passage.kind, Passage.heading, Passage.vector).where(
                Passage.translation_id == translation_id
            )
        )
    ).all()
    gone = [each.id for each in passages if each.kind == "question" and _plain(each.heading) == line]
    left = np.asarray([each.vector for each in passages if each.id not in gone], dtype=np.float32)
    await session.execute(delete(Passage).where(Passage.id.in_(gone)))
    await session.execute(update(Translation).where(Translation.id == translation_id).values(placed=space.middle(left)))
    await indexing.learn(session, translation_id)


def _plain(question: str) -> str:
    return question.translate(str.maketrans(_HARD, _SOFT)).strip()


def quality(asked: Sequence[Asked]) -> list[Quality]:
    """The shares of each language that was asked in."""
    found = []
    for language in sorted({one.labelled.language for one in asked}, reverse=True):
        ranks = [one.rank for one in asked if one.labelled.language == language]
        found.append(
            Quality(
                language=language,
                questions=len(ranks),
                hit_at_1=sum(rank == 1 for rank in ranks) / len(ranks),
                hit_at_3=sum(rank is not None and rank <= 3 for rank in ranks) / len(ranks),
                mrr=sum(1 / rank for rank in ranks if rank) / len(ranks),
            )
        )
    return found
