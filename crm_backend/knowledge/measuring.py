"""How often search finds the article that answers: shares of labelled questions by language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import Actor
from crm_backend.knowledge import search
from crm_backend.knowledge.model import Article, Translation
from crm_backend.knowledge.publishing import EmbedLater

LOOKED_AT = 50
"""How far down the list an article counts."""


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
    """Asks each question as a customer would. Needs knowledge.read."""
    actor.need("knowledge.read")
    vectors = await embed([one.question.replace("\u00a0", " ") for one in labelled])
    asked = []
    for one, vector in zip(labelled, vectors, strict=True):
        found = await search.best(session, question=one.question, language=one.language, vector=vector, limit=LOOKED_AT)
        ranks = [place for place, each in enumerate(found, 1) if {each.key, each.slug} & set(one.articles)]
        asked.append(Asked(one, min(ranks, default=None), found[0].slug if found else None))
    return asked


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
